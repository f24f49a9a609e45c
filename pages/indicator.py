"""Indikator: one indicator across partnerships, villages, rounds and groups."""
from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pandas as pd
import streamlit as st

from data.domains import By
from data.register import Round
from metrics.indicator import Indicator
from pages.parts import address, charts, consistency, counting, details, domains, figures, indicators, reads, sentences, welcome
from pages.parts.rows import rows_of
from pages.parts.session import language
from pages.parts.words import plain, say


def choose_indicator(known: dict[str, Indicator]) -> Indicator:
    """One of all indicators, named with its theme, in the order of themes."""
    ordered = [each for members in indicators.by_theme(known).values() for each in members]
    names = {each.id: f"{indicators.theme(each.theme)} · {indicators.label(each)}" for each in ordered}
    return known[address.choose("indikator", say("frame.page.indicator"), [each.id for each in ordered], names.__getitem__)]


def overall(rows: pd.DataFrame, rounds: Sequence[Round], indicator: Indicator) -> None:
    """The latest figure of everyone together, in a sentence."""
    latest = {each.round: each for each in rows_of(rows)}
    for each in reversed(rounds):
        if each.id in latest:
            row = latest[each.id]
            st.metric(f"{say('explore.all')} · {sentences.measured(row, indicator.unit)}", sentences.figure(row, indicator.unit))
            st.markdown(" ".join(filter(None, [sentences.out_of_hundred(row, indicator),
                                               sentences.certainty(row, indicator.unit)])))
            consistency.show(indicator, round=row.round)
            return


def chart(rows: pd.DataFrame, rounds: Sequence[Round], indicator: Indicator, *, title: str, names: dict[str, str],
          column: str) -> None:
    """Dot and interval for each domain or category, the latest round filled; with the table of the same."""
    series = {each.id: each.name for each in reversed(rounds)}
    rows = rows[rows["round"].isin(list(series))]
    if rows.empty:
        st.info(say("reason.no_data"), icon=":material/info:")
        return
    drawn = rows.assign(name=[names.get(each, each) for each in rows[column]], series=rows["round"].map(series),
                        estimate=rows["estimate"].mask(rows["withheld"].astype(bool)))
    figures.show(
        charts.dots(domains.in_order(drawn, list(series.values())), unit=indicator.unit, language=language(),
                    series=[name for name in series.values() if name in set(drawn["series"])]),
        key="dots", title=title, reading=say("explore.reading", unit=domains.unit_named(indicator)),
        table=domains.table(drawn, indicator),
    )


known_indicators = reads.indicators_with_data()
st.title(say("frame.page.indicator"), anchor=False)
if not known_indicators:
    welcome.show()
else:
    chosen = choose_indicator(known_indicators)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = cast(By, address.choose("per", say("explore.by"), domains.LEVELS, domains.level))
        groups = ["-", *domains.groups(chosen)]
        group = address.choose("kelompok", say("explore.group"), groups, domains.group_name(chosen)) if groups[1:] else "-"
    known_rounds = reads.rounds_with_data()
    picked = address.choose_some("putaran", say("explore.rounds"), [each.id for each in known_rounds],
                                 {each.id: each.name for each in known_rounds}.__getitem__)
    shown = [each for each in known_rounds if each.id in (picked or [every.id for every in known_rounds])]
    st.markdown(plain(indicators.definition(chosen)))
    overall(reads.estimates(by="all", indicator=chosen.id), shown, chosen)

    rows = reads.estimates(by=by, indicator=chosen.id, group=None if group == "-" else group)
    names = domains.names(by, rows)
    name_of = names.__getitem__
    all_domains = list(dict.fromkeys(rows["domain"]))
    if group == "-":
        chart(domains.with_targets(rows, by, chosen), shown, chosen, names=names, column="domain",
              title=say("explore.title", indicator=indicators.label(chosen), by=domains.level(by).lower()))
        counting.over_rounds(chosen, by=by, names=names, rounds=shown)
    elif len(rows):
        domain = address.choose("untuk", domains.level(by), all_domains, name_of)
        categories = domains.category_names(chosen, group)
        chart(domains.without_targets(rows[rows["domain"] == domain]), shown, chosen, names=categories, column="category",
              title=say("explore.title.group", indicator=indicators.label(chosen), domain=name_of(domain),
                        group=domains.group_name(chosen)(group).lower()))
        counting.reconciled(chosen, group=group, by=by, domain=domain, round=shown[-1])
    with st.expander(say("parts.trace"), icon=":material/source:", key="trace", on_change="rerun") as opened:
        if opened.open and len(rows) and shown:
            domain = address.choose("asal", domains.level(by), all_domains, name_of)
            details.show(chosen, by=by, domain=domain, round=shown[-1].id, key="figure")
