"""Trees of conditions and expressions -> narwhals expressions, the same on every engine.

A missing value stays missing: arithmetic with it is missing, a comparison with it is neither true nor false. Division by
zero is missing. Numbers are doubles throughout, so that no engine divides or overflows whole numbers in its own way.
Frames must know null: DuckDB and Spark do, pandas with Arrow types (`DataFrame.convert_dtypes(dtype_backend="pyarrow")`).
"""
from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import narwhals as nw

from metrics.conditions import And, Arithmetic, Comparison, Condition, Expression, Holds, In, Number, Variable

CHOICE = "{variable}__{choice}"          # the 0/1 column of one choice of a select_multiple


def value(tree: Expression) -> nw.Expr:
    """The number of an expression, null where a variable is missing or a denominator is zero."""
    match tree:
        case Variable(name):
            return nw.col(name).cast(nw.Float64)
        case Number(number):
            return nw.lit(number, nw.Float64)
        case Arithmetic("+", left, right):
            return value(left) + value(right)
        case Arithmetic("-", left, right):
            return value(left) - value(right)
        case Arithmetic("*", left, right):
            return value(left) * value(right)
        case Arithmetic("/", left, right):
            below = value(right)
            return nw.when(below != 0).then(value(left) / nw.when(below != 0).then(below))
    raise TypeError(tree)


def truth(tree: Condition, holds: Mapping[str, Holds]) -> nw.Expr:
    """Whether a condition is true: null where that cannot be told. One false part makes `and` false."""
    match tree:
        case And(parts):
            return reduce(nw.Expr.__and__, (truth(part, holds) for part in parts))
        case In(of, values):
            return _is_one_of(of, values, holds)
        case Comparison("=", Variable() as of, str() as choice):
            return _is_one_of(of, (choice,), holds)
        case Comparison("!=", Variable() as of, str() as choice):
            return ~_is_one_of(of, (choice,), holds)
        case Comparison(operator, left, right):
            assert not isinstance(right, str), "only a variable is compared with a text"
            return _COMPARE[operator](value(left), value(right))
    raise TypeError(tree)


_COMPARE = {
    "=": nw.Expr.__eq__, "!=": nw.Expr.__ne__, "<": nw.Expr.__lt__,
    "<=": nw.Expr.__le__, ">": nw.Expr.__gt__, ">=": nw.Expr.__ge__,
}


def _is_one_of(of: Variable, values: tuple[str | float, ...], holds: Mapping[str, Holds]) -> nw.Expr:
    """Equality with each value, joined by or: unlike `is_in`, missing stays missing on every engine."""
    match holds[of.name]:
        case Holds.CHOICES:
            tests = [nw.col(CHOICE.format(variable=of.name, choice=choice)) == 1 for choice in values]
        case Holds.NUMBER:
            tests = [value(of) == float(number) for number in values]
        case _:
            tests = [nw.col(of.name) == str(text) for text in values]
    return reduce(nw.Expr.__or__, tests)
