"""How the register looks as a workbook: Indonesian headings with English beneath, drop-downs, a note for each column."""
from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from data.messages import has, say
from data.register.entry import Record, Value, column_label, sheet_label, shown
from data.register.sheets import SHEETS, VILLAGES, Column, Kind, Sheet
from data.spreadsheet import put_text

LISTS = "Daftar"
GUIDE = "Petunjuk"
REMOVE = "remove"
_ROWS = 1_000                # how far down the drop-downs reach
_NEEDED = PatternFill("solid", fgColor="1F4E5F")
_OPTIONAL = PatternFill("solid", fgColor="5F7F8C")
_HEADING = Font(bold=True, color="FFFFFF")
_WIDTHS = {Kind.ID: 20, Kind.TEXT: 30, Kind.DATE: 14, Kind.CHOICE: 24, Kind.CHOICES: 28, Kind.AREA: 28, Kind.INDICATOR: 34}


def write(
    records: Mapping[str, Sequence[Record]], *, indicators: Sequence[str] = (), area_names: Mapping[str, str] | None = None,
) -> bytes:
    """A register workbook of records by sheet, each a mapping of column to value. Sheets not named are there, empty."""
    names = dict(area_names or {}) | {str(each["code"]): str(each.get("name") or "") for each in records.get(VILLAGES.name, ())}
    book = Workbook()
    lists = book.active
    assert lists is not None
    lists.title = LISTS
    lists.sheet_state = "hidden"
    ranges = _write_lists(lists, indicators)
    _write_guide(book.create_sheet(GUIDE, 0))
    for sheet in SHEETS:
        _write_sheet(book.create_sheet(sheet_label(sheet.name, "id")), sheet, records.get(sheet.name, ()), ranges, names)
    book.active = 0
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _write_sheet(
    page: Worksheet, sheet: Sheet, records: Sequence[Record], ranges: Mapping[str, str], names: Mapping[str, str],
) -> None:
    for at, column in enumerate(sheet.columns, start=1):
        _head(page.cell(1, at), sheet, column)
        letter = get_column_letter(at)
        page.column_dimensions[letter].width = _WIDTHS.get(column.kind, 18)
        if column.kind is Kind.WORDS:
            page.column_dimensions[letter].number_format = "@"  # else Excel takes 5-14 for a date
        rule = _rule(sheet, column, ranges)
        page.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{max(_ROWS, len(records) + 100)}")
    if sheet is not VILLAGES:
        _head_remove(page, len(sheet.columns) + 1)
    for row, record in enumerate(records, start=2):
        for at, column in enumerate(sheet.columns, start=1):
            _fill(page.cell(row, at), column, record.get(column.name), names)
    page.freeze_panes = "B2"
    page.row_dimensions[1].height = 32


def _head(cell: Cell, sheet: Sheet, column: Column) -> None:
    mark = " *" if column.needed else ""
    cell.value = f"{column_label(sheet.name, column.name, 'id')}{mark}\n{column_label(sheet.name, column.name, 'en')}"
    cell.font, cell.fill = _HEADING, _NEEDED if column.needed else _OPTIONAL
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _head_remove(page: Worksheet, at: int) -> None:
    cell = page.cell(1, at)
    cell.value = f"{say('register.column.remove', 'id')}\n{say('register.column.remove', 'en')}"
    cell.font, cell.fill = Font(bold=True, color="7F1D1D"), PatternFill("solid", fgColor="F3D9D9")
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    letter = get_column_letter(at)
    rule = _list_of(f'"{say("register.yes", "id")}"')
    _prompt(rule, say("register.column.remove", "id"), say("register.note.remove", "id"))
    page.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{_ROWS}")


