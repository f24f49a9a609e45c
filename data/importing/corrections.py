"""Corrections of single answers after import: entries with who, when, the cell, old, new and why, laid over the batch.

The file that was imported is never edited. Entries can be written to a file and replayed where the same file was imported.
"""

from __future__ import annotations

import csv
import io
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from access.policy import Action, Viewer, require
from data import areas, responses, totals
from data.errors import UserError
from data.importing import answers, choices, cleaning, expressions, privacy
from data.importing.committing import event
from data.importing.placing import place_again
from data.instruments import kept
from data.instruments.model import Form, Instrument, Kind, Variable
from data.spreadsheet import csv_text, of_csv_text
from data.store import Store, now, quoted

COLUMNS = ("sha256", "form", "row", "variable", "old", "new", "why", "made_by", "made_at")


def corrections(store: Store, viewer: Viewer, batch: int | None = None) -> pd.DataFrame:
    """One row per correction, the earliest first: id, batch, form, row, variable, old, new, why, made_at, made_by, sha256."""
    require(viewer, Action.SEE_RESPONSES)
    with store.reading() as cursor:
        return cursor.execute(
            "SELECT correction.*, sha256 FROM correction JOIN batch_file ON batch_file.batch = correction.batch AND number = 1 "
            "WHERE $batch IS NULL OR correction.batch = $batch ORDER BY id",
            {"batch": batch},
        ).df()


def correct(store: Store, viewer: Viewer, *, batch: int, form: str, row: int, variable: str, new: str | None, why: str) -> None:
    """Changes one answer of one response; `new` is written as in a file, None for no answer.

    Raises `UserError` for an answer that does not exist, a value that cannot be read or breaks the questionnaire's rule,
    a variable that is not stored, or a correction without a reason.
    """
    require(viewer, Action.IMPORT)
    with store.writing(viewer, "correct", batch=batch, form=form, row=row, variable=variable) as cursor:
        instrument, round_ = _batch(cursor, batch)
        _apply(cursor, viewer, instrument, batch, form, row, variable, new, why)
        totals.rebuild(cursor, instrument, round_)


def written(store: Store, viewer: Viewer, batch: int | None = None) -> str:
    """The corrections as CSV, to be replayed in another store that has the same files."""
    table = corrections(store, viewer, batch)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for entry in table.to_dict("records"):
        writer.writerow(["" if pd.isna(entry[name]) else csv_text(str(entry[name])) for name in COLUMNS])
    return text.getvalue()


def replay(store: Store, viewer: Viewer, text: str, name: str) -> int:
    """Applies the corrections of a file that are not there yet, all or none, and returns how many.

    Raises `UserError` for a file that holds no corrections, for one whose batch is not here, and where an answer is no longer
    what the entry says it was.
    """
    require(viewer, Action.IMPORT)
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise UserError("import.corrections_file", file=name, columns=", ".join(COLUMNS))
    entries = [{name: of_csv_text(text or "") for name, text in entry.items() if name in COLUMNS} for entry in reader]
    count = 0
    with store.writing(viewer, "correct.replay", file=name, entries=len(entries)) as cursor:
        touched: dict[tuple[str, str], Instrument] = {}
        for line, entry in enumerate(entries, start=2):
            batch = _batch_of(cursor, entry["sha256"], name, line)
            instrument, round_ = _batch(cursor, batch)
            if not entry["row"].isdigit():
                raise UserError("import.corrections_file", file=name, columns=", ".join(COLUMNS))
            if _is_there(cursor, batch, entry):
                continue
            expected = entry["old"] or None
            _apply(
                cursor,
                viewer,
                instrument,
                batch,
                entry["form"],
                int(entry["row"]),
                entry["variable"],
                entry["new"] or None,
                entry["why"],
                expected=(expected,),
            )
            touched[instrument.id, round_] = instrument
            count += 1
        for (_, round_), instrument in touched.items():
            totals.rebuild(cursor, instrument, round_)
    return count


