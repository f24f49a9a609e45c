"""Interviews that are almost the same: copied with a few answers changed, or the same household twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.importing import findings
from data.importing.columns import Values
from data.importing.design import Placed, variables
from data.importing.finding import Severity
from data.importing.layout import Part
from data.instruments.model import Form, Kind

# Of fewer questions, two honest interviews may well agree in nearly all.
FEWEST_QUESTIONS = 15
NEARLY = 0.95
# So many pairs are compared in full; where more agree in a part of their answers, the parts tell too little.
MOST_PAIRS = 2_000_000
_FEWEST_PARTS = 4
_AT_ONCE = 100_000


def nearly_same(part: Part, values: Values, placed: Placed, form: Form) -> pa.Table:
    """A warning for each interview that agrees with an earlier one of its village in at least `NEARLY` of the questions that
    either answered, and was not found to be that very submission.

    Two rows that differ in at most d answers agree throughout in one of d + 1 parts of them: only rows that share the sum of a
    part are compared. Rows of which too many share one are not, and that is said.
    """
    design = variables(form)
    answers = [
        values.of[variable.name]
        for variable in form.variables
        if variable.name in values.of
        and variable.name not in design
        and variable.kind not in {Kind.DATETIME, Kind.TIME, Kind.DATE}
    ]
    if len(answers) < FEWEST_QUESTIONS or values.count < 2:
        return findings.NONE
    pairs: list[np.ndarray] = []
    skipped = np.zeros(values.count, dtype=bool)
    for sums in _part_sums(answers, placed.columns["_village"]):
        order, ranks, sizes, left = _groups(sums)
        skipped[left] = True
        pairs += [_alike(answers, placed, both) for both in _pairs(order, ranks, sizes)]
    said = _not_sought(part, int(skipped.sum()))
    found = np.unique(np.concatenate(pairs), axis=0) if pairs else np.empty((0, 3))
    if not len(found):
        return said
    # Of several earlier ones the first; `found` is sorted by the later row, then by the earlier.
    at, where = np.unique(found[:, 0], return_index=True)
    earlier = part.source.rows.take(pa.array(found[where, 1], pa.int64())).to_pylist()
    params = [{"first": row, "percent": int(percent)} for row, percent in zip(earlier, found[where, 2], strict=True)]
    warned = findings.of_cells("nearly_same", Severity.WARNING, part.source, pa.array(at, pa.int64()), params=params)
    return findings.joined([warned, said])


def _part_sums(answers: list[pa.Array], villages: pa.Array) -> Iterator[np.ndarray]:
    """For each part of the questions, a number that rows of a village share where they agree throughout in it.

    Sums with fixed odd factors stand for the answers; rows that share one by chance are told apart when they are compared.
    """
    parts = max(_FEWEST_PARTS, int((1 - NEARLY) * len(answers)) + 1)
    factors = np.random.default_rng(1).integers(2**40, 2**62, size=len(answers) + 1, dtype=np.int64) | 1
    own = _numbers(villages) * factors[-1]
    for number in range(parts):
        sums = own.copy()
        for index in range(number, len(answers), parts):  # neighbouring questions, often skipped together, in different parts
            sums += _numbers(answers[index]) * factors[index]
        yield sums ^ (sums >> 29)


def _numbers(column: pa.Array) -> np.ndarray:
    """Equal values as equal numbers, none as a number of its own."""
    kind = column.type
    if pa.types.is_floating(kind):
        numbers = pc.fill_null(column, np.nan).to_numpy(zero_copy_only=False) + 0.0  # no minus zero
        numbers = numbers.view(np.int64)
        return numbers ^ (numbers >> 17)  # the low bits of short decimals are all alike
    if pa.types.is_integer(kind):
        return pc.fill_null(pc.cast(column, pa.int64()), -(2**63)).to_numpy(zero_copy_only=False)
    return pc.fill_null(pc.dictionary_encode(column).indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)


def _groups(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rows that share a sum, in groups; each one's place in its group and the group's size; and the rows of groups too large."""
    order = np.argsort(sums, kind="stable")
    starts = np.flatnonzero(np.diff(sums[order], prepend=~sums[order[:1]]))
    sizes = np.diff(starts, append=len(order))
    shared = np.flatnonzero(sizes > 1)
    shared = shared[np.argsort(sizes[shared], kind="stable")]
    is_in = np.cumsum(sizes[shared] * (sizes[shared] - 1) // 2) <= MOST_PAIRS
    kept, left = shared[is_in], shared[~is_in]
    places, ranks = _members(starts[kept], sizes[kept])
    return order[places], ranks, np.repeat(sizes[kept], sizes[kept]), order[_members(starts[left], sizes[left])[0]]


def _members(starts: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    ranks = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.repeat(starts, sizes) + ranks, ranks


def _pairs(rows: np.ndarray, ranks: np.ndarray, sizes: np.ndarray) -> Iterator[np.ndarray]:
    """All pairs of rows of a group, the later row first, some at once."""
    at, apart = np.arange(len(rows)), 1
    gathered: list[np.ndarray] = []
    while len(at):
        at = at[ranks[at] + apart < sizes[at]]
        both = np.column_stack([rows[at + apart], rows[at]])
        gathered.append(np.sort(both, axis=1)[:, ::-1])
        apart += 1
        if sum(map(len, gathered)) >= _AT_ONCE or not len(at):
            yield np.concatenate(gathered)
            gathered = []


def _alike(answers: list[pa.Array], placed: Placed, pairs: np.ndarray) -> np.ndarray:
    """The pairs that nearly agree, with the percentage of answers that they share."""
    later, earlier = pa.array(pairs[:, 0]), pa.array(pairs[:, 1])
    same, asked = np.zeros(len(pairs), dtype=np.int32), np.zeros(len(pairs), dtype=np.int32)
    for column in answers:
        one, other = column.take(later), column.take(earlier)
        same += np.asarray(pc.fill_null(pc.equal(one, other), False))
        asked += np.asarray(pc.or_(pc.is_valid(one), pc.is_valid(other)))
    share = same / np.maximum(1, asked)
    near = (share >= NEARLY) & (asked >= FEWEST_QUESTIONS)
    for name in ("_village", "_uuid", "_key"):
        one, other = placed.columns[name].take(later), placed.columns[name].take(earlier)
        is_same = np.asarray(pc.fill_null(pc.equal(one, other), False))
        if name == "_village":
            near &= is_same | np.asarray(pc.and_(pc.is_null(one), pc.is_null(other)))
        else:
            near &= ~is_same  # pairs that say themselves that they are one have a finding of their own
    return np.column_stack([pairs[near], (100 * share[near]).astype(np.int64)])


def _not_sought(part: Part, count: int) -> pa.Table:
    if not count:
        return findings.NONE
    return findings.of_file("near_not_sought", Severity.INFO, form=part.source.form, sheet=part.source.sheet, count=count)
