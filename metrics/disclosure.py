"""What must not be shown: cells that rest on few responses, and what would give them away by subtraction.

Cells are villages x categories; areas (partnerships, subdistricts, all) are sets of villages, and categories add up to
their village or area. Whoever has all tables can add and subtract: an area less its villages, an area less the areas inside
it, overlapping areas against each other, a total less its categories. Nothing that can be had so may be over fewer than
`min_cell` responses. It is decided over all tables at once, so that no two answers differ.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.links import Pieces

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Marks = NDArray[np.uint64]


@dataclass(frozen=True, kw_only=True)
class Protected:
    """Cells not to be shown: villages x categories and areas x categories."""

    villages: Flags
    areas: Flags


def small(n: Numbers, min_cell: float) -> Flags:
    """Cells with somebody in them, but fewer than `min_cell`."""
    return (n > 0) & (n < min_cell)


def protected(n: Numbers, members: Flags, min_cell: float, *, unshown: Sequence[int] = ()) -> Protected:
    """`n`, villages x categories, are the responses of each cell; `members`, areas x villages, says what an area holds.

    `unshown` are categories that no table shows, such as of those who did not say: they hide others at no cost.

    Areas are shown from the largest on, each if no villages that some shown areas have and others have not are few. It is taken
    that the sum over such villages is known, though overlapping areas may not tell it. So every hidden cell is in the sum of
    its village, where that is shown, and in one over the like villages of its category; what these tell, `Pieces` closes.
    """
    villages, of_area = small(n, min_cell), members.astype(float) @ n
    if not villages.any():
        return Protected(villages=villages, areas=small(of_area, min_cell))  # no set of villages has few
    totals = protected(n.sum(axis=1, keepdims=True), members, min_cell) if n.shape[1] > 1 else None
    areas = np.column_stack([_telling(n[:, each], members, of_area[:, each], min_cell) for each in range(n.shape[1])])
    villages[:, unshown], areas[:, unshown] = n[:, unshown] > 0, of_area[:, unshown] > 0
    marks = np.random.default_rng(0).integers(1, 2**63, size=len(members), dtype=np.uint64)
    shown = ~areas & (of_area > 0)
    own, across = _places(_like(members, marks, shown), _across(members, marks, totals, len(n)), n.shape)
    cells = np.flatnonzero(n.ravel() > 0)
    ends = list(zip(own.ravel()[cells].tolist(), across.ravel()[cells].tolist(), strict=True))
    pieces = Pieces(ends, n.ravel()[cells].tolist(), np.flatnonzero(villages.ravel()[cells]).tolist(), min_cell)
    while (weak := pieces.weak()) is not None:
        if reached := pieces.hide_path(weak):
            parting, category = _parting(np.isin(own, reached), 0 in reached, n > 0, members, of_area, shown)
            shown[parting, category] = False
            _join_like(pieces, _like(members, marks, shown[:, [category]])[:, 0], own[:, category], n[:, category] > 0)
    areas |= ~shown & (of_area > 0)
    villages.ravel()[cells[list(pieces.hidden)]] = True
    return Protected(villages=villages, areas=areas)


def _telling(n: Numbers, members: Flags, of_area: Numbers, min_cell: float) -> Flags:
    """Areas, of one category, that would part few from the others beside those shown."""
    telling = np.zeros(len(members), dtype=bool)
    like = np.zeros(len(n), dtype=np.int64)
    for area in np.argsort(-of_area, kind="stable"):
        if of_area[area] > 0:
            _, parted = np.unique(2 * like + members[area], return_inverse=True)
            parted += 1
            parted[(like == 0) & ~members[area]] = 0
            telling[area] = small(np.bincount(parted, weights=n)[1:].astype(float), min_cell).any()
            like = like if telling[area] else parted
    return telling


def _like(members: Flags, marks: Marks, shown: Flags) -> Marks:
    """Villages x columns: the same where villages lie in the same shown areas, 0 where in none; `shown` is areas x columns."""
    return members.T.astype(np.uint64) @ (marks[:, None] * shown)


def _across(members: Flags, marks: Marks, totals: Protected | None, villages: int) -> Marks:
    """What holds a village's cells together: its total, or where that is not shown, what `_like` says of totals."""
    if totals is None:
        return np.zeros(villages, dtype=np.uint64)
    own = np.random.default_rng(1).integers(1, 2**63, size=villages, dtype=np.uint64)
    return np.where(totals.villages[:, 0], _like(members, marks, ~totals.areas)[:, 0], own)


def _places(like: Marks, across: Marks, shape: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The two places of each cell, numbered; 0 is that of whatever no shown sum holds."""
    columns = np.random.default_rng(2).integers(1, 2**63, size=shape[1] + 1, dtype=np.uint64)
    own = np.where(like > 0, like + columns[:-1], 0)
    other = np.where(across > 0, across + columns[-1], 0)
    _, number = np.unique(np.concatenate([[np.uint64(0)], own.ravel(), other]), return_inverse=True)
    return number[1:own.size + 1].reshape(shape), np.broadcast_to(number[own.size + 1:, None], shape)


def _parting(
    inside: Flags, is_nothing_inside: bool, counts: Flags, members: Flags, of_area: Numbers, shown: Flags,
) -> tuple[Flags, int]:
    """The fewest shown areas, and their category, without which some village inside is like one outside, or in no area."""
    nothing = np.zeros((len(members), 1))
    best = np.inf, shown[:, 0], 0
    for category in np.flatnonzero(shown.any(axis=0)):
        here = members[:, inside[:, category] & counts[:, category]].astype(float)
        there = members[:, ~inside[:, category] & counts[:, category]].astype(float)
        here, there = (np.hstack([here, nothing]), there) if is_nothing_inside else (here, np.hstack([there, nothing]))
        cost = np.where(shown[:, category], 1 + of_area[:, category] / (1 + of_area.sum()), 0.0)
        apart = (cost * here.T) @ (1 - there) + ((1 - here).T * cost) @ there
        if apart.size and apart.min() < best[0]:
            one, other = np.unravel_index(np.argmin(apart), apart.shape)
            best = float(apart[one, other]), shown[:, category] & (here[:, one] != there[:, other]), int(category)
    assert best[1].any(), "without areas a village has nothing but its total, which is shown only of many"
    return best[1:]


def _join_like(pieces: Pieces, like: Marks, place: NDArray[np.int64], counts: Flags) -> None:
    """Joins the places of villages that have become alike."""
    for each in np.unique(like[counts]):
        same = [*([0] if each == 0 else []), *np.unique(place[counts & (like == each)]).tolist()]
        for other in same[1:]:
            pieces.join(same[0], other)
