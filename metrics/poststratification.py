"""Weights that make groups of the sample add up to totals known from elsewhere, and what that takes from the error.

A post-stratum g is a group of units whose number N is known. With W the sum of its design weights, each weight becomes
w * N/W. What a row adds to an estimate, `a` with the new weight in it, then counts less the mean of its group, for every row of
the group, whether it lies in the domain or not: per PSU i, `z_i = sum of a - sum over g of (sum of a in g) / W_g * W_ig`. The
variance is that of any estimate with these z. It equals R survey's `postStratify`. Holt and Smith (1979), Journal of the Royal
Statistical Society A 142, 33-46.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from metrics.codes import Codes, Numbers, matched, summed
from metrics.combinations import Terms
from metrics.estimation import Linear, Units, of_units

# Smaller than this, relative to what was added up, a sum of squares is rounding: a known total has no error at all.
_ROUNDING = 1e-13


@dataclass(frozen=True, kw_only=True)
class Poststrata:
    """Known totals and design weights of the post-strata; and the weights again, one entry per post-stratum and PSU."""

    total: Numbers
    weight: Numbers
    poststratum: Codes
    stratum: Codes
    psu: Codes
    in_psu: Numbers

    @property
    def factor(self) -> Numbers:
        """What each design weight is multiplied with."""
        return self.total / self.weight


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the rows of an owner add to its estimates, by PSU and post-stratum (-1: in none); as `Units` otherwise."""

    owner: Codes
    stratum: Codes
    psu: Codes
    poststratum: Codes
    z: Numbers
    present: Numbers


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What each unit of design weight in a post-stratum is expected to add to an owner: one row per owner and post-stratum
    with rows of it, in their order."""

    owner: Codes
    poststratum: Codes
    z: Numbers


def gathered(parts: Parts) -> Units:
    """The parts of each PSU together."""
    strata, psus = (int(codes.max(initial=0)) + 1 for codes in (parts.stratum, parts.psu))
    key, place = np.unique((parts.owner * strata + parts.stratum) * psus + parts.psu, return_inverse=True)
    return Units(owner=key // psus // strata, stratum=key // psus % strata, psu=key % psus,
                 z=summed(parts.z, place, len(key)), present=(summed(parts.present, place, len(key)) > 0).astype(float))


def expected(parts: Parts, poststrata: Poststrata) -> Expected:
    of_group = parts.poststratum >= 0
    groups = len(poststrata.total)
    pair, place = np.unique(parts.owner[of_group] * groups + parts.poststratum[of_group], return_inverse=True)
    z = summed(parts.z[of_group], place, len(pair)) / poststrata.weight[pair % groups][:, None]
    return Expected(owner=pair // groups, poststratum=pair % groups, z=z)


def expected_jointly(each: Expected, terms: Terms, groups: int) -> Expected:
    """Of the results of terms: what their owners are expected to add, taken together; as `jointly` of units."""
    row, term = matched(each.owner, terms.owner)
    pair, place = np.unique(terms.result[term] * groups + each.poststratum[row], return_inverse=True)
    z = summed(terms.coefficient[term][:, None] * each.z[row], place, len(pair))
    return Expected(owner=pair // groups, poststratum=pair % groups, z=z)


def taken_off(units: Units, off: Expected, poststrata: Poststrata) -> Linear:
    """The linear parts of `z_i = a_i - sum over g of e_g * W_ig`, a being what units add and e what is expected.

    Every PSU of a group counts for every owner with rows of the group, so the squares are multiplied out, and the sums taken of
    `a*a`, `a*W` and `W*W`: their number depends on the sample and on the owners, not on both multiplied.
    """
    plain = of_units(units)
    if not len(off.owner):
        return plain
    found = [(plain.owner, plain.stratum, plain.z, plain.zz, plain.zz, plain.psus)]
    found += [_crossed(units, off, poststrata), *_squared(off, poststrata)]
    owner, stratum, z, zz, size, psus = (np.concatenate(parts) for parts in zip(*found, strict=True))
    strata = int(stratum.max(initial=0)) + 1
    cell, place = np.unique(owner * strata + stratum, return_inverse=True)
    z, zz, size, psus = (summed(each, place, len(cell)) for each in (z, zz, size, psus))
    return Linear(owner=cell // strata, stratum=cell % strata, z=z, zz=np.where(zz > _ROUNDING * size, zz, 0.0), psus=psus)


_Cells = tuple[Codes, Codes, Numbers, Numbers, Numbers, Numbers]


def _crossed(units: Units, off: Expected, poststrata: Poststrata) -> _Cells:
    """-2 * a_i * e_g * W_ig, of PSUs with rows of the owner."""
    groups, psus = len(poststrata.total), int(max(units.psu.max(initial=0), poststrata.psu.max(initial=0))) + 1
    keys = np.concatenate([poststrata.stratum * psus + poststrata.psu, units.stratum * psus + units.psu])
    group_psu, unit_psu = np.split(np.unique(keys, return_inverse=True)[1], [len(poststrata.psu)])
    entry, row = matched(group_psu, unit_psu)
    have, wanted = off.owner * groups + off.poststratum, units.owner[row] * groups + poststrata.poststratum[entry]
    pair = np.minimum(np.searchsorted(have, wanted), len(have) - 1)
    known = have[pair] == wanted
    entry, row, pair = entry[known], row[known], pair[known]
    zz = -2 * units.z[row] * off.z[pair] * poststrata.in_psu[entry][:, None]
    nothing = np.zeros_like(zz)
    return units.owner[row], units.stratum[row], nothing, zz, nothing, nothing


def _squared(off: Expected, poststrata: Poststrata) -> list[_Cells]:
    """-e_g * W_g, and the squares of `sum over g of e_g * W_ig`, stratum by stratum."""
    count = off.z.shape[1]
    found = []
    for stratum in np.unique(poststrata.stratum):
        here = poststrata.stratum == stratum
        groups, group = np.unique(poststrata.poststratum[here], return_inverse=True)
        _, psu = np.unique(poststrata.psu[here], return_inverse=True)
        weights = csr_array((poststrata.in_psu[here], (psu, group)), shape=(psu.max() + 1, len(groups)))
        pair, place = matched(off.poststratum, groups)
        owners, owner = np.unique(off.owner[pair], return_inverse=True)
        rows = (owner[:, None] * count + np.arange(count)).ravel()
        each = csr_array((off.z[pair].ravel(), (rows, np.repeat(place, count))), shape=(len(owners) * count, len(groups)))
        z = -(each @ weights.sum(axis=0)).reshape(len(owners), count)
        zz = np.asarray((each @ (weights.T @ weights)).multiply(each).sum(axis=1)).reshape(len(owners), count)
        found.append((owners, np.full(len(owners), stratum), z, zz, zz, np.zeros_like(zz)))
    return found
