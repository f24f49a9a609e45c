"""The measures that need the rows: each as an estimate per domain and the influence of each row on it.

The variance of an estimate is that of a total, from the PSU sums of the influences, over all PSUs of the design
(a PSU without rows of the domain has the sum 0), as for every mean.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from metrics.indicator import BelowMedian, Gini, Quantile
from metrics.inequality import Numbers, Ordered, gini, ordered, quantile, share_up_to
from metrics.poverty import relative_line, relative_poverty


@dataclass(frozen=True, kw_only=True)
class Linearised:
    """Estimates per domain, and influences with the weight in them.

    `influence` has one number per membership: how the row moves the estimate of that domain. A relative line rests on
    every row, so where there is one, every row moves the estimate of domain d by `slope[d] * line_influence[row]` too.
    Of a quantile the influences are of the share at or below it; `metrics.inequality.woodruff` turns that share's
    standard error into the quantile's interval and standard error.
    """

    estimate: Numbers
    influence: Numbers
    slope: Numbers
    line_influence: Numbers
    share: Numbers
    members: Ordered


def linearised(
    measure: Quantile | Gini | BelowMedian, value: ArrayLike, weight: ArrayLike,
    row: ArrayLike, domain: ArrayLike, domains: int,
) -> Linearised:
    """The estimates of a measure for many domains in one pass.

    `value` and `weight` are those of every row asked, NaN where missing; `row` and `domain`, of one length, say which
    row belongs to which domain (a code from 0 to `domains` - 1), so that a row may be in several, or in none.
    A domain without a value has the estimate NaN.
    """
    values, weights = np.asarray(value, dtype=float), np.asarray(weight, dtype=float)
    rows, codes = np.asarray(row, dtype=np.int64), np.asarray(domain, dtype=np.int64)
    members = ordered(values[rows], weights[rows], codes, domains)
    slope, line_influence, share = np.zeros(domains), np.zeros(len(values)), np.full(domains, np.nan)
    match measure:
        case Quantile():
            estimate = quantile(members, measure.probability)
            share, z = share_up_to(members, estimate)
        case Gini():
            estimate, z = gini(members)
        case BelowMedian():
            line = relative_line(values, weights, fraction=measure.fraction)
            poverty = relative_poverty(values[rows], weights[rows], line, domain=codes, domains=domains)
            estimate, z, slope = poverty.estimate, poverty.z, poverty.slope
            line_influence = _times(weights, line.z)
    return Linearised(estimate=estimate, influence=_times(weights[rows], z), slope=slope,
                      line_influence=line_influence, share=share, members=members)


def _times(weights: Numbers, z: Numbers) -> Numbers:
    """Zero where a row does not count, though its weight may be missing."""
    return np.where(z == 0, 0.0, weights * z)
