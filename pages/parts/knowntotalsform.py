"""Entering known totals: a form, a round, what rows are grouped by; then a table with a line for every group."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from data import grouping
from data.instruments.model import Form
from data.register import changes, sheets
from data.register.cells import entry_of
from data.register.entry import Record
from pages.parts import forms, groupnames, reads, session
from pages.parts.importing.facts import form_name
from pages.parts.words import plain, say

_MOST = 500
_BANDS = "0-14 15-59 60+"


def show() -> None:
    known = {f"{instrument.id} {form.name}": (instrument, form) for instrument in reads.instruments().values()
             for form in instrument.forms if not form.design.census}
    rounds = {each.id: each.name for each in reads.rounds()}
    if not known or not rounds:
        st.info(say("known.nothing_to_group"), icon=":material/info:")
        return
    with st.grid(2, min_column_width=280):
        chosen = st.selectbox(say("known.form"), list(known), key="known-form",
                              format_func=lambda each: form_name(known[each][0], known[each][1].name))
        round = st.selectbox(say("register.column.round"), list(rounds), key="known-round", format_func=rounds.__getitem__)
    instrument, form = known[chosen]
    kept = [each for each in reads.records("known_totals")
            if (each["instrument"], each["form"], each["round"]) == (instrument.id, form.name, round)]
    words = _words(form, kept, key=f"known-{chosen}-{round}")
    if not words or not all(words[name] or not grouping.is_number(form, name) for name in words):
        return
    wanted = grouping.categories(form, words)
    if len(wanted) > _MOST:
        st.error(say("known.too_many", count=len(wanted), most=_MOST), icon=":material/error:")
        return
    _table(form, " ".join(words), wanted, kept, {"instrument": instrument.id, "form": form.name, "round": round})


def _words(form: Form, kept: Sequence[Record], *, key: str) -> dict[str, list[str]]:
    """What rows are grouped by, and the words of each name; none where a variable's choices are meant."""
    before = str(kept[0]["grouped_by"]).split() if kept else []
    can = grouping.groupable(form)
    names = st.multiselect(say("register.column.grouped_by"), can, default=[name for name in before if name in can],
                           format_func=lambda name: groupnames.names_of(form, name), key=f"{key}-names",
                           placeholder=say("forms.choose"), help=say("known.grouping_help"))
    words: dict[str, list[str]] = {}
    for name in names:
        place = before.index(name) if name in before else None
        used = [] if place is None else list(dict.fromkeys(str(each["category"]).split()[place] for each in kept))
        if name == grouping.VILLAGE:
            words[name] = list(dict.fromkeys([*reads.areas_of("village"), *used]))
        elif grouping.is_number(form, name):
            typed = st.text_input(say("known.bands", variable=groupnames.names_of(form, name)), " ".join(used) or _BANDS,
                                  key=f"{key}-{name}", help=say("known.bands_help"))
            words[name] = typed.replace(",", " ").split()
        else:
            words[name] = []
    return words


def _table(form: Form, grouped_by: str, wanted: Sequence[str], kept: Sequence[Record], given: Record) -> None:
    """One line per group; an empty one has no total. What was known by another grouping is replaced."""
    before = {str(each["category"]): each for each in kept if each["grouped_by"] == grouped_by}
    group, total = say("known.column.group"), say("known.column.total")
    table = pd.DataFrame({
        group: [groupnames.category_of(form, grouped_by, each) for each in wanted],
        total: [before[each]["total"] if each in before else None for each in wanted],
    }).astype({total: "Float64"})
    key = f"known-table-{forms.fingerprint({**given, 'by': grouped_by, 'groups': ' '.join(wanted), 'kept': repr(kept)})}"
    edited = st.data_editor(table, hide_index=True, disabled=[group], key=key,
                            column_config={total: st.column_config.NumberColumn(min_value=0, format="%.0f")})
    first = kept[0] if kept else {}
    with st.grid(2, min_column_width=280):
        source = st.text_input(say("register.column.source") + " *", str(first.get("source") or ""), key=f"{key}-source",
                               placeholder=sheets.KNOWN_TOTALS.column("source").example)
        day = first.get("counted_on")
        counted_on = st.date_input(say("register.column.counted_on"), day if isinstance(day, date) else None, format="DD/MM/YYYY",
                                   key=f"{key}-day")
    if any(each["grouped_by"] != grouped_by for each in kept):
        st.caption(say("known.replaces"))
    if st.button(say("forms.save"), type="primary", icon=":material/save:", key=f"{key}-save"):
        filled = {each: number for each, number in zip(wanted, edited[total], strict=True) if not pd.isna(number)}
        written = [{**given, "grouped_by": grouped_by, "category": each, "total": float(number), "source": source,
                    "counted_on": counted_on} for each, number in filled.items()]
        gone = [each for each in kept if each["grouped_by"] != grouped_by or each["category"] not in filled]
        _save(written, gone)


def _save(written: Sequence[Record], gone: Sequence[Record]) -> None:
    """All of it at once, or nothing; what is wrong stands beneath."""
    sheet = sheets.KNOWN_TOTALS
    entries, findings = [], []
    removed = [{name: each[name] for name in sheet.key} for each in gone]
    for values, is_removal in [*((each, True) for each in removed), *((each, False) for each in written)]:
        entry, wrong = entry_of(sheet, values, is_removal=is_removal)
        entries.append(entry)
        findings += wrong
    prepared = changes.prepare(session.store(), session.viewer(), entries, name=sheet.name, findings=findings)
    if prepared.has_errors:
        for text in dict.fromkeys(finding.what(session.language()) for finding in prepared.findings):
            st.error(plain(text), icon=":material/error:")
        return
    changes.apply(session.store(), session.viewer(), prepared)
    forms.told(prepared, {})
    st.rerun()
