"""What must not be shown: cells that rest on few responses, and what would give them away by subtraction.

Cells are villages x categories; areas (partnerships, subdistricts, all) are sets of villages, and categories add up to
their village or area. Whoever has all tables can subtract: an area less its villages, an area less a smaller area inside it,
a total less its categories. What is left over by such a subtraction must be nothing, or at least two cells with together
at least `min_cell` responses. It is decided over all tables at once, so that no two answers differ.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Protected:
    """Cells not to be shown: villages x categories and areas x categories."""

    villages: Flags
    areas: Flags


def small(n: Numbers, min_cell: float) -> Flags:
    """Cells with somebody in them, but fewer than `min_cell`."""
    return (n > 0) & (n < min_cell)


def changed_by_few(before: Numbers, after: Numbers, min_cell: float) -> Flags:
    """Cells of two publications whose difference would tell of fewer than `min_cell` responses."""
    return small(np.abs(after - before), min_cell)


def protected(n: Numbers, members: Flags, min_cell: float) -> Protected:
    """`n`, villages x categories, are the responses of each cell; `members`, areas x villages, says what an area holds."""
    of_area = members.astype(float) @ n
    found = Protected(villages=small(n, min_cell), areas=small(of_area, min_cell))
    if not found.villages.any() and not found.areas.any() and not _differences_are_small(n, members, min_cell):
        return found
    within = _within(members)
    while True:
        villages, areas = found.villages.copy(), found.areas.copy()
        for category in range(n.shape[1]):
            of_one = (n[:, category], of_area[:, category], villages[:, category], areas[:, category])
            _over_areas(*of_one, members, within, min_cell)
        if n.shape[1] > 1:
            _over_categories(n, villages, min_cell)
            _over_categories(of_area, areas, min_cell)
        if (villages == found.villages).all() and (areas == found.areas).all():
            return found
        found = Protected(villages=villages, areas=areas)


def _within(members: Flags) -> list[tuple[int, int]]:
    """Pairs (larger, smaller) of areas, the smaller lying inside the larger without being it."""
    counts = members.astype(float)
    shared, size = counts @ counts.T, counts.sum(axis=1)
    inside = (shared == size[:, None]) & (size[:, None] < size[None, :]) & (size[:, None] > 0)
    return [(int(large), int(part)) for part, large in np.argwhere(inside)]


def _differences_are_small(n: Numbers, members: Flags, min_cell: float) -> bool:
    of_area = members.astype(float) @ n
    return any(small(of_area[large] - of_area[part], min_cell).any() for large, part in _within(members))


def _over_areas(
    n: Numbers, of_area: Numbers, villages: Flags, areas: Flags, members: Flags, within: list[tuple[int, int]], min_cell: float,
) -> None:
    """Withholds, in place, the smallest village more of each area, or difference of areas, that would give one away."""
    here = n > 0
    for large, part in within:
        if of_area[part] > 0 and not areas[large] and not areas[part]:
            areas[part] = not _mended(n, villages, members[large] & ~members[part] & here, min_cell)
    for area in range(len(members)):
        if of_area[area] > 0 and not areas[area]:
            areas[area] = not _mended(n, villages, members[area] & here, min_cell)


def _mended(n: Numbers, withheld: Flags, inside: Flags, min_cell: float) -> bool:
    """Withholds cells until those withheld of `inside` do not tell of few responses; whether that was possible."""
    while True:
        hidden = inside & withheld
        if not hidden.any() or (hidden.sum() > 1 and n[hidden].sum() >= min_cell):
            return True
        shown = np.flatnonzero(inside & ~withheld)
        if not len(shown):
            return False
        withheld[shown[np.argmin(n[shown])]] = True


def _over_categories(n: Numbers, withheld: Flags, min_cell: float) -> None:
    """Withholds, in place, the smallest category more of each row whose others would give one away."""
    for row in np.flatnonzero(withheld.any(axis=1)):
        _mended(n[row], withheld[row], n[row] > 0, min_cell)
