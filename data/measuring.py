"""The measures of one form for the domains of an answer: estimates, and what their variance rests on.

Means, shares, ratios and totals come from the sums (here); medians, Gini and relative poverty from the rows (data/rows.py).
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from data.instruments.model import Form, Instrument
from data.place import Place
from data.store import Store
from data.sums import Cells, Counts, Part, psus
from metrics import intervals
from metrics.codes import Codes, Numbers, summed
from metrics.estimation import Linear, Owned, Precision, Units, levels, linear
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
    y: Numbers                           # of sums: the estimate is y/x, or y
    x: Numbers
    simple: Numbers | None               # the variance of a simple random sample of as many; None: data/squares.py tells it
    covered: Numbers                     # villages with rows that count, in any category
    village_counts: Counts


def from_sums(store: Store, cursor: DuckDBPyConnection, question: Question, place: Place) -> Measured:
    """All indicators of the form that sums can answer, those not asked for among them."""
    whole = place.sums
    is_total = np.array([isinstance(each.measure, Total) for each in whole.indicators])
    owned = _owned(store, cursor, question, place)
    level, how_sure = levels(owned, place.owners, whole.strata, is_total=is_total, lonely=place.lonely)
    owner, cell = place.owned(whole.rows.cells)
    n, asked = (summed(each, owner, place.owners, cell) for each in (whole.rows.n, whole.rows.asked))
    se, df = error(question.form, level.estimate, how_sure)
    lower, upper = limits(question.form, whole.indicators, level.estimate, se, df, n)
    return Measured(
        place=place, indicators=whole.indicators, estimate=level.estimate, ratio=level.ratio, scale=level.scale,
        units=None, visited=None, off=None,
        psus=how_sure.psus, strata=how_sure.strata, has_lonely_psu=how_sure.has_lonely_psu,
        se=se, df=df, lower=lower, upper=upper, n=n, asked=asked, y=level.y, x=level.x, simple=None,
        covered=covered(place, owner, whole.rows.cells.village[cell], whole.rows.n[cell]), village_counts=whole.rows,
    )


def linear_of(store: Store, cursor: DuckDBPyConnection, question: Question, found: Measured) -> Linear:
    """What the variances rest on, of a form whose rows do not come in clusters."""
    is_total = np.array([isinstance(each.measure, Total) for each in found.indicators])
    return linear(_owned(store, cursor, question, found.place), found.place.owners, is_total=is_total)


def _owned(store: Store, cursor: DuckDBPyConnection, question: Question, place: Place) -> list[Owned]:
    """The sums of every owner; those of PSUs that span villages are put together first."""
    whole, found = place.sums, []
    if not whole.psus_are_inside.all():
        part, owner, row = _of_psus(store, cursor, question, place, ~whole.psus_are_inside)
        found.append(_whole_psus(part, owner, row)[0])
    for part in whole.parts:
        owner, row = place.owned(part.cells)
        if not whole.psus_are_inside.all():
            inside = whole.psus_are_inside[part.cells.round[row]]
            owner, row = owner[inside], row[inside]
        found.append(Owned(owner=owner, stratum=part.cells.stratum[row], row=row, sums=part.sums))
    return found


def _of_psus(
    store: Store, cursor: DuckDBPyConnection, question: Question, place: Place, rounds: np.ndarray,
) -> tuple[Part, Codes, Codes]:
    """The sums of PSUs; and owner and row of those of some rounds that lie in a domain."""
    part = psus(store, cursor, question.instrument, question.form, question.group)
    owner, row = place.owned(part.cells)
    of_round = rounds[part.cells.round[row]]
    return part, owner[of_round], row[of_round]


def _whole_psus(part: Part, owner: Codes, row: Codes) -> tuple[Owned, Codes]:
    """With one row of sums per owner and PSU, wherever its rows are; and the PSU of each."""
    cells = part.cells
    strata, psus = (int(codes.max(initial=0)) + 1 for codes in (cells.stratum, cells.psu))
    key, place = np.unique((owner * strata + cells.stratum[row]) * psus + cells.psu[row], return_inverse=True)
    sums = {name: summed(part.sums[name], place, len(key), row) for name in ("y", "x", "psus")}
    sums["psus"] = (sums["psus"] > 0).astype(float)
    return Owned(
        owner=key // psus // strata, stratum=key // psus % strata, row=np.arange(len(key)), sums=sums), key % psus


def units(store: Store, cursor: DuckDBPyConnection, question: Question, found: Measured) -> Units:
    """What each PSU adds to each estimate; from sums only of forms whose rows come in clusters."""
    if found.units is not None:
        return found.units
    every = np.ones(len(found.place.sums.rounds), dtype=bool)
    owned, psu = _whole_psus(*_of_psus(store, cursor, question, found.place, every))
    y, x, present = (owned.sums[name] for name in ("y", "x", "psus"))
    z = (y - found.ratio[owned.owner] * x) * found.scale[owned.owner]
    return Units(owner=owned.owner, stratum=owned.stratum, psu=psu, z=np.where(np.isnan(z), 0.0, z),
                 present=np.broadcast_to(present, z.shape))


def visited(store: Store, cursor: DuckDBPyConnection, question: Question, found: Measured) -> Cells:
    """Where each PSU was, with the codes that `units` has; only of forms whose rows come in clusters."""
    if found.visited is not None:
        return found.visited
    return psus(store, cursor, question.instrument, question.form, question.group).cells


def error(form: Form, estimate: Numbers, how_sure: Precision) -> tuple[Numbers, Numbers]:
    """Standard error and degrees of freedom; where everyone was asked there is no sampling error, and no degrees."""
    if form.design.census:
        return np.where(np.isnan(estimate), np.nan, 0.0), np.full(estimate.shape, np.nan)
    return np.sqrt(how_sure.variance), how_sure.df


def covered(place: Place, owner: Codes, village: Codes, n: Numbers) -> Numbers:
    """How many villages of an owner's domain and round have rows that count, in any category."""
    domains, rounds, categories = place.shape
    villages = len(place.sums.villages)
    pair, at = np.unique(owner // categories * villages + village, return_inverse=True)
    known = np.array([name != "" for name in place.sums.villages], dtype=bool)[pair % villages]
    has = (summed(n, at, len(pair)) > 0) & known[:, None]
    return summed(has.astype(float), pair // villages, domains * rounds).repeat(categories, axis=0)


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
