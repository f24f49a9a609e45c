"""Daftar kemitraan: who cooperates, on what, under which agreement, how far; and the papers behind it."""
from __future__ import annotations

from typing import Any

import streamlit as st

from access.policy import Action, may
from data import formats
from data.register import Partnership, sheets
from data.register.entry import Record
from pages.parts import address, books, forms, papers, reads, registerbook, session
from pages.parts.session import language
from pages.parts.words import plain, say

_SECTIONS = ("partnerships", "members", "third_parties", "stages", "budget")
_FILES = {"documents": papers.files, "history": papers.history}


def card(partnership: Partnership) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{plain(partnership.name)}**")
        st.markdown(" ".join(badges(partnership)))
        st.caption(say("registered.facts", villages=len(partnership.members), until=formats.day(partnership.ends_on, language())))
        address.link("register.py", say("registered.open"), icon=":material/folder_open:", kemitraan=partnership.id)


def badges(partnership: Partnership) -> list[str]:
    found = [f":blue-badge[{say(f'register.choice.{partnership.kind}')}]"]
    if partnership.state:
        found.append(f":gray-badge[{say(f'register.choice.{partnership.state}')}]")
    if partnership.stage:
        found.append(f":gray-badge[:material/flag: {say(f'register.choice.{partnership.stage}')}]")
    return found


def folder(partnership: Partnership) -> None:
    """Everything recorded about one partnership, section by section."""
    st.title(plain(partnership.name), anchor=False)
    with st.container(horizontal=True):
        address.link("register.py", say("registered.back"), icon=":material/arrow_back:")
        address.link("partnership.py", say("registered.results"), icon=":material/query_stats:", kemitraan=partnership.id)
        address.link("targets.py", say("registered.targets"), icon=":material/flag:", kemitraan=partnership.id)
    papers.completeness(partnership.id)
    section = address.choose("bagian", say("registered.section"), [*_SECTIONS, *_FILES], section_name)
    if section in _FILES:
        _FILES[section](partnership.id)
        return
    sheet = sheets.sheet(section)
    records = reads.records(section, partnership.id)
    if section == "partnerships":
        for record in records:
            if may(session.viewer(), Action.CHANGE_REGISTER):
                forms.edit(sheet, record, given={"id": partnership.id}, key=f"form-{partnership.id}")
            else:
                books.facts(sheet, record, leaving_out={"id": None})
        return
    books.show(sheet, records, given={"partnership": partnership.id}, title=lambda record: record_title(sheet, record),
               key=f"{partnership.id}-{section}", empty=say("registered.none"))


def section_name(section: str) -> str:
    return say(f"papers.{section}" if section in _FILES else f"register.sheet.{section}")


def record_title(sheet: sheets.Sheet, record: Record) -> str:
    """What tells a record from its neighbours: its key without the partnership, and what most want to know."""
    named = [name for name in (*sheet.key, "role", "done_on", "planned_rp") if name != "partnership" and any(
        column.name == name for column in sheet.columns)]
    return plain(" · ".join(filter(None, (forms.value(sheet.column(name), record.get(name)) for name in dict.fromkeys(named)))))


def open_papers(values: dict[str, Any]) -> None:
    address.go("register.py", kemitraan=str(values["id"]), bagian="members")


known = {each.id: each for each in reads.partnerships()}
chosen = st.query_params.get("kemitraan")
if chosen in known:
    folder(known[chosen])
else:
    st.title(say("frame.page.register"), anchor=False)
    st.caption(say("registered.about"))
    if not known:
        st.info(say("registered.empty"), icon=":material/info:")
    with st.grid(2, min_column_width=320):
        for each in known.values():
            card(each)
    if may(session.viewer(), Action.CHANGE_REGISTER):
        adding = st.expander(say("registered.add"), icon=":material/add:", key="add-partnership", on_change="rerun",
                             expanded=not known)
        if adding.open:
            with adding:
                forms.edit(sheets.PARTNERSHIPS, None, given={}, only=registerbook.FIRST, key="new-partnership", then=open_papers)
        registerbook.show()
