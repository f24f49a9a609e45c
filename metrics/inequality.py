"""Gini and quantiles, which need the rows in order, for many domains in one pass.

A domain is an integer code per row. Beside an estimate stand linearised values `z`, one per row given: with them the
variance is that of a total, from the PSU sums of `weight * z`, as for every mean (see metrics/estimation.py).
A domain without rows, or where the measure does not exist, is NaN.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

QuantileRule = Literal["math", "school", "hf7"]
"""How a quantile is read off the weighted distribution, by the names of R survey's `svyquantile`.

`math`: the smallest value with at least a share p of the weight at or below it. `school`: the same, but half way to
the next value when exactly p is reached. `hf7`: straight lines between the values, from the first at 0 to the last at 1.
"""

GiniForm = Literal["trapezoid", "step"]
"""The two published sample forms of the Gini coefficient, which differ by about one row's share of the weight.

`trapezoid`: twice the area above the Lorenz curve drawn with straight lines; a row stands for `weight` equal units. It
does not depend on the scale of the weights. World Bank's PIP, laeken and Statistics Indonesia's formula give it.
`step`: each row's rank is the weight up to and including it, less a half; R's convey gives it.
"""

# A cumulated weight this near to p of the total, relative to the total, has reached it: sums of weights are not exact.
_REACHED = 1e-12


@dataclass(frozen=True, kw_only=True)
class Ordered:
    """The rows that count, by domain and within it by value. `row` is where each stood in what was given."""

    value: Numbers
    weight: Numbers
    domain: Codes
    row: Codes
    cumulated: Numbers        # weight within the domain, up to and including the row
    first: Codes              # per domain: the position of its first row
    count: Codes              # per domain
    total: Numbers            # per domain: weight
    rows_given: int


def ordered(value: ArrayLike, weight: ArrayLike, domain: ArrayLike | None = None, domains: int = 1) -> Ordered:
    """Sorts rows for the functions below. `domain` holds codes from 0 to `domains` - 1; left out, there is one domain.

    A missing value, a weight that is missing or not above zero, or a negative code leaves the row out.
    """
    values, weights = np.asarray(value, dtype=float), np.asarray(weight, dtype=float)
    codes = np.zeros(len(values), dtype=np.int64) if domain is None else np.asarray(domain, dtype=np.int64)
    kept = np.flatnonzero(~np.isnan(values) & (weights > 0) & (codes >= 0))
    row = kept[np.lexsort((values[kept], codes[kept]))]
    by_domain = codes[row]
    count = np.bincount(by_domain, minlength=domains)
    return Ordered(
        value=values[row],
        weight=weights[row],
        domain=by_domain,
        row=row,
        cumulated=_cumulated(weights[row], by_domain),
        first=np.cumsum(count) - count,
        count=count,
        total=sums(weights[row], by_domain, domains),
        rows_given=len(values),
    )


def quantile(rows: Ordered, probability: ArrayLike, rule: QuantileRule = "math") -> Numbers:
    """The weighted quantile of each domain; `probability` is one number or one per domain. NaN gives NaN."""
    p = np.broadcast_to(np.asarray(probability, dtype=float), rows.total.shape)
    has = (rows.count > 0) & ~np.isnan(p)
    if rule == "hf7":
        return _interpolated(rows, p, has)
    target = p * rows.total
    reached = np.minimum(_rows_below(rows, target - _REACHED * rows.total), rows.count - 1)
    at = _value_at(rows, reached, has)
    if rule == "math":
        return at
    passed = np.minimum(_rows_below(rows, target + _REACHED * rows.total), rows.count - 1)
    return (at + _value_at(rows, passed, has)) / 2


def share_up_to(rows: Ordered, limit: Numbers) -> tuple[Numbers, Numbers]:
    """The weighted share of each domain at or below its limit, and the share's linearised values per row given."""
    is_within = (rows.value <= limit[rows.domain]).astype(float)
    share = _per_domain(rows, rows.weight * is_within) / _or_nan(rows.total)
    return share, in_given_order(rows, (is_within - share[rows.domain]) / rows.total[rows.domain])


