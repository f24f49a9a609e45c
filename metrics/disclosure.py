"""What must not be shown: cells that rest on few responses, and what would give them away by subtraction.

Cells are villages x categories; areas (partnerships, subdistricts, all) are sets of villages, and categories add up to
their village or area. Whoever has all tables can subtract: an area less its villages, an area less a smaller area inside it,
a total less its categories. What is left over by such a subtraction must be nothing, or at least two cells with together
at least `min_cell` responses. It is decided over all tables at once, so that no two answers differ.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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


def tells_of_few(published: Flags, n: Numbers, min_cell: float) -> bool:
    """Whether adding and subtracting published sums can give a sum over somebody, but fewer than `min_cell` responses.

    `published`, sums x blocks, says which blocks of responses each sum is over; `n` is how many responses a block has. A
    combination of sums that is over the blocks of a set alone exists exactly where the sums lose rank without these blocks.
    Blocks that no sum tells apart are one. Where more than `_MOST_SETS` sets of small blocks would have to be tried, the answer
    is yes.
    """
    there = published.any(axis=0) & (n > 0)
    if not there.any():
        return False
    sums, block = np.unique(published[:, there], axis=1, return_inverse=True)
    sums, sizes = np.unique(sums, axis=0).astype(float), np.bincount(block.ravel(), weights=n[there]).astype(float)
    few = np.flatnonzero(sizes < min_cell)
    rank = _rank(sums)
    if not len(few) or _rank(np.delete(sums, few, axis=1)) == rank:
        return False
    for tried, chosen in enumerate(_largest_sets(few.tolist(), sizes, min_cell)):
        if tried == _MOST_SETS or _rank(np.delete(sums, chosen, axis=1)) < rank:
            return True
    return False


_MOST_SETS = 2000


def _rank(sums: NDArray[Any]) -> int:
    return int(np.linalg.matrix_rank(sums)) if sums.size else 0


def _largest_sets(few: list[int], sizes: Numbers, min_cell: float) -> Iterator[list[int]]:
    """The sets of small blocks that together stay below `min_cell`, those that cannot grow; a few that can are among them."""
    def grown(chosen: list[int], total: float, start: int) -> Iterator[list[int]]:
        fits = [at for at in range(start, len(few)) if total + sizes[few[at]] < min_cell]
        if not fits:
            yield chosen
        for at in fits:
            yield from grown([*chosen, few[at]], total + sizes[few[at]], at + 1)
    return grown([], 0.0, 0)


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
