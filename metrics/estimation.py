"""Sums -> estimates with standard errors, by Taylor linearisation, for many domains and indicators at once.

Everything is `R = Y/X`. A PSU i of stratum h adds `z = (y - R*x) / X` to the estimate of a domain (0 where it has no rows
of it, and it still counts), and `Var(R) = sum over h of (1 - f)*m/(m-1) * sum over i of (z - mean z)**2` with m the PSUs of
the whole stratum and f the part of its population they are. Only `sum z` and `sum z*z` per stratum are needed, and both follow
from the moments of y and x. Totals are the same with z = y. It equals R survey's svymean, svyratio, svytotal and svyby.

Arrays are `owners x indicators`; an owner is a domain, or a comparison of domains.
"""
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]


class Lonely(StrEnum):
    """What a stratum with a single PSU adds to the variance (names of R's `survey.lonely.psu`)."""

    ADJUST = "adjust"                    # its distance from the mean of all, instead of from its own
    AVERAGE = "average"                  # the average of the other strata
    CERTAINTY = "certainty"              # nothing: it was sure to be chosen
    REMOVE = "remove"                    # nothing
    FAIL = "fail"                        # there is no standard error


@dataclass(frozen=True, kw_only=True)
class Strata:
    """The whole design: PSUs in the sample and in the population (NaN where not known) of each stratum."""

    psus: Numbers
    population: Numbers

    @property
    def unsampled(self) -> Numbers:
        """1 - f: the share of each stratum's PSUs that are not in the sample; 1 where the population is not known."""
        with np.errstate(invalid="ignore", divide="ignore"):
            share = 1 - self.psus / self.population
        return np.where(np.isnan(share), 1.0, np.maximum(share, 0.0))


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Sums over the PSUs of cells, a cell being an owner's part of a stratum: `owner`, `stratum` per cell; the others
    cells x indicators, as metrics/totals.py names them."""

    owner: Codes
    stratum: Codes
    y: Numbers
    x: Numbers
    yy: Numbers
    xy: Numbers
    xx: Numbers
    psus: Numbers


@dataclass(frozen=True, kw_only=True)
class Linear:
    """What an estimate's variance rests on: per cell, the sum of z and of z*z over its PSUs."""

    owner: Codes
    stratum: Codes
    z: Numbers
    zz: Numbers
    psus: Numbers                        # PSUs with rows of the owner


@dataclass(frozen=True, kw_only=True)
class Units:
    """What each PSU adds to the estimates of each owner: one row per owner and PSU, z and `present` rows x indicators."""

    owner: Codes
    stratum: Codes
    psu: Codes
    z: Numbers
    present: Numbers                     # 1 where the PSU has rows of the owner


@dataclass(frozen=True, kw_only=True)
class Levels:
    """Estimates with their parts; NaN where there is none."""

    y: Numbers
    x: Numbers
    estimate: Numbers
    ratio: Numbers                       # z = (y - ratio*x) * scale
    scale: Numbers
    linear: Linear


@dataclass(frozen=True, kw_only=True)
class Precision:
    """How sure an estimate is. `variance` is NaN where the design cannot tell."""

    variance: Numbers
    psus: Numbers
    strata: Numbers
    df: Numbers
    has_lonely_psu: NDArray[np.bool_]


def summed(values: Numbers, code: Codes, count: int, row: Codes | None = None) -> Numbers:
    """Sums of the rows of `values` by their code, 0 to `count` - 1; of those rows only, and as often, as `row` says."""
    rows = np.arange(len(code)) if row is None else row
    return np.asarray(csr_array((np.ones(len(code)), (code, rows)), shape=(count, len(values))) @ values)


def levels(moments: Moments, owners: int, *, is_total: NDArray[np.bool_]) -> Levels:
    """The estimate of every owner and indicator; `is_total`, per indicator, says that y alone is the estimate."""
    y, x = summed(moments.y, moments.owner, owners), summed(moments.x, moments.owner, owners)
    psus = summed(moments.psus, moments.owner, owners)
    estimate, slope, factor = ratios(y, x, psus, is_total=is_total)
    r, scale = slope[moments.owner], factor[moments.owner]
    with np.errstate(invalid="ignore"):
        z = (moments.y - r * moments.x) * scale
        zz = (moments.yy - 2 * r * moments.xy + r * r * moments.xx) * scale * scale
        # Where all PSUs are equal, what is left of the squares is rounding; it must not look like spread.
        zz = np.where(zz > 1e-14 * (moments.yy + r * r * moments.xx) * scale * scale, zz, 0.0)
    linear = Linear(owner=moments.owner, stratum=moments.stratum, psus=moments.psus, z=z, zz=zz)
    return Levels(y=y, x=x, estimate=estimate, ratio=slope, scale=factor, linear=linear)


