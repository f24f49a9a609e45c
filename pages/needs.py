"""Kebutuhan & potensi: where a village falls short, and which neighbour is strong there."""
from __future__ import annotations

import pandas as pd
import streamlit as st

from access.policy import Action, may
from data import formats, needs
from data.errors import UserError
from data.messages import explain
from data.needs import Candidate
from pages.parts import address, figures, indicators, reads, session, welcome
from pages.parts.session import language
from pages.parts.words import plain, say

_TINY = 0.001


def match(candidate: Candidate, names: dict[str, str], place: int) -> None:
    """A village that falls short and a neighbour that is strong, with the evidence, and a way to begin."""
    indicator = reads.indicator_list()[candidate.indicator]
    village, partner = names[candidate.village], names[candidate.partner]
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{plain(village)}** :material/handshake: **{plain(partner)}**")
        st.markdown(plain(say(
            "candidates.evidence", indicator=indicators.label(indicator), village=village, partner=partner,
            here=formats.value(candidate.estimate, indicator.unit, language()),
            there=formats.amount(candidate.partner_estimate, indicator.unit, language()),
            usual=formats.amount(candidate.usual, indicator.unit, language()))))
        distance = "" if candidate.distance_km is None else say(
            "candidates.distance", km=formats.number(candidate.distance_km, language(), decimals=1))
        sure = say("candidates.chance.tiny") if candidate.p_value < _TINY else say(
            "candidates.chance", chance=formats.amount(candidate.p_value, formats.SHARE, language()))
        st.caption(" ".join(filter(None, [distance, sure])))
        for together in candidate.partnerships:
            address.link("partnership.py", say("candidates.together"), icon=":material/handshake:", kemitraan=together)
        if may(session.viewer(), Action.CHANGE_REGISTER) and st.button(
                say("candidates.draft"), key=f"draft-{place}", icon=":material/note_add:"):
            draft(candidate)


def draft(candidate: Candidate) -> None:
    try:
        made = needs.draft(session.store(), session.viewer(), candidate)
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
    for key, table in (("places", places_table(villages)), ("shortfalls", shortfalls_table(villages))):
        st.header(say(f"candidates.{key}"), anchor=False)
        st.caption(say(f"candidates.{key}.about"))
        if table.empty:
            st.markdown(say(f"candidates.{key}.none"))
        else:
            figures.with_table(table, key=key, name=say(f"candidates.{key}"))
