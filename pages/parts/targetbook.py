"""A partnership's targets: each with its status, its form and its history, and a way to add one."""
from __future__ import annotations

import json
from datetime import date
from types import SimpleNamespace
from typing import Any

import streamlit as st

from access.policy import Action, may, person_at_this_machine
from data import formats, promises
from data.register.entry import Record
from data.register.sheets import TARGETS
from pages.parts import aims, books, chips, forms, indicators, papers, reads, session, targetform
from pages.parts.rows import rows_of
from pages.parts.session import language
from pages.parts.words import plain, say

# The columns that a promise says in words.
_PROMISED = {"comparison", "value", "upper_value"}


def show(partnership: str) -> None:
    """Every target under what it promises, then a form for another one, for those who may change the register."""
    records = reads.records("targets", partnership)
    changeable = may(session.viewer(), Action.CHANGE_REGISTER)
    if not records:
        st.caption(say("targets.none"))
    for record in records:
        key = f"target-{forms.fingerprint({name: record.get(name) for name in TARGETS.key})}"
        opened = st.expander(title(record, records), key=key, on_change="rerun")
        if opened.open:
            with opened:
                _status(record)
                if changeable and str(record["indicator"]) in reads.indicator_list():
                    targetform.edit(partnership, record, key=f"{key}-form")
                else:
                    books.facts(TARGETS, record, leaving_out={"partnership": None})
                if changeable:
                    forms.remove(TARGETS, record, key=f"{key}-remove")
                _history(partnership, str(record["indicator"]))
    if changeable:
        adding = st.expander(say("forms.add"), icon=":material/add:", key=f"target-add-{partnership}", on_change="rerun")
        if adding.open:
            with adding:
                targetform.edit(partnership, None, key=f"target-new-{partnership}")


def title(record: Record, records: list[Record]) -> str:
    """An indicator, what is promised, by when, on what basis; and whether a later target makes it a milestone."""
    known = reads.indicator_list().get(str(record["indicator"]))
    name = indicators.label(known) if known else str(record["indicator"])
    due, basis = (forms.value(TARGETS.column(each), record.get(each)) for each in ("due_on", "basis"))
    parts = [aims.of_record(record, known), due, basis, say("targets.milestone") if is_milestone(record, records) else ""]
    return f"**{plain(name)}**: {plain(' · '.join(filter(None, parts)))}"


def is_milestone(record: Record, records: list[Record]) -> bool:
    return any(each["indicator"] == record["indicator"] and str(each["due_on"]) > str(record["due_on"]) for each in records)


def _status(record: Record) -> None:
    """The status that rests on this target, and which version of it."""
    for row in rows_of(reads.status_of(str(record["partnership"]))):
        if row.indicator != record["indicator"] or str(row.target_on)[:10] != str(record["due_on"]):
            continue
        since = "" if row.target_set_at is None or row.target_set_at != row.target_set_at else say(
            "targets.version", version=row.target_version, since=formats.day(row.target_set_at.date(), language()))
        st.markdown(" ".join(filter(None, [chips.status(row.status, is_certain=bool(row.is_certain)), since])))


def _history(partnership: str, indicator: str) -> None:
    """What this partnership promised of the indicator before: when, who, from what to what."""
    found = promises.history(session.store(), session.viewer(), partnership, indicator)
    if found.empty:
        return
    opened = st.expander(say("targets.history", count=len(found)), icon=":material/history:", type="compact",
                         key=f"target-history-{partnership}-{indicator}")
    with opened:
        st.markdown("\n".join(f"- {_told(row)}" for row in rows_of(found)))


def _told(row: Any) -> str:
    """One change: the day, by whom where that is not this machine's owner, and what it was and became."""
    before, after = (json.loads(each) if isinstance(each, str) else None for each in (row.before, row.after))
    who = say("targets.by", who=row.viewer) if row.viewer != person_at_this_machine().name else ""
    when = " ".join(filter(None, [formats.day(row.changed_at.date(), language()), who]))
    kept = after or before or {}
    known = reads.indicator_list().get(str(kept["indicator"]))
    if before and after:
        was, became = aims.of_record(before, known), aims.of_record(after, known)
        rest = papers.difference(SimpleNamespace(sheet=row.sheet, before=_without(before), after=_without(after)))
        steps = "; ".join(filter(None, [f"{was} → {became}" if was != became else "", rest]))
        return f"**{plain(when)}**: {plain(steps)}"
    promised = f"{aims.of_record(kept, known)}, {formats.day(date.fromisoformat(kept['due_on']), language())}"
    return f"**{plain(when)}**: {plain(say('book.added' if after else 'book.removed') + ': ' + promised)}"


def _without(record: Record) -> str:
    """The record without what is promised, as the history keeps it."""
    return json.dumps({name: value for name, value in record.items() if name not in _PROMISED})