def _apply(
    cursor: duckdb.DuckDBPyConnection,
    viewer: Viewer,
    instrument: Instrument,
    batch: int,
    form_name: str,
    row: int,
    name: str,
    new: str | None,
    why: str,
    *,
    expected: tuple[str | None] | None = None,
) -> None:
    if not why.strip():
        raise UserError("import.correction_why")
    form, variable = _variable(instrument, form_name, name)
    table = responses.qualified(instrument.id, form.name)
    place = [batch, row]
    rows = cursor.execute(
        f"SELECT CAST({quoted(name)} AS VARCHAR) FROM {table} WHERE _batch = ? AND _row = ?",  # noqa: S608
        place,
    ).fetchall()
    if not rows:
        raise UserError("import.correction_place", batch=batch, form=form.name, row=row)
    old = rows[0][0]
    if expected is not None and expected[0] != old:
        raise UserError("import.correction_conflict", form=form.name, row=row, variable=name, expected=expected[0], found=old)
    values = _values(form, variable, new)
    listed = ", ".join(f"{quoted(column)} = ?" for column in values)
    cursor.execute(f"UPDATE {table} SET {listed} WHERE _batch = ? AND _row = ?", [*values.values(), *place])  # noqa: S608
    _check(cursor, form, variable, table, place, new)
    place_again(cursor, instrument, form, variable, place)
    stored = cursor.execute(
        f"SELECT CAST({quoted(name)} AS VARCHAR) FROM {table} WHERE _batch = ? AND _row = ?",  # noqa: S608
        place,
    ).fetchall()[0][0]
    cursor.execute(
        "INSERT INTO correction SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM correction",
        [batch, form.name, row, name, old, stored, why.strip(), now(), viewer.name],
    )
    event(cursor, viewer, batch, "corrected", form=form.name, row=row, variable=name)


def _variable(instrument: Instrument, form: str, name: str) -> tuple[Form, Variable]:
    """A variable whose answers are stored."""
    for one in instrument.forms:
        if one.name == form:
            for variable in one.variables:
                if variable.name == name:
                    if variable not in answers.correctable(one):
                        raise UserError("import.correction_personal", variable=name)
                    return one, variable
    raise UserError("import.correction_variable", form=form, variable=name)


def _values(form: Form, variable: Variable, new: str | None) -> dict[str, Any]:
    """What the variable's columns become."""
    if new is None or not new.strip():
        columns = [variable.name]
        if variable.kind is Kind.SELECT_MULTIPLE:
            columns += responses.choice_columns(variable)
        return dict.fromkeys(columns)
    if variable.name == form.design.village:
        code = areas.parse_code(new)
        if code is None or code.count(".") != 3:
            raise UserError("import.correction_value", variable=variable.name, value=new)
        return {variable.name: code if variable.kind is not Kind.INTEGER else int(code.replace(".", ""))}
    cleaned = cleaning.clean(pa.array([new]), variable)
    value = cleaned.values[0].as_py()
    if cleaned.problems or value is None:
        raise UserError("import.correction_value", variable=variable.name, value=new)
    if variable.kind is Kind.TEXT:
        value = privacy.struck(cleaned.values)[0][0].as_py()
    if variable.kind is Kind.SELECT_MULTIPLE:
        chosen = set(value.split())
        return {variable.name: value} | {
            f"{variable.name}__{name}": int(name in chosen) for name in choices.answers(variable).order
        }
    return {variable.name: value}


def _check(
    cursor: duckdb.DuckDBPyConnection, form: Form, variable: Variable, table: str, place: list[int], new: str | None
) -> None:
    """Raises `UserError` where the new answer breaks the variable's constraint."""
    if not variable.constraint or new is None:
        return
    kinds = {one.name: one.kind for one in form.variables if one.kind in responses.TYPES}
    try:
        sql, params = expressions.condition(variable.constraint, kinds, self=variable.name)
    except expressions.CannotEvaluate:
        return
    ((holds,),) = cursor.execute(
        f"SELECT {sql} FROM {table} WHERE _batch = ? AND _row = ?",  # noqa: S608
        [*params, *place],
    ).fetchall()
    if not holds:
        raise UserError("import.correction_rule", variable=variable.name, value=new, rule=variable.constraint)


def _batch(cursor: duckdb.DuckDBPyConnection, batch: int) -> tuple[Instrument, str]:
    rows = cursor.execute("SELECT instrument, round FROM batch WHERE id = ?", [batch]).fetchall()
    if not rows:
        raise UserError("import.unknown_batch", batch=batch)
    return next(found for found in kept.kept(cursor) if found.id == rows[0][0]), rows[0][1]


def _batch_of(cursor: duckdb.DuckDBPyConnection, sha256: str, name: str, line: int) -> int:
    rows = cursor.execute(
        "SELECT batch FROM batch_file JOIN batch ON batch.id = batch WHERE sha256 = ? ORDER BY state, batch LIMIT 1", [sha256]
    ).fetchall()
    if not rows:
        raise UserError("import.correction_no_batch", file=name, line=line)
    return int(rows[0][0])


def _is_there(cursor: duckdb.DuckDBPyConnection, batch: int, entry: dict[str, str]) -> bool:
    """Whether an entry has been applied already."""
    return bool(
        cursor.execute(
            'SELECT 1 FROM correction WHERE batch = ? AND form = ? AND "row" = ? AND variable = ? AND old IS NOT DISTINCT FROM ? '
            "AND new IS NOT DISTINCT FROM ? AND why = ?",
            [
                batch,
                entry["form"],
                int(entry["row"]),
                entry["variable"],
                entry["old"] or None,
                entry["new"] or None,
                entry["why"],
            ],
        ).fetchall()
    )
