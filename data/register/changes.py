"""Recording: entries are checked against the register, shown as a difference, then written in one transaction."""
from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from access.policy import Action, Viewer, require
from data.areas import known_villages
from data.errors import UserError
from data.importing.finding import Severity
from data.indicators import indicators
from data.instruments.kept import kept
from data.register import checks, state
from data.register.cells import entry_of
from data.register.entry import Entry, Finding, Record, Value, record_label
from data.register.sheets import SHEETS, VILLAGES, Sheet, sheet
from data.store import Store, now
from data.totals import rebuild_all
from metrics.indicator import Indicator

# Sheets whose values are in the totals: a change means that the totals are built again.
_IN_TOTALS = {"poverty_lines", "price_indices"}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One record added (`before` is None), removed (`after` is None) or changed."""

    sheet: Sheet
    before: Record | None
    after: Record | None

    @property
    def record(self) -> str:
        values = self.after or self.before or {}
        return record_label(tuple(values[name] for name in self.sheet.key))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that differ."""
        before, after = self.before or {}, self.after or {}
        return tuple(c.name for c in self.sheet.columns if before.get(c.name) != after.get(c.name))


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What applying would change, and what was found wrong; `not_named` counts, by sheet, records that stay untouched."""

    name: str
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    not_named: dict[str, int]

    @property
    def has_errors(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def prepare(
    store: Store, viewer: Viewer, entries: Iterable[Entry], *, name: str, findings: Iterable[Finding] = (),
) -> Changes:
    """What the entries would change, without changing it. Records the entries do not name stay as they are."""
    require(viewer, Action.CHANGE_REGISTER)
    known_indicators = indicators(store, viewer)
    with store.reading() as cursor:
        return _difference(cursor, list(entries), name=name, findings=tuple(findings), known_indicators=known_indicators)


def save(store: Store, viewer: Viewer, sheet_name: str, values: Mapping[str, object]) -> Changes:
    """Adds or changes one record at once; a column that is not among `values` keeps its value.

    Returns what changed; when it has errors, nothing was written.
    """
    return _at_once(store, viewer, sheet(sheet_name), values)


def put(store: Store, viewer: Viewer, sheet_name: str, values: Mapping[str, object], *, before: Record | None) -> Changes:
    """Adds one record (`before` is None) or changes that one, its key too, as `save` does; never writes over another record."""
    asked = sheet(sheet_name)
    entry, findings = entry_of(asked, values)
    entries = [entry]
    old_key = None if before is None else tuple(before[name] for name in asked.key)
    if entry.has_key and entry.key != old_key and asked is not VILLAGES:
        with store.reading() as cursor:
            is_taken = entry.key in state.records(cursor, asked)
        if is_taken:
            findings.append(entry.finding("already_there", "name" if asked.key == ("id",) else asked.key[-1]))
        elif before is not None:
            entries.insert(0, Entry(sheet=asked, values={name: before[name] for name in asked.key}, is_removal=True))
    return _if_right(store, viewer, prepare(store, viewer, entries, name=asked.name, findings=findings))


def remove(store: Store, viewer: Viewer, sheet_name: str, key: Mapping[str, object]) -> Changes:
    """Removes one record at once, as `save` adds one. The history keeps it."""
    return _at_once(store, viewer, sheet(sheet_name), key, is_removal=True)


def apply(store: Store, viewer: Viewer, prepared: Changes) -> int:
    """Writes what was prepared, all of it or nothing; returns how many records changed.

    Raises `UserError` when it has errors, or when the register has changed since it was prepared.
    """
    require(viewer, Action.CHANGE_REGISTER)
    if prepared.has_errors:
        raise UserError("register.has_errors", name=prepared.name, count=len([
            finding for finding in prepared.findings if finding.severity is Severity.ERROR
        ]))
    if not prepared.changes:
        return 0
    with store.writing(viewer, "register.apply", file=prepared.name, changes=len(prepared.changes)) as cursor:
        _write(cursor, viewer, prepared)
    return len(prepared.changes)


def _at_once(store: Store, viewer: Viewer, sheet: Sheet, written: Mapping[str, object], *, is_removal: bool = False) -> Changes:
    entry, findings = entry_of(sheet, written, is_removal=is_removal)
    return _if_right(store, viewer, prepare(store, viewer, [entry], name=sheet.name, findings=findings))


def _if_right(store: Store, viewer: Viewer, prepared: Changes) -> Changes:
    if not prepared.has_errors:
        apply(store, viewer, prepared)
    return prepared


def _difference(
    cursor: DuckDBPyConnection, entries: list[Entry], *, name: str, findings: tuple[Finding, ...],
    known_indicators: Mapping[str, Indicator],
) -> Changes:
    before = {each.name: _state(cursor, each, entries) for each in SHEETS}
    after = {sheet_name: dict(records) for sheet_name, records in before.items()}
    changes: list[Change] = []
    for entry in entries:
        if not entry.has_key:
            continue
        old = before[entry.sheet.name].get(entry.key)
        if entry.is_removal:
            after[entry.sheet.name].pop(entry.key, None)
            if old is not None:
                changes.append(Change(sheet=entry.sheet, before=old, after=None))
            continue
        new = {column.name: (old or {}).get(column.name) for column in entry.sheet.columns} | _written(entry)
        after[entry.sheet.name][entry.key] = new
        if new != old:
            changes.append(Change(sheet=entry.sheet, before=old, after=new))
    named = {sheet_name: {entry.key for entry in entries if entry.sheet.name == sheet_name} for sheet_name in before}
    not_named = {
        sheet_name: len(records.keys() - named[sheet_name])
        for sheet_name, records in before.items() if named[sheet_name] and records.keys() - named[sheet_name]
    }
    found = checks.check(
        entries, after=after, indicators=known_indicators, villages=known_villages(cursor),
        forms={(instrument.id, form.name): form for instrument in kept(cursor) for form in instrument.forms},
        rounds_with_data=_rounds_with_data(cursor),
    )
    return Changes(name=name, changes=tuple(changes), findings=(*findings, *found), not_named=not_named)


def _rounds_with_data(cursor: DuckDBPyConnection) -> set[str]:
    return {id for (id,) in cursor.execute("SELECT DISTINCT round FROM batch").fetchall()}


def _state(cursor: DuckDBPyConnection, sheet: Sheet, entries: list[Entry]) -> dict[tuple[Value, ...], Record]:
    records = state.records(cursor, sheet)
    if sheet is VILLAGES:
        records |= state.villages(cursor, [str(entry.values["code"]) for entry in entries if entry.sheet is VILLAGES])
    return records


def _written(entry: Entry) -> dict[str, Value]:
    """A village's empty cells leave what is known; elsewhere an empty cell empties."""
    if entry.sheet is VILLAGES:
        return {name: value for name, value in entry.values.items() if value is not None}
    return dict(entry.values)


def _write(cursor: DuckDBPyConnection, viewer: Viewer, prepared: Changes) -> None:
    entries = [_entry_of(change) for change in prepared.changes]
    now_here = {change.sheet.name: _state(cursor, change.sheet, entries) for change in prepared.changes}
    for change, entry in zip(prepared.changes, entries, strict=True):
        if now_here[change.sheet.name].get(entry.key) != change.before:
            raise UserError("register.changed_meanwhile", name=prepared.name, record=change.record)
    for change in prepared.changes:
        state.write(cursor, change.sheet, before=change.before, after=change.after)
        cursor.execute(
            "INSERT INTO register_history SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ?, ?, ? FROM register_history",
            [now(), viewer.name, change.sheet.name, change.record, _json(change.before), _json(change.after)],
        )
    if any(change.sheet.name in _IN_TOTALS for change in prepared.changes):
        rebuild_all(cursor)


def _entry_of(change: Change) -> Entry:
    return Entry(sheet=change.sheet, values=change.after or change.before or {})


def _json(record: Record | None) -> str | None:
    return None if record is None else json.dumps(record, default=str, ensure_ascii=False)
