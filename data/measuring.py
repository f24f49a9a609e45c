"""The measures of one form for the domains of an answer: estimates, and what their variance rests on.

Means, shares, ratios and totals come from the sums (here); medians, Gini and relative poverty from the rows (data/rows.py).
"""
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from data.instruments.model import Form, Instrument
from data.place import Place, added, merged
from data.store import Store
from data.sums import Cells, psus
from metrics import intervals, totals
from metrics.estimation import Codes, Linear, Moments, Numbers, Precision, Units, levels, precision
from metrics.indicator import Indicator, Share, Total
from metrics.poststratification import Expected, Poststrata


@dataclass(frozen=True, kw_only=True)
class Question:
    """Some indicators of one form, by a group or not."""

    instrument: Instrument
    form: Form
    group: str | None
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Rows that count, by cell of round, village and category: `n` is cells x indicators."""

    cells: Cells
    n: Numbers


@dataclass(frozen=True, kw_only=True)
class Off:
    """What known totals take off from what PSUs add."""

    expected: Expected
    poststrata: Poststrata


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The estimates of some indicators for the owners of a place: arrays owners x indicators."""

    place: Place
    indicators: tuple[Indicator, ...]
    estimate: Numbers
    linear: Linear
    ratio: Numbers                       # of sums: a PSU adds z = (y - ratio*x) * scale
    scale: Numbers
    units: Units | None                  # what each PSU adds; None where the sums of PSUs tell it
    visited: Cells | None                # with `units`: where each PSU was
    off: Off | None                      # with known totals: what is taken off from these units
    psus: Numbers
    strata: Numbers
    has_lonely_psu: NDArray[np.bool_]
    se: Numbers
    df: Numbers
    lower: Numbers
    upper: Numbers
    n: Numbers
    asked: Numbers
    simple: Numbers                      # the variance a simple random sample of as many rows would have
    covered: Numbers                     # villages with rows that count, in any category
    village_counts: Counts


def from_sums(store: Store, cursor: DuckDBPyConnection, question: Question, place: Place) -> Measured:
    """All indicators of the form that sums can answer, those not asked for among them."""
    whole = place.sums
    is_total = np.array([isinstance(each.measure, Total) for each in whole.indicators])
    level = levels(moments(store, cursor, question, place), place.owners, is_total=is_total)
    how_sure = precision(level.linear, place.owners, whole.strata, lonely=place.lonely)
    owner, cell = place.owned(whole.rows)
    n, asked, wyy, wxy, wxx, w = np.moveaxis(added(whole.rows.values, owner, place.owners, cell), 1, 0)
    se, df = error(question.form, level.estimate, how_sure)
    lower, upper = limits(question.form, whole.indicators, level.estimate, se, df, n)
    return Measured(
        place=place, indicators=whole.indicators, estimate=level.estimate, linear=level.linear, ratio=level.ratio,
        scale=level.scale, units=None, visited=None, off=None,
        psus=how_sure.psus, strata=how_sure.strata, has_lonely_psu=how_sure.has_lonely_psu,
        se=se, df=df, lower=lower, upper=upper, n=n, asked=asked,
        simple=intervals.simple_variance(n, w, wyy, wxy, wxx, level.y, level.x, is_total),
        covered=covered(place, owner, whole.rows.village[cell], whole.rows.values[cell][:, 0]),
        village_counts=Counts(cells=whole.rows, n=whole.rows.values[:, 0]),
    )


def moments(store: Store, cursor: DuckDBPyConnection, question: Question, place: Place) -> Moments:
    """The moments of every owner and stratum: added over villages, or over PSUs in rounds where those span villages."""
    whole = place.sums
    owner, cell = place.owned(whole.moments)
    inside = whole.psus_are_inside[whole.moments.round[cell]]
    owner, cell = owner[inside], cell[inside]
    owner, stratum, values = merged(owner, whole.moments.stratum[cell], place.strata, whole.moments.values, cell)
    if not whole.psus_are_inside.all():
        units, n = _sums_of_psus(store, cursor, question, place, ~whole.psus_are_inside)
        y, x = units.z[:, :n.shape[1]], units.z[:, n.shape[1]:]
        squares = np.stack([y, x, y * y, x * y, x * x, (n > 0).astype(float)], axis=1)
        more = merged(units.owner, units.stratum, place.strata, squares)
        owner, stratum, values = (np.concatenate(both) for both in zip((owner, stratum, values), more, strict=True))
    return Moments(owner=owner, stratum=stratum, **dict(zip(totals.MOMENTS, np.moveaxis(values, 1, 0), strict=True)))


