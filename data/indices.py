"""How well the items of each index hang together, round by round."""
from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from access.policy import Action, Viewer, may, require
from data.asking import questions
from data.instruments.model import holds
from data.measuring import Question
from data.register import rounds_in, settings_in
from data.scanning import responses
from data.store import Store
from data.sums import held
from metrics.alpha import cronbach
from metrics.disclosure import small
from metrics.indicator import Index, Indicator
from metrics.totals import item_score

COLUMNS = ("indicator", "round", "alpha", "lower", "upper", "n", "items")


def alphas(store: Store, viewer: Viewer, *, indicators: Sequence[str] | None = None) -> pd.DataFrame:
    """One row per index and round: Cronbach's alpha with its interval, over everyone who answered all items: `COLUMNS`.

    Of few responses, who may not see small cells gets neither alpha nor n.
    """
    require(viewer, Action.SEE_RESULTS)
    frames = [pd.DataFrame(columns=list(COLUMNS))]
    with store.reading() as cursor:
        by_time = {each.id: place for place, each in enumerate(rounds_in(cursor))}
        for question in questions(cursor, indicators, None):
            for indicator in question.indicators:
                if isinstance(indicator.measure, Index):
                    found = _alphas(store, cursor, question, indicator)
                    if not may(viewer, Action.SEE_SMALL_CELLS):
                        few = small(found["n"].to_numpy(float), settings_in(cursor)["min_cell"])
                        found = found.assign(**{name: found[name].mask(few) for name in ("alpha", "lower", "upper", "n")})
                    frames.append(found.sort_values("round", key=lambda rounds: rounds.map(by_time), kind="stable"))
    return pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)


def _alphas(store: Store, cursor: DuckDBPyConnection, question: Question, indicator: Indicator) -> pd.DataFrame:
    return held(store, cursor, ("alpha", indicator.id), lambda: _computed(cursor, question, indicator))


def _computed(cursor: DuckDBPyConnection, question: Question, indicator: Indicator) -> pd.DataFrame:
    assert isinstance(indicator.measure, Index)
    own = holds(question.form)
    scores = {f"item{place}": item_score(item, own) for place, item in enumerate(indicator.measure.items)}
    frame = nw.from_native(responses(cursor, question.instrument, question.form)).select(round=nw.col("_round"), **scores)
    table: pd.DataFrame = frame.to_native().to_arrow_table().to_pandas()
    rows = []
    for round, answers in table.groupby("round"):
        found = cronbach(answers[list(scores)].to_numpy(float, na_value=np.nan))
        rows.append({"indicator": indicator.id, "round": round, **found.__dict__})
    return pd.DataFrame(rows, columns=list(COLUMNS))
