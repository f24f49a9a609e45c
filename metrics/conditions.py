"""The small language of conditions and expressions, as trees.

`water in (piped, well)`, `toilet != none and age >= 10`, `income / members`. A tree is built by the operators below (in
declarations) or by `metrics.parsing` (from a workbook); `metrics.expressions` makes it a narwhals expression. It is never
evaluated as code. A missing value makes a comparison missing.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Holds(StrEnum):
    """What a variable's column holds, as far as conditions care."""

    NUMBER = "number"
    TEXT = "text"                        # the name of one choice, or free text
    CHOICES = "choices"                  # a select_multiple: one column `variable__choice` for each choice
    OTHER = "other"                      # a date or a time: not usable in a condition


class _Operand:
    """The operators of expressions. `==` stays the equality of trees: see `equals` and `differs`."""

    def __add__(self, other: Operand) -> Arithmetic:
        return Arithmetic("+", _expression(self), _expression(other))

    def __sub__(self, other: Operand) -> Arithmetic:
        return Arithmetic("-", _expression(self), _expression(other))

    def __mul__(self, other: Operand) -> Arithmetic:
        return Arithmetic("*", _expression(self), _expression(other))

    def __truediv__(self, other: Operand) -> Arithmetic:
        return Arithmetic("/", _expression(self), _expression(other))

    def __lt__(self, other: Operand) -> Comparison:
        return Comparison("<", _expression(self), _expression(other))

    def __le__(self, other: Operand) -> Comparison:
        return Comparison("<=", _expression(self), _expression(other))

    def __gt__(self, other: Operand) -> Comparison:
        return Comparison(">", _expression(self), _expression(other))

    def __ge__(self, other: Operand) -> Comparison:
        return Comparison(">=", _expression(self), _expression(other))


class _Test:
    """What conditions share: they are joined by `&`."""

    def __and__(self, other: Condition) -> And:
        return And(_parts(self) + _parts(other))


@dataclass(frozen=True)
class Variable(_Operand):
    name: str


@dataclass(frozen=True)
class Number(_Operand):
    value: float


@dataclass(frozen=True)
class Arithmetic(_Operand):
    operator: Literal["+", "-", "*", "/"]
    left: Expression
    right: Expression


Expression = Variable | Number | Arithmetic
Operand = _Operand | float


@dataclass(frozen=True)
class Comparison(_Test):
    """A comparison of two sides; the right side of `=` and `!=` may be a text, the name of a choice."""

    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    left: Expression
    right: Expression | str


@dataclass(frozen=True)
class In(_Test):
    """Whether a variable has one of some values; of a select_multiple: whether at least one of them was chosen."""

    variable: Variable
    values: tuple[str | float, ...]


@dataclass(frozen=True)
class And(_Test):
    parts: tuple[Comparison | In, ...]


Condition = Comparison | In | And


def variable(name: str) -> Variable:
    return Variable(name)


def is_in(of: Variable, *values: str | float) -> In:
    return In(of, values)


def equals(left: Operand, right: Operand | str) -> Comparison:
    return Comparison("=", _expression(left), right if isinstance(right, str) else _expression(right))


def differs(left: Operand, right: Operand | str) -> Comparison:
    return Comparison("!=", _expression(left), right if isinstance(right, str) else _expression(right))


def variables(tree: Expression | Condition | str) -> Iterator[str]:
    """The names of the variables in a tree, each as often as it stands there."""
    match tree:
        case Variable(name):
            yield name
        case Arithmetic(_, left, right) | Comparison(_, left, right):
            yield from variables(left)
            yield from variables(right)
        case In(of, _):
            yield of.name
        case And(parts):
            for part in parts:
                yield from variables(part)


def divides(tree: Expression | Condition | str) -> bool:
    """Whether a tree has a division, whose result is missing where it is by zero."""
    match tree:
        case Arithmetic("/"):
            return True
        case Arithmetic(_, left, right) | Comparison(_, left, right):
            return divides(left) or divides(right)
        case And(parts):
            return any(divides(part) for part in parts)
    return False


def _expression(operand: Operand) -> Expression:
    if isinstance(operand, Variable | Number | Arithmetic):
        return operand
    assert isinstance(operand, int | float)
    return Number(float(operand))


def _parts(condition: _Test) -> tuple[Comparison | In, ...]:
    if isinstance(condition, And):
        return condition.parts
    assert isinstance(condition, Comparison | In)
    return (condition,)
