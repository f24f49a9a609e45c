"""Many comparisons at once: which of them are more than chance."""
from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float], error: float) -> list[bool]:
    """Which hypotheses to reject so that the chance of rejecting even one true one is at most `error`.

    Holm's step-down rule: in the order of the p-values, the k-th smallest of m is held against error / (m - k + 1), and the first
    that passes its limit ends it.
    """
    order = sorted(range(len(p_values)), key=lambda at: p_values[at])
    rejected = [False] * len(p_values)
    for rank, at in enumerate(order):
        if p_values[at] > error / (len(order) - rank):
            break
        rejected[at] = True
    return rejected
