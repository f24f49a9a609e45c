"""Daftar kemitraan: who cooperates, on what, under which agreement, how far; and the papers behind it."""
from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st

from access.policy import Action, may
from data import formats
from data.register import Partnership, sheets
from pages.parts import address, forms, papers, reads, registerbook, sections, session
from pages.parts.session import language
from pages.parts.words import plain, say

_SECTIONS: dict[str, Callable[[Partnership], None]] = {
    "partnerships": sections.agreement, "members": sections.members, "third_parties": sections.third_parties,
    "stages": sections.stages, "budget": sections.budget, "documents": papers.files, "history": papers.history,
}
_SEARCHED = 8    # from so many partnerships on, one looks for a name
_SHOWN = 40      # cards at once


def card(partnership: Partnership) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{plain(partnership.name)}**")
        st.markdown(" ".join(badges(partnership)))
        st.caption(term(partnership))
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
    st.markdown(" ".join(badges(partnership)))
    papers.completeness(partnership.id)
    section = address.choose("bagian", say("registered.section"), list(_SECTIONS), section_name, all_visible=True)
    _SECTIONS[section](partnership)


def section_name(section: str) -> str:
    own = {"partnerships": "registered.section.about", "documents": "papers.documents", "history": "papers.history"}
    return say(own.get(section, f"register.sheet.{section}"))


def term(partnership: Partnership) -> str:
    """How many villages, and until when."""
    if partnership.ends_on is None:
        return say("registered.facts.no_term", villages=len(partnership.members))
    key = "registered.facts.ended" if partnership.ends_on < date.today() else "registered.facts"
    return say(key, villages=len(partnership.members), until=formats.day(partnership.ends_on, language()))


def listed() -> None:
    """A card for each partnership; where there are many, those whose name, field or villages hold what is looked for."""
    if not known:
        st.info(say("registered.empty"), icon=":material/info:")
    wanted = ""
    if len(known) > _SEARCHED:
        wanted = st.text_input(say("registered.search"), key="cari", bind="query-params", icon=":material/search:") or ""
    names = reads.areas_of("village") if wanted else {}
    found = [each for each in known.values() if wanted.casefold() in " ".join(filter(None, [
        each.name, each.subfield, *(names.get(code, code) for code in each.members)])).casefold()]
    if known and not found:
        st.info(say("registered.not_found"), icon=":material/info:")
    with st.grid(2, min_column_width=320):
        for each in found[:_SHOWN]:
            card(each)
    if len(found) > _SHOWN:
        st.caption(say("registered.more", count=len(found) - _SHOWN))


def open_papers(values: dict[str, Any]) -> None:
    address.go("register.py", kemitraan=str(values["id"]), bagian="members")


known = {each.id: each for each in reads.partnerships()}
chosen = st.query_params.get("kemitraan")
if chosen in known:
    folder(known[chosen])
else:
    st.title(say("frame.page.register"), anchor=False)
    st.caption(say("registered.about"))
    listed()
    if may(session.viewer(), Action.CHANGE_REGISTER):
        adding = st.expander(say("registered.add"), icon=":material/add:", key="add-partnership", on_change="rerun",
                             expanded=not known)
        if adding.open:
            with adding:
                forms.edit(sheets.PARTNERSHIPS, None, given={}, only=registerbook.FIRST, key="new-partnership", then=open_papers)
        registerbook.show()
