"""The register as one workbook: taken away, edited in Excel, brought back; what would change is shown first."""
from __future__ import annotations

import streamlit as st

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
        file = st.file_uploader(say("book.upload"), type=["xlsx"], max_upload_size=_LARGEST_MB, key="book-file")
        if file is not None:
            _propose(file.getvalue(), file.name)


def _propose(content: bytes, name: str) -> None:
    """What a workbook would change, and a button that changes it."""
    try:
        prepared = workbook.read(session.store(), session.viewer(), content, name)
    except UserError as error:
        st.error(explain(error, language()), icon=":material/error:")
        return
    for finding in prepared.findings:
        box = st.error if finding.severity is Severity.ERROR else st.warning
        box(finding.message(language()), icon=":material/error:")
    if not prepared.changes:
        st.info(say("book.nothing"), icon=":material/check:")
        return
    st.markdown(say("book.changes", count=len(prepared.changes)))
    st.table([_described(change) for change in prepared.changes], border="horizontal", alt=say("book.title"))
    if not prepared.has_errors and st.button(say("book.apply"), type="primary", icon=":material/save:", key="book-apply"):
        count = changes.apply(session.store(), session.viewer(), prepared)
        st.toast(say("book.applied", count=count), icon=":material/check:")
        st.rerun()


def _described(change: changes.Change) -> dict[str, str]:
    kind = "added" if change.before is None else "removed" if change.after is None else "changed"
    before, after = change.before or {}, change.after or {}
    details = [f"{forms.label(change.sheet, change.sheet.column(name))}: "
               f"{forms.value(change.sheet.column(name), before.get(name)) or '–'} → "
               f"{forms.value(change.sheet.column(name), after.get(name)) or '–'}" for name in change.columns]
    return {
        say("book.column.sheet"): say(f"register.sheet.{change.sheet.name}"),
        say("book.column.record"): plain(change.record),
        say("book.column.change"): say(f"book.{kind}") if kind != "changed" else plain("; ".join(details)),
    }
