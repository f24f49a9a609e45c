"""Targets as a partnership sets and changes them: what may be promised of an indicator, what is saved, and what was before."""
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from access.policy import Viewer
from data.register import changes, papers, targets
from data.register.cells import entry_of
from data.register.changes import Changes
from data.register.entry import Entry, Finding, Record
from data.register.sheets import BASES, TARGETS
from data.store import Store
from metrics.indicator import Better, Indicator

_UP = ("at_least", "more_than", "between")
_DOWN = ("at_most", "less_than", "between", "zero")
_OFFICIAL = "official_"


def comparisons(indicator: Indicator) -> tuple[str, ...]:
    """What a target for this indicator may ask, in the direction in which it gets better."""
    if indicator.better is Better.DOWN:
        return _DOWN
    if indicator.unit.startswith("rp"):
        return (*_UP, "above_poverty_line")
    return (*_UP, "yes")


def bases(record: Record | None) -> tuple[str, ...]:
    """The bases a target may be given by hand; an official one only where it has been adopted."""
    now = None if record is None else record["basis"]
    return tuple(each for each in BASES if not each.startswith(_OFFICIAL) or each == now)


def save(store: Store, viewer: Viewer, before: Record | None, written: Mapping[str, object]) -> Changes:
    """Adds a target (`before` is None) or changes one, its due day too; what changed, or with errors why nothing was written.

    Never writes over another target of the indicator, and a target that is no longer the framework's is not kept as official.
    """
    entry, findings = entry_of(TARGETS, written)
    moved = before is not None and entry.has_key and entry.key != _key(before)
    if entry.has_key and (before is None or moved) and _is_taken(store, viewer, entry):
        findings.append(entry.finding("target_on_that_day", "due_on", indicator=entry.values["indicator"]))
    if before is not None:
        findings += _no_longer_official(entry, before)
    if not entry.has_key:
        findings += _also_missing(entry)
    entries = [entry]
    if moved:
        assert before is not None
        entries.insert(0, Entry(sheet=TARGETS, values=dict(zip(TARGETS.key, _key(before), strict=True)), is_removal=True))
    prepared = changes.prepare(store, viewer, entries, name=TARGETS.name, findings=findings)
    if not prepared.has_errors:
        changes.apply(store, viewer, prepared)
    return prepared


def history(store: Store, viewer: Viewer, partnership: str, indicator: str) -> pd.DataFrame:
    """Every change of a partnership's targets for an indicator, the latest first; columns as `data.register.papers.history`."""
    found = papers.history(store, viewer, partnership)
    kept = [json.loads(after if isinstance(after, str) else before)
            for before, after in zip(found["before"], found["after"], strict=True)]
    is_asked = pd.Series([each.get("indicator") == indicator for each in kept], index=found.index, dtype=bool)
    return found[found["sheet"].eq("targets") & is_asked].reset_index(drop=True)


def _key(record: Record) -> tuple[Any, ...]:
    return tuple(record[name] for name in TARGETS.key)


def _is_taken(store: Store, viewer: Viewer, entry: Entry) -> bool:
    partnership, indicator, due_on = entry.key
    known = targets(store, viewer, str(partnership))
    return bool(((known["indicator"] == indicator) & (known["due_on"] == pd.Timestamp(str(due_on)))).any())


def _also_missing(entry: Entry) -> list[Finding]:
    """What is needed beside the key: a row without a key is not looked at any further, and a reader wants to know at once."""
    return [entry.finding("missing", column.name, example=column.example or "…") for column in TARGETS.columns
            if column.needed and column.name not in (*TARGETS.key, *entry.unreadable) and entry.values.get(column.name) is None]


def _no_longer_official(entry: Entry, before: Record) -> list[Finding]:
    basis = entry.values.get("basis", before["basis"])
    said = [(record.get("comparison"), record.get("value")) for record in (before, {**before, **entry.values})]
    if str(basis).startswith(_OFFICIAL) and said[0] != said[1]:
        return [entry.finding("no_longer_official", "basis")]
    return []
