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
         empty: str) -> None:
    """Every record under its title, then a form for a new one, for those who may change the register."""
    changeable = may(session.viewer(), Action.CHANGE_REGISTER)
    if not records:
        st.caption(empty)
    for place, record in enumerate(records):
        one = f"{key}-{place}"
        opened = st.expander(title(record), key=one, on_change="rerun")
        if opened.open:
            with opened:
                if changeable:
                    forms.edit(sheet, record, given=given, key=f"{one}-form")
                    forms.remove(sheet, record, key=f"{one}-remove")
                else:
                    facts(sheet, record, leaving_out=given)
    if changeable:
        adding = st.expander(say("forms.add"), icon=":material/add:", key=f"{key}-add", on_change="rerun")
        if adding.open:
            with adding:
                forms.edit(sheet, None, given=given, key=f"{key}-add-form")


def facts(sheet: Sheet, record: Record, *, leaving_out: Mapping[str, Value]) -> None:
    """What is known of a record, as a table of two columns."""
    known = {forms.label(sheet, column): plain(forms.value(column, record.get(column.name)))
             for column in sheet.columns if column.name not in leaving_out}
    st.table({name: text for name, text in known.items() if text}, border="horizontal", alt=sheet.name)
