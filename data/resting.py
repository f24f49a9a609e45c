"""What published figures rest on: the contributions of responses, as digests, kept beside each snapshot and never shown.

A contribution is what a response of a village adds to an indicator, without its weight. So a response sent in again, in another
batch or unchanged in what the indicator asks, contributes the same; one that was corrected contributes something else; and
weighting anew tells nobody anything.
"""
from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import narwhals as nw
import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from access.policy import Action, Viewer, require
from data.asking import questions
from data.instruments.model import Form, holds
from data.measuring import Question
from data.protecting import protects_persons
from data.register import partnership as registered
from data.scanning import responses
from data.store import Store
from metrics.expressions import truth, value
from metrics.indicator import BelowMedian, Gini, Indicator, Quantile
from metrics.totals import contribution

Figure = tuple[str, str, str]  # scope, indicator, round


@dataclass(frozen=True, kw_only=True)
class Resting:
    """The contributions under one figure: a number for each, equal ones told apart by counting on."""

    figure: Figure
    contributions: NDArray[np.uint64]


def now(store: Store, viewer: Viewer, partnership: str, *, as_of: date, figures: Collection[Figure]) -> list[Resting]:
    """What figures of a partnership and its comparison villages (those of a day) rest on now; of forms about persons alone."""
    require(viewer, Action.PUBLISH)
    own = registered(store, viewer, partnership, on=as_of)
    scopes = {"partnership": own.members, "comparison": own.comparison}
    asked = sorted({indicator for _, indicator, _ in figures})
    with store.reading() as cursor:
        found = [each for question in questions(cursor, asked, None) if asked and protects_persons(question.form)
                 for each in _of_form(cursor, question, scopes)]
    return [each for each in found if each.figure in figures]


def published(store: Store, viewer: Viewer) -> list[Resting]:
    """What the figures of all snapshots rest on, of withdrawn and expired ones too: they were public."""
    require(viewer, Action.PUBLISH)
    with store.reading() as cursor:
        rows = cursor.execute("SELECT scope, indicator, round, digests, times FROM snapshot_response").fetchall()
    return [Resting(figure=(scope, indicator, round), contributions=_counted_on(
        np.frombuffer(zlib.decompress(digests), dtype=np.uint64), np.frombuffer(zlib.decompress(times), dtype=np.uint32)))
        for scope, indicator, round, digests, times in rows]


def keep(cursor: DuckDBPyConnection, identity: str, resting: Sequence[Resting]) -> None:
    """Keeps what a snapshot's figures rest on. Called inside a transaction."""
    for each in resting:
        scope, indicator, round = each.figure
        digests, times = np.unique(each.contributions & _DIGEST, return_counts=True)
        cursor.execute("INSERT INTO snapshot_response VALUES (?, ?, ?, ?, ?, ?)", [
            identity, indicator, round, scope, zlib.compress(digests.tobytes()),
            zlib.compress(times.astype(np.uint32).tobytes())])


_DIGEST_OF = "md5_number_lower(concat_ws('|', _village, round(y{k}, 9), round(x{k}, 9), m{k}))"
_DIGEST = np.uint64((2**44 - 1) << 20)  # the bits of a digest; the other 20 tell equal contributions apart


def _of_form(cursor: DuckDBPyConnection, question: Question, scopes: Mapping[str, Sequence[str]]) -> list[Resting]:
    villages, indicators = sorted({village for members in scopes.values() for village in members}), question.indicators
    frame = nw.from_native(responses(cursor, question.instrument, question.form)).filter(nw.col("_village").is_in(villages))
    parts = {f"{name}{k}": part for k, each in enumerate(indicators) for name, part in _parts(each, question.form).items()}
    digests = ", ".join(f"CASE WHEN y{k} IS NOT NULL THEN {_DIGEST_OF.format(k=k)} END AS d{k}" for k in range(len(indicators)))
    rows = frame.select("_round", "_village", **parts).to_native().project(f"_round, _village, {digests}")
    found: pd.DataFrame = rows.to_arrow_table().to_pandas(integer_object_nulls=True)
    made = []
    for scope, members in scopes.items():
        for round, inside in found[found["_village"].isin(list(members))].groupby("_round"):
            for k, indicator in enumerate(indicators):
                own = np.array(inside[f"d{k}"].dropna().to_list(), dtype=np.uint64) & _DIGEST
                made.append(Resting(figure=(scope, indicator.id, str(round)),
                                    contributions=_counted_on(*np.unique(own, return_counts=True))))
    return made


def _counted_on(digests: NDArray[np.uint64], times: NDArray[np.integer]) -> NDArray[np.uint64]:
    """Each digest as often as it occurs, the second time one more, and so on; in order."""
    first = np.repeat(np.cumsum(times) - times, times)
    return np.repeat(digests, times) + (np.arange(int(times.sum())) - first).astype(np.uint64)


def _parts(indicator: Indicator, form: Form) -> dict[str, nw.Expr]:
    """What a row contributes: y and x (1 where there is none), null where it is not counted, and the multiplier."""
    own, measure = holds(form), indicator.measure
    if isinstance(measure, Quantile | Gini | BelowMedian):
        y, x = value(measure.value), None
    else:
        y, x = contribution(measure, own)
    counts = nw.col("_weight") > 0
    if x is not None:
        counts = counts & ~x.is_null()
    if indicator.where:
        counts = counts & truth(indicator.where, own)
    one = nw.lit(1.0)
    return {"y": nw.when(counts).then(y.cast(nw.Float64)), "x": one if x is None else x.cast(nw.Float64),
            "m": nw.col(indicator.multiplier).cast(nw.Float64) if indicator.multiplier else one}