def units(store: Store, cursor: DuckDBPyConnection, question: Question, found: Measured) -> Units:
    """What each PSU adds to each estimate; from sums only of forms whose rows come in clusters."""
    if found.units is not None:
        return found.units
    every = np.ones(len(found.place.sums.rounds), dtype=bool)
    both, n = _sums_of_psus(store, cursor, question, found.place, every)
    y, x = both.z[:, :n.shape[1]], both.z[:, n.shape[1]:]
    z = (y - found.ratio[both.owner] * x) * found.scale[both.owner]
    return replace(both, z=np.where(np.isnan(z), 0.0, z), present=(n > 0).astype(float))


def visited(store: Store, cursor: DuckDBPyConnection, question: Question, found: Measured) -> Cells:
    """Where each PSU was, with the codes that `units` has; only of forms whose rows come in clusters."""
    if found.visited is not None:
        return found.visited
    return psus(store, cursor, question.instrument, question.form, question.group)


def _sums_of_psus(
    store: Store, cursor: DuckDBPyConnection, question: Question, place: Place, rounds: np.ndarray,
) -> tuple[Units, Numbers]:
    """Per owner and PSU of some rounds: the sums y and then x, side by side in `z`; and n."""
    cells = psus(store, cursor, question.instrument, question.form, question.group)
    owner, cell = place.owned(cells)
    of_round = rounds[cells.round[cell]]
    owner, cell = owner[of_round], cell[of_round]
    same, unit = np.unique(np.stack([owner, cells.stratum[cell], cells.psu[cell]]), axis=1, return_inverse=True)
    y, x, n = np.moveaxis(added(cells.values, unit, same.shape[1], cell), 1, 0)
    return Units(owner=same[0], stratum=same[1], psu=same[2], z=np.concatenate([y, x], axis=1), present=n), n


def error(form: Form, estimate: Numbers, how_sure: Precision) -> tuple[Numbers, Numbers]:
    """Standard error and degrees of freedom; where everyone was asked there is no sampling error, and no degrees."""
    if form.design.census:
        return np.where(np.isnan(estimate), np.nan, 0.0), np.full(estimate.shape, np.nan)
    return np.sqrt(how_sure.variance), how_sure.df


def covered(place: Place, owner: Codes, village: Codes, n: Numbers) -> Numbers:
    """How many villages of an owner's domain and round have rows that count, in any category."""
    domains, rounds, categories = place.shape
    pair, at = np.unique(np.stack([owner // categories, village]), axis=1, return_inverse=True)
    known = np.array([name != "" for name in place.sums.villages], dtype=bool)[pair[1]]
    has = (added(n[:, None], at, pair.shape[1])[:, 0] > 0) & known[:, None]
    return added(has[:, None].astype(float), pair[0], domains * rounds)[:, 0].repeat(categories, axis=0)


def limits(
    form: Form, indicators: tuple[Indicator, ...], estimate: Numbers, se: Numbers, df: Numbers, n: Numbers,
) -> tuple[Numbers, Numbers]:
    """Logit for shares, one-sided for shares of 0 and 1, t for the rest; a census is what it is."""
    if form.design.census:
        return estimate, estimate
    lower, upper = intervals.t_interval(estimate, se, df)
    shares = np.array([isinstance(each.measure, Share) for each in indicators], dtype=bool)
    if shares.any():
        lower[:, shares], upper[:, shares] = intervals.of_share(estimate[:, shares], se[:, shares], df[:, shares], n[:, shares])
    return lower, upper
