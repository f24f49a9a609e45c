"""The papers of a partnership: what is there and what is missing, its documents, and the history of its records."""
from __future__ import annotations

import json
from datetime import date
from functools import partial
from typing import Any, get_args

import streamlit as st

from access.policy import Action, may, person_at_this_machine
from data import formats
from data.errors import UserError
from data.messages import explain, has
from data.register import Partnership, documents, papers, sheets
from data.register.documents import DocumentKind
from data.register.sheets import Column, Kind, Sheet
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


def files(partnership: Partnership) -> None:
    """The documents, each to be taken away, and a way to add one."""
    found = documents.documents(session.store(), session.viewer(), partnership.id)
    if found.empty:
        st.caption(say("papers.none"))
    with st.grid(2, min_column_width=320):
        for row in rows_of(found):
            _document(partnership.id, row)
    if may(session.viewer(), Action.CHANGE_REGISTER):
        _add(partnership.id)


def _document(partnership: str, row: Any) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{plain(row.name)}**")
        st.caption(plain(" · ".join([
            say(f"papers.kind.{row.kind}"), formats.day(row.added_at.date(), language()), _size(row.size_bytes)])))
        with st.container(horizontal=True):
            st.download_button(
                say("papers.download"), partial(documents.content, session.store(), session.viewer(), partnership, row.sha256),
                file_name=row.name, key=f"file-{row.sha256}", icon=":material/download:", on_click="ignore")
            if may(session.viewer(), Action.CHANGE_REGISTER):
                with st.popover(say("forms.remove"), icon=":material/delete:", key=f"remove-{row.sha256}", type="tertiary"):
                    st.markdown(say("papers.remove.sure"))
                    if st.button(say("forms.remove.yes"), key=f"removed-{row.sha256}", type="primary"):
                        documents.remove(session.store(), session.viewer(), partnership, row.sha256)
                        st.rerun()


def _add(partnership: str) -> None:
    with st.form("document", clear_on_submit=True):
        kind = st.selectbox(say("papers.kind"), get_args(DocumentKind), key="kind",
                            format_func=lambda each: say(f"papers.kind.{each}"))
        file = st.file_uploader(say("papers.file", megabytes=_LARGEST_MB), max_upload_size=_LARGEST_MB, key="file")
        if not st.form_submit_button(say("papers.add"), icon=":material/upload:"):
            return
        if file is None:
            st.error(say("papers.no_file"), icon=":material/error:")
            return
        try:
            documents.add(session.store(), session.viewer(), partnership, file.getvalue(), file.name, kind)
        except UserError as error:
            st.error(plain(explain(error, language())), icon=":material/error:")
        else:
            st.rerun()


def _size(size_bytes: int) -> str:
    if size_bytes < 1_000_000:
        return f"{formats.number(max(1, round(size_bytes / 1000)), language())} kB"
    return f"{formats.number(size_bytes / 1_000_000, language(), decimals=1)} MB"


def history(partnership: Partnership) -> None:
    """Who changed what, day by day, the latest first."""
    found = papers.history(session.store(), session.viewer(), partnership.id)
    if found.empty:
        st.caption(say("registered.none"))
    shown = found.head(_SHOWN)
    for day, rows in shown.groupby(shown["changed_at"].dt.date, sort=False):
        st.markdown(f"**{formats.day(day, language())}**")
        st.markdown("\n".join(f"- {_told(row)}" for row in rows_of(rows)))
    if len(found) > _SHOWN:
        st.caption(say("papers.older", count=len(found) - _SHOWN))


def _told(row: Any) -> str:
    """One change: in which part of the papers, of which record, what, and by whom where that is not this machine's owner."""
    who = "" if row.viewer == person_at_this_machine().name else f" ({row.viewer})"
    before, after = (json.loads(each) if isinstance(each, str) else None for each in (row.before, row.after))
    kind = "added" if before is None else "removed" if after is None else "changed"
    what = _named(sheets.sheet(row.sheet), after or before or {})
    if kind == "changed":
        what = ". ".join(filter(None, [what, difference(row)]))
    return f"**{say(f'register.sheet.{row.sheet}')}** {plain(say(f'book.{kind}') + ': ' + what + who)}"


def difference(row: Any) -> str:
    """What a change did, as readers know it: each column that differs, from what to what."""
    before, after = (json.loads(each) if isinstance(each, str) else {} for each in (row.before, row.after))
    sheet = sheets.sheet(row.sheet)
    steps = {column: [_read(column, each.get(column.name)) or formats.NONE for each in (before, after)]
             for column in sheet.columns if before.get(column.name) != after.get(column.name)}
    return "; ".join(f"{forms.label(sheet, column)}: {' → '.join(step)}" for column, step in steps.items())


def _named(sheet: Sheet, kept: dict[str, Any]) -> str:
    """A record by its key, where the partnership goes without saying."""
    key = [_read(sheet.column(name), kept.get(name)) for name in sheet.key if name not in ("partnership", "id")]
    return " · ".join(filter(None, key)) or str(kept.get("name") or "")


def _read(column: Column, kept: Any) -> str:
    """A value of the history, which keeps dates as text."""
    return forms.value(column, date.fromisoformat(kept) if column.kind is Kind.DATE and isinstance(kept, str) else kept)


def _name(what: str) -> str:
    for key in (f"papers.what.{what}", f"register.column.partnerships.{what}", f"register.column.{what}"):
        if has(key, language()):
            name = say(key)
            return name[:1].lower() + name[1:]
    return what
