"""The rows of a text table.

Read by Arrow, which keeps empty lines as rows and hands back each row that has not as many cells as the others; those
rows are read again with care, so that none is cut, shifted or lost.
"""
from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from data.errors import UserError
from data.reading import tokens
from data.reading.dialect import Dialect
from data.reading.limits import Limits
from data.reading.table import LeftOut

_BLOCK = 8 << 20
_BREAK = "\r\n|\n|\r"
_COMPARED_BYTES = 200_000_000      # how much text, and how many rows of it, are gone through for stray quotes
_COMPARED_ROWS = 100_000
_CHUNK = 16 << 20
_LONGEST_ROW = 1_000_000           # characters; beyond it a quote was opened and never closed


@dataclass(frozen=True, kw_only=True)
class Records:
    """Every row of the file that fits the columns, with its row number; and the others."""

    columns: list[pa.ChunkedArray]
    numbers: np.ndarray
    short: tuple[int, ...]
    left_out: tuple[LeftOut, ...]


def read(text: pa.Buffer, settled: Dialect, width: int, name: str, limits: Limits) -> Records:
    """The rows of a text, cut into `width` cells. Raises UserError for a text that is out of bounds."""
    _bound(text, width, name, limits)
    try:
        table, irregular = _parse(text, settled, width, limits.irregular_rows, is_threaded=True)
    except pa.ArrowInvalid as error:
        raise UserError("reading.irregular_text", name=name) from error
    if len(irregular) > limits.irregular_rows:
        raise UserError("reading.irregular", name=name, columns=width, limit=limits.irregular_rows)
    strays = _with_quotes(table, settled)
    if irregular:
        table, irregular = _parse(text, settled, width, limits.irregular_rows, is_threaded=False)
    for number, piece in irregular:
        if len(piece) > _LONGEST_ROW:
            raise UserError("reading.open_quote", name=name, row=number)
    taken = np.array([number for number, _ in irregular], dtype=np.int64)
    numbers = np.setdiff1d(np.arange(1, table.num_rows + len(irregular) + 1), taken, assume_unique=True)
    if len(strays):
        doubtful = _moved(text, settled, table, strays, numbers, irregular)
        if doubtful:
            keep = np.isin(numbers, [number for number, _ in doubtful], invert=True)
            table, numbers = table.filter(pa.array(keep)), numbers[keep]
            irregular = sorted([*irregular, *doubtful])
    columns = [_unspaced(column) for column in table.columns] if settled.is_spaced else table.columns
    if not irregular:
        return Records(columns=columns, numbers=numbers, short=(), left_out=())
    return _mended(pa.table(columns, table.column_names), numbers, irregular, settled, width)


def _bound(text: pa.Buffer, width: int, name: str, limits: Limits) -> None:
    lines = 0
    for start in range(0, text.size, _CHUNK):
        chunk = text.slice(start, min(_CHUNK, text.size - start)).to_pybytes()
        lines += max(chunk.count(b"\n"), chunk.count(b"\r"))
    if lines > limits.rows or lines * width > limits.cells:
        raise UserError("reading.too_many_rows", name=name, rows=lines, columns=width)


def _parse(
    text: pa.Buffer, settled: Dialect, width: int, most: int, is_threaded: bool,
) -> tuple[pa.Table, list[tuple[int, str]]]:
    """The rows of the right width, and the others as (row number, text): the numbers only hold without threads, and
    after `most` of them nothing more is kept."""
    irregular: list[tuple[int, str]] = []

    def keep(row: pyarrow.csv.InvalidRow) -> str:
        if len(irregular) <= most:
            irregular.append((row.number or 0, row.text))
        return "skip"

    names = [f"c{index}" for index in range(width)]
    table = pyarrow.csv.read_csv(
        pa.BufferReader(text),
        read_options=pyarrow.csv.ReadOptions(
            column_names=names, use_threads=is_threaded, block_size=min(_BLOCK, max(text.size, 1024)),
        ),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=settled.separator,
            quote_char=settled.quote or '"',
            double_quote=settled.escape is None,
            escape_char=settled.escape or False,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=keep,
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={name: pa.string() for name in names}, null_values=[""], strings_can_be_null=True,
        ),
    )
    return table, irregular


