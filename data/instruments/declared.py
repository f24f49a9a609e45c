"""The `indicators` sheet: the indicators that an instrument's own workbook declares."""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from data.instruments.model import PARAMETERS, Form, Variable, holds
from data.instruments.sheets import SheetRow
from data.instruments.survey import language_code
from metrics import catalogue
from metrics.conditions import And, Comparison, Condition, Expression, Holds, In
from metrics.conditions import Variable as Reference
from metrics.indicator import (
    Better,
    Gini,
    Index,
    Indicator,
    Item,
    Mean,
    Measure,
    OverTime,
    Quantile,
    Ratio,
    Share,
    Theme,
    Total,
    variables,
)
from metrics.parsing import ConditionError, parse_condition, parse_expression

COLUMNS = (
    "id", "form", "theme", "unit", "better", "label", "label::", "definition", "definition::", "kind", "numerator", "denominator",
    "where", "multiplier", "over_time", "sdgs_framework", "sdgs_goal", "sdgs_code",
)
Tree = TypeVar("Tree")
KINDS = ("mean", "share", "ratio", "total", "index", "median", "gini")
_SHIPPED = frozenset(indicator.id for indicator in catalogue.INDICATORS)
_UNITS = {"share": "share", "index": "score_100", "gini": "gini"}


def indicators(instrument: str, forms: Sequence[Form], rows: Sequence[SheetRow]) -> tuple[Indicator, ...]:
    """The indicators a workbook declares, each checked against its form.

    Raises `UserError` naming sheet, row, column and what to write instead.
    """
    by_name = {form.name: form for form in forms}
    found: dict[str, Indicator] = {}
    for row in rows:
        indicator = _indicator(instrument, by_name, row)
        if indicator.id in _SHIPPED:
            raise row.error("instrument.indicator_shipped", "id", value=indicator.id)
        if indicator.id in found:
            raise row.error("instrument.indicator_twice", "id", value=indicator.id)
        found[indicator.id] = indicator
    return tuple(found.values())


def _indicator(instrument: str, forms: Mapping[str, Form], row: SheetRow) -> Indicator:
    identity = row.need("id")
    if not re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*", identity):
        raise row.error("instrument.bad_indicator_id", "id", value=identity)
    form = forms[row.one_of("form", tuple(forms), default=next(iter(forms)))]
    kind = row.one_of("kind", KINDS)
    where = _condition(row, "where", form) if row.get("where") else None
    multiplier = row.get("multiplier")
    if multiplier:
        _tree(row, "multiplier", form, parse_expression)
        _variable(row, "multiplier", multiplier, form)
    measure = _measure(row, kind, form)
    indicator = Indicator(
        id=identity,
        form=form.name,
        instrument=instrument,
        theme=Theme(row.one_of("theme", tuple(Theme))),
        measure=measure,
        better=Better(row.one_of("better", tuple(Better))),
        unit=row.get("unit") or _UNITS.get(kind) or row.need("unit"),
        counts=row.need("numerator"),
        leaves_out="",
        where=where,
        multiplier=multiplier,
        over_time=OverTime(row.one_of("over_time", tuple(OverTime), default=OverTime.LEVEL)),
        sdgs=_sdgs(row),
        labels=_texts(row, "label"),
        definitions=_texts(row, "definition"),
    )
    return replace(indicator, parameters=tuple(name for name in PARAMETERS if name in variables(indicator)))


def _measure(row: SheetRow, kind: str, form: Form) -> Measure:
    if kind != "ratio" and row.get("denominator"):
        raise row.error("instrument.no_denominator", "denominator", kind=kind)
    match kind:
        case "share":
            return Share(_condition(row, "numerator", form))
        case "ratio":
            return Ratio(_expression(row, "numerator", form), _expression(row, "denominator", form))
        case "index":
            return Index(tuple(_item(row, text, form) for text in re.split(r"[\s,]+", row.need("numerator"))))
        case "mean":
            return Mean(_expression(row, "numerator", form))
        case "total":
            return Total(_expression(row, "numerator", form))
        case "median":
            return Quantile(_expression(row, "numerator", form))
    return Gini(_expression(row, "numerator", form))


