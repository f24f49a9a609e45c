"""A corrected answer of the sample design: its row's place in the design, and that of the rows below it."""

from __future__ import annotations

import duckdb

from data import areas, responses
from data.errors import UserError
from data.importing.design import CROSSED
from data.instruments.model import Form, Instrument, Variable
from data.store import quoted

_INHERITED = ("_village", "_weight", "_stratum", "_psu", "_psu_population")


def place_again(
    cursor: duckdb.DuckDBPyConnection, instrument: Instrument, form: Form, variable: Variable, place: list[int]
) -> None:
    """Where the variable is of the sample design, its row's place in it, and that of the rows below."""
    design, table = form.design, responses.qualified(instrument.id, form.name)
    own = {one.name for one in form.variables}
    if variable.name not in {design.weight, design.psu, design.psu_population, design.village, *design.strata}:
        return
    made: dict[str, str] = {}
    if design.weight in own:
        made["_weight"] = quoted(design.weight or "")
    if design.psu in own:
        made["_psu"] = f"CAST({quoted(design.psu or '')} AS VARCHAR)"
    if design.psu_population in own:
        made["_psu_population"] = quoted(design.psu_population or "")
    if design.strata and set(design.strata) <= own:
        made["_stratum"] = f" || '{CROSSED}' || ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in design.strata)
    listed = ", ".join(f"{column} = {sql}" for column, sql in made.items())
    if listed:
        _refuse_empty(
            cursor,
            f"SELECT {', '.join(made.values())} FROM {table} WHERE _batch = ? AND _row = ?",  # noqa: S608
            place,
            variable,
            made,
        )
        cursor.execute(f"UPDATE {table} SET {listed} WHERE _batch = ? AND _row = ?", place)  # noqa: S608
    if design.village == variable.name:
        code = cursor.execute(
            f"SELECT CAST({quoted(variable.name)} AS VARCHAR) FROM {table} WHERE _batch = ? AND _row = ?",  # noqa: S608
            place,
        ).fetchall()[0][0]
        cursor.execute(
            f"UPDATE {table} SET _village = ? WHERE _batch = ? AND _row = ?",  # noqa: S608
            [areas.parse_code(code) if code else None, *place],
        )
    _hand_down(cursor, instrument, form, place[0])


def _refuse_empty(
    cursor: duckdb.DuckDBPyConnection, query: str, place: list[int], variable: Variable, made: dict[str, str]
) -> None:
    """Raises `UserError` where a row would lose its weight, stratum or PSU."""
    values = dict(zip(made, cursor.execute(query, place).fetchall()[0], strict=True))
    if any(value is None for column, value in values.items() if column != "_psu_population"):
        raise UserError("import.correction_value", variable=variable.name, value="")


def _hand_down(cursor: duckdb.DuckDBPyConnection, instrument: Instrument, form: Form, batch: int) -> None:
    """What the rows below inherit of the sample design, unless variables of their own say it."""
    for child in instrument.forms[1:]:
        if (child.parent or instrument.id) != form.name:
            continue
        own = {one.name for one in child.variables}
        design = child.design
        said = {
            "_village": design.village in own,
            "_weight": design.weight in own,
            "_psu": design.psu in own,
            "_psu_population": design.psu_population in own,
            "_stratum": bool(design.strata) and set(design.strata) <= own,
        }
        columns = [column for column in _INHERITED if not said[column]]
        listed = ", ".join(f"{column} = above.{column}" for column in columns)
        cursor.execute(
            f"UPDATE {responses.qualified(instrument.id, child.name)} AS below SET {listed} "  # noqa: S608
            f"FROM {responses.qualified(instrument.id, form.name)} AS above "
            "WHERE below._batch = ? AND above._batch = ? AND above._row = below._parent",
            [batch, batch],
        )
        _hand_down(cursor, instrument, child, batch)
