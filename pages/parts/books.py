"""Records of one sheet on a page: each can be read, changed and removed, and one can be added."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from access.policy import Action, may
from data.register.entry import Record, Value
from data.register.sheets import Sheet
from pages.parts import forms, session
from pages.parts.words import plain, say


def show(sheet: Sheet, records: Sequence[Record], *, given: Mapping[str, Value], title: Callable[[Record], str], key: str,
         empty: str, more: Callable[[Record], None] | None = None) -> None:
    """Every record under its title, then a form for a new one, for those who may change the register."""
    if not records:
        st.caption(empty)
    listed(sheet, records, given=given, title=title, key=key, more=more)
    add(sheet, given=given, key=key)


def listed(sheet: Sheet, records: Sequence[Record], *, given: Mapping[str, Value], title: Callable[[Record], str], key: str,
           icon: str | None = None, more: Callable[[Record], None] | None = None) -> None:
    """Every record under its title; opened, it can be changed by those who may, and `more` says what else there is."""
    for record in records:
        one = f"{key}-{forms.fingerprint({name: record.get(name) for name in sheet.key})}"
        opened = st.expander(title(record), icon=icon, key=one, on_change="rerun")
        if opened.open:
            with opened:
                if may(session.viewer(), Action.CHANGE_REGISTER):
                    forms.edit(sheet, record, given=given, key=f"{one}-form")
                    forms.remove(sheet, record, key=f"{one}-remove")
                else:
                    facts(sheet, record, leaving_out=given)
                if more:
                    more(record)


def add(sheet: Sheet, *, given: Mapping[str, Value], key: str) -> None:
    """A form for a new record, for those who may change the register."""
    if not may(session.viewer(), Action.CHANGE_REGISTER):
        return
    adding = st.expander(say("forms.add"), icon=":material/add:", key=f"{key}-add", on_change="rerun")
    if adding.open:
        with adding:
            forms.edit(sheet, None, given=given, key=f"{key}-add-form")


def facts(sheet: Sheet, record: Record, *, leaving_out: Mapping[str, Value]) -> None:
    """What is known of a record, as a table of two columns."""
    known = {forms.label(sheet, column): plain(forms.value(column, record.get(column.name)))
             for column in sheet.columns if column.name not in leaving_out}
    st.table({name: text for name, text in known.items() if text}, border="horizontal",
             alt=say(f"register.sheet.{sheet.name}"))
