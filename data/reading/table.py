"""What every reader returns: text, and where each value stood."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A row of the file that is no response, and why: `title`, `empty`, `totals`, `footnote`, `hxl_tags`, ..."""

    row: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """One table of a file, as text.

    `values` has one string column per source column, named `c0`, `c1`, ... in the file's order; null is an empty cell.
    `headers[i]` is the header text of `c{i}`, `letters[i]` its column in the file (A, B, ...; 1-based numbers for CSV are
    letters too). `rows[i]` is the 1-based row of the file that the i-th row of `values` stands in.
    Rows of the file below the header = len(values) + len(left_out that lie below it).
    `errors` counts cells that held an error value such as #DIV/0!, read as missing.
    """

    sheet: str
    headers: tuple[str, ...]
    letters: tuple[str, ...]
    header_row: int
    rows: pa.Array                       # int64
    values: pa.Table
    left_out: tuple[LeftOut, ...] = ()
    errors: Mapping[str, int] = field(default_factory=dict)
    is_hidden: bool = False

    def address(self, row: int, column: int) -> str:
        """The cell of a source row and a column index, as a spreadsheet writes it: `Sheet1!C17`."""
        return f"{self.sheet}!{self.letters[column]}{row}" if self.sheet else f"{self.letters[column]}{row}"


@dataclass(frozen=True, kw_only=True)
class RawFile:
    """A file as read. `format` is xlsx, xlsm, xls, xlsb, ods, csv or zip; `encoding` and `delimiter` are of a text file."""

    name: str
    sha256: str
    size_bytes: int
    format: str
    tables: tuple[RawTable, ...]
    encoding: str | None = None
    delimiter: str | None = None
