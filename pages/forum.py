"""Forum & tindak lanjut: what was said and decided about a partnership, and who does what by when."""
from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from access.policy import Action, may
from data import formats, forum
from data.errors import UserError
from data.forum import State
from data.messages import explain
from pages.parts import address, indicators, reads, session
from pages.parts.rows import rows_of
from pages.parts.session import language
from pages.parts.words import plain, say

_EVERY = "-"
_ENDS: tuple[State, ...] = ("done", "dropped")
_STATES = {"open": ("orange", "pending"), "done": ("green", "check_circle"), "dropped": ("gray", "cancel")}


def said(partnership: str, about: str | None) -> None:
    """The messages, oldest first, and a place to write the next."""
    st.header(say("discussion.messages"), anchor=False)
    messages = reads.messages(partnership, about)
    if messages.empty:
        st.caption(say("discussion.no_messages"))
    for row in rows_of(messages):
        with st.chat_message("user", avatar=":material/gavel:" if row.kind == "decision" else ":material/person:"):
            mark = f":green-badge[{say('discussion.decision')}] " if row.kind == "decision" else ""
            st.markdown(mark + plain(row.text))
            parts = [formats.day(row.written_at.date(), language()), name_of(row.indicator)]
            st.caption(plain(" · ".join(filter(None, parts))))
    if may(session.viewer(), Action.DISCUSS):
        with st.form("write", clear_on_submit=True):
            text = st.text_area(say("discussion.write"), max_chars=5000, key="text")
            is_decision = st.checkbox(say("discussion.is_decision"), key="is_decision")
            if st.form_submit_button(say("discussion.send"), icon=":material/send:"):
                kept(lambda: forum.write(session.store(), session.viewer(), partnership, text, indicator=about,
                                         kind="decision" if is_decision else "message"))


def follow_ups(partnership: str, about: str | None) -> None:
    """What is to be done, the most urgent first; each can be closed with a note."""
    st.header(say("discussion.follow_ups"), anchor=False)
    found = reads.follow_ups(partnership)
    if about is not None:
        found = found[found["indicator"] == about]
    if found.empty:
        st.caption(say("discussion.no_follow_ups"))
    with st.grid(2, min_column_width=320):
        for row in rows_of(found):
            follow_up_card(row)
    if may(session.viewer(), Action.DISCUSS):
        adding = st.expander(say("discussion.add"), icon=":material/add_task:", key="add", on_change="rerun")
        if adding.open:
            with adding, st.form("follow_up", border=False, clear_on_submit=True):
                task = st.text_input(f"{say('discussion.task')} *", max_chars=500, key="task")
                owner = st.text_input(f"{say('discussion.owner')} *", max_chars=200, key="owner",
                                      help=say("discussion.owner.note"))
                due_on = st.date_input(f"{say('discussion.due')} *", value=date.today(), format="DD/MM/YYYY", key="due")
                if st.form_submit_button(say("forms.save"), type="primary", icon=":material/save:"):
                    kept(lambda: forum.follow_up(session.store(), session.viewer(), partnership, task, owner=owner, due_on=due_on,
                                                 indicator=about))


def follow_up_card(row: Any) -> None:
    colour, icon = _STATES[row.state]
    is_late = row.state == "open" and row.due_on.date() < date.today()
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{plain(row.task)}**")
        late = f" :orange-badge[:material/schedule: {say('discussion.late')}]" if is_late else ""
        st.markdown(f":{colour}-badge[:material/{icon}: {say(f'forum.state.{row.state}')}]{late}")
        st.caption(plain(" · ".join(filter(None, [row.owner, formats.day(row.due_on.date(), language()), name_of(row.indicator),
                                                  row.note if isinstance(row.note, str) else ""]))))
        if may(session.viewer(), Action.DISCUSS):
            if row.state != "open":
                if st.button(say("discussion.reopen"), key=f"open-{row.id}", type="tertiary", icon=":material/undo:"):
                    kept(lambda: forum.close(session.store(), session.viewer(), int(row.id), "open"))
                return
            with st.popover(say("discussion.close"), key=f"close-{row.id}", type="tertiary", icon=":material/check:"):
                note = st.text_input(say("discussion.note"), key=f"note-{row.id}", max_chars=500)
                for state in _ENDS:
                    if st.button(say(f"discussion.mark.{state}"), key=f"{state}-{row.id}"):
                        kept(partial(forum.close, session.store(), session.viewer(), int(row.id), state, note))


def name_of(indicator: Any) -> str:
    known = reads.indicator_list()
    return indicators.label(known[indicator]) if indicator in known else ""


def kept(write: Callable[[], object]) -> None:
    """Writes, and shows the page anew; or says what is missing."""
    try:
        write()
    except UserError as error:
        st.error(explain(error, language()), icon=":material/error:")
    else:
        st.rerun()


st.title(say("frame.page.forum"), anchor=False)
known_partnerships = {each.id: each for each in reads.partnerships()}
if not known_partnerships:
    st.info(say("overview.no_partnerships"), icon=":material/info:")
else:
    chosen = address.choose("kemitraan", say("frame.page.partnership"), list(known_partnerships),
                            lambda each: known_partnerships[each].name)
    promised = [_EVERY, *dict.fromkeys(reads.status_of(chosen)["indicator"])]
    topic = address.choose("indikator", say("discussion.about"), promised,
                           lambda each: say("discussion.every") if each == _EVERY else name_of(each))
    only = None if topic == _EVERY else topic
    follow_ups(chosen, only)
    said(chosen, only)
