"""What adds up: a count over rounds, and categories to their whole."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from data import adding_up, formats
from data.domains import By
from data.errors import UserError
from data.register import Round
from metrics.indicator import Indicator, OverTime, Total
from pages.parts import domains, figures, indicators, sentences, session
from pages.parts.rows import rows_of
from pages.parts.session import language
from pages.parts.words import plain, say


def over_rounds(indicator: Indicator, *, by: By, names: Mapping[str, str], rounds: Sequence[Round]) -> None:
    """What an administrative count comes to over some rounds; of a stock, why it is not added up. Nothing for other measures."""
    if indicator.over_time is OverTime.LEVEL or len(rounds) < 2:
        return
    st.header(say("explore.sum"), anchor=False)
    label = indicators.label(indicator)
    try:
        found = adding_up.sums_over_rounds(session.store(), session.viewer(), indicator=indicator.id, by=by,
                                           rounds=[each.id for each in rounds])
    except UserError as error:
        st.info(say(error.code, **{**error.params, "indicator": plain(label)}), icon=":material/functions:")
        return
    known = {each.id: each.name for each in rounds}
    st.caption(say(f"explore.sum.{indicator.over_time}", first=rounds[0].name, last=rounds[-1].name))
    rows = found.assign(name=[names.get(each, each) for each in found["domain"]],
                        series=[" + ".join(known.get(each, each) for each in joined.split("+")) for joined in found["round"]])
    figures.with_table(domains.table(rows, indicator), key="sum", name=f"{say('explore.sum')}: {label}")


def reconciled(indicator: Indicator, *, group: str, by: By, domain: str, round: Round) -> None:
    """The whole and its categories as a sum: 120 = 50 + 65 + 5 not stated; and the same of a total's value."""
    found = adding_up.parts(session.store(), session.viewer(), indicator=indicator.id, group=group, by=by, domain=domain,
                            round=round.id)
    names = {**domains.category_names(indicator, group), "": say("explore.parts.not_stated")}
    st.markdown(f"**{say('explore.parts', round=plain(round.name))}**")
    st.markdown(plain(f"{say('parts.column.n')}: {_as_sum(found, 'n', names)}"))
    if isinstance(indicator.measure, Total):
        st.markdown(plain(f"{indicators.label(indicator)}: {_as_sum(found, 'estimate', names, indicator.unit)}"))
    if found["n"].isna().any():
        st.caption(sentences.why_not("complementary"))


def _as_sum(found: pd.DataFrame, column: str, names: Mapping[str, str], unit: str | None = None) -> str:
    """`120 = laki-laki 50 + perempuan 65`; categories without anybody are left out, a withheld one is a dash."""
    told = [(row.category, getattr(row, column)) for row in rows_of(found)]
    whole = _amount(told[-1][1], unit)
    parts = [f"{names.get(category, category)} {_amount(value, unit)}" for category, value in told[:-1]
             if pd.isna(value) or value != 0]
    return f"{whole} = {' + '.join(parts)}"


def _amount(value: float, unit: str | None) -> str:
    return formats.number(value, language()) if unit is None else formats.amount(value, unit, language())
