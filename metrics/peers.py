"""One unit against its neighbours: who lies further from them than chance and their own differences explain.

A unit's distance from the median of its neighbours is held against the neighbours' spread (1.4826 times the median
absolute deviation, the standard deviation of a normal distribution) and the unit's own standard error. The spread of few
neighbours is itself uncertain, and that of a median deviation the more so: Student's t with 0.4 degrees of freedom for each
neighbour, found by simulation. It keeps what it promises far out in the tail, where many comparisons are judged: of units
that differ by chance alone, a family of 5 to 30 of them raises a false alarm as often as it may (a test repeats that).
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from scipy.stats import t

_FEWEST = 5
_MAD_TO_SD = 1.4826
_DEGREES_A_NEIGHBOUR = 0.4


@dataclass(frozen=True, kw_only=True)
class Standing:
    """`usual` is the neighbours' median, `scale` what a difference from it is measured in; `p_value` is two-sided."""

    usual: float
    scale: float
    p_value: float


def against_neighbours(value: float, se: float, neighbours: Sequence[float]) -> Standing | None:
    """Where a value stands among its neighbours; None with fewer than five of them, or without any spread to judge by."""
    if len(neighbours) < _FEWEST or math.isnan(value):
        return None
    usual = median(neighbours)
    spread = _MAD_TO_SD * median(abs(each - usual) for each in neighbours)
    if spread == 0:
        return None
    # the median of m values has itself a variance of pi / (2 * m) of theirs
    scale = math.hypot(spread * math.sqrt(1 + math.pi / (2 * len(neighbours))), 0.0 if math.isnan(se) else se)
    p_value = 2 * float(t.sf(abs(value - usual) / scale, df=_DEGREES_A_NEIGHBOUR * len(neighbours)))
    return Standing(usual=usual, scale=scale, p_value=p_value)
