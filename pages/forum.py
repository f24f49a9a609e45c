"""Forum & tindak lanjut: what was said and decided about a partnership, and who does what by when."""
from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from access.policy import Action, may, person_at_this_machine
from data import formats, forum
from data.errors import UserError
from data.forum import State
from data.messages import explain
from pages.parts import address, forms, indicators, reads, session
from pages.parts.rows import rows_of
from pages.parts.session import language
from pages.parts.words import plain, say

_EVERY = "-"
_LATE = 4  # late ones that are named at the top
_ENDS: tuple[State, ...] = ("done", "dropped")
_STATES = {"open": ("orange", "pending"), "done": ("green", "check_circle"), "dropped": ("gray", "cancel")}


def due(known: dict[str, str]) -> None:
    """What is late in any partnership, the oldest first, each with a link."""
    opened = reads.follow_ups()
    opened = opened[opened["state"] == "open"]
    late = opened[opened["due_on"].dt.date < date.today()]
    if opened.empty:
        return
    st.markdown(say("discussion.in_all", count=len(opened), late=len(late)))
    for row in rows_of(late.head(_LATE)):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            day = formats.day(row.due_on.date(), language())
            st.markdown(plain(f"{day}: {row.task} ({known[row.partnership]})"), width="content")
            address.link("forum.py", say("discussion.open"), icon=":material/arrow_forward:", kemitraan=row.partnership)


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
            who = "" if row.viewer == person_at_this_machine().name else row.viewer
            parts = [who, formats.day(row.written_at.date(), language()), name_of(row.indicator)]
            st.caption(plain(" · ".join(filter(None, parts))))
    if may(session.viewer(), Action.DISCUSS):
        key = forms.fresh("write")
        with st.form(key):
            text = st.text_area(say("discussion.write"), max_chars=5000, key=f"{key}-text")
            wrong = st.container()
            is_decision = st.checkbox(say("discussion.is_decision"), key=f"{key}-decision")
            if st.form_submit_button(say("discussion.send"), icon=":material/send:"):
                kept("write", wrong, lambda: forum.write(
                    session.store(), session.viewer(), partnership, text, indicator=about,
                    kind="decision" if is_decision else "message"))


def follow_ups(partnership: str, about: str | None) -> None:
    """What is to be done, the most urgent first; each can be closed with a note."""
    st.header(say("discussion.follow_ups"), anchor=False)
    found = reads.follow_ups(partnership)
    if about is not None:
        found = found[found["indicator"] == about]
    if found.empty:
        st.caption(say("discussion.no_follow_ups"))
    messages = reads.messages(partnership, None)
    texts = dict(zip(messages["id"], messages["text"], strict=True))
    with st.grid(2, min_column_width=320):
        for row in rows_of(found):
            follow_up_card(row, texts)
    if may(session.viewer(), Action.DISCUSS):
        adding = st.expander(say("discussion.add"), icon=":material/add_task:", key="add", on_change="rerun")
        if adding.open:
            decisions = messages[messages["kind"] == "decision"]
            with adding:
                new_follow_up(partnership, about, {int(each): texts[each] for each in decisions["id"]})


def new_follow_up(partnership: str, about: str | None, decisions: dict[int, str]) -> None:
    """What, who, by when; and the decision it carries out, where there is one."""
    key = forms.fresh("follow_up")
    with st.form(key, border=False):
        task = st.text_input(f"{say('discussion.task')} *", max_chars=500, key=f"{key}-task")
        at_task = st.container()
        owner = st.text_input(f"{say('discussion.owner')} *", max_chars=200, key=f"{key}-owner",
                              help=say("discussion.owner.note"), placeholder=say("discussion.owner.example"))
        at_owner = st.container()
        due_on = st.date_input(f"{say('discussion.due')} *", value=None, format="DD/MM/YYYY", key=f"{key}-due")
        at_due = st.container()
        decision = st.selectbox(say("discussion.carries_out"), list(decisions), index=None, format_func=decisions.__getitem__,
                                placeholder=say("forms.choose"), key=f"{key}-decision") if decisions else None
        if not st.form_submit_button(say("forms.save"), type="primary", icon=":material/save:"):
            return
    missing = [(place, name) for place, name, value in (
        (at_task, "task", task.strip()), (at_owner, "owner", owner.strip()), (at_due, "due", due_on)) if not value]
    for place, name in missing:
        place.error(say("discussion.missing", field=say(f"discussion.{name}")), icon=":material/error:")
    if not missing and due_on:
        kept("follow_up", at_owner, lambda: forum.follow_up(
            session.store(), session.viewer(), partnership, task, owner=owner, due_on=due_on, indicator=about, message=decision))


