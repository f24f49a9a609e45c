"""Cronbach's alpha: how far the items of an index measure one thing."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

from metrics.intervals import LEVEL


@dataclass(frozen=True, kw_only=True)
class Alpha:
    """`n` responses answered all of the `items`; NaN where there are fewer than two of either, or no spread."""

    alpha: float
    lower: float
    upper: float
    n: int
    items: int


def cronbach(answers: NDArray[np.float64]) -> Alpha:
    """Of answers, responses x items, already reversed where they must be; a response with one missing is left out.

    Each response counts once: alpha speaks of the questionnaire, not of the population. The interval is Feldt's, which
    takes responses as independent. Feldt, Woodruff and Salih (1987), Applied Psychological Measurement 11, 93-103.
    """
    whole = answers[~np.isnan(answers).any(axis=1)]
    n, items = whole.shape
    if n < 2 or items < 2 or whole.sum(axis=1).var() == 0:
        return Alpha(alpha=np.nan, lower=np.nan, upper=np.nan, n=n, items=items)
    apart = whole.var(axis=0, ddof=1).sum() / whole.sum(axis=1).var(ddof=1)
    alpha = items / (items - 1) * (1 - apart)
    df = n - 1, (n - 1) * (items - 1)
    lower, upper = (1 - (1 - alpha) * fdtri(*df, p) for p in ((1 + LEVEL) / 2, (1 - LEVEL) / 2))
    return Alpha(alpha=float(alpha), lower=float(lower), upper=float(upper), n=n, items=items)
