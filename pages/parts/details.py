"""Where a figure comes from: definition, numerator and denominator, who was left out, source files."""
from __future__ import annotations

import pandas as pd
import streamlit as st

from data import formats
from data.domains import By
from metrics.indicator import Indicator
from pages.parts import downloads, indicators, reads
from pages.parts.session import language
from pages.parts.words import plain, say, say_if_known


def show(indicator: Indicator, *, by: By, domain: str, round: str, group: str | None = None, category: str | None = None,
         key: str) -> None:
    """Everything behind one figure, as plain text and small tables, and as a workbook."""
    trace = reads.trace(indicator=indicator.id, by=by, domain=domain, round=round, group=group, category=category)
    st.markdown(plain(indicators.definition(indicator)))
    if goal := indicators.goal(indicator):
        st.caption(goal)
    facts = {
        say("parts.trace.formula"): trace.formula,
        say("parts.trace.numerator"): formats.number(trace.y, language(), decimals=1),
        say("parts.trace.denominator"): formats.number(trace.x, language(), decimals=1),
        say("parts.trace.used"): formats.number(trace.n, language()),
    }
    left_out = {say("parts.trace.left_out", why=_reason(reason)): formats.number(count, language())
                for reason, count in trace.left_out.items() if count}
    st.table({**facts, **left_out}, border="horizontal", alt=say("parts.trace"))
    st.markdown(f"**{say('parts.trace.files')}**")
    for batch in trace.batches:
        st.markdown(f":material/description: {plain(batch.file_name)}  \n:gray[SHA-256 `{batch.sha256[:16]}…`]")
    downloads.button(_as_table(trace, facts | left_out), indicators.label(indicator), key=f"{key}-trace")


def _reason(reason: str) -> str:
    return say_if_known(f"left_out.{reason}", reason)


def _as_table(trace: reads.results.Trace, facts: dict[str, str]) -> pd.DataFrame:
    rows = [*facts.items(), *((batch.file_name, batch.sha256) for batch in trace.batches)]
    return pd.DataFrame(rows, columns=[say("parts.trace.what"), say("parts.trace.value")])
