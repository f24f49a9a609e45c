"""Rows that belong together because they have the same code: their sums, their order, and their matches elsewhere."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]


def summed(values: Numbers, code: Codes, count: int, row: Codes | None = None) -> Numbers:
    """Sums of the rows of `values` by their code, 0 to `count` - 1; of those rows only, and as often, as `row` says."""
    rows = np.arange(len(code)) if row is None else row
    return np.asarray(csr_array((np.ones(len(code)), (code, rows)), shape=(count, len(values))) @ values)


def ordered(*codes: Codes) -> Codes:
    """The rows by several codes, the first being the most important."""
    order = np.arange(len(codes[0]))
    for code in reversed(codes):
        # Short numbers are sorted by counting, several times faster than by comparing.
        short = code.astype(np.uint16) if code.max(initial=0) < 1 << 16 else code
        order = order[np.argsort(short[order], kind="stable")]
    return order


def starts(codes: Codes) -> Codes:
    """Where each run of equal codes starts."""
    return np.flatnonzero(np.append(True, codes[1:] != codes[:-1])) if len(codes) else np.zeros(0, np.int64)


def adding(first: Codes, length: int, factor: Numbers | None = None) -> csr_array:
    """A matrix that adds up runs of rows, each times its factor, which start at `first`: many times faster than `reduceat`."""
    values = np.ones(length) if factor is None else factor
    return csr_array((values, np.arange(length), np.append(first, length)), shape=(len(first), length))


def matched(have: Codes, wanted: Codes) -> tuple[Codes, Codes]:
    """Every pair of a row of `have`, codes from 0 on, and a row of `wanted` with the same code; -1 is wanted of none."""
    order = np.argsort(have, kind="stable")
    count = np.append(np.bincount(have), 0)
    none = len(count) - 1
    place = np.where((wanted < 0) | (wanted > none), none, wanted)
    length = count[place]
    first = (np.cumsum(count) - count)[place]
    pair = np.repeat(first - np.cumsum(length) + length, length) + np.arange(length.sum())
    return order[pair], np.repeat(np.arange(len(wanted)), length)
