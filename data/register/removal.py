"""Taking back a draft: a partnership that was never agreed on, with all that was recorded of it."""
from __future__ import annotations

from access.policy import Viewer
from data.errors import UserError
from data.register import changes, listing
from data.register.entry import Entry
from data.register.reading import partnership as known_partnership
from data.register.sheets import PARTNERSHIPS, SHEETS
from data.store import Store


def drop_draft(store: Store, viewer: Viewer, partnership: str) -> int:
    """Removes a draft with its members, targets and whatever else is its own, all at once; returns how many records those were.

    The history keeps them. Raises `UserError` when the partnership is no draft: an agreement ends, it is not removed.
    """
    found = known_partnership(store, viewer, partnership)
    if found.state != "draft":
        raise UserError("register.not_a_draft", name=found.name)
    own = [sheet for sheet in SHEETS if sheet is PARTNERSHIPS or any(column.at == PARTNERSHIPS.name for column in sheet.columns)]
    entries = [
        Entry(sheet=sheet, values=record, is_removal=True)
        for sheet in own for record in listing.records(store, viewer, sheet.name, partnership=partnership)
    ]
    return changes.apply(store, viewer, changes.prepare(store, viewer, entries, name=partnership))