def follow_up_card(row: Any, texts: dict[int, str]) -> None:
    colour, icon = _STATES[row.state]
    is_late = row.state == "open" and row.due_on.date() < date.today()
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{plain(row.task)}**")
        late = f" :orange-badge[:material/schedule: {say('discussion.late')}]" if is_late else ""
        st.markdown(f":{colour}-badge[:material/{icon}: {say(f'forum.state.{row.state}')}]{late}")
        st.caption(plain(" · ".join(filter(None, [
            row.owner, say("discussion.by", day=formats.day(row.due_on.date(), language())), name_of(row.indicator)]))))
        if row.message in texts:
            st.caption(plain(say("discussion.from", decision=texts[row.message])))
        if isinstance(row.note, str):
            st.caption(plain(say("discussion.noted", note=row.note)))
        if may(session.viewer(), Action.DISCUSS):
            if row.state != "open":
                if st.button(say("discussion.reopen"), key=f"open-{row.id}", type="tertiary", icon=":material/undo:"):
                    kept("close", st, lambda: forum.close(session.store(), session.viewer(), int(row.id), "open"))
                return
            with st.popover(say("discussion.close"), key=f"close-{row.id}", type="tertiary", icon=":material/check:"):
                note = st.text_input(say("discussion.note"), key=f"note-{row.id}", max_chars=500)
                for state in _ENDS:
                    if st.button(say(f"discussion.mark.{state}"), key=f"{state}-{row.id}"):
                        kept("close", st, partial(forum.close, session.store(), session.viewer(), int(row.id), state, note))


def name_of(indicator: Any) -> str:
    known = reads.indicator_list()
    return indicators.label(known[indicator]) if indicator in known else ""


def kept(form: str, wrong: Any, write: Callable[[], object]) -> None:
    """Writes, and shows the page anew with that form empty; or says what is wrong, with everything as it was typed."""
    try:
        write()
    except UserError as error:
        wrong.error(plain(explain(error, language())), icon=":material/error:")
    else:
        forms.renew(form)
        st.rerun()


st.title(say("frame.page.forum"), anchor=False)
known_partnerships = {each.id: each for each in reads.partnerships()}
if not known_partnerships:
    st.info(say("overview.no_partnerships"), icon=":material/info:")
    address.link("register.py", say("registered.add"), icon=":material/add:")
else:
    st.caption(say("discussion.about_page"))
    due({each.id: each.name for each in known_partnerships.values()})
    chosen = address.choose("kemitraan", say("frame.page.partnership"), list(known_partnerships),
                            lambda each: known_partnerships[each].name)
    promised = [_EVERY, *dict.fromkeys(reads.status_of(chosen)["indicator"])]
    topic = address.choose("indikator", say("discussion.about"), promised,
                           lambda each: say("discussion.every") if each == _EVERY else name_of(each))
    only = None if topic == _EVERY else topic
    with st.container(horizontal=True):
        address.link("partnership.py", say("registered.results"), icon=":material/query_stats:", kemitraan=chosen)
        address.link("register.py", say("registered.open"), icon=":material/folder_open:", kemitraan=chosen)
    follow_ups(chosen, only)
    said(chosen, only)
