"""The `design` sheet: which variables of a form hold its sample design."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from data.instruments.model import Design, Form, Kind
from data.instruments.sheets import SheetRow

COLUMNS = ("form", "weight", "stratum", "psu", "psu_population", "village", "respondent", "census")
_NUMBERS = ("weight", "psu_population")


def with_designs(forms: Sequence[Form], rows: Sequence[SheetRow]) -> tuple[Form, ...]:
    """The forms with their designs; a repeat without a row of its own has its parent's.

    Raises `UserError` naming the cell for a form or variable that is not there, a form given twice, a weight that is
    no number.
    """
    by_name = {form.name: form for form in forms}
    designs: dict[str, Design] = {}
    for row in rows:
        name = row.one_of("form", tuple(by_name))
        if name in designs:
            raise row.error("instrument.form_twice", "form", value=name)
        designs[name] = _design(row, by_name[name], by_name)
    return tuple(replace(form, design=_inherited(form, designs, by_name)) for form in forms)


def _inherited(form: Form, designs: Mapping[str, Design], by_name: Mapping[str, Form]) -> Design:
    if form.name in designs:
        return designs[form.name]
    return _inherited(by_name[form.parent], designs, by_name) if form.parent else Design()


def _design(row: SheetRow, form: Form, by_name: Mapping[str, Form]) -> Design:
    strata = tuple((row.get("stratum") or "").split())
    for column in ("weight", "psu", "psu_population", "village", "respondent"):
        if name := row.get(column):
            _check(row, column, name, form, by_name)
    for name in strata:
        _check(row, "stratum", name, form, by_name)
    return Design(
        weight=row.get("weight"), strata=strata, psu=row.get("psu"), psu_population=row.get("psu_population"),
        village=row.get("village"), respondent=row.get("respondent"),
        census=row.one_of("census", ("yes", "no"), default="no") == "yes",
    )


def _check(row: SheetRow, column: str, name: str, form: Form, by_name: Mapping[str, Form]) -> None:
    kinds = {variable.name: variable.kind for known in _with_parents(form, by_name) for variable in known.variables}
    if name not in kinds:
        raise row.error("instrument.unknown_variable", column, value=name, form=form.name)
    if column in _NUMBERS and kinds[name] not in {Kind.INTEGER, Kind.DECIMAL} and not _is_calculated(name, form, by_name):
        raise row.error("instrument.not_a_number", column, value=name)


def _is_calculated(name: str, form: Form, by_name: Mapping[str, Form]) -> bool:
    return any(
        variable.name == name and variable.calculation is not None
        for known in _with_parents(form, by_name) for variable in known.variables
    )


def _with_parents(form: Form, by_name: Mapping[str, Form]) -> tuple[Form, ...]:
    return (form, *(_with_parents(by_name[form.parent], by_name) if form.parent else ()))
