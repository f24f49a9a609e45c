"""What stands below a header: responses, and rows that are none (empty, totals, footnotes, a further table)."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.reading import headers, patterns
from data.reading.table import LeftOut

_TOTALS_SEARCHED = 200_000    # rows; nobody writes subtotals by hand between more
_TAIL = 60                    # rows at the end that may be notes
_GAPS = 500                   # empty stretches after which a further table is looked for, fewer in wide tables
_GAP_CELLS = 20_000


@dataclass(frozen=True, kw_only=True)
class Block:
    """Rows `keep` (positions) are responses, `left_out` are not, and `next_table` is where a further table begins."""

    keep: np.ndarray
    left_out: tuple[LeftOut, ...]
    next_table: int | None


def cut(columns: Sequence[pa.ChunkedArray | pa.Array], numbers: np.ndarray, header: Sequence[str]) -> Block:
    """Tell responses from other rows. `numbers` are the file's row numbers of the rows of `columns`."""
    size = len(numbers)
    if size == 0 or not columns:
        return Block(keep=np.arange(size), left_out=(), next_table=None)
    counts = np.zeros(size, dtype=np.int32)
    for column in columns:
        counts += 1
        if column.null_count:
            counts -= np.asarray(pc.is_null(column)).astype(np.int32)
    _discount_blanks(columns, counts)
    next_table = _further_table(columns, counts, header)
    end = size if next_table is None else next_table
    reasons: dict[int, str] = {int(index): "empty" for index in np.flatnonzero(counts[:end] == 0)}
    reasons |= dict.fromkeys(_repeats(columns, header, end), "header")
    reasons |= dict.fromkeys(_totals(columns, counts, end), "totals")
    reasons |= _notes(columns, counts, end, reasons)
    dropped = np.fromiter(sorted(reasons), dtype=np.int64, count=len(reasons))
    keep = np.setdiff1d(np.arange(end), dropped, assume_unique=True)
    left_out = tuple(LeftOut(row=int(numbers[index]), reason=reasons[index]) for index in sorted(reasons))
    return Block(keep=keep, left_out=left_out, next_table=next_table)


def row_at(columns: Sequence[pa.ChunkedArray | pa.Array], index: int) -> list[str | None]:
    return [column[index].as_py() for column in columns]


