"""Kebutuhan & potensi: where a village falls short, and which neighbour is strong there."""
from __future__ import annotations

import pandas as pd
import streamlit as st

from access.policy import Action, may
from data import formats, needs
from data.errors import UserError
from data.messages import explain
from data.needs import Candidate
from metrics.indicator import Indicator
from pages.parts import address, boundaries, figures, indicators, reads, session, welcome
from pages.parts.session import language
from pages.parts.words import plain, say

_TINY = 0.001


def match(candidate: Candidate, names: dict[str, str], place: int) -> None:
    """A village that falls short and a neighbour that is strong, with the evidence, and a way to begin."""
    indicator = reads.indicator_list()[candidate.indicator]
    village, partner = names[candidate.village], names[candidate.partner]
    rounds = {each.id: each.name for each in reads.rounds()}
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{plain(village)}** :material/handshake: **{plain(partner)}**")
        st.markdown(plain(f"{indicators.label(indicator)} · {rounds.get(candidate.round, candidate.round)}"))
        st.caption(plain(indicators.definition(indicator)))
        st.table({
            plain(say("candidates.is_short", village=village)): figure(candidate.estimate, candidate.interval, indicator),
            plain(say("candidates.is_strong", village=partner)): figure(candidate.partner_estimate, candidate.partner_interval,
                                                                        indicator),
            say("candidates.neighbours", count=candidate.neighbours): figure(candidate.usual, None, indicator),
        }, border="horizontal", alt=say("candidates.title"))
        distance = say("candidates.distance.unknown") if candidate.distance_km is None else say(
            "candidates.distance", km=formats.number(candidate.distance_km, language(), decimals=1))
        chance = "tiny" if candidate.p_value < _TINY else "small"
        sure = say(f"candidates.chance.{chance}", chance=formats.amount(candidate.p_value, formats.SHARE, language()))
        is_census = candidate.interval is None and candidate.partner_interval is None
        st.caption(" ".join(filter(None, [distance, say("candidates.census") if is_census else "", sure])))
        begin(candidate, place)


def figure(value: float, interval: tuple[float, float] | None, indicator: Indicator) -> str:
    """A figure with its interval, where it rests on a sample."""
    said = plain(formats.value(value, indicator.unit, language()))
    return said if interval is None else f"{said}, {plain(formats.interval(*interval, indicator.unit, language()))}"


def begin(candidate: Candidate, place: int) -> None:
    """What the two have together already, and a draft partnership in one click."""
    made = needs.draft_id(candidate)
    for together in candidate.partnerships:
        address.link("register.py", say("candidates.drafted" if together == made else "candidates.together"),
                     icon=":material/handshake:", kemitraan=together)
    if made not in candidate.partnerships and may(session.viewer(), Action.CHANGE_REGISTER) and st.button(
            say("candidates.draft"), key=f"draft-{place}", icon=":material/note_add:", type="primary"):
        draft(candidate)


def draft(candidate: Candidate) -> None:
    try:
        made = needs.draft(session.store(), session.viewer(), candidate, language=language())
    except UserError as error:
        st.error(explain(error, language()), icon=":material/error:")
    else:
        address.go("register.py", kemitraan=made)


def places_table(names: dict[str, str]) -> pd.DataFrame:
    """Every village that surely differs from its neighbours, in words."""
    known = reads.indicator_list()
    return pd.DataFrame([{
        say("parts.level.village"): names[place.village],
        say("frame.page.indicator"): indicators.label(known[place.indicator]),
        say("candidates.side"): say("candidates.strong" if place.side > 0 else "candidates.short"),
        say("parts.column.value"): formats.value(place.estimate, known[place.indicator].unit, language()),
        say("candidates.usual"): formats.value(place.usual, known[place.indicator].unit, language()),
    } for place in reads.places() if place.side != 0])


def shortfalls_table(names: dict[str, str]) -> pd.DataFrame:
    known = reads.indicator_list()
    return pd.DataFrame([{
        say("parts.level.village"): names[each.village],
        say("frame.page.indicator"): indicators.label(known[each.indicator]),
        say("parts.column.value"): formats.value(each.estimate, known[each.indicator].unit, language()),
        say("parts.chart.target"): formats.value(each.target, known[each.indicator].unit, language()),
    } for each in reads.shortfalls()])


def shortfalls_by_indicator(names: dict[str, str]) -> list[dict[str, str]]:
    """For each indicator, how many villages are short of its official target, and the one that is farthest."""
    known = reads.indicator_list()
    by_indicator: dict[str, list[needs.Shortfall]] = {}
    for each in reads.shortfalls():
        by_indicator.setdefault(each.indicator, []).append(each)
    return [{
        say("frame.page.indicator"): plain(indicators.label(known[id])),
        say("parts.chart.target"): plain(formats.value(found[0].target, known[id].unit, language())),
        say("candidates.short_of_it"): formats.number(len(found), language()),
        say("candidates.farthest"): plain(f"{names[found[0].village]}: "
                                          f"{formats.value(found[0].estimate, known[id].unit, language())}"),
    } for id, found in by_indicator.items()]


st.title(say("frame.page.needs"), anchor=False)
if reads.is_empty():
    welcome.show()
else:
    st.caption(say("candidates.about"))
    villages = reads.areas_of("village")
    st.header(say("candidates.title"), anchor=False)
    found = reads.candidates()
    if not found:
        st.info(say("candidates.none"), icon=":material/info:")
    with st.grid(2, min_column_width=320):
        for at, candidate in enumerate(found):
            match(candidate, villages, at)
    boundaries.show({place.village for place in reads.places()})

    st.header(say("candidates.places"), anchor=False)
    st.caption(say("candidates.places.about"))
    different = places_table(villages)
    if different.empty:
        st.markdown(say("candidates.places.none"))
    else:
        figures.with_table(different, key="places", name=say("candidates.places"))

    st.header(say("candidates.shortfalls"), anchor=False)
    st.caption(say("candidates.shortfalls.about"))
    if summary := shortfalls_by_indicator(villages):
        st.table(summary, border="horizontal", alt=say("candidates.shortfalls"))
        figures.with_table(shortfalls_table(villages), key="shortfalls", name=say("candidates.shortfalls"))
    else:
        st.markdown(say("candidates.shortfalls.none"))
