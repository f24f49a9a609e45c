"""Interviews that are almost the same: copied with a few answers changed, or the same household twice."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.importing import findings
from data.importing.columns import Values
from data.importing.design import Placed
from data.importing.finding import Severity
from data.importing.layout import Part
from data.instruments.model import Form, Kind

# Of fewer questions, two honest interviews may well agree in nearly all.
FEWEST_QUESTIONS = 15
NEARLY = 0.95
# Comparing grows with the square of a village's interviews; above this many rows it is left to the data-quality page.
MOST_ROWS = 50_000
# Two rows that differ in at most a twentieth of their answers agree throughout in at least one of so many parts of them.
_PARTS = 4
_MOST_ALIKE = 40


def nearly_same(part: Part, values: Values, placed: Placed, form: Form) -> pa.Table:
    """A warning for each interview that agrees with an earlier one of its village in at least `NEARLY` of the questions that
    either answered, and was not found to be that very submission."""
    design = {form.design.weight, form.design.psu, form.design.psu_population, form.design.village, *form.design.strata}
    names = [
        variable.name
        for variable in form.variables
        if variable.name in values.of
        and variable.name not in design
        and variable.kind not in {Kind.DATETIME, Kind.TIME, Kind.DATE}
    ]
    if len(names) < FEWEST_QUESTIONS or not 1 < values.count <= MOST_ROWS:
        return findings.NONE
    codes = np.column_stack([_codes(values.of[name]) for name in names])
    first, second = _candidates(codes, _codes(placed.columns["_village"]))
    asked = ((codes[first] >= 0) | (codes[second] >= 0)).sum(axis=1)
    same = ((codes[first] == codes[second]) & (codes[first] >= 0)).sum(axis=1)
    share = same / np.maximum(1, asked)
    is_near = (share >= NEARLY) & (asked >= FEWEST_QUESTIONS) & _are_different(placed, first, second)
    order = np.lexsort((first[is_near], second[is_near]))
    at, where = np.unique(second[is_near][order], return_index=True)
    earlier = part.source.rows.take(pa.array(first[is_near][order][where], pa.int64())).to_pylist()
    params = [{"first": row, "percent": int(100 * one)} for row, one in zip(earlier, share[is_near][order][where], strict=True)]
    return findings.of_cells("nearly_same", Severity.WARNING, part.source, pa.array(at, pa.int64()), params=params)


def _codes(column: pa.Array) -> np.ndarray:
    """Equal values as equal numbers, none as -1."""
    return pc.fill_null(pc.dictionary_encode(column).indices, -1).to_numpy(zero_copy_only=False).astype(np.int32)


def _candidates(codes: np.ndarray, villages: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of rows of a village, the earlier first, that agree throughout in one part of the questions."""
    pairs: list[np.ndarray] = []
    # Sums with fixed odd factors stand for the rows of a part; two rows that share one by chance are compared in full later.
    factors = np.random.default_rng(1).integers(2**40, 2**62, size=(codes.shape[1],)) | 1
    for columns in np.array_split(np.arange(codes.shape[1]), _PARTS):
        sums = ((codes[:, columns] + 2) * factors[columns]).sum(axis=1) ^ (villages.astype(np.int64) << 32)
        order = np.argsort(sums, kind="stable")
        starts = np.flatnonzero(np.diff(sums[order], prepend=sums[order[:1]] - 1))
        sizes = np.diff(starts, append=len(order))
        for start, size in zip(
            starts[(sizes > 1) & (sizes <= _MOST_ALIKE)], sizes[(sizes > 1) & (sizes <= _MOST_ALIKE)], strict=True
        ):
            rows = order[start : start + size]
            first, second = np.triu_indices(size, 1)
            pairs.append(np.column_stack([rows[first], rows[second]]))
    if not pairs:
        return np.array([], dtype=int), np.array([], dtype=int)
    found = np.unique(np.concatenate(pairs), axis=0)
    return found[:, 0], found[:, 1]


def _are_different(placed: Placed, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Pairs that do not say themselves that they are one: those have a finding of their own."""
    different = np.ones(len(first), dtype=bool)
    for name in ("_uuid", "_key"):
        codes = _codes(placed.columns[name])
        different &= (codes[first] != codes[second]) | (codes[first] < 0)
    return different
