"""The register as one workbook: taken away, edited in Excel, brought back; what would change is shown first."""
from __future__ import annotations

import streamlit as st

from data import formats
from data.errors import UserError
from data.importing.finding import Severity
from data.messages import explain
from data.register import changes, workbook
from pages.parts import forms, session
from pages.parts.downloads import WORKBOOK
from pages.parts.session import language
from pages.parts.words import plain, say

# What is asked of a new partnership; the rest of its papers follow when there are any.
FIRST = ("name", "kind", "field", "subfield", "purpose", "stage", "state", "agreement_number", "starts_on", "ends_on")
_LARGEST_MB = 20
_SHOWN = 50    # lines at once


def show() -> None:
    opened = st.expander(say("book.title"), icon=":material/table_view:", key="book", on_change="rerun")
    if not opened.open:
        return
    with opened:
        st.markdown(say("book.about"))
        with st.container(horizontal=True):
            st.download_button(say("book.export"), lambda: workbook.export(session.store(), session.viewer()), mime=WORKBOOK,
                               file_name="pantau-register.xlsx", icon=":material/download:", key="book-export", on_click="ignore")
            st.download_button(say("book.template"), lambda: workbook.template(session.store(), session.viewer()), mime=WORKBOOK,
                               file_name="pantau-register-kosong.xlsx", icon=":material/note_add:", key="book-template",
                               on_click="ignore")
        file = st.file_uploader(say("book.upload", megabytes=_LARGEST_MB), type=["xlsx"], max_upload_size=_LARGEST_MB,
                                key="book-file")
        if file is not None:
            _propose(file.getvalue(), file.name)


def _propose(content: bytes, name: str) -> None:
    """What a workbook would change, and a button that changes it."""
    try:
        with st.spinner(say("book.reading")):
            prepared = workbook.read(session.store(), session.viewer(), content, name)
    except UserError as error:
        st.error(plain(explain(error, language())), icon=":material/error:")
        return
    _faults(prepared)
    if not prepared.changes:
        if not prepared.has_errors:
            st.info(say("book.nothing"), icon=":material/check:")
        return
    st.markdown(say("book.changes", count=len(prepared.changes)))
    for sheet in dict.fromkeys(change.sheet.name for change in prepared.changes):
        _difference(sheet, [change for change in prepared.changes if change.sheet.name == sheet])
    if not prepared.has_errors and st.button(say("book.apply"), type="primary", icon=":material/save:", key="book-apply"):
        try:
            with st.spinner(say("book.applying")):
                count = changes.apply(session.store(), session.viewer(), prepared)
        except UserError as error:
            st.error(plain(explain(error, language())), icon=":material/error:")
            return
        st.toast(say("book.applied", count=count), icon=":material/check:")
        st.rerun()


def _faults(prepared: changes.Changes) -> None:
    """What is wrong, errors first: where, what, and what to do."""
    found = sorted(prepared.findings, key=lambda finding: finding.severity is not Severity.ERROR)
    if prepared.has_errors:
        st.error(say("book.has_errors", count=sum(finding.severity is Severity.ERROR for finding in found)),
                 icon=":material/error:")
    for finding in found[:_SHOWN]:
        box = st.error if finding.severity is Severity.ERROR else st.warning
        box(plain(finding.message(language())), icon=":material/error:")
    if len(found) > _SHOWN:
        st.caption(say("book.more", count=len(found) - _SHOWN))


def _difference(sheet: str, found: list[changes.Change]) -> None:
    """The changes of one sheet, each in a line."""
    st.markdown(f"**{say(f'register.sheet.{sheet}')}** ({len(found)})")
    st.markdown("\n".join(f"- {plain(_described(change))}" for change in found[:_SHOWN]))
    if len(found) > _SHOWN:
        st.caption(say("book.more", count=len(found) - _SHOWN))


def _described(change: changes.Change) -> str:
    """A record by name, and what becomes of it."""
    kind = "added" if change.before is None else "removed" if change.after is None else "changed"
    before, after = change.before or {}, change.after or {}
    key = [forms.value(change.sheet.column(name), (change.after or before).get(name)) for name in change.sheet.key]
    steps = [f"{forms.label(change.sheet, change.sheet.column(name))}: "
             f"{forms.value(change.sheet.column(name), before.get(name)) or formats.NONE} → "
             f"{forms.value(change.sheet.column(name), after.get(name)) or formats.NONE}" for name in change.columns]
    said = "; ".join(steps) if kind == "changed" else say(f"book.{kind}")
    return f"{' · '.join(filter(None, key))}: {said}"
