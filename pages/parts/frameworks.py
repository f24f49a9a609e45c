"""The SDGs Desa frameworks: goals, and in each the official indicators with their targets and what Pantau has for them."""
from __future__ import annotations

import pandas as pd
import streamlit as st

from access.policy import Action, may
from data import formats, sdgs_desa
from data.sdgs_desa.browsing import Entry, Only, Question
from pages.parts import address, aims, downloads, indicators, reads, session
from pages.parts.session import language
from pages.parts.words import plain, say

_SHOWN = 60  # a goal has at most 56
_BADGES = {
    "stated": ("green", "verified"), "implied": ("blue", "search_insights"), "availability": ("violet", "task_alt"),
    "none": ("gray", "remove"), "elsewhere": ("orange", "help"),
}


def show() -> None:
    """A framework by goal, or the indicators in which some words occur; all of it in the address."""
    framework = address.choose("kerangka", say("framework.framework"), sdgs_desa.FRAMEWORKS, _framework_name)
    st.caption(say(f"framework.about.{framework}"))
    names = goal_names()
    with st.grid(2, min_column_width=280):
        goal = address.choose("tujuan", say("framework.goal"), ["all", *names], lambda id: _goal_name(id, names))
        words = address.typed("cari", say("framework.search"), placeholder=say("framework.search.example"))
    only = Only(address.choose("hanya", say("framework.only"), list(Only), lambda each: say(f"framework.only.{each}")))
    if goal == "all" and not words and only is Only.ALL:
        _goals(framework, names)
        return
    _entries(reads.framework(framework, None if goal == "all" else int(goal), words, only), names, has_many_goals=goal == "all")


def goal_names() -> dict[str, str]:
    """The name of each goal by its number."""
    rows = sdgs_desa.goals()
    return dict(zip(rows["goal"].astype(str), rows[f"name_{language()}"], strict=True))


def _framework_name(framework: str) -> str:
    return say(f"framework.name.{framework}")


def _goal_name(goal: str, names: dict[str, str]) -> str:
    return say("framework.goal.all") if goal == "all" else f"{goal} · {names[goal]}"


def _goals(framework: str, names: dict[str, str]) -> None:
    """The goals, each with how many indicators it has, how many of them state a target, and how many Pantau measures."""
    entries = reads.framework(framework, None, "", Only.ALL)
    with st.grid(3, min_column_width=260):
        for goal, name in names.items():
            own = [each for each in entries if each.official.goal == int(goal)]
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"**{goal} · {plain(name)}**")
                st.caption(_counted(own) if own else say("framework.goal.unknown"))
                if own:
                    address.link("targets.py", say("framework.goal.open"), icon=":material/arrow_forward:", bagian="frameworks",
                                 tujuan=goal, kerangka=None if framework == sdgs_desa.FRAMEWORKS[0] else framework)


def _counted(entries: list[Entry]) -> str:
    return say("framework.counted", count=formats.number(len(entries), language()),
               targets=sum(each.official.has_target for each in entries), measured=sum(bool(each.indicators) for each in entries))


def _entries(entries: list[Entry], names: dict[str, str], *, has_many_goals: bool) -> None:
    if not entries:
        st.info(say("framework.nothing"), icon=":material/search_off:")
        return
    st.markdown(_counted(entries))
    for at, entry in enumerate(entries[:_SHOWN]):
        with st.container(border=True, gap="xsmall"):
            key = "-".join(map(str, (*entry.official.key, "" if entry.official.code else at)))
            _entry(entry, key, names[str(entry.official.goal)] if has_many_goals else None)
    if len(entries) > _SHOWN:
        st.caption(say("framework.more", count=len(entries) - _SHOWN))
    downloads.buttons(_table(entries), _framework_name(entries[0].official.framework), key="frameworks")


