"""A batch's responses as a workbook in KoboToolbox's layout, which imports back to what the store has.

A sheet for the main form and one for each repeat, columns by the variables' names. What was dropped at import (names, numbers of
identity cards, exact positions) is not in the store and so in no export; a respondent's keyed hash stays here too, since it
would tell who is who across rounds to whoever gets two files. What was required and never answered, such as a name that was
dropped, has no column. Each row says that it was accepted before, so that a required answer it lacks is a warning when it is
imported again.
"""

from __future__ import annotations

import io
from collections import abc
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import openpyxl
from duckdb import DuckDBPyConnection

from access.policy import Action, Viewer, require, sees_village
from data import responses
from data.errors import UserError
from data.importing import privacy
from data.importing.dialects import STORED
from data.instruments import kept
from data.instruments.model import Form, Instrument, Kind
from data.register import partnerships_in
from data.spreadsheet import MOST_ROWS, cell
from data.store import Store, quoted

_FETCHED = 5_000
_EXACT = 10**15  # a spreadsheet holds whole numbers to so many; longer ones are written as text
_NAME = 31


def workbook(store: Store, viewer: Viewer, batch: int) -> bytes:
    """The rows of a batch in the viewer's villages, as XLSX.

    Raises `UserError` for a batch that is not there, or that holds more than a workbook can.
    """
    require(viewer, Action.SEE_RESPONSES)
    with store.reading() as cursor:
        found = cursor.execute("SELECT instrument, instrument_version FROM batch WHERE id = ?", [batch]).fetchall()
    if not found:
        raise UserError("import.unknown_batch", batch=batch)
    ((name, version),) = found
    instrument = kept.instrument(store, viewer, name)
    book = openpyxl.Workbook(write_only=True)
    indices: dict[str, dict[int, int]] = {}
    try:
        with store.reading() as cursor:
            villages = _villages(cursor, viewer, instrument, batch)
            for form in instrument.forms:
                indices[form.name] = _write(book, cursor, instrument, form, batch, version, villages, indices)
    except UserError:
        for sheet in book.worksheets:
            sheet.close()  # half-written sheets hold files open
        raise
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _villages(cursor: DuckDBPyConnection, viewer: Viewer, instrument: Instrument, batch: int) -> list[str] | None:
    """The batch's villages that the viewer sees; None where there is no limit, so that rows without a village count too."""
    if viewer.areas is None and viewer.partnerships is None:
        return None
    table = responses.qualified(instrument.id, instrument.id)
    codes = [
        code
        for (code,) in cursor.execute(f"SELECT DISTINCT _village FROM {table} WHERE _batch = ?", [batch]).fetchall()  # noqa: S608
        if code is not None and sees_village(viewer, code)
    ]
    if viewer.partnerships is None:
        return codes
    members = {code for each in partnerships_in(cursor) if each.id in viewer.partnerships for code in each.members}
    return [code for code in codes if code in members]


def _write(
    book: openpyxl.Workbook,
    cursor: DuckDBPyConnection,
    instrument: Instrument,
    form: Form,
    batch: int,
    version: str,
    villages: list[str] | None,
    indices: abc.Mapping[str, abc.Mapping[int, int]],
) -> dict[int, int]:
    """Writes a form's sheet; each `_row` of the store to its `_index` in the sheet."""
    where, params = "_batch = ?", list[object]([batch])
    if villages is not None:
        where, params = f"{where} AND list_contains(?, _village)", [*params, villages]
    source = f"{responses.qualified(instrument.id, form.name)} WHERE {where}"
    headers = _answered(cursor, form, source, params)
    _refuse_too_long(cursor, form, source, params)
    has_uuid = form.parent is None or cursor.execute(f"SELECT count(_uuid) FROM {source}", params).fetchone() != (0,)  # noqa: S608
    parent = form.parent
    sheet = book.create_sheet(form.name[:_NAME])
    sheet.freeze_panes = "A2"
    own = ["_index", *(["_uuid"] if has_uuid else []), *(["_parent_table_name", "_parent_index"] if parent else [])]
    sheet.append([*headers.values(), *own, STORED])
    listed = ", ".join(map(quoted, ["_row", "_parent", "_uuid", *headers]))
    cursor.execute(f"SELECT {listed} FROM {source} ORDER BY _row", params)  # noqa: S608
    written: dict[int, int] = {}
    for row, above, uuid, *answers in _fetched(cursor):
        if parent and above not in indices[parent]:
            continue
        written[row] = len(written) + 1
        place: list[object] = [written[row], *([uuid] if has_uuid else [])]
        if parent:
            place += [parent[:_NAME], indices[parent][above]]
        sheet.append([cell(sheet, _written(value)) for value in (*answers, *place, version)])
    return written


def _refuse_too_long(cursor: DuckDBPyConnection, form: Form, source: str, params: list[object]) -> None:
    ((rows,),) = cursor.execute(f"SELECT count(*) FROM {source}", params).fetchall()  # noqa: S608
    if rows >= MOST_ROWS:
        raise UserError("import.too_many_for_sheet", form=form.name, rows=rows, limit=MOST_ROWS - 1)


def _answered(cursor: DuckDBPyConnection, form: Form, source: str, params: list[object]) -> dict[str, str]:
    """The stored columns to write, with their headers: all but those that were required and have no answer at all, or that
    would be dropped again."""
    headers: dict[str, str] = {}
    needless: set[str] = set()
    for variable in form.variables:
        own = {variable.name: variable.name} if variable.kind in responses.TYPES else {}
        if variable.kind is Kind.SELECT_MULTIPLE:
            start = len(variable.name) + 2
            own |= {name: f"{variable.name}/{name[start:]}" for name in responses.choice_columns(variable)}
        headers |= own
        if variable.required or variable.name == form.design.respondent or privacy.by_name(variable):
            needless |= set(own)
    if not headers:
        return {}
    ((*counts,),) = cursor.execute(
        f"SELECT {', '.join(f'count({quoted(name)})' for name in headers)} FROM {source}",  # noqa: S608
        params,
    ).fetchall()
    design = {form.design.village, form.design.weight, form.design.psu, form.design.psu_population, *form.design.strata}
    answered = {name for name, count in zip(headers, counts, strict=True) if count}
    kept = {name: header for name, header in headers.items() if name in answered | design or name not in needless}
    return kept or headers  # a sheet needs a column by which its form is recognised


def _fetched(cursor: DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(_FETCHED):
        yield from rows


def _written(value: object) -> object:
    """A value as it is read again: days as in ISO 8601, which no spreadsheet turns round, and long numbers as text."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, int) and abs(value) >= _EXACT:
        return str(value)
    return value
