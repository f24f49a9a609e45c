"""A text table cut into cells with care: for its first rows, and for rows that Arrow could not fit to the columns."""
from __future__ import annotations

import re
from functools import cache

from data.reading.dialect import Dialect


def records(text: str, dialect: Dialect, *, most: int | None = None, is_lenient: bool = False) -> list[list[str]]:
    """The rows of a text, at most `most`; an empty line is an empty row."""
    return [row for row, _ in _scan(text, dialect, most, is_lenient)]


def _scan(text: str, dialect: Dialect, most: int | None, is_lenient: bool) -> list[tuple[list[str], bool]]:
    """The rows of a text, and whether each is free of stray quotes.

    A quote that opens no cell, or that nothing closes before a delimiter, is a character like others. With `is_lenient` a
    quoted cell goes on until a quote before a delimiter, over quotes that somebody forgot to double. Blanks around a
    quoted cell are not part of it.
    """
    pattern = _cell(dialect.separator, dialect.quote or '"', dialect.escape, is_lenient)
    quote, escape = dialect.quote or '"', dialect.escape
    rows: list[tuple[list[str], bool]] = []
    row: list[str] = []
    is_clean = True
    position, size = 0, len(text)
    while position <= size and (most is None or len(rows) < most):
        match = pattern.match(text, position)
        assert match is not None, "an empty cell always matches"
        quoted, plain = match.group("quoted"), match.group("plain")
        cell = plain if quoted is None else quoted
        is_clean = is_clean and (quoted is not None or not plain.lstrip().startswith(quote))
        if escape:
            cell = _unescaped(cell, escape)
        elif quoted is not None:
            cell = cell.replace(quote * 2, quote)
        row.append(cell)
        position = match.end()
        if text.startswith(dialect.separator, position):
            position += len(dialect.separator)
            continue
        rows.append(([] if row == [""] else row, is_clean))
        row, is_clean = [], True
        position += 2 if text.startswith("\r\n", position) else 1
        if position == size:
            break
    return rows


def fitted(text: str, dialect: Dialect, width: int) -> list[list[str] | None]:
    """The rows of a piece of a text; None for one whose quotes make no sense."""
    strict = _scan(text, dialect, None, is_lenient=False)
    if all(is_clean for _, is_clean in strict):
        return [_without_surplus(row, width) for row, _ in strict]
    lenient = records(text, dialect, is_lenient=True)
    if all(len(row) == width for row in lenient):
        return list(lenient)
    return [row if is_clean or len(row) == width else None for row, is_clean in strict]


def _without_surplus(row: list[str], width: int) -> list[str]:
    """Empty cells beyond the columns are nothing."""
    while len(row) > width and not row[-1].strip():
        row = row[:-1]
    return row


@cache
def _cell(separator: str, quote: str, escape: str | None, is_lenient: bool) -> re.Pattern[str]:
    bound, mark = re.escape(separator), re.escape(quote)
    blank = r"[^\S\r\n\t]*+" if separator == "\t" else r"[^\S\r\n]*+"
    end = rf"{blank}(?={bound}|\r|\n|\Z)"
    if escape:
        slash = re.escape(escape)
        inside, outside = rf"(?:[^{mark}{slash}]|{slash}.)*+", rf"(?:[^{bound}{slash}\r\n]|{slash}.|{slash}\Z)*+"
    elif is_lenient:
        inside, outside = rf"(?:[^{mark}\r\n]|{mark}{mark}(?!{end})|{mark}(?!{end}))*+", rf"[^{bound}\r\n]*+"
    else:
        inside, outside = rf"(?:[^{mark}]|{mark}{mark})*+", rf"[^{bound}\r\n]*+"
    return re.compile(rf"{blank}{mark}(?P<quoted>{inside}){mark}{end}|(?P<plain>{outside})", re.DOTALL)


def _unescaped(text: str, escape: str) -> str:
    return re.sub(rf"{re.escape(escape)}(.)", r"\1", text, flags=re.DOTALL)