def _table(entries: list[Entry]) -> pd.DataFrame:
    """Everything that was found, also what is not shown, as a table to take away."""
    return pd.DataFrame([{
        say("framework.goal"): each.official.goal, say("framework.code"): each.official.code,
        say("framework.objective"): each.official.objective, say("framework.indicator"): each.official.name,
        say("framework.unit"): each.official.unit, say("framework.stated"): each.official.target_text,
        say("framework.basis"): say(f"framework.basis.{basis(each)}"),
        say("framework.only.measured"): "; ".join(indicators.label(one) for one in each.indicators),
        say("framework.questions"): "; ".join(one.wording for one in each.questions if one.is_seen),
        say("framework.source"): each.official.source,
    } for each in entries])


def basis(entry: Entry) -> str:
    """The basis of its target as readers are told: what was not copied from the regulation is only said elsewhere."""
    official = entry.official
    return official.basis if official.is_transcribed or not official.has_target else "elsewhere"


def _entry(entry: Entry, key: str, goal_name: str | None) -> None:
    """One official indicator: what it says, whence its target comes, what measures it."""
    official = entry.official
    place = " · ".join(filter(None, [f"{official.goal} {goal_name}" if goal_name else "", official.code]))
    if place:
        st.caption(plain(place))
    st.markdown(f"**{plain(official.name)}**")
    colour, icon = _BADGES[basis(entry)]
    badge = f":{colour}-badge[:material/{icon}: {say(f'framework.basis.{basis(entry)}')}]"
    if official.has_target:
        st.markdown(f"{say('framework.target', target=plain(aims.of_official(official)))} {badge}")
    else:
        st.markdown(badge)
    _measured(entry)
    asked = len(entry.questions)
    name = say("framework.details", count=asked) if asked else say("framework.details.none")
    opened = st.expander(name, key=f"details-{key}", on_change="rerun", type="compact")
    if opened.open:
        with opened:
            _details(entry)


def _measured(entry: Entry) -> None:
    """The indicators of Pantau that report on it, each a way to its results; and the way to adopt its target."""
    if not entry.indicators:
        is_lost = entry.official.has_target and entry.official.is_transcribed
        st.caption(say("framework.not_measured.target" if is_lost else "framework.not_measured"))
        return
    offered = reads.adoptable() if may(session.viewer(), Action.CHANGE_REGISTER) and reads.partnerships() else frozenset()
    with st.container(horizontal=True, gap="small"):
        for each in entry.indicators:
            address.link("indicator.py", plain(indicators.label(each)), icon=":material/query_stats:", indikator=each.id)
            if (each.id, entry.official.key) in offered:
                address.link("targets.py", say("framework.adopt"), icon=":material/playlist_add_check:", adopsi=each.id)
    if entry.adopted_by:
        known = {each.id: each.name for each in reads.partnerships()}
        st.caption(say("framework.adopted_by", names=plain("; ".join(known.get(each, each) for each in entry.adopted_by))))


def _details(entry: Entry) -> None:
    official = entry.official
    st.markdown(say(f"framework.basis.{basis(entry)}.why"))
    if official.objective:
        st.markdown(f"**{say('framework.objective')}**: {plain(official.objective)}")
    for note in official.notes:
        st.markdown(f":material/info: {say(f'framework.note.{note}')}")
    if entry.questions:
        st.markdown(f"**{say('framework.questions')}**")
        st.caption(say("framework.questions.about"))
        st.markdown("\n".join(f"- {_question(each)}" for each in sorted(entry.questions, key=lambda each: not each.is_seen)))
    # As code, so that an address is not a link: what stands there is not ours to vouch for.
    st.caption(f"{say('framework.source')}: `{official.source.replace('`', '')}`")


def _question(question: Question) -> str:
    where = plain(" ".join(filter(None, [question.instrument, question.code])))
    doubt = "" if question.is_seen else f" :orange-badge[:material/help: {say('framework.questions.unseen')}]"
    return f"{plain(question.wording)} ({where}; {say('framework.questions.asked_of', whom=plain(question.asked_of))}){doubt}"
