"""Poverty: on a fixed line, and on a line that is itself estimated.

On a fixed line the measures of Foster, Greer and Thorbecke (1984) are plain means, so they are declared, not
computed here. A relative line (half of the median) is estimated from the same rows, and its error counts too.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from metrics.inequality import Codes, Numbers, in_given_order, ordered, quantile, share_up_to, sums

Bandwidth = Literal["effective", "population"]
"""What sets the width of the kernel that estimates a density: Kish's effective number of rows, which does not depend
on the scale of the weights, or the population (the sum of the weights), as R's convey has it."""


@dataclass(frozen=True, kw_only=True)
class RelativeLine:
    """A fraction of a quantile, with its linearised values per row given."""

    value: float
    z: Numbers


@dataclass(frozen=True, kw_only=True)
class RelativePoverty:
    """Poverty below a relative line, per domain.

    The linearised values of a domain d are `z` in its own rows, and `slope[d] * line.z` in every row the line
    rests on.
    """

    estimate: Numbers
    z: Numbers
    slope: Numbers


def relative_line(
    value: ArrayLike, weight: ArrayLike, *, fraction: float = 0.5, probability: float = 0.5,
    bandwidth: Bandwidth = "effective",
) -> RelativeLine:
    """A fraction of a quantile (of the median by default) of all rows given."""
    rows = ordered(value, weight)
    at = quantile(rows, probability)
    share, z = share_up_to(rows, at)
    share_z = z + in_given_order(rows, np.full(len(rows.row), (share[0] - probability) / rows.total[0]))
    slope = -fraction / density(rows.value, rows.weight, rows.domain, 1, float(at[0]), bandwidth)[0]
    return RelativeLine(value=float(fraction * at[0]), z=slope * share_z)


def relative_poverty(
    value: ArrayLike, weight: ArrayLike, line: RelativeLine, *, domain: ArrayLike | None = None, domains: int = 1,
    power: Literal[0, 1, 2] = 0, bandwidth: Bandwidth = "effective",
) -> RelativePoverty:
    """The share below the line (power 0), the mean gap (1) or the mean squared gap (2), as shares of the line."""
    rows = ordered(value, weight, domain, domains)
    shortfall = np.maximum(1 - rows.value / line.value, 0)
    poverty = shortfall ** power * (rows.value < line.value)
    total = np.where(rows.total > 0, rows.total, np.nan)
    estimate = sums(rows.weight * poverty, rows.domain, domains) / total
    if power == 0:
        slope = density(rows.value, rows.weight, rows.domain, domains, line.value, bandwidth)
    else:
        per_line = power * shortfall ** (power - 1) * (rows.value < line.value) * rows.value / line.value ** 2
        slope = sums(rows.weight * per_line, rows.domain, domains) / total
    z = (poverty - estimate[rows.domain]) / total[rows.domain]
    return RelativePoverty(estimate=estimate, z=in_given_order(rows, z), slope=slope)


def density(
    value: Numbers, weight: Numbers, domain: Codes, domains: int, at: float, bandwidth: Bandwidth = "effective"
) -> Numbers:
    """Each domain's density at a value, with a normal kernel as wide as the standard deviation over size to the 1/5."""
    def per_domain(numbers: Numbers) -> Numbers:
        return sums(numbers, domain, domains)

    with np.errstate(invalid="ignore", divide="ignore"):
        total = per_domain(weight)
        mean = per_domain(weight * value) / total
        deviation = np.sqrt(per_domain(weight * (value - mean[domain]) ** 2) / total)
        size = total if bandwidth == "population" else total ** 2 / per_domain(weight ** 2)
        width = deviation / size ** 0.2
        kernel = np.exp(-((at - value) / width[domain]) ** 2 / 2) / np.sqrt(2 * np.pi)
        return per_domain(weight * kernel) / (total * width)