def ratios(y: Numbers, x: Numbers, present: Numbers, *, is_total: NDArray[np.bool_]) -> tuple[Numbers, Numbers, Numbers]:
    """The estimate where anything is present, and the `ratio` and `scale` of its linear parts."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(x != 0, y / x, np.nan)
        slope, scale = np.where(is_total, 0.0, ratio), np.where(is_total, 1.0, 1 / x)
    return np.where(present > 0, np.where(is_total, y, ratio), np.nan), slope, scale


def precision(linear: Linear, owners: int, strata: Strata, *, lonely: Lonely = Lonely.ADJUST) -> Precision:
    """The design-based variance. Cells of one owner and stratum must hold different PSUs.

    Degrees of freedom are the PSUs with rows of the owner less the strata they are in, as R's `degf` of a subset.
    """
    both, cell = np.unique(linear.owner * len(strata.psus) + linear.stratum, return_inverse=True)
    owner, stratum = both // len(strata.psus), both % len(strata.psus)
    z, zz, psus = (summed(each, cell, len(both)) for each in (linear.z, linear.zz, linear.psus))
    m, rest = strata.psus[stratum][:, None], strata.unsampled[stratum][:, None]
    present = psus > 0
    single = present & (m == 1) & (rest > 1e-7)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = rest * m / (m - 1) * np.maximum(zz - z * z / m, 0.0)
    adjusted = rest * zz if lonely is Lonely.ADJUST else np.zeros_like(zz)
    added = np.where(rest <= 1e-7, 0.0, np.where(m == 1, adjusted, spread))
    variance = summed(np.where(np.isnan(added), 0.0, added), owner, owners)
    unknown = summed((np.isnan(added) & present).astype(float), owner, owners) > 0
    in_strata, in_psus = summed(present.astype(float), owner, owners), summed(psus, owner, owners)
    singles = summed(single.astype(float), owner, owners)
    usable = summed((present & ((m > 1) | (rest <= 1e-7))).astype(float), owner, owners) > 0
    if lonely is Lonely.AVERAGE:
        with np.errstate(invalid="ignore", divide="ignore"):
            variance = variance * in_strata / (in_strata - singles)
    if lonely is Lonely.FAIL:
        usable &= singles == 0
    return Precision(
        variance=np.where(usable & ~unknown, variance, np.nan), psus=in_psus, strata=in_strata,
        df=in_psus - in_strata, has_lonely_psu=singles > 0,
    )


def of_units(units: Units) -> Linear:
    """The linear parts of estimates whose PSUs are given one by one, each once per owner."""
    return Linear(owner=units.owner, stratum=units.stratum, z=units.z, zz=units.z * units.z, psus=units.present)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Combinations of estimates: term t adds `coefficient[t]` times the estimate of `owner[t]` to result `result[t]`."""

    owner: Codes
    coefficient: Numbers
    result: Codes
    results: int


def combined(linear: Linear, terms: Terms) -> Linear:
    """The linear parts of the results. Valid where the terms of a result rest on different PSUs: cells add up."""
    cell, term = matched(linear.owner, terms.owner)
    c = terms.coefficient[term][:, None]
    return Linear(owner=terms.result[term], stratum=linear.stratum[cell], z=c * linear.z[cell], zz=c * c * linear.zz[cell],
                  psus=linear.psus[cell])


def jointly(units: Units, terms: Terms) -> Units:
    """What each PSU adds to the results, terms that rest on the same PSU taken together: their covariance comes with it."""
    row, term = matched(units.owner, terms.owner)
    key = np.stack([terms.result[term], units.stratum[row], units.psu[row]])
    same, place = np.unique(key, axis=1, return_inverse=True)
    z = summed(terms.coefficient[term][:, None] * units.z[row], place, same.shape[1])
    present = summed(units.present[row], place, same.shape[1])
    return Units(owner=same[0], stratum=same[1], psu=same[2], z=z, present=(present > 0).astype(float))


def matched(have: Codes, wanted: Codes) -> tuple[Codes, Codes]:
    """Every pair of a row of `have` and a row of `wanted` with the same code."""
    order = np.argsort(have, kind="stable")
    first, after = np.searchsorted(have[order], wanted, side="left"), np.searchsorted(have[order], wanted, side="right")
    length = after - first
    pair = np.repeat(first - np.cumsum(length) + length, length) + np.arange(length.sum())
    return order[pair], np.repeat(np.arange(len(wanted)), length)
