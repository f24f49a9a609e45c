"""The register as one workbook: a template to fill, the register as it is, and what a filled one would change."""
from __future__ import annotations

from access.policy import Action, Viewer, require
from data.areas import names_in
from data.indicators import indicators
from data.register import changes, parsing, state
from data.register.changes import Changes
from data.register.layout import write
from data.register.sheets import SHEETS
from data.store import Store

__all__ = ["export", "read", "template", "write"]


def template(store: Store, viewer: Viewer) -> bytes:
    """A workbook to fill: nothing in it but the drop-downs, with the indicators that can be computed here."""
    return write({}, indicators=sorted(indicators(store, viewer)))


def export(store: Store, viewer: Viewer) -> bytes:
    """The whole register; applied as it is, it changes nothing."""
    require(viewer, Action.CHANGE_REGISTER)
    known = sorted(indicators(store, viewer))
    with store.reading() as cursor:
        records = {sheet.name: list(state.records(cursor, sheet).values()) for sheet in SHEETS}
        regencies = {str(each["regency"]) for name in ("poverty_lines", "price_indices") for each in records[name]}
        names = names_in(cursor, regencies)
    return write(records, indicators=known, area_names=names)


def read(store: Store, viewer: Viewer, content: bytes, name: str) -> Changes:
    """What a workbook would change, and what is wrong with it. Raises `UserError` when it is no register workbook."""
    require(viewer, Action.CHANGE_REGISTER)
    entries, findings = parsing.entries(content, name)
    return changes.prepare(store, viewer, entries, name=name, findings=findings)