def woodruff(
    rows: Ordered, share: Numbers, share_se: Numbers, t: ArrayLike, rule: QuantileRule = "math"
) -> tuple[Numbers, Numbers, Numbers]:
    """A quantile's interval and standard error, from the standard error of the share at or below it.

    `share` and `share_se` are of `share_up_to` at the quantile; `t` is the critical value, e.g. of Student's t with the
    design's degrees of freedom. The interval of the share is read back as values; the standard error is the interval's
    length over 2t. An end outside 0 to 1 is NaN, and so is the standard error: there is no honest interval then.
    Woodruff (1952), Journal of the American Statistical Association 47, 635-646.
    """
    low, high = share - np.asarray(t) * share_se, share + np.asarray(t) * share_se
    lower = quantile(rows, np.where(low < 0, np.nan, low), rule)
    upper = quantile(rows, np.where(high > 1, np.nan, high), rule)
    return lower, upper, (upper - lower) / (2 * np.asarray(t))


def gini(rows: Ordered, form: GiniForm = "trapezoid") -> tuple[Numbers, Numbers]:
    """The Gini coefficient of each domain, and its linearised values per row given.

    NaN where the values sum to zero or less. With W the weight and T the weighted sum of the values,
    G = 2 S / (W T) - 1, where S sums weight * value * rank. A row moves S by its own rank times its value, and by
    the values above it. Deville (1999), Survey Methodology 25, 193-203.
    """
    value, weight, domain = rows.value, rows.weight, rows.domain
    sum_of_values = _per_domain(rows, weight * value)
    sum_of_values = np.where(sum_of_values > 0, sum_of_values, np.nan)
    rank = rows.cumulated - (weight if form == "trapezoid" else 1) / 2
    ranked = _per_domain(rows, weight * value * rank)
    scale = 1 / (_or_nan(rows.total) * sum_of_values)
    estimate = 2 * ranked * scale - 1

    above = sum_of_values[domain] - _cumulated(weight * value, domain)
    own = weight * value * (0.5 if form == "trapezoid" else 1)
    moved = rank * value + above + own
    z = 2 * moved * scale[domain] - (1 + estimate[domain]) * (value / sum_of_values[domain] + 1 / rows.total[domain])
    return estimate, in_given_order(rows, z)


def in_given_order(rows: Ordered, ordered_values: Numbers) -> Numbers:
    """One number per row given; 0 for rows that do not count, so that they add nothing to a PSU's sum."""
    given = np.zeros(rows.rows_given)
    given[rows.row] = ordered_values
    return given


def sums(numbers: Numbers, domain: Codes, domains: int) -> Numbers:
    """The sum of each domain's numbers."""
    return np.bincount(domain, numbers, minlength=domains).astype(float)


def _per_domain(rows: Ordered, numbers: Numbers) -> Numbers:
    return sums(numbers, rows.domain, len(rows.count))


def _cumulated(numbers: Numbers, domain: Codes) -> Numbers:
    return np.asarray(pd.Series(numbers).groupby(domain, sort=False).cumsum(), dtype=np.float64)


def _rows_below(rows: Ordered, target: Numbers) -> Codes:
    """Per domain: how many rows have a cumulated weight below the target."""
    is_below = rows.cumulated < target[rows.domain]
    return np.bincount(rows.domain[is_below], minlength=len(rows.count))


def _value_at(rows: Ordered, position: Codes, has: NDArray[np.bool_]) -> Numbers:
    value = np.full(len(rows.count), np.nan)
    value[has] = rows.value[(rows.first + position)[has]]
    return value


def _interpolated(rows: Ordered, p: Numbers, has: NDArray[np.bool_]) -> Numbers:
    """The line through (weight before the row / weight before the last row, value), at p."""
    before = rows.cumulated - rows.weight
    last = np.maximum(rows.count - 1, 0)
    span = np.zeros(len(rows.count))
    span[has] = before[(rows.first + last)[has]]
    target = p * span
    passed = np.bincount(rows.domain[before <= target[rows.domain]], minlength=len(rows.count))
    low = np.clip(passed - 1, 0, last)
    high = np.minimum(low + 1, last)
    at_low, at_high = _value_at(rows, low, has), _value_at(rows, high, has)
    step = np.ones(len(rows.count))
    step[has] = rows.weight[(rows.first + low)[has]]
    begin = np.zeros(len(rows.count))
    begin[has] = before[(rows.first + low)[has]]
    return at_low + (at_high - at_low) * np.where(high > low, (target - begin) / step, 0.0)


def _or_nan(numbers: Numbers) -> Numbers:
    return np.where(numbers == 0, np.nan, numbers)
