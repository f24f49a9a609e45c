"""How other methods judge the same figure: each by name and version, with what it asks in one sentence."""
from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from data import formats
from metrics import methods
from metrics.indicator import Indicator
from pages.parts import chips
from pages.parts.session import language
from pages.parts.words import plain, say


def show(row: Any, indicator: Indicator) -> None:
    """The straight pace and the other methods beside it; nothing where the figure could not be judged."""
    judged = methods.judgements(row.status, row.open_sdg, row.un_chart)
    if not judged:
        return
    st.subheader(say("progress.methods"), anchor=False)
    st.markdown(_agreement(judged))
    _method("pace", chips.status(row.status, is_certain=bool(row.is_certain)), _way(row, indicator))
    for method, said in ((methods.OPEN_SDG, row.open_sdg), (methods.UN_CHART, row.un_chart)):
        words = None if said is None else chips.answer(say(f"progress.{method.id}.{said}"), is_fast_enough=judged[method.id])
        _method(method.id, words, version=method.version)
    _method(methods.LKJIP.id, _attainment(row), version=methods.LKJIP.version)


def _agreement(judged: dict[str, bool]) -> str:
    if len(judged) == 1:
        return say("progress.methods.alone")
    names = {id: say(f"progress.method.{id}.name") for id in judged}
    enough, short = (", ".join(names[id] for id, is_fast in judged.items() if is_fast == wanted) for wanted in (True, False))
    if enough and short:
        return f"{chips.depends(True)} {say('progress.methods.disagree', enough=enough, short=short)}"
    return say("progress.methods.agree")


def _method(id: str, answer: str | None, detail: str = "", *, version: str = "") -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{say(f'progress.method.{id}.name')}** {version}".strip())
        st.markdown(answer or say(f"progress.method.{id}.cannot"))
        st.caption(" ".join(filter(None, [say(f"progress.method.{id}.asks"), detail])))


def _way(row: Any, indicator: Indicator) -> str:
    """What was due on the day, what was found, and how much of the way that is."""
    if pd.isna(row.expected):
        return ""
    due = say("progress.due", due=plain(formats.value(row.expected, indicator.unit, language())),
              now=plain(formats.value(row.estimate, indicator.unit, language())))
    if row.reached is None:
        return due
    covered = say("progress.reached" if row.reached >= 0 else "progress.went_back", part=_percent(abs(row.reached)))
    return f"{due} {covered}"


def _attainment(row: Any) -> str | None:
    if row.lkjip is None:
        return None
    return chips.answer(f"{_percent(row.attainment)} · {say(f'progress.lkjip.{row.lkjip}')}", is_fast_enough=None)


def _percent(part: float) -> str:
    """A part as a percentage, as it is: below 0 and above 100 too."""
    return formats.amount(part, formats.SHARE, language(), decimals=0)
