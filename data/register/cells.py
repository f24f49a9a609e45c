"""What a cell of the register workbook says, for a column of a kind.

Numbers and dates may be a spreadsheet's own, or typed as people write them: `1.250.000`, `1,250,000`, `85,5`, `85.5`,
`31/12/2027` (day first), `31 Desember 2027`, a bare year. What can be read in two ways is refused, not guessed.
"""
from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime

from data.areas import level, parse_code
from data.importing.dates import MONTHS
from data.messages import LANGUAGES, say
from data.register.entry import Entry, Finding, Value
from data.register.sheets import Column, Kind, Sheet

_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
_GROUPED = re.compile(r"-?\d{1,3}(\.\d{3}){2,}(,\d+)?|-?\d{1,3}(\.\d{3})+,\d+")
_COMMA = re.compile(r"-?\d+,\d+")
_PLAIN = re.compile(r"-?\d+(\.\d+)?")
_TWO_WAYS = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}")
_ENGLISH = re.compile(r"-?\d{1,3}(,\d{3}){2,}(\.\d+)?|-?\d{1,3}(,\d{3})+\.\d+")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_WITH_MONTH = re.compile(r"(\d{1,2})\s+([A-Za-z]+)\s+(\d{4})")
_YES = {"ya", "y", "yes", "true", "benar", "1"}
_NO = {"tidak", "t", "n", "no", "false", "salah", "0"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_PERCENT = {"%", "persen", "percent", "persentase"}
_LONGEST = 2_000


class CellError(ValueError):
    """A cell that says nothing a column could hold; the code is of a finding."""

    def __init__(self, code: str, **params: object):
        super().__init__(code)
        self.code = code
        self.params = params


def entry_of(
    sheet: Sheet, written: Mapping[str, object], *, is_removal: bool = False,
    row: int | None = None, cells: Mapping[str, str] | None = None,
) -> tuple[Entry, list[Finding]]:
    """An entry of what was written into some columns of a sheet, and what could not be read."""
    values: dict[str, Value] = {}
    findings = []
    for name, cell in written.items():
        column = sheet.column(name)
        try:
            values[name] = value_of(column, cell)
        except CellError as error:
            findings.append(Finding(
                code=error.code, sheet=sheet.name, row=row, column=name, cell=(cells or {}).get(name), value=str(cell)[:200],
                params=error.params,
            ))
    unreadable = frozenset(written) - values.keys()
    return Entry(sheet=sheet, values=values, is_removal=is_removal, row=row, cells=cells or {}, unreadable=unreadable), findings


def value_of(column: Column, cell: object) -> Value:
    """The value a cell holds, None when it is empty. Raises `CellError`."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, float) and math.isnan(cell):
        return None
    match column.kind:
        case Kind.NUMBER:
            return _number(cell)
        case Kind.INTEGER:
            number = _number(cell)
            if not number.is_integer():
                raise CellError("not_an_integer", example=column.example)
            return int(number)
        case Kind.DATE:
            return _date(cell, end_of_year=column.end_of_year)
        case Kind.YES_NO:
            return _yes_no(cell)
        case Kind.CHOICE:
            return _choice(column, _text(cell))
        case Kind.CHOICES:
            parts = [part for part in re.split(r"[;\n]", _text(cell)) if part.strip()]
            if len(parts) == 1 and all(part in column.choices for part in parts[0].split()):
                parts = parts[0].split()
            chosen = {_choice(column, part) for part in parts}
            return " ".join(choice for choice in column.choices if choice in chosen)
        case Kind.AREA:
            return _area(column, _text(cell))
        case Kind.ID:
            id = _text(cell).split()[0]
            if not _SLUG.fullmatch(id):
                raise CellError("not_an_id", example=column.example)
            return id
        case Kind.INDICATOR:
            return _text(cell).split()[0]
        case Kind.WORDS:
            if isinstance(cell, date):
                raise CellError("band_is_date")
            return " ".join(_text(cell).split())
        case Kind.UNIT:
            unit = _text(cell)
            return "percent" if unit.casefold() in _PERCENT else unit
        case Kind.TEXT:
            text = _text(cell)
            if len(text) > _LONGEST:
                raise CellError("too_long", longest=_LONGEST)
            return text


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return _CONTROL.sub("", str(cell).replace("\r\n", "\n").replace("\r", "\n")).strip()


def _number(cell: object) -> float:
    if isinstance(cell, bool | date) or (isinstance(cell, float) and math.isinf(cell)):
        raise CellError("not_a_number")
    if isinstance(cell, int | float):
        return float(cell)
    text = re.sub(r"^rp\.?\s*|\s+|%$|,-$", "", str(cell).strip(), flags=re.IGNORECASE)
    if _TWO_WAYS.fullmatch(text):
        fraction = text.replace(".", ",")
        decimal = fraction.rstrip("0").rstrip(",") if fraction.endswith("0") else f"{fraction}0"
        raise CellError("two_ways", thousands=re.sub("[.,]", "", text), decimal=decimal)
    if _ENGLISH.fullmatch(text):
        return float(text.replace(",", ""))
    if _GROUPED.fullmatch(text) or _COMMA.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    if _PLAIN.fullmatch(text):
        return float(text)
    raise CellError("not_a_number")


def _date(cell: object, *, end_of_year: bool) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _text(cell)
    try:
        if re.fullmatch(r"(19|20)\d\d", text):
            return date(int(text), 12, 31) if end_of_year else date(int(text), 1, 1)
        if found := _DAY_FIRST.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if (found := _WITH_MONTH.fullmatch(text)) and found[2].lower() in MONTHS:
            return date(int(found[3]), MONTHS[found[2].lower()], int(found[1]))
        return date.fromisoformat(text[:10])
    except ValueError:
        raise CellError("not_a_date") from None


def _yes_no(cell: object) -> bool:
    text = str(cell).strip().lower() if isinstance(cell, bool) else _text(cell).lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise CellError("not_yes_no")


def _choice(column: Column, text: str) -> str:
    wanted = text.strip().casefold()
    for choice in column.choices:
        if wanted == choice or any(wanted == say(f"register.choice.{choice}", language).casefold() for language in LANGUAGES):
            return choice
    raise CellError("not_a_choice", choices="; ".join(say(f"register.choice.{choice}", "id") for choice in column.choices))


def _area(column: Column, text: str) -> str:
    """The code at the start of the cell; a name may follow it."""
    code = parse_code(text.split()[0])
    if code is None or level(code) != column.at:
        raise CellError("not_an_area", example=column.example)
    return code
