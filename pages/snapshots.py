"""Cuplikan: results frozen for who has no account; made, read, verified, withdrawn."""
from __future__ import annotations

from datetime import date
from typing import cast
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from access.policy import Action, may
from data import formats, snapshots
from data.errors import UserError
from data.messages import explain
from data.snapshots import Snapshot
from pages.parts import address, indicators, reads, welcome
from pages.parts.session import language, store, viewer
from pages.parts.words import plain, say
from publishing import html, words
from publishing.freeze import LONGEST_NARRATIVE, LONGEST_TITLE, publish
from publishing.serving import address as path_of
from publishing.verify import read, verify

SHOWN = 20  # differences of a verification


def make() -> None:
    """Whose results, under which title, with which words."""
    known = {each.id: each for each in reads.partnerships()}
    if not known:
        st.info(say("snapshot.page.no_partnerships"), icon=":material/info:")
        return
    has_some = bool(snapshots.snapshots(store(), viewer()))
    with st.expander(say("snapshot.page.make"), icon=":material/add_a_photo:", expanded=not has_some):
        chosen = address.choose("kemitraan", say("snapshot.page.partnership"), list(known), lambda each: known[each].name)
        with st.form("make_snapshot", border=False, enter_to_submit=False):
            title = st.text_input(say("snapshot.page.title"), max_chars=LONGEST_TITLE, key=f"title-{chosen}-{language()}",
                                  value=words.suggested_title(store(), viewer(), chosen, date.today(), language()))
            narrative = st.text_area(say("snapshot.page.narrative"), max_chars=LONGEST_NARRATIVE, key="narrative",
                                     help=say("snapshot.page.narrative.help"))
            left, middle, right = st.columns(3)
            made_by = left.text_input(say("snapshot.page.made_by"), key="made_by",
                                      placeholder=say("snapshot.page.made_by.example"))
            as_of = middle.date_input(say("snapshot.page.as_of"), "today", format="DD/MM/YYYY", key="as_of",
                                      help=say("snapshot.page.as_of.help"))
            expires_on = right.date_input(say("snapshot.page.expires"), None, format="DD/MM/YYYY", key="expires_on",
                                          min_value="today", help=say("snapshot.page.expires.help"))
            st.caption(say("snapshot.page.promise"))
            if st.form_submit_button(say("snapshot.page.publish"), type="primary", icon=":material/lock:"):
                _publish(chosen, title, narrative, made_by, as_of, expires_on)


def _publish(
    partnership: str, title: str, narrative: str, made_by: str, as_of: date | None, expires_on: date | None,
) -> None:
    asked = (partnership, as_of)
    try:
        made = publish(store(), viewer(), partnership=partnership, title=title, narrative=narrative, made_by=made_by or None,
                       as_of=as_of, expires_on=expires_on, may_hide=st.session_state.pop("knows_hidden", None) == asked)
    except UserError as error:
        if error.code != "snapshot.hides":
            st.error(explain(error, language()), icon=":material/block:")
            return
        st.session_state["knows_hidden"] = asked
        hiding(error)
        return
    st.toast(say("snapshot.page.made", identity=made.identity[:12]), icon=":material/check_circle:")
    st.rerun()


def hiding(error: UserError) -> None:
    """Says which figures will not be shown; who then publishes again, knows."""
    known, rounds = reads.indicator_list(), {each.id: each.name for each in reads.rounds()}
    figures = cast(list[tuple[str, str]], error.params["figures"])
    st.warning(say(error.code, count=error.params["count"]), icon=":material/visibility_off:")
    st.markdown(f"**{say('snapshot.page.hides')}**\n\n" + "\n".join(
        f"- {plain(indicators.label(known[id]))} ({plain(rounds.get(round, round))})" for id, round in figures[:SHOWN]))
    if len(figures) > SHOWN:
        st.caption(say("snapshot.page.more_figures", count=len(figures) - SHOWN))
    st.markdown(say("snapshot.page.hides.again", publish=say("snapshot.page.publish")))