def _item(row: SheetRow, text: str, form: Form) -> Item:
    """`trust`, `-alert` (reversed), or with its range where the choices do not say it: `trust[1..5]`."""
    parts = re.fullmatch(r"(-?)([^\[\]]+)(?:\[(-?\d+)\.\.(-?\d+)\])?", text)
    if not parts:
        raise row.error("instrument.bad_item", "numerator", value=text)
    variable = _variable(row, "numerator", parts[2], form)
    bounds = (int(parts[3]), int(parts[4])) if parts[3] else _bounds(variable)
    if bounds is None or bounds[0] >= bounds[1]:
        raise row.error("instrument.item_without_range", "numerator", value=variable.name)
    return Item(variable.name, *bounds, reversed=bool(parts[1]))


def _bounds(variable: Variable) -> tuple[int, int] | None:
    """The lowest and highest of choices that are consecutive whole numbers; a code such as 99 breaks the row."""
    if not variable.choices or not all(re.fullmatch(r"-?\d+", choice.name) for choice in variable.choices):
        return None
    numbers = sorted(int(choice.name) for choice in variable.choices)
    return (numbers[0], numbers[-1]) if numbers == list(range(numbers[0], numbers[-1] + 1)) else None


def _condition(row: SheetRow, column: str, form: Form) -> Condition:
    tree = _tree(row, column, form, parse_condition)
    _check_choices(row, column, tree, form)
    return tree


def _expression(row: SheetRow, column: str, form: Form) -> Expression:
    return _tree(row, column, form, parse_expression)


def _tree(row: SheetRow, column: str, form: Form, parse: Callable[[str, Mapping[str, Holds]], Tree]) -> Tree:
    try:
        return parse(row.need(column), holds(form))
    except ConditionError as error:
        raise row.error("instrument.bad_condition", column, reason=error) from error


def _check_choices(row: SheetRow, column: str, tree: Condition, form: Form) -> None:
    """Raises `UserError` for a value that is none of the variable's choices, which no answer could ever equal."""
    match tree:
        case And(parts):
            for part in parts:
                _check_choices(row, column, part, form)
        case In(Reference(name), values):
            for value in values:
                _check_choice(row, column, value, _variable(row, column, name, form))
        case Comparison(_, Reference(name), str() as value):
            _check_choice(row, column, value, _variable(row, column, name, form))


def _check_choice(row: SheetRow, column: str, value: str | float, variable: Variable) -> None:
    names = [choice.name for choice in variable.choices]
    if names and value not in names:
        raise row.error("instrument.unknown_choice", column, value=value, variable=variable.name, allowed=", ".join(names))


def _variable(row: SheetRow, column: str, name: str, form: Form) -> Variable:
    for variable in form.variables:
        if variable.name == name:
            return variable
    raise row.error("instrument.unknown_variable", column, value=name, form=form.name)


def _sdgs(row: SheetRow) -> tuple[str, int, str] | None:
    """A code is unique only within its goal, so the three columns go together."""
    columns = ("sdgs_framework", "sdgs_goal", "sdgs_code")
    if not any(row.get(column) for column in columns):
        return None
    framework, goal, code = (row.need(column) for column in columns)
    if not re.fullmatch(r"1[0-8]|[1-9]", goal):
        raise row.error("instrument.not_one_of", "sdgs_goal", value=goal, allowed="1-18")
    return framework, int(goal), code


def _texts(row: SheetRow, column: str) -> dict[str, str]:
    texts = {language_code(name.split("::", 1)[1]): text for name, text in row.cells.items() if name.startswith(f"{column}::")}
    return texts | ({"": text} if (text := row.get(column)) else {})
