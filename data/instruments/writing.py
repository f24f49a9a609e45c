"""Writes the shipped workbooks from their readable tables: `python -m data.instruments.writing`.

A table is Markdown: a heading names the sheet, the table below it is the sheet's cells.
"""
from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

SHIPPED = Path(__file__).resolve().parent / "shipped"
Sheets = dict[str, list[list[str]]]
# A ZIP file cannot hold an earlier time; always the same one makes the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)
_HEADER = PatternFill("solid", start_color="0B5563")
_GROUP = PatternFill("solid", start_color="E3F0F2")


def tables(markdown: str) -> Sheets:
    """The sheets of a readable source, with their header rows."""
    found: Sheets = {}
    sheet: list[list[str]] = []
    for line in markdown.splitlines():
        if heading := re.fullmatch(r"## (\w+)", line.strip()):
            sheet = found.setdefault(heading[1], [])
        elif line.startswith("|") and not re.fullmatch(r"[|\-: ]+", line):
            sheet.append([cell.strip() for cell in line.strip().strip("|").split("|")])
    return found


def workbook(sheets: Sheets) -> bytes:
    """An XLSForm workbook, laid out to be read and edited; the same bytes for the same sheets."""
    book = Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append([cell or None for cell in line])
        for cell in sheet[1]:
            cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEADER
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                cell.alignment = Alignment(vertical="top", wrap_text=True)
                if str(row[0].value).startswith(("begin", "end_")):
                    cell.fill = _GROUP
        for number, texts in enumerate(zip(*lines, strict=False), start=1):
            sheet.column_dimensions[get_column_letter(number)].width = min(60, max(10, max(map(len, texts)) + 2))
        sheet.freeze_panes = "C2" if name == "survey" else "A2"
    return to_bytes(book)


def to_bytes(book: Workbook, shape: Callable[[bytes], bytes] = bytes) -> bytes:
    """A workbook's file, the same for the same cells: without the time it was written at. `shape` reshapes each sheet's XML."""
    book.properties.creator = "Pantau"
    book.properties.created = book.properties.modified = datetime(2026, 1, 1)
    written = BytesIO()
    book.save(written)
    same = BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(same, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "docProps/core.xml":  # openpyxl writes the time of saving here
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-01-01T00:00:00Z", data)
            elif entry.filename.startswith("xl/worksheets/sheet"):
                data = shape(data)
            target.writestr(zipfile.ZipInfo(entry.filename, _TIME), data, zipfile.ZIP_DEFLATED, 9)
    return same.getvalue()


def main() -> None:
    for source in sorted(SHIPPED.rglob("*.md")):
        source.with_suffix(".xlsx").write_bytes(workbook(tables(source.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()