def _rule(sheet: Sheet, column: Column, ranges: Mapping[str, str]) -> DataValidation:
    if column.kind is Kind.CHOICE:
        rule = _list_of(ranges[f"{sheet.name}.{column.name}"])
    elif column.kind is Kind.YES_NO:
        rule = _list_of(f'"{say("register.yes", "id")},{say("register.no", "id")}"')
    elif column.kind is Kind.ID and column.at:
        rule = _list_of(f"'{sheet_label(column.at, 'id')}'!$A$2:$A${_ROWS}")
    elif column.kind is Kind.INDICATOR and "indicators" in ranges:
        rule = _list_of(ranges["indicators"])
        rule.errorStyle = "warning"
    else:
        rule = DataValidation(type=None, allow_blank=True)
    note = note_of(sheet, column)
    example = say("register.example", "id", example=column.example) if column.example else ""
    _prompt(rule, column_label(sheet.name, column.name, "id"), f"{note} {example}".strip())
    return rule


def _list_of(formula: str) -> DataValidation:
    rule = DataValidation(type="list", formula1=formula, allow_blank=True)
    rule.showErrorMessage = True
    rule.errorTitle = say("register.list_error.title", "id")
    rule.error = say("register.list_error.text", "id")
    return rule


def _prompt(rule: DataValidation, title: str, text: str) -> None:
    if text:
        rule.showInputMessage, rule.promptTitle, rule.prompt = True, title[:32], text[:255]


def note_of(sheet: Sheet, column: Column) -> str:
    """What to write into a column; empty where its heading says it all."""
    for key in (f"register.note.{sheet.name}.{column.name}", f"register.note.{column.name}"):
        if has(key, "id"):
            return say(key, "id")
    return ""


def _fill(cell: Cell, column: Column, value: Value, names: Mapping[str, str]) -> None:
    if value is None:
        return
    if column.kind is Kind.AREA:
        value = f"{value} {names.get(str(value), '')}".strip() if column.name != "code" else value
    elif column.choices or column.kind is Kind.YES_NO:
        value = shown(column, value, "id")
    elif column.kind is Kind.UNIT and value == "percent":
        value = "persen"
    if isinstance(value, str):
        put_text(cell, value)
        cell.number_format = "@"
        return
    cell.value = value
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, float) and value.is_integer():
        cell.number_format = "#,##0"


def _write_lists(page: Worksheet, indicators: Sequence[str]) -> dict[str, str]:
    """Writes the drop-downs' lists, one in a column; returns where each stands."""
    wanted = {
        f"{sheet.name}.{column.name}": [say(f"register.choice.{choice}", "id") for choice in column.choices]
        for sheet in SHEETS for column in sheet.columns if column.kind is Kind.CHOICE
    }
    if indicators:
        wanted["indicators"] = list(indicators)
    ranges = {}
    for at, (name, words) in enumerate(wanted.items(), start=1):
        page.cell(1, at, name)
        for row, word in enumerate(words, start=2):
            page.cell(row, at, word)
        letter = get_column_letter(at)
        ranges[name] = f"'{LISTS}'!${letter}$2:${letter}${len(words) + 1}"
    return ranges


def _write_guide(page: Worksheet) -> None:
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 22, 30
    page.column_dimensions["C"].width, page.column_dimensions["D"].width = 70, 34
    page.append([say("register.guide.title", "id")])
    page.append([say("register.guide.title", "en")])
    for number in range(1, 6):
        page.append([f"{number}. {say(f'register.guide.{number}', 'id')}"])
        page.append([f"    {say(f'register.guide.{number}', 'en')}"])
    page.append([])
    page.append([say(f"register.guide.{name}", "id") for name in ("sheet", "column", "meaning", "example")])
    heading = page.max_row
    for sheet in SHEETS:
        for column in sheet.columns:
            mark = " *" if column.needed else ""
            meaning = note_of(sheet, column)
            if column.choices:
                words = "; ".join(say(f"register.choice.{choice}", "id") for choice in column.choices)
                meaning = f"{meaning} {words}".strip()
            page.append([
                sheet_label(sheet.name, "id"), column_label(sheet.name, column.name, "id") + mark, meaning, column.example,
            ])
    page["A1"].font = Font(bold=True, size=14)
    for cell in page[heading]:
        cell.font = Font(bold=True)
    for row in page.iter_rows(min_row=heading, min_col=3, max_col=3):
        row[0].alignment = Alignment(wrap_text=True, vertical="top")