def _discount_blanks(columns: Sequence[pa.ChunkedArray | pa.Array], counts: np.ndarray) -> None:
    """Cells of nothing but blanks do not fill a row; only rows that are nearly empty are looked at for them."""
    few = np.flatnonzero((counts > 0) & (counts <= max(2, len(columns) // 4)))
    if len(few) == 0 or len(few) > 100_000:
        return
    where = pa.array(few)
    for column in columns:
        cells = pc.take(column, where)
        blank = np.asarray(pc.fill_null(pc.equal(pc.utf8_trim_whitespace(cells), ""), False))
        counts[few] -= blank.astype(np.int32)


def _repeats(columns: Sequence[pa.ChunkedArray | pa.Array], header: Sequence[str], end: int) -> list[int]:
    """Rows that repeat the header, as at the top of each printed page."""
    first = next((index for index, text in enumerate(header) if text), None)
    if first is None or first >= len(columns) or sum(map(bool, header)) < 2:
        return []
    same = np.flatnonzero(np.asarray(pc.fill_null(pc.equal(columns[first].slice(0, end), header[first]), False)))
    wanted = [text or None for text in header]
    return [int(index) for index in same[:10_000] if row_at(columns[: len(header)], int(index)) == wanted]


def _totals(columns: Sequence[pa.ChunkedArray | pa.Array], counts: np.ndarray, end: int) -> list[int]:
    """Rows whose first filled cell is a word for a total; a word that half of the rows have is an answer."""
    if len(columns) < 2:
        return []
    start = 0 if end <= _TOTALS_SEARCHED else end - 1_000
    found = set()
    for column in columns[:3]:
        matches = pc.fill_null(pc.match_substring_regex(column.slice(start, end - start), patterns.TOTAL), False)
        found |= {start + int(index) for index in np.flatnonzero(np.asarray(matches))}
    if len(found) > max(2, end // 2):
        return []
    return sorted(index for index in found if _is_total(row_at(columns, index)))


def _is_total(row: list[str | None]) -> bool:
    cells = [cell for cell in row if not patterns.is_missing(cell)]
    words = [cell for cell in cells if cell is not None and not patterns.is_value(cell)]
    return bool(cells) and patterns.is_total(cells[0] or "") and len(words) == 1 < len(cells)


def _notes(
    columns: Sequence[pa.ChunkedArray | pa.Array], counts: np.ndarray, end: int, reasons: dict[int, str],
) -> dict[int, str]:
    """Sparse rows of words at the end of a table of at least three columns: sources, remarks, signatures."""
    if len(columns) < 3:
        return {}
    found: dict[int, str] = {}
    gap = False
    for index in range(end - 1, max(-1, end - 1 - _TAIL), -1):
        if index in reasons:
            gap = gap or reasons[index] in ("empty", "totals")
            continue
        if counts[index] > 1 + (len(columns) > 4):
            break
        cells = [cell for cell in row_at(columns, index) if cell and cell.strip()]
        if any(patterns.is_value(cell) for cell in cells):
            break
        found[index] = "footnote"
    after_gap = _gap_above(found, reasons)
    return {index: reason for index, reason in found.items() if index in after_gap or _is_note(row_at(columns, index))}


def _is_note(row: list[str | None]) -> bool:
    return any(patterns.is_note(cell) for cell in row if cell)


def _gap_above(found: dict[int, str], reasons: dict[int, str]) -> set[int]:
    """Those that stand below an empty row or a totals row, not straight below responses."""
    below: set[int] = set()
    for index in sorted(found):
        if reasons.get(index - 1) in ("empty", "totals") or index - 1 in below:
            below.add(index)
    return below


def _renamed(columns: Sequence[pa.ChunkedArray | pa.Array], header: Sequence[str]) -> int | None:
    """The first row that holds some of the headings and nothing else: the header of a table of fewer columns."""
    known = [text for text in header if text]
    if len(known) < 3 or len(columns) < 3:
        return None
    matches = [pc.is_in(column, pa.array(known)) for column in columns[:3]]
    for index in np.flatnonzero(np.asarray(pc.and_(pc.and_(matches[0], matches[1]), matches[2])))[:_GAPS]:
        cells = [cell for cell in row_at(columns, int(index)) if cell and cell.strip()]
        if set(cells) < set(known):
            return int(index)
    return None


def _further_table(columns: Sequence[pa.ChunkedArray | pa.Array], counts: np.ndarray, header: Sequence[str]) -> int | None:
    """Where, after an empty row, words stand above values again: the header of another table."""
    renamed = _renamed(columns, header)
    if renamed is not None:
        return renamed
    empty = counts == 0
    starts = np.flatnonzero(empty[:-1] & ~empty[1:]) + 1
    for start in starts[: max(10, min(_GAPS, _GAP_CELLS // len(columns)))]:
        rows = [row_at(columns, index) for index in range(start, min(len(counts), start + 30))]
        found = headers.find(rows)
        if found.first < 0 or found.body >= len(rows):
            continue
        words = [cell for cell in rows[found.last] if cell and cell.strip()]
        below = [row for row in rows[found.body :] if any(cell and cell.strip() for cell in row)]
        if len(words) > 1 and below and _changes(columns, int(start), rows[found.last], below):
            return int(start)
    return None


def _changes(
    columns: Sequence[pa.ChunkedArray | pa.Array], start: int, words: list[str | None], below: list[list[str | None]],
) -> bool:
    """Whether words stand where values stood above and stand below again: no answer among answers does that."""
    above = [row_at(columns, index) for index in range(max(0, start - 30), start)]
    for column, word in enumerate(words):
        if not word or patterns.is_value(word) or patterns.is_missing(word):
            continue
        before = [row[column] for row in above if not patterns.is_missing(row[column])]
        after = [row[column] for row in below if not patterns.is_missing(row[column])]
        if before and after and all(patterns.is_value(cell or "") for cell in (*before, *after)):
            return True
    return False
