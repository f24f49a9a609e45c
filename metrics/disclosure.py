"""What must not be shown: cells that rest on few responses, and what would give them away by subtraction.

Cells are villages x categories; areas (partnerships, subdistricts, all) are sets of villages, and categories add up to
their village or area. Whoever has all tables can add and subtract: an area less its villages, an area less the areas inside
it, overlapping areas against each other, a total less its categories. Nothing that can be had so may be over fewer than
`min_cell` responses. It is decided over all tables at once, so that no two answers differ.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.subtraction import Blocks, few_told

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


def protected(n: Numbers, members: Flags, min_cell: float) -> Protected:
    """`n`, villages x categories, are the responses of each cell; `members`, areas x villages, says what an area holds.

    First the usual: beside a small cell the smallest other of its area goes too. Then whatever can still be had by combining is
    looked for, and the smallest area that it takes goes, until there is nothing.
    """
    of_area = members.astype(float) @ n
    villages, areas = small(n, min_cell), small(of_area, min_cell)
    if not villages.any():
        return Protected(villages=villages, areas=areas)  # no set of villages has few
    totals = None
    if n.shape[1] > 1:
        totals = protected(n.sum(axis=1, keepdims=True), members, min_cell)
    within = _within(members)
    while True:
        _settle(n, of_area, villages, areas, members, within, min_cell)
        if not _hide_one_more(n, of_area, villages, areas, members, totals, min_cell):
            return Protected(villages=villages, areas=areas)


def _within(members: Flags) -> list[tuple[int, int]]:
    """Pairs (larger, smaller) of areas, the smaller lying inside the larger without being it."""
    counts = members.astype(float)
    shared, size = counts @ counts.T, counts.sum(axis=1)
    inside = (shared == size[:, None]) & (size[:, None] < size[None, :]) & (size[:, None] > 0)
    return [(int(large), int(part)) for part, large in np.argwhere(inside)]


def _settle(
    n: Numbers, of_area: Numbers, villages: Flags, areas: Flags, members: Flags, within: list[tuple[int, int]], min_cell: float,
) -> None:
    """Withholds, in place, beside each small cell what an area, an area less another inside it, or a total would give away."""
    while True:
        before = villages.sum() + areas.sum()
        for category in range(n.shape[1]):
            here = n[:, category] > 0
            for large, part in within:
                if of_area[part, category] > 0 and not areas[large, category] and not areas[part, category]:
                    areas[part, category] = not _mended(
                        n[:, category], villages[:, category], members[large] & ~members[part] & here, min_cell)
            for area in range(len(members)):
                if of_area[area, category] > 0 and not areas[area, category]:
                    areas[area, category] = not _mended(n[:, category], villages[:, category], members[area] & here, min_cell)
        if n.shape[1] > 1:
            _over_categories(n, villages, min_cell)
            _over_categories(of_area, areas, min_cell)
        if villages.sum() + areas.sum() == before:
            return


def _mended(n: Numbers, withheld: Flags, inside: Flags, min_cell: float) -> bool:
    """Withholds cells until those withheld of `inside` do not tell of few responses; whether that was possible."""
    while True:
        hidden = inside & withheld
        if not hidden.any() or n[hidden].sum() >= min_cell:
            return True
        shown = np.flatnonzero(inside & ~withheld)
        if not len(shown):
            return False
        withheld[shown[np.argmin(n[shown])]] = True


def _over_categories(n: Numbers, withheld: Flags, min_cell: float) -> None:
    """Withholds, in place, the smallest category more of each row whose others would give one away."""
    for row in np.flatnonzero(withheld.any(axis=1)):
        _mended(n[row], withheld[row], n[row] > 0, min_cell)


@dataclass(frozen=True, kw_only=True)
class _Sum:
    """A sum that is shown, over those of its cells that are not; `category` None where it is of all categories together."""

    cells: Blocks
    n: float
    area: int | None
    category: int | None
    everywhere: Flags                    # its villages


def _hide_one_more(
    n: Numbers, of_area: Numbers, villages: Flags, areas: Flags, members: Flags, totals: Protected | None, min_cell: float,
) -> bool:
    """Withholds, in place, one cell more if what is shown still tells of few; whether it did.

    One of the smallest villages beside the few goes if that ends it, else one of the smallest areas, else the smallest area that
    the few lie in. Where totals alone tell, which are shown whatever is done here, the smallest cell under them goes.
    """
    def told() -> tuple[list[_Sum], Blocks | None]:
        sums = list(_shown_sums(n, of_area, villages, areas, members, totals))
        return sums, few_told([each.cells for each in sums], n.ravel(), min_cell)

    sums, few = told()
    if few is None:
        return False
    beside = np.any([each.everywhere for each in sums if np.isin(each.cells, few).any()], axis=0)[:, None] & ~villages & (n > 0)
    shown = np.flatnonzero(beside.ravel())[np.argsort(n[beside], kind="stable")]
    of_areas = [(each.area, each.category) for each in sorted(sums, key=lambda each: each.n) if each.category is not None]
    tried = [(villages, np.unravel_index(each, n.shape)) for each in shown[:_TRIED]]
    tried += [(areas, each) for each in of_areas[:_TRIED]]
    for flags, cell in tried if len(sums) <= _FEW_SUMS else []:
        flags[cell] = True
        still = told()[1]
        if still is None or not np.isin(few, still).any():
            return True
        flags[cell] = False
    around = [(each.area, each.category) for each in sums if each.category is not None and np.isin(each.cells, few).any()]
    if of_areas:
        areas[min(around, key=lambda each: of_area[each]) if around else of_areas[0]] = True
    else:
        everywhere = np.any([each.everywhere for each in sums], axis=0)[:, None] & ~villages & (n > 0)
        villages.ravel()[np.flatnonzero(everywhere.ravel())[np.argmin(n[everywhere])]] = True
    return True


_TRIED = 2                               # villages, and areas
_FEW_SUMS = 12                           # so many that trying costs little


def _shown_sums(
    n: Numbers, of_area: Numbers, villages: Flags, areas: Flags, members: Flags, totals: Protected | None,
) -> Iterator[_Sum]:
    """Everything that is shown over hidden cells; a cell that is shown itself can be taken off."""
    hidden, categories = villages & (n > 0), n.shape[1]
    rows = [np.flatnonzero(each) for each in members]
    for area, inside in enumerate(rows):
        for category in range(categories):
            if of_area[area, category] > 0 and not areas[area, category]:
                own = inside[hidden[inside, category]]
                if len(own):
                    yield _Sum(cells=own * categories + category, n=of_area[area, category], area=area, category=category,
                               everywhere=members[area])
    if totals is None:
        return
    of_all = [(members[area], not totals.areas[area, 0]) for area in range(len(members))]
    of_all += [(np.arange(len(n)) == village, not totals.villages[village, 0]) for village in np.flatnonzero(hidden.any(axis=1))]
    for everywhere, is_shown in of_all:
        cells = np.flatnonzero((everywhere[:, None] & hidden).ravel())
        if is_shown and len(cells):
            yield _Sum(cells=cells, n=float(n[everywhere].sum()), area=None, category=None, everywhere=everywhere)
