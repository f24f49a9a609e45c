"""Where a figure comes from: definition, numerator and denominator, who was left out, source files."""
from __future__ import annotations

import pandas as pd
import streamlit as st

from data import formats
from data.domains import By
from data.tracing import Adjusted, Sampling, Trace
from metrics.indicator import Indicator
from pages.parts import consistency, downloads, groupnames, indicators, reads, sentences
from pages.parts.session import language
from pages.parts.words import plain, say, say_if_known


def show(indicator: Indicator, *, by: By, domain: str, round: str, group: str | None = None, category: str | None = None,
         key: str) -> None:
    """Everything behind one figure, as plain text and small tables, and as a workbook."""
    trace = reads.trace(indicator=indicator.id, by=by, domain=domain, round=round, group=group, category=category)
    st.markdown(plain(indicators.definition(indicator)))
    if goal := indicators.goal(indicator):
        st.caption(goal)
    if trace.withheld:
        st.info(sentences.why_not(trace.reason), icon=":material/visibility_off:")
    facts = _facts(indicator, trace)
    st.table({name: plain(text) for name, text in facts.items()}, border="horizontal", alt=say("parts.trace"))
    consistency.show(indicator, round=round)
    if trace.batches:
        st.markdown(f"**{say('parts.trace.files')}**")
        st.table([{
            say("parts.trace.file"): plain(batch.file_name), say("parts.trace.rows"): formats.number(batch.rows, language()),
            "SHA-256": f"`{batch.sha256[:12]}…`",
        } for batch in trace.batches], border="horizontal", alt=say("parts.trace.files"))
    downloads.button(_as_table(trace, facts), indicators.label(indicator), key=f"{key}-trace")


def _facts(indicator: Indicator, trace: Trace) -> dict[str, str]:
    """The formula, its two sums, and how many rows are in it or not, by why not."""
    facts = {say("parts.trace.formula"): trace.formula}
    if trace.y is not None:
        facts[say("parts.trace.numerator")] = _sum(trace.y)
    if trace.x is not None:
        facts[say("parts.trace.denominator")] = _sum(trace.x)
    if trace.adjusted is not None:
        facts |= _adjustment(indicator, trace.adjusted)
    if trace.n is not None:
        facts[say("parts.trace.used")] = formats.number(trace.n, language())
    for reason, count in trace.left_out.items():
        if count:
            why = say_if_known(f"estimate.left_out.{reason}", reason)
            facts[say("parts.trace.left_out", why=why)] = formats.number(count, language())
    return facts | ({} if trace.sampling is None else _sureness(indicator, trace.sampling))


def _sureness(indicator: Indicator, sampling: Sampling) -> dict[str, str]:
    """Standard error, sample design, what that design costs, and who was asked and did not answer; what is known of these."""
    def shown(number: float | None, decimals: int = 0) -> str:
        return formats.number(number, language(), decimals=decimals)

    facts = {}
    if sampling.is_census:
        facts[say("parts.trace.error")] = say("parts.trace.no_error")
    elif sampling.se is not None:
        facts[say("parts.trace.error")] = formats.distance(sampling.se, indicator.unit, language())
    if not sampling.is_census:
        facts[say("parts.trace.design")] = say(
            "parts.trace.clusters" if sampling.has_psus else "parts.trace.no_clusters", psus=shown(sampling.psus),
            strata=shown(sampling.strata), df=shown(sampling.df))
    if sampling.has_lonely_psu:
        facts[say("parts.trace.lonely")] = say("parts.trace.lonely.how")
    if sampling.deff is not None and sampling.n_effective is not None and not sampling.is_census:
        facts[say("parts.trace.design_effect")] = say(
            "parts.trace.effective", deff=shown(sampling.deff, 2), n=shown(sampling.n_effective))
    if sampling.missing_share is not None:
        facts[say("parts.trace.missing")] = formats.value(sampling.missing_share, "share", language())
    return facts


def _adjustment(indicator: Indicator, adjusted: Adjusted) -> dict[str, str]:
    """Which known totals the weights agree with, or that they do not yet."""
    if not adjusted.is_used:
        return {say("estimate.not_adjusted"): say("estimate.not_adjusted.where", section=say("register.sheet.known_totals"))}
    form = reads.instruments()[indicator.instrument_id].form(indicator.form)
    grouped_by = ", ".join(groupnames.names_of(form, name) for name in adjusted.grouped_by.split())
    lowest, highest = (formats.number(each, language(), decimals=2) for each in (adjusted.lowest, adjusted.highest))
    return {say("estimate.adjusted"): say(
        "estimate.adjusted.facts", groups=formats.number(adjusted.groups, language()), grouped_by=grouped_by,
        sources="; ".join(adjusted.sources), lowest=lowest, highest=highest)}


def _sum(weighted: float) -> str:
    return formats.number(weighted, language(), decimals=0 if abs(weighted) >= 1000 else 1)


def _as_table(trace: Trace, facts: dict[str, str]) -> pd.DataFrame:
    files = [(batch.file_name, batch.sha256) for batch in trace.batches]
    rows = [*facts.items(), (say("parts.trace.symbols"), trace.symbols), *files]
    return pd.DataFrame(rows, columns=[say("parts.trace.what"), say("parts.trace.value")])
