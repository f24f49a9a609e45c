"""Text tables: CSV, TSV and their relatives."""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import UserError
from data.reading import blocks, dialect, encoding, headers, records, tokens
from data.reading.dialect import Dialect
from data.reading.limits import Limits
from data.reading.table import CellKind, LeftOut, RawTable, letter

_BLANK_BEFORE_QUOTE = re.compile(rb'([,;|]) "(?!["\r\n,;|])')


@dataclass(frozen=True, kw_only=True)
class Delimited:
    tables: tuple[RawTable, ...]
    encoding: str
    dialect: Dialect


def read(data: pa.Buffer, name: str, sheet: str, limits: Limits) -> Delimited:
    """The tables of a text file. `sheet` is '' but for a file within an archive. Raises UserError."""
    encoded, text = encoding.as_utf8(data, name)
    if text.size and text.slice(text.size - 1).to_pybytes() == b"\x1a":
        text = text.slice(0, text.size - 1)
    if not text.size:
        raise UserError("reading.empty", name=name)
    sample = text.slice(0, min(text.size, dialect.SAMPLE_BYTES)).to_pybytes().decode("utf-8", "ignore")
    is_whole = text.size <= dialect.SAMPLE_BYTES
    settled = dialect.settle(sample, is_whole)
    head = tokens.records(sample, settled, most=headers.HEAD_ROWS)
    head = head if is_whole or len(head) in (1, headers.HEAD_ROWS) else head[:-1]
    width = _width(head)
    if width > limits.columns:
        raise UserError("reading.too_many_columns", name=name, columns=width, limit=limits.columns)
    found = records.read(_closed_up(text) if settled.is_spaced else text, settled, width, name, limits)
    return Delimited(tables=_tables(found, head, sheet, limits), encoding=encoded, dialect=settled)


def _closed_up(text: pa.Buffer) -> pa.Buffer:
    """A text whose quotes stand a blank behind the delimiter, without that blank."""
    return pa.py_buffer(_BLANK_BEFORE_QUOTE.sub(rb'\1"', text.to_pybytes()))


def _width(head: Sequence[Sequence[str]]) -> int:
    """How many cells a row has: as many as the header, unless most rows agree on another number."""
    header = headers.find(head)
    rows = [row for row in head[header.body :] if any(cell.strip() for cell in row)]
    usual, count = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
    return usual if 2 * count > len(rows) else max(len(header.texts), 1)


def _tables(found: records.Records, head: Sequence[Sequence[str]], sheet: str, limits: Limits) -> tuple[RawTable, ...]:
    tables: list[RawTable] = []
    numbers = found.numbers
    header = headers.find(head)
    unused = header.texts[len(found.columns) :]      # headings beyond the cells that rows have
    columns = [*found.columns, *(pa.chunked_array([pa.nulls(len(numbers), pa.string())]) for _ in unused)]
    short = tuple(numbers.tolist()) if any(unused) else found.short
    start = 1
    while True:
        below = start + header.body
        first = int(np.searchsorted(numbers, below))
        body, body_numbers = [column.slice(first) for column in columns], numbers[first:]
        texts = header.texts + ("",) * (len(columns) - len(header.texts))
        block = blocks.cut(body, body_numbers, texts)
        is_last = block.next_table is None or len(tables) + 1 >= limits.tables
        end = int(body_numbers[block.next_table]) if not is_last and block.next_table is not None else None
        where = pa.array(block.keep)
        kept = body if len(block.keep) == len(body_numbers) else [pc.take(column, where) for column in body]
        left_out = [
            *(LeftOut(row=left.row + start - 1, reason=left.reason) for left in header.left_out),
            *block.left_out,
            *(left for left in found.left_out if below <= left.row and (end is None or left.row < end)),
        ]
        seen = {left.row for left in left_out}
        tables.append(RawTable(
            sheet=sheet,
            headers=texts,
            letters=tuple(letter(index) for index in range(len(columns))),
            header_row=start + header.last if header.first >= 0 else 0,
            rows=pa.array(body_numbers[block.keep]),
            values=pa.table({f"c{index}": column for index, column in enumerate(kept)}),
            left_out=tuple(sorted(set(left_out), key=lambda left: left.row)),
            kinds=(CellKind.TEXT,) * len(columns),
            short_rows=tuple(row for row in short if row >= below and (end is None or row < end) and row not in seen),
        ))
        if end is None or block.next_table is None:
            return tuple(tables)
        start = end
        columns, numbers = [column.slice(block.next_table) for column in body], body_numbers[block.next_table :]
        header = headers.find([blocks.row_at(columns, index) for index in range(min(len(numbers), headers.HEAD_ROWS))])
