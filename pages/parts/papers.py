"""The papers of a partnership: what is there and what is missing, its documents, and the history of its records."""
from __future__ import annotations

import json
from datetime import date
from functools import partial
from typing import Any, get_args

import streamlit as st

from access.policy import Action, may
from data import formats
from data.errors import UserError
from data.messages import explain, has
from data.register import documents, papers, sheets
from data.register.documents import DocumentKind
from data.register.sheets import Column, Kind
from pages.parts import forms, session
from pages.parts.rows import rows_of
from pages.parts.session import language
from pages.parts.words import plain, say

_LARGEST_MB = 20
_SHOWN = 50


def completeness(partnership: str) -> None:
    """What a full file would have, and how much of it is there; nothing is enforced."""
    found = papers.completeness(session.store(), session.viewer(), partnership)
    there = int(found["is_there"].sum())
    st.progress(there / len(found), text=say("papers.complete", there=there, all=len(found)))
    missing = [_name(row.what) for row in rows_of(found) if not row.is_there]
    if missing:
        st.caption(plain(say("papers.missing", what=", ".join(missing))))


def files(partnership: str) -> None:
    """The documents, each to be taken away, and a way to add one."""
    for row in rows_of(documents.documents(session.store(), session.viewer(), partnership)):
        st.download_button(
            f"{plain(row.name)} · {say(f'papers.kind.{row.kind}')}",
            partial(documents.content, session.store(), session.viewer(), partnership, row.sha256),
            file_name=row.name, key=f"file-{row.sha256}", icon=":material/description:", on_click="ignore")
    if not may(session.viewer(), Action.CHANGE_REGISTER):
        return
    with st.form("document", clear_on_submit=True):
        kind = st.selectbox(say("papers.kind"), get_args(DocumentKind), key="kind",
                            format_func=lambda each: say(f"papers.kind.{each}"))
        file = st.file_uploader(say("papers.file"), max_upload_size=_LARGEST_MB, key="file")
        if st.form_submit_button(say("papers.add"), icon=":material/upload:") and file is not None:
            try:
                documents.add(session.store(), session.viewer(), partnership, file.getvalue(), file.name, kind)
            except UserError as error:
                st.error(explain(error, language()), icon=":material/error:")
            else:
                st.rerun()


def history(partnership: str) -> None:
    """Who changed what, the latest first."""
    found = papers.history(session.store(), session.viewer(), partnership).head(_SHOWN)
    if found.empty:
        st.caption(say("registered.none"))
        return
    st.table([{
        say("papers.when"): formats.day(row.changed_at.date(), language()),
        say("book.column.sheet"): say(f"register.sheet.{row.sheet}"),
        say("book.column.change"): plain(_difference(row)),
    } for row in rows_of(found)], border="horizontal", alt=say("papers.history"))


def _difference(row: Any) -> str:
    """What a change did, as readers know it: a record that came or went by its key, else each column that differs."""
    before, after = ({} if not isinstance(each, str) else json.loads(each) for each in (row.before, row.after))
    sheet = sheets.sheet(row.sheet)
    if not before or not after:
        kept = before or after
        key = [_read(sheet.column(name), kept.get(name)) for name in sheet.key if name != "partnership"]
        return f"{say('book.added' if after else 'book.removed')}: {' · '.join(filter(None, key)) or kept.get('name', '')}"
    steps = {column: [_read(column, each.get(column.name)) or formats.NONE for each in (before, after)]
             for column in sheet.columns if before.get(column.name) != after.get(column.name)}
    return "; ".join(f"{forms.label(sheet, column)}: {' → '.join(step)}" for column, step in steps.items())


def _read(column: Column, kept: Any) -> str:
    """A value of the history, which keeps dates as text."""
    return forms.value(column, date.fromisoformat(kept) if column.kind is Kind.DATE and isinstance(kept, str) else kept)


def _name(what: str) -> str:
    for key in (f"papers.what.{what}", f"register.column.partnerships.{what}", f"register.column.{what}"):
        if has(key, language()):
            return say(key)
    return what
