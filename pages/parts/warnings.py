"""What needs somebody's attention: each with its reason, a link to where it shows, and a way to say that it was seen."""
from __future__ import annotations

from collections import Counter

import streamlit as st

from access.policy import Action, may
from data import attention, formats
from data.attention import Item
from data.errors import UserError
from data.messages import explain
from pages.parts import address, reads, session
from pages.parts.session import language
from pages.parts.words import plain, say

_AT_ONCE = 6
_ICONS = {"partnership": "error", "register": "folder_open", "forum": "forum", "uploads": "upload_file"}
_OF_ONE = ("partnership", "register", "forum")  # pages that show one partnership


def counted() -> str:
    """How many warnings there are beside those of the pace, by what they are about; empty where there is none."""
    counts = Counter(item.group for item in reads.warnings() if item.group != "pace")
    told = [say("warnings.count", count=counts[group], group=say(f"attention.group.{group}"))
            for group in attention.GROUPS if counts[group]]
    return say("warnings.counted", counts=", ".join(told)) if told else ""


def show() -> None:
    """The list, what matters most first; beyond the first few on a click."""
    items = reads.warnings()
    st.header(say("warnings.title"), anchor=False)
    if not items:
        st.markdown(f":green[:material/check_circle:] {say('warnings.none')}")
        return
    _grid(items[:_AT_ONCE])
    if len(items) > _AT_ONCE:
        more = st.expander(say("warnings.more", more=len(items) - _AT_ONCE), key="warnings-more", on_change="rerun")
        if more.open:
            with more:
                _grid(items[_AT_ONCE:])


def _grid(items: list[Item]) -> None:
    with st.grid(2, min_column_width=320):
        for item in items:
            _item(item)


def _item(item: Item) -> None:
    names = {each.id: each.name for each in reads.partnerships()}
    with st.container(border=True, gap="xsmall", height="stretch"):
        st.markdown(f":orange[:material/{_ICONS.get(item.page, 'error')}:] "
                    f"{plain(attention.message(item, reads.indicator_list(), language()))}")
        about = [names.get(item.partnership or "", ""), formats.day(item.since, language())]
        st.caption(plain(" · ".join(filter(None, about))))
        with st.container(horizontal=True, vertical_alignment="center"):
            _link(item)
            if may(session.viewer(), Action.DISCUSS):
                _acknowledge(item)


def _link(item: Item) -> None:
    label, icon = say(f"warnings.open.{item.page}"), ":material/arrow_forward:"
    if item.page in _OF_ONE:
        known = reads.indicator_list().get(item.subject)
        address.link(f"{item.page}.py", label, icon=icon, kemitraan=item.partnership, tema=None if known is None else known.theme)
    else:
        address.link("upload.py", label, icon=icon)


def _acknowledge(item: Item) -> None:
    with st.popover(say("warnings.seen"), type="tertiary", icon=":material/done:", key=f"seen-{item.key}"):
        note = st.text_input(say("warnings.note"), key=f"note-{item.key}", max_chars=500)
        if st.button(say("warnings.note.save"), key=f"save-{item.key}", type="primary"):
            try:
                attention.acknowledge(session.store(), session.viewer(), item.key, note)
            except UserError as error:
                st.error(explain(error, language()))
            else:
                st.rerun()
