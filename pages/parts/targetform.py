"""The form of a target: it asks only what its kind needs, each number with its unit."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data import formats, promises
from data.messages import has
from data.register.entry import Record
from data.register.sheets import TARGETS
from metrics.indicator import Indicator
from pages.parts import choices, forms, reads, session
from pages.parts.session import language
from pages.parts.words import say

_NUMBERED = ("at_least", "at_most", "more_than", "less_than", "between", "above_poverty_line")


def edit(partnership: str, record: Record | None, *, key: str) -> None:
    """A form for a new target of a partnership, or for changing one. The kind is chosen first, for the rest follows from it."""
    mark = forms.fingerprint(record) if record else str(st.session_state.get(f"{key}-added", 0))
    place = f"{key}-{mark}"
    with st.grid(2, min_column_width=280):
        indicator = _indicator(record, place)
        comparison = None if indicator is None else _comparison(indicator, record, place)
    if indicator is None or comparison is None:
        st.caption(say("targets.form.first"))
        return
    beneath: dict[str, DeltaGenerator] = {}
    with st.form(place, border=False):
        written = _asked(indicator, comparison, record, place, beneath)
        sent = st.form_submit_button(say("forms.save"), type="primary", icon=":material/save:")
    if not sent:
        return
    found = promises.save(session.store(), session.viewer(), record, {
        **dict.fromkeys(("value", "upper_value")), **written, "partnership": partnership, "indicator": indicator.id,
        "comparison": comparison, "unit": "percent" if indicator.unit == formats.SHARE else indicator.unit})
    forms.told(found, beneath)
    if not found.has_errors:
        if record is None:
            st.session_state[f"{key}-added"] = st.session_state.get(f"{key}-added", 0) + 1
        st.rerun()


def _indicator(record: Record | None, place: str) -> Indicator | None:
    known = reads.indicator_list()
    if record is not None:
        return known.get(str(record["indicator"]))
    names = choices.names(TARGETS.column("indicator"))
    chosen = _choose("indicator", list(names), names, None, place)
    return known.get(str(chosen))


def _comparison(indicator: Indicator, record: Record | None, place: str) -> str | None:
    now = None if record is None else str(record["comparison"])
    allowed = promises.comparisons(indicator)
    names = choices.names(TARGETS.column("comparison"))
    return _choose("comparison", [*allowed, *([now] if now and now not in allowed else [])], names, now,
                   f"{place}-{indicator.id}")


def _choose(column: str, options: Sequence[str], names: dict[str, str], now: str | None, place: str) -> Any:
    return st.selectbox(
        f"{_label(column)} *", options, index=options.index(now) if now in options else None, format_func=names.__getitem__,
        placeholder=say("forms.choose"), key=f"{place}-{column}", help=_help(column))


def _asked(indicator: Indicator, comparison: str, record: Record | None, place: str,
           beneath: dict[str, DeltaGenerator]) -> dict[str, Any]:
    """What the form asks of this kind of target, as it was typed."""
    kept = record or {}
    unit = unit_of(indicator)
    written: dict[str, Any] = {}

    def asks(column: str, label: str, **settings: Any) -> None:
        with st.container(gap="xsmall"):
            text = "" if kept.get(column) is None else choices.typed(kept[column], language())
            written[column] = st.text_input(label, value=text, key=f"{place}-{column}", max_chars=2000, **settings) or None
            beneath[column] = st.container(gap="xsmall")

    with st.grid(2, min_column_width=280):
        if comparison == "above_poverty_line":
            asks("value", say("targets.form.times"), help=say("targets.form.times.help"), placeholder="1")
        elif comparison in _NUMBERED:
            number = _label("value") if comparison != "between" else say("targets.form.lower")
            asks("value", f"{with_unit(number, unit)} *", help=say("targets.form.percent") if unit == "%" else None)
        if comparison == "between":
            asks("upper_value", f"{with_unit(_label('upper_value'), unit)} *")
        due = kept.get("due_on")
        with st.container(gap="xsmall"):
            written["due_on"] = st.text_input(
                f"{_label('due_on')} *", value="" if due is None else f"{due:%d/%m/%Y}", key=f"{place}-due_on",
                placeholder=say("targets.form.due.example"), help=_help("due_on")) or None
            beneath["due_on"] = st.container(gap="xsmall")
        with st.container(gap="xsmall"):
            names = choices.names(TARGETS.column("basis"))
            now = None if record is None else str(record["basis"])
            written["basis"] = _choose("basis", promises.bases(record), names, now, place)
            beneath["basis"] = st.container(gap="xsmall")
        asks("source", f"{_label('source')} *", help=_help("source"),
             placeholder=say("register.example", example=TARGETS.column("source").example))
        asks("note", _label("note"))
        asks("baseline_value", with_unit(_label("baseline_value"), unit), help=say("targets.form.baseline.help"))
        start = kept.get("baseline_on")
        with st.container(gap="xsmall"):
            written["baseline_on"] = st.text_input(
                _label("baseline_on"), value="" if start is None else f"{start:%d/%m/%Y}", key=f"{place}-baseline_on",
                placeholder=say("targets.form.due.example")) or None
            beneath["baseline_on"] = st.container(gap="xsmall")
    return written


def unit_of(indicator: Indicator) -> str:
    """What a number of this indicator is in, as it stands beside a field: `%`, `Rp per bulan`, `bulan setahun`."""
    if indicator.unit == formats.SHARE:
        return "%"
    words = formats.unit_words(indicator.unit, language())
    return " ".join(filter(None, ["Rp" if indicator.unit.startswith("rp") else "", words]))


def with_unit(label: str, unit: str) -> str:
    return f"{label} ({unit})" if unit else label


def _label(column: str) -> str:
    return forms.label(TARGETS, TARGETS.column(column))


def _help(column: str) -> str | None:
    key = f"register.note.{column}"
    return say(key) if has(key, language()) else None
