"""The measures that need the rows in order: medians, Gini, relative poverty. Scanned when asked for, and then held.

Where the form has known totals, the weights and the influences of rows are those that agree with them.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import narwhals as nw
import numpy as np
from duckdb import DuckDBPyConnection

from data.instruments.model import holds, table_name
from data.known_totals import Adjustment, group_of
from data.measuring import Measured, Off, Question, covered, error
from data.place import Place
from data.poststratifying import poststrata_of
from data.scanning import has_psus, responses
from data.store import Store
from data.sums import Cells, Counts, coded, held
from metrics import intervals
from metrics.codes import Codes, Numbers, summed
from metrics.estimation import precision
from metrics.expressions import truth, value
from metrics.indicator import BelowMedian, Gini, Indicator, Quantile
from metrics.inequality import woodruff
from metrics.linearised import Linearised, linearised
from metrics.poststratification import Parts, Poststrata, expected, gathered, taken_off


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Every row that was asked: where it belongs (category -1: not stated), its value and its weight, NaN where missing."""

    cells: Cells
    value: Numbers
    weight: Numbers
    poststratum: Codes                   # -1: in none
    poststrata: Poststrata
    visited: Cells                       # every row with a weight, asked or not


def from_rows(
    store: Store, cursor: DuckDBPyConnection, question: Question, place: Place, indicator: Indicator,
    totals: Mapping[str, Adjustment],
) -> Measured:
    """One indicator's estimates, agreeing with the known totals of the form if there are any."""
    rows = held(store, cursor, ("rows", table_name(question.instrument.id, question.form.name), question.group, indicator.id),
                lambda: _rows(cursor, question, place, indicator, totals))
    owner, row = place.owned(rows.cells)
    counts = ~np.isnan(rows.value[row])
    estimate, lower, upper, se, simple = (np.full((place.owners, 1), np.nan) for _ in range(5))
    by_round = [_NO_PARTS]
    for round in np.unique(rows.cells.round):
        of_round = rows.cells.round[row] == round
        owners, part, values = _of_round(rows, place, indicator, round, owner[of_round], row[of_round], counts[of_round])
        estimate[owners, 0], lower[owners, 0], upper[owners, 0], se[owners, 0], simple[owners, 0] = values
        by_round.append(replace(part, owner=owners[part.owner]))
    parts = Parts(**{each.name: np.concatenate([getattr(part, each.name) for part in by_round]) for each in fields(Parts)})
    units, off = gathered(parts), Off(expected=expected(parts, rows.poststrata), poststrata=rows.poststrata)
    linear = taken_off(units, off.expected, rows.poststrata)
    how_sure = precision([linear], estimate.shape, place.sums.strata, lonely=place.lonely)
    if not isinstance(indicator.measure, Quantile) or question.form.design.census:
        se, df = error(question.form, estimate, how_sure)
        lower, upper = (estimate, estimate) if question.form.design.census else intervals.t_interval(estimate, se, df)
    nothing = np.full(estimate.shape, np.nan)
    return Measured(
        place=place, indicators=(indicator,), estimate=estimate, ratio=nothing, scale=nothing,
        units=units, off=off, visited=rows.visited, y=nothing, x=nothing, psus=how_sure.psus,
        strata=how_sure.strata, has_lonely_psu=how_sure.has_lonely_psu,
        se=se, df=how_sure.df, lower=lower, upper=upper, n=summed(counts[:, None].astype(float), owner, place.owners),
        asked=summed(np.ones((len(owner), 1)), owner, place.owners), simple=simple,
        covered=covered(place, owner, rows.cells.village[row], counts[:, None].astype(float)),
        village_counts=Counts(cells=rows.cells, n=(~np.isnan(rows.value))[:, None].astype(float),
                              asked=np.ones((len(rows.value), 1))),
    )


_NONE = np.zeros(0, np.int64)
_NO_PARTS = Parts(owner=_NONE, stratum=_NONE, psu=_NONE, poststratum=_NONE, z=np.zeros((0, 1)), present=np.zeros((0, 1)))


def _of_round(
    rows: Rows, place: Place, indicator: Indicator, round: int, owner: Codes, row: Codes, counts: np.ndarray,
) -> tuple[Codes, Parts, tuple[Numbers, Numbers, Numbers, Numbers, Numbers]]:
    """One round: its owners, what rows add to them (owners numbered anew), and estimate, lower, upper, standard error,
    and the variance of a simple random sample.

    A quantile's influences are of the share below it; they are turned into its own unit by its Woodruff standard error.
    """
    measure = indicator.measure
    assert isinstance(measure, Quantile | Gini | BelowMedian)
    own = np.flatnonzero(rows.cells.round == round)
    owners, domain = np.unique(owner, return_inverse=True)
    within = np.searchsorted(own, row)
    found = linearised(measure, rows.value[own], rows.weight[own], within, domain, len(owners))
    parts = _parts(rows, row, domain, found.influence, counts)
    if isinstance(measure, BelowMedian):
        parts = _with_line(parts, rows, own, found)
    nothing = np.full(len(owners), np.nan)
    if not isinstance(measure, Quantile):
        simple = _simple(rows.weight[row], found, domain, counts) if isinstance(measure, Gini) else nothing
        return owners, parts, (found.estimate, nothing, nothing, nothing, simple)
    left = taken_off(gathered(parts), expected(parts, rows.poststrata), rows.poststrata)
    sure = precision([left], (len(owners), 1), place.sums.strata, lonely=place.lonely)
    share_se = np.sqrt(sure.variance[:, 0])
    lower, upper, se = woodruff(found.members, found.share, share_se, intervals.t_quantile(sure.df[:, 0]))
    with np.errstate(invalid="ignore", divide="ignore"):
        per_share = np.where(share_se > 0, np.nan_to_num(-se / share_se), 0.0)
    return owners, replace(parts, z=parts.z * per_share[parts.owner][:, None]), (found.estimate, lower, upper, se, nothing)


