"""A register workbook's bytes -> entries, and what could not be read. Nothing is looked up here."""
from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from data.errors import UserError
from data.importing.finding import Severity
from data.messages import LANGUAGES, say
from data.register.cells import entry_of
from data.register.entry import Entry, Finding, column_label, sheet_label
from data.register.layout import GUIDE, LISTS, REMOVE
from data.register.sheets import SHEETS, VILLAGES, Sheet

# openpyxl tells of a broken file by whatever breaks in it; nothing of ours runs where these are caught.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, OSError, EOFError, SyntaxError, LookupError, ValueError, TypeError,
    AttributeError, ArithmeticError, NotImplementedError,
)
_MAX_BYTES = 10_000_000
_MAX_UNPACKED_BYTES = 200_000_000
_MAX_ROWS = 20_000
_MAX_COLUMNS = 200


def entries(content: bytes, name: str) -> tuple[list[Entry], list[Finding]]:
    """The entries of a workbook, and its findings. Raises `UserError` for what is no workbook of the register."""
    found: list[Entry] = []
    findings: list[Finding] = []
    known = 0
    for title, rows in _pages(content, name):
        sheet = _sheet_of(title)
        if sheet is None:
            if title not in (GUIDE, LISTS):
                findings.append(Finding(code="unknown_sheet", severity=Severity.WARNING, params={"title": title}))
            continue
        known += 1
        own, wrong = _entries_of_sheet(sheet, iter(rows))
        found += own
        findings += wrong
    if not known:
        raise UserError("register.no_sheets", name=name, sheets=", ".join(sheet_label(sheet.name, "id") for sheet in SHEETS))
    return found, findings


def _pages(content: bytes, name: str) -> list[tuple[str, list[Sequence[object]]]]:
    """Every sheet's title and cells."""
    if len(content) > _MAX_BYTES:
        raise UserError("register.too_large", name=name, megabytes=_MAX_BYTES // 1_000_000)
    pages = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked <= _MAX_UNPACKED_BYTES:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            for page in book.worksheets:
                page.reset_dimensions()
                rows = page.iter_rows(max_col=_MAX_COLUMNS, values_only=True)
                pages.append((page.title, list(islice(rows, _MAX_ROWS + 1))))
            book.close()
    except _BROKEN as error:
        raise UserError("register.not_a_workbook", name=name) from error
    if unpacked > _MAX_UNPACKED_BYTES:
        raise UserError("register.too_large", name=name, megabytes=_MAX_UNPACKED_BYTES // 1_000_000)
    for title, rows in pages:
        if len(rows) > _MAX_ROWS:
            raise UserError("register.too_many_rows", name=name, sheet=title, most=_MAX_ROWS)
    return pages


def _sheet_of(title: str) -> Sheet | None:
    wanted = title.strip().casefold()
    for sheet in SHEETS:
        if wanted in {sheet.name, *(sheet_label(sheet.name, language).casefold() for language in LANGUAGES)}:
            return sheet
    return None


def _entries_of_sheet(sheet: Sheet, rows: Iterator[Sequence[object]]) -> tuple[list[Entry], list[Finding]]:
    columns, findings = _columns_of(sheet, next(rows, ()))
    found: list[Entry] = []
    for number, row in enumerate(rows, start=2):
        written = {column: row[at] if at < len(row) else None for column, at in columns.items()}
        if all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in written.values()):
            continue
        if not found and (missing := _missing_columns(sheet, columns)):
            findings += [Finding(code="missing_column", sheet=sheet.name, column=column) for column in missing]
            return [], findings
        removal = written.pop(REMOVE, None)
        cells = {column: f"{get_column_letter(at + 1)}{number}" for column, at in columns.items()}
        entry, wrong = entry_of(sheet, written, is_removal=_is_yes(removal), row=number, cells=cells)
        found.append(entry)
        findings += wrong
    return found, findings


def _columns_of(sheet: Sheet, header: Sequence[object]) -> tuple[dict[str, int], list[Finding]]:
    """Column to place; a heading that names no column is a finding, and its cells are not read."""
    labels = {
        label.casefold(): column.name for column in sheet.columns
        for label in (column.name, *(column_label(sheet.name, column.name, language) for language in LANGUAGES))
    }
    if sheet is not VILLAGES:
        labels |= {label.casefold(): REMOVE for label in (REMOVE, *(say("register.column.remove", each) for each in LANGUAGES))}
    columns: dict[str, int] = {}
    findings = []
    for at, cell in enumerate(header):
        heading = str(cell or "").split("\n")[0].strip().removesuffix("*").strip()
        if not heading:
            continue
        column = labels.get(heading.casefold())
        if column is None or column in columns:
            code, severity = ("unknown_column", Severity.WARNING) if column is None else ("column_twice", Severity.ERROR)
            cell_at = f"{get_column_letter(at + 1)}1"
            findings.append(Finding(code=code, severity=severity, sheet=sheet.name, row=1, cell=cell_at, value=heading))
            continue
        columns[column] = at
    return columns, findings


def _missing_columns(sheet: Sheet, columns: dict[str, int]) -> list[str]:
    return [name for name in sheet.key if sheet.column(name).needed and name not in columns]


def _is_yes(cell: object) -> bool:
    return str(cell or "").strip().casefold() in {"x", *(say("register.yes", language).casefold() for language in LANGUAGES)}
