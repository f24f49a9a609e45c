"""Cells of a workbook that is written."""

from __future__ import annotations

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet


def cell(sheet: WriteOnlyWorksheet, value: object, *, font: Font | None = None) -> WriteOnlyCell:
    """A cell that is never a formula, whatever its text begins with."""
    made = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        made.data_type = "s"
        if value[:1] in {"=", "+", "-", "@"}:
            made.style = "Normal"
            made.quotePrefix = True
    if font is not None:
        made.font = font
    return made
