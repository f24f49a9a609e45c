"""What can be had from published sums by adding and subtracting them, however many.

Sums are over blocks of responses. A combination of them that is over a few responses alone tells of these few. The sums that
vanish on every block of many responses are found by elimination, exactly; among them one is over a set of small blocks where
they lose rank without that set.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import gcd

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Blocks = NDArray[np.intp]

_MOST_SETS = 150  # of small blocks that are tried in one group of sums; beyond that it is taken that they tell


def few_told(sums: Sequence[Blocks], n: Numbers, min_cell: float) -> Blocks | None:
    """Blocks with somebody in them, but together fewer than `min_cell` responses, that some combination of the sums is over;
    None where there are none. `sums` name the blocks of each, `n` is how many responses a block has."""
    together, of_block = _told_apart([each[n[each] > 0] for each in sums], len(n))
    sizes = np.bincount(of_block, weights=n).astype(float)  # the first is of those in no sum
    many = {int(each) for each in np.flatnonzero(sizes >= min_cell)}
    if all(each <= many for each in together):
        return None
    left = _reduced(_vanishing_on(many, [dict.fromkeys(each, 1) for each in sorted(together, key=len)]))
    for part in _parts(left):
        if chosen := _few_of(part, sizes, min_cell):
            return np.flatnonzero(np.isin(of_block, chosen) & (n > 0))
    return None


def _few_of(rows: list[dict[int, int]], sizes: Numbers, min_cell: float) -> list[int]:
    """Blocks with few responses that a combination of the rows is over; none where there are none."""
    for row in rows:
        if sizes[list(row)].sum() < min_cell:
            return list(row)
    if len(rows) == 1:
        return []
    names = sorted({each for row in rows for each in row})
    matrix = np.array([[float(row.get(each, 0)) for each in names] for row in rows])
    for tried, chosen in enumerate(_largest_sets(sizes[names], min_cell)):
        others = np.delete(matrix, chosen, axis=1)
        if tried == _MOST_SETS or not others.size or np.linalg.matrix_rank(others) < len(rows):
            return [names[each] for each in chosen]
    return []


def _reduced(rows: list[dict[int, int]]) -> list[dict[int, int]]:
    """The rows in reduced echelon form: each has a block that no other has."""
    made: list[tuple[int, dict[int, int]]] = []
    for row in rows:
        for block, other in made:
            if block in row:
                row = _less(row, other, block)
        if row:
            own = min(row)
            made = [(block, _less(other, row, own) if own in other else other) for block, other in made]
            made.append((own, row))
    return [row for _, row in made]


def _parts(rows: list[dict[int, int]]) -> list[list[dict[int, int]]]:
    """The rows in groups that share no block."""
    groups: list[tuple[set[int], list[dict[int, int]]]] = []
    for row in rows:
        blocks, members = set(row), [row]
        apart = []
        for others, group in groups:
            if blocks & others:
                blocks, members = blocks | others, members + group
            else:
                apart.append((others, group))
        groups = [*apart, (blocks, members)]
    return [members for _, members in groups]


def _told_apart(sums: Sequence[Blocks], blocks: int) -> tuple[set[frozenset[int]], Blocks]:
    """The different sums, over blocks that no sum tells apart taken as one; and which of these, from 1, each block is in."""
    marks = np.random.default_rng(0).integers(1, 2**63, size=len(sums), dtype=np.uint64)
    mark = np.zeros(blocks, dtype=np.uint64)
    for own, each in zip(marks, sums, strict=True):
        mark[each] ^= own
    _, of_block = np.unique(np.concatenate([[np.uint64(0)], mark]), return_inverse=True)
    return {frozenset(of_block[each + 1].tolist()) for each in sums if len(each)}, of_block[1:]


def _vanishing_on(many: set[int], rows: list[dict[int, int]]) -> list[dict[int, int]]:
    """Combinations of the rows that span all those without a block of `many`."""
    holding: dict[int, set[int]] = {}
    for number, row in enumerate(rows):
        for block in row:
            holding.setdefault(block, set()).add(number)
    for block in sorted(many & set(holding), key=lambda each: len(holding[each])):
        own = holding[block]
        if not own:
            continue
        pivot = min(own, key=lambda number: len(rows[number]))
        for number in own - {pivot}:
            before = set(rows[number])
            rows[number] = _less(rows[number], rows[pivot], block)
            for gone in before - set(rows[number]):
                holding[gone].discard(number)
            for come in set(rows[number]) - before:
                holding[come].add(number)
        for each in rows[pivot]:
            holding[each].discard(pivot)
        rows[pivot] = {}
    return [row for row in rows if row]


def _less(row: dict[int, int], pivot: dict[int, int], block: int) -> dict[int, int]:
    """The row with so much of the pivot taken off that the block is gone; whole numbers, as small as they can be."""
    a, b = pivot[block], row[block]
    made = {each: a * row.get(each, 0) - b * pivot.get(each, 0) for each in {**row, **pivot}}
    kept = {each: value for each, value in made.items() if value}
    shared = gcd(*kept.values()) if kept else 1
    return {each: value // shared for each, value in kept.items()}


def _largest_sets(sizes: Numbers, min_cell: float) -> Iterator[list[int]]:
    """The sets of blocks that together stay below `min_cell` and cannot grow; some that can are among them."""
    def grown(chosen: list[int], total: float, start: int) -> Iterator[list[int]]:
        fits = [at for at in range(start, len(sizes)) if total + sizes[at] < min_cell]
        if not fits:
            yield chosen
        for at in fits:
            yield from grown([*chosen, at], total + sizes[at], at + 1)
    return grown([], 0.0, 0)
