"""Sums -> estimates with standard errors, by Taylor linearisation, for many domains and indicators at once.

Everything is `R = Y/X`. A PSU i of stratum h adds `z = (y - R*x) / X` to the estimate of a domain (0 where it has no rows
of it, and it still counts), and `Var(R) = sum over h of (1 - f)*m/(m-1) * sum over i of (z - mean z)**2` with m the PSUs of
the whole stratum and f the part of its population they are. Only `sum z` and `sum z*z` per stratum are needed, and both follow
from the moments of y and x. Totals are the same with z = y. It equals R survey's svymean, svyratio, svytotal and svyby.

Arrays are `owners x indicators`; an owner is a domain, or a comparison of domains.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from metrics.codes import Codes, Numbers, adding, ordered, starts, summed


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
class Owned:
    """Sums over the PSUs of cells, a cell being an owner's part of a stratum: row `row[i]` of the sums adds to `owner[i]` in
    `stratum[i]`. `sums` are named as in metrics/totals.py: y, x and psus, each row being one PSU, or these and yy, xy, xx of
    several. They are rows x indicators, or x 1 where all indicators have the same; 0 where nothing counts."""

    owner: Codes
    stratum: Codes
    row: Codes
    sums: Mapping[str, Numbers]


@dataclass(frozen=True, kw_only=True)
class Linear:
    """What an estimate's variance rests on: per cell, the sum of z and of z*z over its PSUs; arrays are cells x indicators."""

    owner: Codes
    stratum: Codes
    z: Numbers
    zz: Numbers
    psus: Numbers                        # PSUs with rows of the owner; cells x 1 where all indicators have the same


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


@dataclass(frozen=True, kw_only=True)
class Precision:
    """How sure an estimate is. `variance` is NaN where the design cannot tell."""

    variance: Numbers
    psus: Numbers
    strata: Numbers
    df: Numbers
    has_lonely_psu: NDArray[np.bool_]


def levels(
    parts: Sequence[Owned], owners: int, strata: Strata, *, is_total: NDArray[np.bool_], lonely: Lonely = Lonely.ADJUST,
) -> tuple[Levels, Precision]:
    """The estimate of every owner and indicator, and how sure it is. All cells of an owner are in one part.

    `is_total`, per indicator, says that y alone is the estimate.
    """
    into = _Sums.of_nothing((owners, len(is_total)))
    sure = precision(_linear(parts, into, is_total), into.y.shape, strata, lonely=lonely)
    estimate, slope, scale = ratios(into.y, into.x, into.psus, is_total=is_total)
    sure = replace(sure, variance=sure.variance * np.square(into.factor))
    return Levels(y=into.y, x=into.x, estimate=estimate, ratio=slope, scale=scale), sure


def linear(parts: Sequence[Owned], owners: int, *, is_total: NDArray[np.bool_]) -> Linear:
    """The linear parts of these estimates, with one cell per owner and stratum."""
    into = _Sums.of_nothing((owners, len(is_total)))
    pieces = list(_linear(parts, into, is_total))
    nothing, none = np.zeros(0, np.int64), np.zeros((0, len(is_total)))
    owner = np.concatenate([nothing, *(each.owner for each in pieces)])
    factor = into.factor[owner]
    return Linear(
        owner=owner, stratum=np.concatenate([nothing, *(each.stratum for each in pieces)]),
        z=np.concatenate([none, *(each.z for each in pieces)]) * factor,
        zz=np.concatenate([none, *(each.zz for each in pieces)]) * np.square(factor),
        psus=np.concatenate([none, *(np.broadcast_to(each.psus, each.z.shape) for each in pieces)]))


@dataclass(frozen=True, kw_only=True)
class _Sums:
    """The sums of owners, and what the z of their cells is to be multiplied by: owners x indicators, filled piece by piece."""

    y: Numbers
    x: Numbers
    psus: Numbers
    factor: Numbers

    @classmethod
    def of_nothing(cls, shape: tuple[int, int]) -> _Sums:
        return cls(y=np.zeros(shape), x=np.zeros(shape), psus=np.zeros(shape), factor=np.ones(shape))


# Squares that add up to less than this, relative to that of the estimate, are rounding: they must not look like spread. What is
# left of sums of products has more of it than the squares of differences.
_ROUNDING, _ROUNDING_OF_PRODUCTS = 1e-24, 1e-14


def _linear(parts: Sequence[Owned], into: _Sums, is_total: NDArray[np.bool_]) -> Iterator[Linear]:
    """The linear parts, some owners at a time, before `_Sums.factor`; what belongs to owners is put into `into` on the way."""
    for part in parts:
        strata = int(part.stratum.max(initial=0)) + 1
        order = ordered(part.owner, part.stratum)
        key, row = (part.owner * strata + part.stratum)[order], part.row[order]
        first = starts(key)              # where the entries of a cell, one owner and stratum, start,
        owner, stratum = np.divmod(key[first], strata)
        of_owner = starts(owner)         # and where the cells of an owner start
        for runs, own in _pieces(first[of_owner], len(row)):
            cells = slice(of_owner[runs.start], of_owner[runs.stop] if runs.stop < len(of_owner) else len(first))
            sums = {name: np.take(each, row[own], axis=0) for name, each in part.sums.items()}
            runs_of = _Runs(owner=owner[of_owner[runs]], cell=first[cells] - own.start, of_owner=of_owner[runs] - cells.start,
                            length=own.stop - own.start)
            z, zz, present = _of_piece(sums, runs_of, into, is_total)
            yield Linear(owner=owner[cells], stratum=stratum[cells], z=z, zz=zz, psus=present)


