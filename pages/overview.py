"""Ringkasan: which partnerships are on track, which need attention, what changed since the last round."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from data import formats
from metrics.indicator import Indicator
from pages.parts import address, chips, indicators, reads, warnings, welcome
from pages.parts.rows import rows_of
from pages.parts.session import language
from pages.parts.summary import Standing, standings, sure_changes
from pages.parts.words import plain, say

_SHOWN = 3  # so many lines of a partnership, before "and so many more"
_AT_FIRST = 12  # so many partnerships, before a click asks for the others: hundreds take a second to draw


def first_answer(found: list[Standing]) -> None:
    """The sentence people came for: how many, which, and what else there is."""
    needing = [each for each in found if each.surely_needing]
    key = "overview.some_need" if needing else "overview.all_well"
    st.subheader(say(key, needing=len(needing), total=len(found)), anchor=False)
    if needing:
        named = [f"**{plain(each.partnership.name)}** ({each.surely_needing})" for each in needing[:_SHOWN]]
        more = [say("overview.more_partnerships", more=len(needing) - _SHOWN)] if len(needing) > _SHOWN else []
        st.markdown(say("overview.needing", names="; ".join(named + more)))
    if others := warnings.counted():
        st.markdown(others)
    last = reads.rounds_with_data()[-1:]
    for each in last:
        st.caption(say("overview.as_of", round=plain(each.name), since=formats.month(each.starts_on, language()),
                       until=formats.month(each.ends_on, language())))


def cards(found: list[Standing], draw: Callable[[Standing], None], *, key: str) -> None:
    """The partnerships side by side: the first ones, the others on a click."""
    _grid(found[:_AT_FIRST], draw)
    if len(found) > _AT_FIRST:
        others = st.expander(say("overview.others", more=len(found) - _AT_FIRST), key=key, on_change="rerun")
        if others.open:
            with others:
                _grid(found[_AT_FIRST:], draw)


def _grid(found: list[Standing], draw: Callable[[Standing], None]) -> None:
    with st.grid(2, min_column_width=320):
        for each in found:
            with st.container(border=True, height="stretch"):
                st.markdown(f"**{plain(each.partnership.name)}**")
                draw(each)


def stands(standing: Standing, known: Mapping[str, Indicator]) -> None:
    """One partnership: its counts, and what needs attention."""
    judged = {status: count for status, count in standing.counts.items() if status != "no_target"}
    st.markdown(chips.counts(judged) if judged else say("overview.nothing_judged"))
    if judged and standing.needing.empty:
        st.markdown(f":green[:material/check_circle:] {say('overview.at_ease')}")
    if standing.depending:
        st.caption(say("overview.depends", count=standing.depending))
    st.markdown("\n\n".join(attention_line(row, known[row.indicator]) for row in rows_of(standing.needing.head(_SHOWN))))
    if len(standing.needing) > _SHOWN:
        st.caption(say("overview.and_more", more=len(standing.needing) - _SHOWN))
    address.link("partnership.py", say("overview.open"), icon=":material/arrow_forward:", kemitraan=standing.partnership.id)


def attention_line(row: Any, indicator: Indicator) -> str:
    words = say("overview.behind", indicator=plain(indicators.label(indicator)),
                now=plain(formats.value(row.estimate, indicator.unit, language())),
                due=formats.amount(row.expected, indicator.unit, language()))
    doubts = [*([] if row.is_certain else [say("status.uncertain")]),
              *([say("status.depends_on_method")] if row.depends_on_method else [])]
    return words + (f" :gray[({', '.join(doubts)})]" if doubts else "")


def changes_since_last_round(found: list[Standing]) -> None:
    rounds = reads.rounds_with_data()
    st.header(say("overview.changes"), anchor=False)
    if len(rounds) < 2:
        st.caption(say("overview.one_round"))
        return
    before, after = rounds[-2:]
    known = reads.indicator_list()
    all_changes = reads.changes(by="partnership", before=before.id, after=after.id)
    sure = sure_changes(all_changes, known)
    st.caption(say("overview.changes.reading", before=plain(before.name), after=plain(after.name)))
    surely = dict(list(sure.groupby("domain")))
    compared = all_changes.loc[all_changes["p_value"].notna(), "domain"].value_counts()

    def changed(standing: Standing) -> None:
        rows = surely.get(standing.partnership.id, sure.iloc[:0])
        st.markdown("\n\n".join(change_line(row, known[row.indicator]) for row in rows_of(rows.head(_SHOWN))))
        if len(rows) > _SHOWN:
            st.caption(say("overview.changes.more", more=len(rows) - _SHOWN))
        others = int(compared.get(standing.partnership.id, 0)) - len(rows)
        key = "overview.changes.others" if len(rows) else "overview.changes.none" if others else "overview.changes.nothing"
        st.caption(say(key, others=others))

    cards(found, changed, key="other-changes")


def change_line(row: Any, indicator: Indicator) -> str:
    icon = "trending_up" if row.estimate > 0 else "trending_down"
    colour, word = ("green", "better") if row.is_better else ("orange", "worse")
    return (f":{colour}[:material/{icon}:] {plain(indicators.label(indicator))}: "
            f"{plain(formats.change(row.estimate, indicator.unit, language()))} :{colour}-badge[{say(f'overview.{word}')}]")


def meanings() -> None:
    with st.expander(say("overview.meanings"), icon=":material/help:"):
        for status_id in ("achieved", "on_track", "needs_attention", "not_enough_data", "no_target"):
            st.markdown(f"{chips.status(status_id)} {say(f'status.{status_id}.meaning')}")
        st.markdown(say("overview.uncertain", uncertain=say("status.uncertain")))
        st.markdown(f"{chips.depends(True)} {say('status.depends_on_method.meaning')}")


st.title(say("frame.page.overview"), anchor=False)
if reads.is_empty():
    welcome.show()
elif not reads.partnerships():
    st.info(say("overview.no_partnerships"), icon=":material/info:")
else:
    progress: pd.DataFrame = reads.status_of()
    known_indicators = reads.indicator_list()
    order = standings(reads.partnerships(), progress)
    first_answer(order)
    cards(order, lambda each: stands(each, known_indicators), key="other-partnerships")
    meanings()
    warnings.show()
    changes_since_last_round(order)
