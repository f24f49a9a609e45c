"""What somebody writes into the register, before it is checked: entries, and what was found wrong with them."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from data.formats import day
from data.importing.finding import Severity
from data.messages import Language, has, say
from data.register.sheets import Column, Sheet

Value = str | float | int | bool | date | None
Record = Mapping[str, Value]
_ISO_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


class Choice(str):
    """A stored choice among the parameters of a finding: its message names it in the reader's words."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One problem. `code` is a message `register.finding.<code>`; `sheet`, `row`, `column` and `cell` are as the workbook
    names them, None when the entry does not come from a workbook."""

    code: str
    severity: Severity = Severity.ERROR
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    cell: str | None = None
    value: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)

    def what(self, language: Language) -> str:
        """What is wrong and what to do, where the place is plain to see."""
        column = None if self.column is None else column_label(self.sheet or "", self.column, language)
        params = {name: _said(name, value, language) for name, value in self.params.items()}
        said = say(f"register.finding.{self.code}", language, column=column, value=_as_day(self.value, language), **params)
        return said[:1].upper() + said[1:]

    def message(self, language: Language) -> str:
        """Where, what is wrong, what to do."""
        what = self.what(language)
        if self.sheet is None:
            return what
        what = what[:1].lower() + what[1:]
        # The sheets of a workbook have Indonesian names, whatever its reader's language.
        names = dict.fromkeys((sheet_label(self.sheet, "id"), sheet_label(self.sheet, language)))
        sheet = " / ".join(names)
        if self.row is None:
            return say("register.finding_in_sheet", language, sheet=sheet, what=what)
        return say("register.finding_at", language, sheet=sheet, row=self.row, cell=self.cell or "", what=what)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One record as somebody wrote it. Only the columns that were there are in `values`; None empties a column.

    `row` and `cells` (column to address) say where it stands in a workbook; `unreadable` columns held what no value is.
    """

    sheet: Sheet
    values: Record
    is_removal: bool = False
    row: int | None = None
    cells: Mapping[str, str] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[Value, ...]:
        return tuple(self.values.get(name) for name in self.sheet.key)

    @property
    def has_key(self) -> bool:
        return all(self.values.get(name) is not None for name in self.sheet.key if self.sheet.column(name).needed)

    def finding(self, code: str, column: str | None = None, *, severity: Severity = Severity.ERROR, **params: object) -> Finding:
        value = self.values.get(column) if column else None
        return Finding(
            code=code, severity=severity, sheet=self.sheet.name, row=self.row, column=column,
            cell=self.cells.get(column) if column else None, value=None if value is None else str(value), params=params,
        )


def record_label(key: tuple[Value, ...]) -> str:
    """A record's key as people read it, and as the history keeps it."""
    return " / ".join("" if part is None else str(part) for part in key)


def sheet_label(sheet: str, language: Language) -> str:
    return say(f"register.sheet.{sheet}", language)


def column_label(sheet: str, column: str, language: Language) -> str:
    """A column's heading: its own in this sheet where it has one, else the one shared by all sheets."""
    own = f"register.column.{sheet}.{column}"
    return say(own if has(own, language) else f"register.column.{column}", language)


def shown(column: Column, value: Value, language: Language) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return say("register.yes" if value else "register.no", language)
    if column.choices:
        return "; ".join(say(f"register.choice.{choice}", language) for choice in str(value).split())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _said(name: str, value: object, language: Language) -> object:
    """A parameter of a finding as people read it; a term without a first or last day says so."""
    if isinstance(value, Choice):
        return say(f"register.choice.{value}", language)
    if isinstance(value, date):
        return day(value, language)
    return say(f"register.without.{name}", language) if value is None else value


def _as_day(value: str | None, language: Language) -> str | None:
    """A found value, a day in words."""
    return day(date.fromisoformat(value), language) if value and _ISO_DAY.fullmatch(value) else value
