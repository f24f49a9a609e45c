"""The answers of one response as they are stored now, found by its row in the file or by its respondent."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from access.policy import Action, Viewer, require, sees_village
from data import responses
from data.errors import UserError
from data.importing import privacy
from data.instruments import kept
from data.instruments.model import Form, Instrument, Variable
from data.register import partnerships_in
from data.store import Store, quoted


def correctable(form: Form) -> list[Variable]:
    """The variables of a form whose answers are stored as they were given."""
    return [
        one
        for one in form.variables
        if one.kind in responses.TYPES and one.name != form.design.respondent and not privacy.by_name(one)
    ]


def rows_of(store: Store, viewer: Viewer, batch: int, form: str, respondent: str) -> list[int]:
    """The rows of a form that a respondent gave, whose identity is written as in the file; it is compared by its hash."""
    [key] = privacy.hashed(pa.array([respondent]), privacy.secret(store.directory)).to_pylist()
    return [row for row, _ in _found(store, viewer, batch, form, [], "_key = ?", key)]


def answers(store: Store, viewer: Viewer, batch: int, form: str, row: int) -> dict[str, str | None]:
    """What can be corrected of one row, by variable, as text; None where it was not answered.

    Raises `UserError` for a row that is not among the batch's accepted ones in the viewer's villages.
    """
    names = [one.name for one in correctable(instrument_of(store, viewer, batch).form(form))]
    found = _found(store, viewer, batch, form, names, "_row = ?", row)
    if not found:
        raise UserError("import.correction_place", batch=batch, form=form, row=row)
    return dict(zip(names, found[0][2:], strict=True))


def instrument_of(store: Store, viewer: Viewer, batch: int) -> Instrument:
    """The instrument that a batch answers. Raises `UserError` for a batch that is not there."""
    require(viewer, Action.SEE_RESPONSES)
    with store.reading() as cursor:
        found = cursor.execute("SELECT instrument FROM batch WHERE id = ?", [batch]).fetchall()
    if not found:
        raise UserError("import.unknown_batch", batch=batch)
    return kept.instrument(store, viewer, found[0][0])


def _found(
    store: Store, viewer: Viewer, batch: int, form: str, names: list[str], where: str, value: object
) -> list[tuple[Any, ...]]:
    """(row, village, then the columns as text) of the rows in the viewer's villages, by row."""
    table = responses.qualified(instrument_of(store, viewer, batch).id, form)
    listed = "".join(f", CAST({quoted(name)} AS VARCHAR)" for name in names)
    with store.reading() as cursor:
        found = cursor.execute(
            f"SELECT _row, _village{listed} FROM {table} WHERE _batch = ? AND {where} ORDER BY _row",  # noqa: S608 quoted
            [batch, value],
        ).fetchall()
        members = {code for each in partnerships_in(cursor) if each.id in (viewer.partnerships or ()) for code in each.members}
    in_areas = [one for one in found if viewer.areas is None or (one[1] and sees_village(viewer, one[1]))]
    return [one for one in in_areas if viewer.partnerships is None or one[1] in members]
