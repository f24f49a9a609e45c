"""Known totals of each form and round: whether the weights agree with them, or why not, group by group."""
from __future__ import annotations

from typing import Any

import streamlit as st

from access.policy import Action, may
from data import formats
from data.errors import UserError
from data.grouping import VILLAGE
from data.instruments.model import Form
from data.known_totals import FEW, Adjustment, Group, known_totals
from pages.parts import groupnames, knowntotalsform, reads, session
from pages.parts.importing.facts import form_name
from pages.parts.session import language
from pages.parts.words import plain, say


def show() -> None:
    """What is known, and a table to enter more, for those who may see responses; others are told what it is for."""
    st.caption(say("targets.about.known_totals"))
    if not may(session.viewer(), Action.SEE_RESPONSES):
        return
    found = known_totals(session.store(), session.viewer())
    if not found:
        st.caption(say("registered.none"))
    for each in found:
        _state(each)
    if may(session.viewer(), Action.CHANGE_REGISTER):
        adding = st.expander(say("known.enter"), icon=":material/add:", key="known-enter", on_change="rerun")
        if adding.open:
            with adding:
                knowntotalsform.show()


def _state(each: Adjustment) -> None:
    instrument = reads.instruments()[each.instrument]
    form = instrument.form(each.form)
    rounds = {round.id: round.name for round in reads.rounds()}
    by = ", ".join(groupnames.names_of(form, name) for name in each.grouped_by.split())
    with st.container(border=True):
        heading = f"**{plain(form_name(instrument, each.form))}** · {plain(rounds.get(each.round, each.round))} · {plain(by)}"
        st.markdown(heading)
        if each.is_used:
            lowest, highest = (formats.number(pick(group.factor for group in each.groups), language(), decimals=2)
                               for pick in (min, max))
            st.badge(say("known.used", lowest=lowest, highest=highest), icon=":material/check:", color="green")
        else:
            reasons = "\n".join(f"- {plain(_why(form, each, problem))}" for problem in each.problems)
            st.warning(f"{say('known.not_used')}\n\n{reasons}", icon=":material/warning:")
        if each.is_used and each.small:
            named = [groupnames.category_of(form, each.grouped_by, group.category) for group in each.small]
            st.caption(plain(say("known.small", few=FEW, groups=_shortened(named))))
        if each.unvisited:
            villages = [groupnames.word_of(form, VILLAGE, code) for code in each.unvisited]
            st.caption(plain(say("known.unvisited", villages=_shortened(villages))))
        if each.groups:
            sources = dict.fromkeys(group.source for group in each.groups)
            st.caption(plain(f"{say('register.column.source')}: {'; '.join(sources)}"))
            with st.expander(say("known.groups", count=len(each.groups))):
                st.table([_row(form, each, group) for group in each.groups], border="horizontal", alt=say("known.enter"))


def _row(form: Form, each: Adjustment, group: Group) -> dict[str, str]:
    return {
        say("known.column.group"): plain(groupnames.category_of(form, each.grouped_by, group.category)),
        say("known.column.total"): formats.number(group.total, language()),
        say("known.column.estimated"): formats.number(group.weight, language()),
        say("known.column.responses"): formats.number(group.rows, language()),
        say("known.column.factor"): formats.number(group.factor, language(), decimals=2),
    }


def _why(form: Form, each: Adjustment, problem: UserError) -> str:
    params: dict[str, Any] = dict(problem.params)
    if "categories" in params:
        params["categories"] = _shortened([groupnames.category_of(form, each.grouped_by, one) for one in params["categories"]])
    if "grouped_by" in params:
        params["grouped_by"] = ", ".join(groupnames.names_of(form, name) for name in each.grouped_by.split())
    text = say(problem.code, **params)
    return text[:1].upper() + text[1:]


def _shortened(names: list[str], most: int = 6) -> str:
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
