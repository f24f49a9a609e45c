"""What must not be shown: cells that rest on few responses, and what would give them away by subtraction."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


def small(n: NDArray[np.float64], min_cell: float) -> Flags:
    """Cells with somebody in them, but fewer than `min_cell`."""
    return (n > 0) & (n < min_cell)


def complementary(withheld: Flags, n: NDArray[np.float64], *, axis: int) -> Flags:
    """The cells to withhold beside those withheld already, along an axis whose cells add up to a shown total.

    A single cell withheld is the total less the others; so the smallest of the others goes with it. Where there is none
    with responses, nothing can protect it but the total's own withholding.
    """
    alone = (withheld.sum(axis=axis, keepdims=True) == 1) & (withheld.shape[axis] > 1)
    candidates = np.where(withheld | (n == 0), np.inf, n)
    smallest = np.argmin(candidates, axis=axis, keepdims=True)
    chosen = np.zeros_like(withheld)
    np.put_along_axis(chosen, smallest, np.isfinite(candidates.min(axis=axis, keepdims=True)) & alone, axis=axis)
    return chosen
