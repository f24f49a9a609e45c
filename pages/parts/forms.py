"""One form for every sheet of the register: a widget for each column, saved when it is sent.

Numbers and dates may be typed as Indonesians write them; the register reads them, and what it finds wrong stands at its
field, with everything else as it was typed.
"""
from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data import formats
from data.importing.finding import Severity
from data.messages import has
from data.register import changes
from data.register.entry import Record, Value, column_label, shown
from data.register.sheets import Column, Kind, Sheet
from pages.parts import choices, reads, session
from pages.parts.session import language
from pages.parts.words import plain, say

_LONG = {"purpose", "scope", "financing", "dispute_clause", "rights_duties", "note", "contribution", "reason"}
_EARLIEST, _LATEST = date(1990, 1, 1), date(2100, 12, 31)


def edit(sheet: Sheet, record: Record | None, *, given: Mapping[str, Value], only: Sequence[str] | None = None, key: str,
         then: Callable[[dict[str, Any]], None] | None = None) -> None:
    """A form for a new record, or for changing one. `given` are columns that the place decides and nobody types.

    Once saved, `then` is called with what was written, or the page runs again: a form for a new record is empty then.
    """
    columns = [each for each in sheet.columns if each.name not in given and (only is None or each.name in only)
               and each.kind is not Kind.UNIT and not _is_own_id(sheet, each)]
    # What is typed belongs to the record as it is now: once that changes, or another takes its place, nothing typed is left.
    mine = f"{key}-{fingerprint(record)}" if record else fresh(key)
    beneath: dict[str, DeltaGenerator] = {}
    with st.form(mine, border=False):
        written: dict[str, Any] = {}
        with st.grid(2, min_column_width=280):
            for column in columns:
                with st.container(gap="xsmall"):
                    now = (record or {}).get(column.name)
                    written[column.name] = _widget(sheet, column, now, key=f"{mine}-{column.name}")
                    beneath[column.name] = st.container(gap="xsmall")
        sent = st.form_submit_button(say("forms.save"), type="primary", icon=":material/save:")
    if not sent:
        return
    values = _completed(sheet, {**{name: (record or {}).get(name) for name in sheet.key}, **written, **given})
    found = changes.put(session.store(), session.viewer(), sheet.name, values, before=record)
    told(found, beneath)
    if not found.has_errors:
        if record is None:
            renew(key)
        if then:
            then(values)
        st.rerun()


def told(found: changes.Changes, beneath: Mapping[str, DeltaGenerator]) -> None:
    """What was found: errors at their field and in short at the end, else that it is saved, with what to look at again."""
    if not found.has_errors:
        st.toast(say("forms.saved"), icon=":material/check:")
        for finding in found.findings:
            st.toast(plain(finding.what(language())), icon=":material/warning:", duration="infinite")
        return
    fields = []
    for finding in found.findings:
        at_field = beneath.get(finding.column or "")
        box = (at_field or st).error if finding.severity is Severity.ERROR else (at_field or st).warning
        box(plain(finding.what(language())), icon=":material/error:")
        if at_field and finding.severity is Severity.ERROR:
            fields.append(column_label(finding.sheet or "", finding.column or "", language()))
    if fields:
        st.error(say("forms.not_saved", fields=", ".join(dict.fromkeys(fields))), icon=":material/error:")


def fresh(key: str) -> str:
    """The key of a form for something new: another one each time it was renewed, so that it is empty then."""
    return f"{key}-{st.session_state.get(f'{key}-times', 0)}"


def renew(key: str) -> None:
    st.session_state[f"{key}-times"] = st.session_state.get(f"{key}-times", 0) + 1


def fingerprint(record: Record) -> str:
    """A short text that differs as soon as a record does."""
    return hashlib.sha256(repr(sorted(record.items())).encode()).hexdigest()[:12]


def remove(sheet: Sheet, record: Record, *, key: str) -> None:
    """A button that removes a record, after a second one says that it is meant."""
    with st.popover(say("forms.remove"), icon=":material/delete:", key=f"{key}-ask", type="tertiary"):
        st.markdown(say("forms.remove.sure"))
        if st.button(say("forms.remove.yes"), key=key, type="primary"):
            found = changes.remove(session.store(), session.viewer(), sheet.name, {name: record.get(name) for name in sheet.key})
            told(found, {})
            if not found.has_errors:
                st.rerun()


def label(sheet: Sheet, column: Column) -> str:
    return column_label(sheet.name, column.name, language())


def value(column: Column, kept: Value) -> str:
    """A value as readers see it, names instead of codes and ids."""
    if kept is None or kept != kept:
        return ""
    names = choices.names(column)
    if str(kept) in names:
        return names[str(kept)]
    if isinstance(kept, date):
        return choices.day(kept)
    if not isinstance(kept, float):
        return shown(column, kept, language())
    decimals = len(f"{kept:.10f}".rstrip("0").partition(".")[2])
    number = formats.number(kept, language(), decimals=decimals)
    return f"Rp\u00a0{number}" if "rp" in column.name.split("_") else number


def _is_own_id(sheet: Sheet, column: Column) -> bool:
    return column.kind is Kind.ID and column.at is None and sheet.key == (column.name,)


def _completed(sheet: Sheet, values: dict[str, Any]) -> dict[str, Any]:
    """With what follows from the rest: an id from the name, a unit from the indicator."""
    for column in sheet.columns:
        if _is_own_id(sheet, column) and not values.get(column.name):
            values[column.name] = _slug(str(values.get("name") or ""))
        if column.kind is Kind.UNIT and values.get("indicator"):
            unit = reads.indicator_list()[str(values["indicator"])].unit
            values[column.name] = "percent" if unit == formats.SHARE else unit
    return values


def _widget(sheet: Sheet, column: Column, now: Value, *, key: str) -> Any:
    name = label(sheet, column) + (" *" if column.needed else "")
    common: dict[str, Any] = {"key": key, "help": _note(sheet, column)}
    known = choices.names(column)
    if column.kind is Kind.CHOICES:
        st.markdown(f":small[{name}]")
        chosen = [each for each, words in known.items()
                  if st.checkbox(words, value=each in str(now or "").split(), key=f"{key}-{each}")]
        return " ".join(chosen) or None
    if known:
        options = list(known)
        return st.selectbox(name, options, index=options.index(str(now)) if str(now) in options else None,
                            format_func=known.__getitem__, placeholder=say("forms.choose"), **common)
    if column.kind is Kind.DATE:
        return st.date_input(name, value=now if isinstance(now, date) else None, min_value=_EARLIEST, max_value=_LATEST,
                             format="DD/MM/YYYY", **common)
    area = st.text_area if column.name in _LONG else st.text_input
    text = "" if now is None or now != now else choices.typed(now, language())
    example = say("register.example", example=column.example) if column.example else None
    return area(name, value=text, placeholder=example, max_chars=2000, **common) or None


def _note(sheet: Sheet, column: Column) -> str | None:
    """What the register says about a column; the notes of ids and areas are about cells of a workbook."""
    if column.kind in (Kind.ID, Kind.AREA, Kind.CHOICES):
        return None
    keys = (f"register.note.{sheet.name}.{column.name}", f"register.note.{column.name}")
    return next((say(key) for key in keys if has(key, language())), None)


def _slug(name: str) -> str:
    ascii = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii).strip("-")[:60].strip("-")
