"""How far the questions of an index measure one thing: Cronbach's alpha, with what it says."""
from __future__ import annotations

import streamlit as st

from data import formats
from metrics.indicator import Index, Indicator
from pages.parts import reads
from pages.parts.rows import rows_of
from pages.parts.session import language
from pages.parts.words import say

_GOOD, _FAIR = 0.7, 0.5  # the usual bounds, of which alpha itself knows nothing


def show(indicator: Indicator, *, round: str) -> None:
    """Alpha of one round in a sentence and what it says; nothing for what is no index."""
    if not isinstance(indicator.measure, Index):
        return
    found = reads.alphas()
    for row in rows_of(found[(found["indicator"] == indicator.id) & (found["round"] == round)]):
        if row.alpha != row.alpha:
            st.caption(say("explore.alpha.none"))
            continue
        level = "good" if row.alpha >= _GOOD else "fair" if row.alpha >= _FAIR else "poor"
        numbers = {name: formats.number(getattr(row, name), language(), decimals=2) for name in ("alpha", "lower", "upper")}
        st.markdown(say("explore.alpha", **numbers, items=row.items, n=formats.number(row.n, language())) + " "
                    + say(f"explore.alpha.{level}"))
