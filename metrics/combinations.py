"""Combinations of estimates, such as differences: what their variance rests on, from that of the estimates.

A combination is a sum of estimates with coefficients, so each PSU adds the same sum of its z, and the covariance of estimates
that rest on the same PSUs comes with it.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.codes import Codes, Numbers, matched, summed
from metrics.estimation import Linear, Units


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