@dataclass(frozen=True, kw_only=True)
class _Runs:
    """Some owners, where their entries and cells start: entries come by cell, and cells by owner."""

    owner: Codes
    cell: Codes                          # the first entry of each cell
    of_owner: Codes                      # the first cell of each owner
    length: int                          # how many entries


def _of_piece(
    sums: Mapping[str, Numbers], runs: _Runs, into: _Sums, is_total: NDArray[np.bool_],
) -> tuple[Numbers, Numbers, Numbers]:
    """Per cell, the sums of z before its factor, of z*z and of PSUs; what belongs to owners goes into `into`."""
    who, entry = runs.owner, runs.cell[runs.of_owner]
    by_owner, by_cell = (adding(each, runs.length) for each in (entry, runs.cell))
    y, x, psus = (by_owner @ sums[name] for name in ("y", "x", "psus"))
    into.y[who], into.x[who], into.psus[who] = y, x, psus
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate, ratio, scale = ratios(y, x, psus, is_total=is_total)
        slope = np.repeat(ratio, np.diff(entry, append=runs.length), axis=0)
        if "yy" in sums:
            squares = np.maximum(by_cell @ (sums["yy"] - slope * (2 * sums["xy"] - slope * sums["xx"])), 0.0)
        difference = np.subtract(sums["y"], np.multiply(slope, sums["x"], out=slope), out=slope)
        z = by_cell @ difference
        if "yy" not in sums:
            squares = by_cell @ np.square(difference, out=difference)
        spread = (adding(runs.of_owner, len(runs.cell)) @ squares) * scale * scale
        rounding = _ROUNDING_OF_PRODUCTS if "yy" in sums else _ROUNDING
        into.factor[who] = np.where(spread <= rounding * estimate * estimate, 0.0, scale)
        return z, squares, by_cell @ sums["psus"]


# How many rows are worked on at a time: those of some thirty indicators fit a processor's cache.
_AT_ONCE = 6144


def _pieces(first: Codes, length: int) -> Iterator[tuple[slice, slice]]:
    """Runs, which start at `first`, some at a time: which runs, and their entries."""
    bounds = np.unique(np.append(np.searchsorted(first, np.arange(0, length, _AT_ONCE)), len(first)))
    for one, other in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        yield slice(one, other), slice(int(first[one]), int(first[other]) if other < len(first) else length)


def ratios(y: Numbers, x: Numbers, present: Numbers, *, is_total: NDArray[np.bool_]) -> tuple[Numbers, Numbers, Numbers]:
    """The estimate where anything is present, and the `ratio` and `scale` of its linear parts."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(x != 0, y / x, np.nan)
        slope, scale = np.where(is_total, 0.0, ratio), np.where(is_total, 1.0, 1 / x)
    return np.where(present > 0, np.where(is_total, y, ratio), np.nan), slope, scale


def precision(
    pieces: Iterable[Linear], shape: tuple[int, ...], strata: Strata, *, lonely: Lonely = Lonely.ADJUST,
) -> Precision:
    """The design-based variance of estimates, owners x indicators. The cells of an owner are in one piece; those of one owner
    and stratum must hold different PSUs.

    Degrees of freedom are the PSUs with rows of the owner less the strata they are in, as R's `degf` of a subset.
    """
    variance, in_psus, in_strata, singles = (np.zeros(shape) for _ in range(4))
    with np.errstate(invalid="ignore", divide="ignore"):
        for piece in (_merged(each, len(strata.psus)) for each in pieces):
            m, rest = (each[piece.stratum] for each in (strata.psus, strata.unsampled))
            is_certain = rest <= _CERTAIN
            is_single = (m == 1) & ~is_certain
            factor = np.where(is_certain | (m == 1), 0.0, rest * m / (m - 1))
            spread = np.square(piece.z)
            spread /= m[:, None]
            np.maximum(np.subtract(piece.zz, spread, out=spread), 0.0, out=spread)
            if lonely is Lonely.ADJUST and is_single.any():
                factor[is_single], spread[is_single] = rest[is_single], piece.zz[is_single]
            present = piece.psus > 0
            first = starts(piece.owner)
            who, by_owner = piece.owner[first], adding(first, len(piece.owner))
            weighted = adding(first, len(piece.owner), factor)
            variance[who] = added = weighted @ spread
            if np.isnan(added).any():    # what a cell without rows of the owner adds may not be known; it is nothing
                variance[who] = weighted @ np.where(present | ~np.isnan(spread), spread, 0.0)
            in_psus[who], in_strata[who] = by_owner @ piece.psus, by_owner @ present.astype(float)
            singles[who] = by_owner @ (present & is_single[:, None]).astype(float)
        if lonely is Lonely.AVERAGE:
            variance = variance * in_strata / (in_strata - singles)
    usable = in_strata > singles
    if lonely is Lonely.FAIL:
        usable &= singles == 0
    return Precision(
        variance=np.where(usable, variance, np.nan), psus=in_psus, strata=in_strata, df=in_psus - in_strata,
        has_lonely_psu=singles > 0,
    )


# A stratum of which no larger share is left out has no sampling error.
_CERTAIN = 1e-7


def _merged(linear: Linear, strata: int) -> Linear:
    """With one cell per owner and stratum, in order."""
    both = linear.owner * strata + linear.stratum
    if (both[1:] > both[:-1]).all():
        return linear
    both, cell = np.unique(both, return_inverse=True)
    z, zz, psus = (summed(each, cell, len(both)) for each in (linear.z, linear.zz, linear.psus))
    return Linear(owner=both // strata, stratum=both % strata, z=z, zz=zz, psus=psus)


def of_units(units: Units) -> Linear:
    """The linear parts of estimates whose PSUs are given one by one, each once per owner."""
    return Linear(owner=units.owner, stratum=units.stratum, z=units.z, zz=units.z * units.z, psus=units.present)
