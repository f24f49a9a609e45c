"""A partnership's goals of SDGs Desa: the dashboard's own score of each, and the indicators it rests on."""
from __future__ import annotations

import pandas as pd
import streamlit as st

from data import formats, scores, sdgs_desa
from metrics.indicator import Indicator
from pages.parts import indicators
from pages.parts.rows import rows_of
from pages.parts.session import language
from pages.parts.words import plain, say


def show(progress: pd.DataFrame, known: dict[str, Indicator]) -> None:
    """Every goal that has a score; those whose indicators cannot be measured yet are named below. Nothing without a score."""
    parts = scores.goal_parts(progress, known)
    found = scores.scores_of(parts)
    scored = found[found["score"].notna()]
    if scored.empty:
        return
    names = _names()
    st.header(say("partnership.goals"), anchor=False)
    st.caption(say("partnership.goals.reading"))
    with st.grid(2, min_column_width=320):
        for row in rows_of(scored):
            with st.container(border=True, gap="xsmall", height="stretch"):
                score = formats.number(row.score, language())
                st.markdown(f"**{names[row.goal]}**: {say('partnership.goals.score', score=score)}")
                st.progress(row.score / 100)
                st.caption(_rests_on(parts[parts["goal"] == row.goal], known))
    without = [names[goal] for goal in found.loc[found["score"].isna(), "goal"]]
    if without:
        st.caption(say("partnership.goals.without", goals=", ".join(without)))


def _rests_on(parts: pd.DataFrame, known: dict[str, Indicator]) -> str:
    """How many indicators, which, and the part of the way of each."""
    counted = [f"{plain(indicators.label(known[each.indicator]))} ({formats.number(each.part * 100, language())})"
               for each in rows_of(parts[parts["part"].notna()])]
    missing = [plain(indicators.label(known[each])) for each in parts.loc[parts["part"].isna(), "indicator"]]
    words = say("partnership.goals.rests_on", count=len(counted), which="; ".join(counted))
    return words if not missing else f"{words} {say('partnership.goals.not_counted', which='; '.join(missing))}"


def _names() -> dict[int, str]:
    """Each goal with its number, as Markdown."""
    table = sdgs_desa.goals()
    return {goal: plain(f"{goal}. {name}") for goal, name in zip(table["goal"], table[f"name_{language()}"], strict=True)}
