"""An instrument comes into the store, or a new version of it."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from access.policy import Action, Viewer, require
from data import responses, totals
from data.errors import UserError
from data.instruments import kept, official
from data.instruments.model import Instrument, Kind
from data.instruments.workbook import read_workbook
from data.store import Store, now

SHIPPED = Path(__file__).resolve().parent / "shipped"
# Kinds whose columns are the same text, so that a question may change from one to the other.
_SAME_COLUMN = frozenset({Kind.TEXT, Kind.SELECT_ONE, Kind.TIME})


def add(store: Store, viewer: Viewer, content: bytes, name: str) -> Instrument:
    """Keeps the instrument of a workbook and makes its response tables; a workbook already kept becomes current again.

    Raises `UserError` for a workbook that cannot be read or names an official indicator that there is not, or whose question
    changed what it holds.
    """
    require(viewer, Action.IMPORT)
    new = read_workbook(content, name)
    official.check(content)
    with store.writing(viewer, "instrument.add", instrument=new.id, version=new.version, sha256=new.sha256) as cursor:
        before = [found for found in kept.kept(cursor) if found.id == new.id]
        for old in before:
            _check_kinds(old, new)
        cursor.execute(
            "INSERT OR REPLACE INTO instrument VALUES (?, ?, ?, ?, ?, ?)",
            [new.sha256, new.id, new.version, Path(name).name, content, now()],
        )
        for form in new.forms:
            responses.ensure_table(cursor, new, form)
        if before:
            totals.rebuild_all(cursor)
    return new


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An instrument that could be added, and the version that is current now, if there is one."""

    new: Instrument
    before: Instrument | None


def offered(store: Store, viewer: Viewer, content: bytes, name: str) -> Offer:
    """What `add` would add, to be looked at first. Raises `UserError` for what it would refuse; nothing is changed."""
    require(viewer, Action.IMPORT)
    new = read_workbook(content, name)
    before = next((found for found in kept.instruments(store, viewer) if found.id == new.id), None)
    if before is not None:
        _check_kinds(before, new)
    return Offer(new=new, before=before)


def shipped() -> list[Path]:
    """The workbooks that come with Pantau, ready for KoboToolbox."""
    return sorted(SHIPPED.glob("*.xlsx"))


def add_shipped(store: Store, viewer: Viewer) -> list[Instrument]:
    """Adds the shipped instruments that the store does not have in any version."""
    present = {found.id for found in kept.instruments(store, viewer)}
    return [add(store, viewer, path.read_bytes(), path.name) for path in shipped() if path.stem not in present]


def _check_kinds(old: Instrument, new: Instrument) -> None:
    before = {(form.name, variable.name): variable.kind for form in old.forms for variable in form.variables}
    for form in new.forms:
        for variable in form.variables:
            kind = before.get((form.name, variable.name), variable.kind)
            if kind is not variable.kind and not {kind, variable.kind} <= _SAME_COLUMN:
                raise UserError("instrument.kind_changed", variable=variable.name, form=form.name, old=kind, new=variable.kind)