def listed(each: Snapshot) -> None:
    """One snapshot: its address, and what can be done with it."""
    is_shown = each.is_shown(date.today())
    with st.container(border=True):
        badge = "" if is_shown else f" :gray-badge[:material/visibility_off: {say('snapshot.not_shown_now')}]"
        st.markdown(f"**{plain(each.title)}**{badge}")
        until = f" · {say('snapshot.page.until', on=formats.day(each.expires_on, language()))}" if each.expires_on else ""
        st.caption(say("snapshot.page.line" if each.made_by != viewer().name else "snapshot.page.line_own",
                       on=formats.day(each.made_at.date(), language()), by=plain(each.made_by),
                       identity=each.identity[:12]) + until)
        if is_shown:
            st.code(full_address(each), language=None)
        with st.container(horizontal=True):
            if is_shown:
                st.link_button(say("snapshot.page.open"), full_address(each), icon=":material/open_in_new:")
            st.download_button(
                say("snapshot.page.save"), lambda: page_of(each), mime="text/html",
                file_name=f"pantau-{each.partnership}-{each.made_at:%Y-%m-%d}.html", icon=":material/download:",
                key=f"save-{each.identity}", on_click="ignore",
            )
            is_asked = st.button(say("snapshot.page.verify"), icon=":material/fact_check:", key=f"verify-{each.identity}")
            if is_shown and may(viewer(), Action.PUBLISH):
                withdrawing(each)
        if is_asked:
            verified(snapshots.document(store(), viewer(), each.identity), each.title)


def withdrawing(each: Snapshot) -> None:
    """Asks once: an address that was withdrawn never works again."""
    with st.popover(say("snapshot.page.withdraw"), icon=":material/visibility_off:"):
        st.markdown(say("snapshot.page.withdraw.sure"))
        if st.button(say("snapshot.page.withdraw.yes"), type="primary", key=f"withdraw-{each.identity}"):
            snapshots.withdraw(store(), viewer(), each.identity)
            st.rerun()


def full_address(each: Snapshot) -> str:
    """The whole address, as this reader reaches Pantau."""
    here = urlsplit(st.context.url or "")
    return urlunsplit((here.scheme, here.netloc, path_of(each.token, language()), "", ""))


def page_of(each: Snapshot) -> bytes:
    document, _ = read(snapshots.document(store(), viewer(), each.identity), each.title)
    return html.render(document, language()).encode("utf-8")


def verified(content: bytes, name: str) -> None:
    """Whether it was made here, and which of its figures the data still give."""
    try:
        document, identity = read(content, name)
        is_ours = any(each.identity == identity for each in snapshots.snapshots(store(), viewer()))
        found = verify(store(), viewer(), document)
    except UserError as error:
        st.error(explain(error, language()), icon=":material/block:")
        return
    st.markdown(say("snapshot.published_here" if is_ours else "snapshot.not_published_here", identity=f"`{identity}`"))
    if found.holds:
        st.success(words.verdict(found, language()), icon=":material/verified:")
        return
    st.warning(words.verdict(found, language()), icon=":material/difference:")
    lines = words.differences(found, document, language())
    st.markdown("\n".join(f"- {plain(line)}" for line in lines[:SHOWN]))
    if len(lines) > SHOWN:
        st.caption(say("snapshot.page.more_differences", count=len(lines) - SHOWN))


def verify_a_file() -> None:
    """For who was sent a page or a document and asks whether it is genuine."""
    with st.expander(say("snapshot.page.verify_file"), icon=":material/fact_check:"):
        sent = st.file_uploader(say("snapshot.page.verify_file.drop"), type=["html", "json", "gz"], key="sent")
        if sent is not None:
            verified(sent.getvalue(), sent.name)


st.title(say("frame.page.snapshots"), anchor=False)
if reads.is_empty():
    welcome.show()
else:
    st.markdown(say("snapshot.page.intro"))
    if may(viewer(), Action.PUBLISH):
        make()
    found = snapshots.snapshots(store(), viewer())
    if not found:
        st.caption(say("snapshot.none"))
    for snapshot in found:
        listed(snapshot)
    verify_a_file()
