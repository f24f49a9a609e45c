"""What every reader returns: text, and where each value stood."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pyarrow as pa


class CellKind(StrEnum):
    """What the cells of a column are in the file."""

    TEXT = "text"        # text as somebody typed it: any notation is possible
    NUMBER = "number"    # real numbers of a spreadsheet: plain digits, a decimal point, never a thousands point
    DATE = "date"        # real dates, times or durations of a spreadsheet: ISO text
    BOOL = "bool"        # real truth values of a spreadsheet: `true`, `false`
    MIXED = "mixed"      # several of these; `RawTable.numbers` says which cells are real numbers


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A row of the file that is no response, and why.

    `title` above the header, `header` a further row of a header or a header repeated below, `hxl_tags`,
    `column_numbers` (1, 2, 3 under a header), `empty`, `totals`, `footnote`, `too_many_cells`, `broken_quote`.
    """

    row: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """One table of a file, as text.

    `values` has one string column per source column, named `c0`, `c1`, ... in the file's order; null is an empty cell.
    `headers[i]` is the header text of `c{i}` ('' where it has none), `letters[i]` its column in the file (A, B, ...; also
    for CSV). `rows[i]` is the 1-based row of the file that the i-th row of `values` stands in; in a CSV a row is a record,
    as a spreadsheet program numbers it, so that a line break inside quotes starts none.
    `header_row` is the last row of the header, 0 where the table has none.
    Rows of the file below the header = len(values) + len(left_out that lie below it).
    `kinds[i]` is what the cells of `c{i}` are; for a mixed column `numbers[i]` is true where the cell is a real number.
    `errors` counts cells that held an error value such as #DIV/0!, read as missing; `error_cells` are the first thousand
    of them as (row, column index, error).
    `short_rows` are the rows of a CSV with fewer cells than the header, read as if the missing ones were empty.
    """

    sheet: str
    headers: tuple[str, ...]
    letters: tuple[str, ...]
    header_row: int
    rows: pa.Array                       # int64
    values: pa.Table
    left_out: tuple[LeftOut, ...] = ()
    kinds: tuple[CellKind, ...] = ()
    numbers: Mapping[int, pa.Array] = field(default_factory=dict)
    errors: Mapping[str, int] = field(default_factory=dict)
    error_cells: tuple[tuple[int, int, str], ...] = ()
    short_rows: tuple[int, ...] = ()
    is_hidden: bool = False

    def address(self, row: int, column: int) -> str:
        """The cell of a source row and a column index, as a spreadsheet writes it: `Sheet1!C17`."""
        return f"{self.sheet}!{self.letters[column]}{row}" if self.sheet else f"{self.letters[column]}{row}"


@dataclass(frozen=True, kw_only=True)
class Workbook:
    """A spreadsheet as read, before its file's facts are added."""

    tables: tuple[RawTable, ...]
    hidden_sheets: tuple[str, ...]
    is_xlsform: bool


@dataclass(frozen=True, kw_only=True)
class RawFile:
    """A file as read.

    `format` is xlsx, xlsm, xls, xlsb, ods, csv or zip. `encoding`, `delimiter`, `quote` and `escape` are of a text file;
    the delimiter of a file with one column is ''. `hidden_sheets` were not read. `is_xlsform` marks a questionnaire,
    which is no data.
    """

    name: str
    sha256: str
    size_bytes: int
    format: str
    tables: tuple[RawTable, ...]
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    hidden_sheets: tuple[str, ...] = ()
    is_xlsform: bool = False


def letter(index: int) -> str:
    """The spreadsheet letters of a 0-based column: 0 is A, 26 is AA."""
    name = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name
