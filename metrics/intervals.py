"""Estimate, standard error and degrees of freedom -> interval, p-value, reliability, design effect."""
from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, stdtr, stdtrit

Numbers = NDArray[np.float64]

LEVEL = 0.95
_EDGE = 1e-12                            # a share this near to 0 or 1 is 0 or 1


class Reliability(StrEnum):
    """By relative standard error, as Statistics Indonesia publishes: up to 25 % usable, up to 50 % with care."""

    USABLE = "usable"
    CARE = "care"
    UNRELIABLE = "unreliable"


def t_quantile(df: Numbers, probability: float = (1 + LEVEL) / 2) -> Numbers:
    """NaN below one degree of freedom: there is no honest interval then."""
    degrees = np.asarray(df, dtype=float)
    known, place = np.unique(degrees, return_inverse=True)
    with np.errstate(invalid="ignore"):
        quantiles = np.where(known >= 1, stdtrit(np.maximum(known, 1), probability), np.nan)
    return np.asarray(quantiles[place].reshape(degrees.shape))


def t_interval(estimate: Numbers, se: Numbers, df: Numbers) -> tuple[Numbers, Numbers]:
    """Symmetric: R's `confint(..., df = )`."""
    half = t_quantile(df) * se
    return estimate - half, estimate + half


def logit_interval(share: Numbers, se: Numbers, df: Numbers) -> tuple[Numbers, Numbers]:
    """Of a share inside 0 and 1, computed on the log-odds scale, so that it stays inside: R's `svyciprop(method = "logit")`."""
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = np.log(share / (1 - share))
        half = t_quantile(df) * se / (share * (1 - share))
        return expit(centre - half), expit(centre + half)


def one_sided(is_all: NDArray[np.bool_], n: Numbers, df: Numbers) -> tuple[Numbers, Numbers]:
    """Of a share of 0 or 1 (`is_all`), from n equally weighted responses: the exact (Clopper-Pearson) 95 % bound.

    The sample is made smaller by the squared ratio of t quantiles (Korn and Graubard, 1998), because PSUs, not responses,
    say how much is known.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = n * (t_quantile(n - 1) / t_quantile(df)) ** 2
        bound = (1 - LEVEL) ** (1 / effective)
    return np.where(is_all, bound, 0.0), np.where(is_all, 1.0, 1 - bound)


def of_share(share: Numbers, se: Numbers, df: Numbers, n: Numbers) -> tuple[Numbers, Numbers]:
    """Logit where the share lies inside 0 and 1; the one-sided bound where it is one of them."""
    lower, upper = logit_interval(share, se, df)
    for edge in ((share < _EDGE), (share > 1 - _EDGE)):
        lower[edge], upper[edge] = one_sided(share[edge] > 0.5, n[edge], df[edge])
    return lower, upper


def p_value(estimate: Numbers, se: Numbers, df: Numbers) -> Numbers:
    """Two-sided, of the hypothesis that the true value is 0; NaN where there is no test."""
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2 * stdtr(np.maximum(df, 1), -np.abs(estimate / se))
    return np.where((df >= 1) & (se > 0), p, np.nan)


def holm(p: Numbers) -> Numbers:
    """P-values adjusted for having been looked at together, by Holm's method; NaN stays NaN and does not count."""
    adjusted = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    steps = (len(order) - np.arange(len(order))) * p[order]
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def reliability(
    estimate: Numbers, se: Numbers, lower: Numbers, upper: Numbers, *, care: float, unreliable: float,
) -> NDArray[np.object_]:
    """None where there is no interval to judge by. A share of 0 or 1 has no relative error: there the width of its
    one-sided interval is judged by the same bounds."""
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.where(se > 0, se / np.abs(estimate), 0.0)
        relative = np.where((se == 0) & (upper > lower), upper - lower, relative)
    judged = np.full(estimate.shape, None, dtype=object)
    judged[relative > unreliable] = Reliability.UNRELIABLE
    judged[relative <= unreliable] = Reliability.CARE
    judged[relative <= care] = Reliability.USABLE
    judged[np.isnan(se) | np.isnan(lower) | np.isnan(estimate)] = None
    return judged


def simple_variance(n: Numbers, w: Numbers, wyy: Numbers, wxy: Numbers, wxx: Numbers, y: Numbers, x: Numbers,
                    is_total: NDArray[np.bool_]) -> Numbers:
    """The variance a simple random sample of n rows would give, without replacement where the weights add up to a
    population at least twice the sample, as R's `deff = TRUE`; with replacement otherwise (weights that are no counts)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        r, scale = np.where(is_total, 0.0, y / x), np.where(is_total, 1.0, 1 / x)
        mean = np.where(is_total, y / w, 0.0)
        spread = (wyy - 2 * r * wxy + r * r * wxx) / w - mean * mean
        spread = np.where(spread > 1e-12 * wyy / w, spread, 0.0)    # what is left of equal numbers is rounding
        squared = spread * n / (n - 1) * (w * scale) ** 2
        unsampled = np.where(w >= 2 * n, (w - n) / w, 1.0)
        return np.where(n > 1, squared * unsampled / n, np.nan)
