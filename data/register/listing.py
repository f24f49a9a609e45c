"""The register's records, sheet by sheet, for whoever may see them."""
from __future__ import annotations

from access.policy import Action, Viewer, require
from data.register import state
from data.register.entry import Record
from data.register.reading import partnerships
from data.register.sheets import PARTNERSHIPS, sheet
from data.store import Store


def records(store: Store, viewer: Viewer, sheet_name: str, *, partnership: str | None = None) -> list[Record]:
    """A sheet's records in the order of their keys: of one partnership, or of all in the viewer's scope.

    Sheets that speak of no partnership (rounds, parameters) are the same for everyone.
    """
    require(viewer, Action.SEE_RESULTS)
    asked = sheet(sheet_name)
    owner = "id" if asked is PARTNERSHIPS else "partnership"
    with store.reading() as cursor:
        found = list(state.records(cursor, asked).values())
    if asked is not PARTNERSHIPS and all(column.name != owner for column in asked.columns):
        return found
    seen = {each.id for each in partnerships(store, viewer) if partnership in (None, each.id)}
    return [record for record in found if record[owner] in seen]
