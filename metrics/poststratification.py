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

from metrics.estimation import Codes, Numbers, Units, matched, summed

# Smaller than this, relative to what was added up, a sum is rounding: a known total has no error at all.
_ROUNDING = 1e-12


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


def residuals(parts: Parts, poststrata: Poststrata) -> Units:
    """What each PSU adds to each owner's estimates once the known totals are taken into account."""
    of_group = parts.poststratum >= 0
    groups = len(poststrata.total)
    pair, place = np.unique(parts.owner[of_group] * groups + parts.poststratum[of_group], return_inverse=True)
    per_weight = summed(parts.z[of_group], place, len(pair)) / poststrata.weight[pair % groups][:, None]
    entry, of = matched(poststrata.poststratum, pair % groups)
    expected = per_weight[of] * poststrata.in_psu[entry][:, None]
    return _by_psu(
        np.concatenate([parts.owner, (pair // groups)[of]]), np.concatenate([parts.stratum, poststrata.stratum[entry]]),
        np.concatenate([parts.psu, poststrata.psu[entry]]), np.concatenate([parts.z, -expected]),
        np.concatenate([parts.present, np.zeros_like(expected)]),
    )


def _by_psu(owner: Codes, stratum: Codes, psu: Codes, z: Numbers, present: Numbers) -> Units:
    strata, psus = (int(codes.max(initial=0)) + 1 for codes in (stratum, psu))
    key, place = np.unique((owner * strata + stratum) * psus + psu, return_inverse=True)
    added, size = summed(z, place, len(key)), summed(np.abs(z), place, len(key))
    return Units(
        owner=key // psus // strata, stratum=key // psus % strata, psu=key % psus,
        z=np.where(np.abs(added) > _ROUNDING * size, added, 0.0),
        present=(summed(present, place, len(key)) > 0).astype(float),
    )