def _unspaced(column: pa.ChunkedArray) -> pa.ChunkedArray:
    text = pc.replace_substring_regex(column, "^ ", "")
    return pc.if_else(pc.equal(text, ""), None, text)


def _with_quotes(table: pa.Table, settled: Dialect) -> np.ndarray:
    """The rows with a quote inside a cell: well written, or a quote that went astray and moved the cells."""
    found = np.zeros(table.num_rows, dtype=bool)
    mark = settled.quote or '"'
    for column in table.columns:
        if _holds(column, mark.encode()):
            found |= np.asarray(pc.fill_null(pc.match_substring(column, mark), False))
    return np.flatnonzero(found)


def _moved(
    text: pa.Buffer, settled: Dialect, table: pa.Table, rows: np.ndarray, numbers: np.ndarray,
    irregular: list[tuple[int, str]],
) -> list[tuple[int, str]]:
    """Those of the rows that read otherwise with care, as (row number, text)."""
    if text.size > _COMPARED_BYTES or len(rows) > _COMPARED_ROWS:
        return []
    content = text.to_pybytes()
    lines = re.split(_BREAK.encode(), content) if b"\r" in content else content.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    breaks = np.zeros(table.num_rows + len(irregular), dtype=np.int64)
    for column in table.columns:
        if _holds(column, b"\n") or _holds(column, b"\r"):
            breaks[numbers - 1] += np.asarray(pc.fill_null(pc.count_substring_regex(column, _BREAK), 0))
    for number, piece in irregular:
        breaks[number - 1] = len(re.findall(_BREAK, piece.rstrip("\r\n")))
    if len(lines) != len(breaks) + breaks.sum():
        return []
    starts = np.arange(len(breaks)) + np.cumsum(breaks) - breaks
    found = []
    for index, read in zip(rows, table.take(pa.array(rows)).to_pylist(), strict=True):
        position = int(numbers[index]) - 1
        first = int(starts[position])
        piece = b"\n".join(lines[first : first + 1 + int(breaks[position])]).decode("utf-8")
        cells = [(cell or "").replace("\r\n", "\n").replace("\r", "\n") for cell in read.values()]
        if tokens.fitted(piece, settled, table.num_columns) != [cells]:
            found.append((position + 1, piece))
    return found


def _holds(column: pa.ChunkedArray, mark: bytes) -> bool:
    held = [chunk.buffers()[2] for chunk in column.chunks]
    return any(buffer is not None and bool((np.frombuffer(buffer, np.uint8) == mark[0]).any()) for buffer in held)


def _mended(
    table: pa.Table, numbers: np.ndarray, irregular: list[tuple[int, str]], settled: Dialect, width: int,
) -> Records:
    """Put back the rows that could be read after all."""
    taken = np.array([number for number, _ in irregular], dtype=np.int64)
    cells: list[list[str | None]] = []
    cell_numbers: list[int] = []
    short: list[int] = []
    left_out: list[LeftOut] = []
    shift, shifts = 0, []
    for number, text in irregular:
        rows = tokens.fitted(text, settled, width)
        for offset, row in enumerate(rows):
            at = number + shift + offset
            if row is None or len(row) > width:
                left_out.append(LeftOut(row=at, reason="broken_quote" if row is None else "too_many_cells"))
                continue
            if len(row) < width:
                short.append(at)
            cells.append([cell or None for cell in row] + [None] * (width - len(row)))
            cell_numbers.append(at)
        shift += len(rows) - 1
        shifts.append(shift)
    numbers = numbers + np.concatenate(([0], shifts))[np.searchsorted(taken, numbers)]
    back = pa.table({f"c{index}": pa.array([row[index] for row in cells], pa.string()) for index in range(width)})
    together = pa.concat_tables([table, back])
    numbers = np.concatenate((numbers, np.array(cell_numbers, dtype=np.int64)))
    order = np.argsort(numbers, kind="stable")
    return Records(
        columns=together.take(pa.array(order)).columns if cells else table.columns,
        numbers=numbers[order], short=tuple(short), left_out=tuple(left_out),
    )
