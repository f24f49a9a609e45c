"""Our two sheets of an instrument's workbook, `design` and `indicators`, as rows of text that know where they stand."""
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import openpyxl

from data.errors import UserError


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """One row below the header: its number in the sheet, and its filled cells by column name."""

    sheet: str
    row: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str | None:
        return self.cells.get(column)

    def need(self, column: str) -> str:
        """The cell's text. Raises `UserError` when it is empty."""
        if value := self.cells.get(column):
            return value
        raise self.error("instrument.cell_empty", column)

    def one_of(self, column: str, allowed: Sequence[str], default: str | None = None) -> str:
        """The cell's text when it is one of the allowed ones. Raises `UserError` naming them otherwise."""
        value = self.cells.get(column, default) if default is not None else self.need(column)
        if value in allowed:
            return str(value)
        raise self.error("instrument.not_one_of", column, value=value, allowed=", ".join(allowed))

    def error(self, code: str, column: str, **params: object) -> UserError:
        return UserError(code, sheet=self.sheet, row=self.row, column=column, **params)


def rows(content: bytes, sheet: str, columns: Sequence[str]) -> tuple[SheetRow, ...]:
    """The filled rows of a sheet; none when the workbook has no such sheet.

    `columns` are the names allowed; one that ends in `::` stands for all its languages.
    Raises `UserError` for a header that is not among them, or occurs twice.
    """
    book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
    try:
        if sheet not in book.sheetnames:
            return ()
        return tuple(_rows(book[sheet].iter_rows(min_row=1, min_col=1, values_only=True), sheet, columns))
    finally:
        book.close()


def _rows(lines: Iterator[tuple[object, ...]], sheet: str, columns: Sequence[str]) -> Iterator[SheetRow]:
    header: list[str] | None = None
    for number, line in enumerate(lines, start=1):
        texts = [_text(value) for value in line]
        if not any(texts):
            continue
        if header is None:
            header = [re.sub(r"\s*::\s*", "::", text) for text in texts]
            _check_header(header, sheet, number, columns)
            continue
        cells = {name: text for name, text in zip(header, texts, strict=False) if name and text}
        if cells:
            yield SheetRow(sheet=sheet, row=number, cells=cells)


def _check_header(header: list[str], sheet: str, row: int, columns: Sequence[str]) -> None:
    languages = tuple(column for column in columns if column.endswith("::"))
    named = [name for name in header if name]
    for name in named:
        if name not in columns and not name.startswith(languages or ("\0",)):
            raise UserError("instrument.unknown_column", sheet=sheet, row=row, column=name, allowed=", ".join(columns))
        if named.count(name) > 1:
            raise UserError("instrument.column_twice", sheet=sheet, row=row, column=name)


def _text(value: object) -> str:
    """A cell as text; a whole number without its decimal point, as people mean it."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