def _simple(weight: Numbers, found: Linearised, owner: Codes, counts: np.ndarray) -> Numbers:
    """That of the total of the linearised values: R's `svytotal(~z, deff = TRUE)`."""
    w, z = weight[counts], found.influence[counts]
    sums = np.stack([np.ones(len(w)), w, z, z * z / w], axis=1)
    n, total, y, yy = summed(sums, owner[counts], len(found.estimate)).T
    zero = np.zeros(len(n))
    return intervals.simple_variance(n, total, yy, zero, zero, y, total, np.ones(len(n), dtype=bool))


def _parts(rows: Rows, row: Codes, owner: Codes, influence: Numbers, counts: np.ndarray) -> Parts:
    """What rows add to their owners, by PSU and post-stratum."""
    cells = rows.cells
    key = np.stack([owner, cells.stratum[row], cells.psu[row], rows.poststratum[row]])
    same, place = np.unique(key, axis=1, return_inverse=True)
    both = summed(np.stack([influence, counts.astype(float)], axis=1), place, same.shape[1])
    return Parts(owner=same[0], stratum=same[1], psu=same[2], poststratum=same[3], z=both[:, :1],
                 present=(both[:, 1:] > 0).astype(float))


def _with_line(parts: Parts, rows: Rows, own: Codes, found: Linearised) -> Parts:
    """Every PSU moves the line, and so every owner whose estimate depends on it."""
    line = _parts(rows, own, np.zeros(len(own), np.int64), found.line_influence, np.zeros(len(own)))
    owners, psus = len(found.slope), len(line.psu)
    return Parts(
        owner=np.concatenate([parts.owner, np.repeat(np.arange(owners), psus)]),
        stratum=np.concatenate([parts.stratum, np.tile(line.stratum, owners)]),
        psu=np.concatenate([parts.psu, np.tile(line.psu, owners)]),
        poststratum=np.concatenate([parts.poststratum, np.tile(line.poststratum, owners)]),
        z=np.concatenate([parts.z, (np.nan_to_num(found.slope)[:, None] * line.z[:, 0]).reshape(-1, 1)]),
        present=np.concatenate([parts.present, np.zeros((owners * psus, 1))]),
    )


def _rows(
    cursor: DuckDBPyConnection, question: Question, place: Place, indicator: Indicator, totals: Mapping[str, Adjustment],
) -> Rows:
    measure, own = indicator.measure, holds(question.form)
    assert isinstance(measure, Quantile | Gini | BelowMedian)
    weight = nw.col("_weight")
    if indicator.multiplier:
        weight = weight * nw.col(indicator.multiplier).cast(nw.Float64)
    asked = weight > 0
    if indicator.where:
        asked = asked & truth(indicator.where, own)
    frame = nw.from_native(responses(cursor, question.instrument, question.form)).filter(nw.col("_weight") > 0).select(
        round=nw.col("_round"), village=nw.col("_village").fill_null(""), stratum=nw.col("_stratum"), psu=nw.col("_psu"),
        category=nw.col(question.group) if question.group else nw.lit(""), value=value(measure.value), multiplied=weight,
        asked=asked.fill_null(False), weight=nw.col("_weight"), category_of_total=group_of(question.form, totals),
    )
    found = frame.to_native().to_arrow_table()
    cells, table = coded(found, place.sums), found.to_pandas()
    if not has_psus(question.form):
        cells = replace(cells, psu=np.arange(len(table)))
    poststratum, poststrata = poststrata_of(totals, table, cells)
    factor = np.append(poststrata.factor, 1.0)[poststratum]
    kept = np.flatnonzero(table["asked"].to_numpy(bool))
    return Rows(
        cells=_of(cells, kept), value=table["value"].to_numpy(float)[kept], visited=cells, poststratum=poststratum[kept],
        weight=(table["multiplied"].to_numpy(float) * factor)[kept], poststrata=poststrata,
    )


def _of(cells: Cells, kept: Codes) -> Cells:
    return Cells(round=cells.round[kept], village=cells.village[kept], category=cells.category[kept],
                 stratum=cells.stratum[kept], psu=cells.psu[kept])
