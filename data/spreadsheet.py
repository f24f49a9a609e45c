"""Cells of a workbook that is written: each holds exactly what it was given, and none is a formula."""

from __future__ import annotations

import re

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from data.errors import UserError

LONGEST = 32_767  # characters, as the file format says; openpyxl would cut the rest off without a word
MOST_ROWS = 1_048_576
# What XML cannot hold or turns into something else, and what a spreadsheet would take for such an escape.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")

# How a text begins that spreadsheet programs compute when it is typed, or read from CSV.
_LIKE_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def cell(sheet: WriteOnlyWorksheet, value: object, *, font: Font | None = None) -> WriteOnlyCell:
    """A cell that is never a formula, whatever its text begins with. Raises `UserError` for a text that no cell can hold."""
    if isinstance(value, str):
        made = WriteOnlyCell(sheet)
        put_text(made, value)
    elif isinstance(value, float):
        made = WriteOnlyCell(sheet, _digits(value))
        made.data_type = "n"
    else:
        made = WriteOnlyCell(sheet, value)
    if font is not None:
        made.font = font
    return made


def put_text(cell: Cell | WriteOnlyCell, text: str) -> None:
    """Makes a text the content of a cell: never a formula, now or when somebody edits the cell, whatever it begins with."""
    cell.value = writable(text)
    cell.data_type = "s"
    if text.startswith(_LIKE_FORMULA):
        cell.quotePrefix = True


def csv_text(text: str) -> str:
    """A text for a CSV file that a spreadsheet opens; what it would take for a formula begins with an apostrophe.

    So does what begins so after apostrophes: `of_csv_text` gives every text back.
    """
    return f"'{text}" if text.lstrip("'").startswith(_LIKE_FORMULA) else text


def of_csv_text(written: str) -> str:
    """The text that `csv_text` wrote."""
    return written[1:] if written.startswith("'") and written.lstrip("'").startswith(_LIKE_FORMULA) else written


def writable(text: str) -> str:
    """A text as a cell's XML holds it: its odd characters written as `_xHHHH_`."""
    written = _UNWRITABLE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    if len(written) > LONGEST:
        raise UserError("import.too_long_for_cell", limit=LONGEST, length=len(text))
    return written


def remark(text: str) -> Comment:
    """A comment on a cell; characters that XML cannot hold are shown as unreadable, and a very long text is cut."""
    shown = _UNREADABLE.sub("\ufffd", text)
    return Comment(shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…", "Pantau")


def _digits(value: float) -> str:
    """All the digits that tell a number from its neighbours; openpyxl would write 16, which is one too few for some."""
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
