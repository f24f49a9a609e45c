"""A row of a text table that Arrow could not fit to the columns, read once more with care."""
from __future__ import annotations

import re
from functools import cache

from data.reading.dialect import Dialect

_MOST_LINES = 1_000


def rows(text: str, dialect: Dialect, width: int) -> list[list[str] | None]:
    """The rows a piece of text holds; None for one whose quotes cannot be made sense of.

    A quote that opens no field, or that nothing closes before a delimiter, is a character like others. Where such a
    quote swallowed line ends, the lines are read as rows of their own if that gives each of them its cells.
    """
    whole = cells(text, dialect)
    if len(whole) == width or "\n" not in text and "\r" not in text:
        return [_fitted(whole, dialect, width)]
    lines = re.split(r"\r\n|\n|\r", text)
    apart = [_fitted(cells(line, dialect), dialect, width) for line in lines[:_MOST_LINES]]
    if len(lines) <= _MOST_LINES and all(row is not None and len(row) == width for row in apart):
        return list(apart)
    return [_fitted(whole, dialect, width)]


def cells(text: str, dialect: Dialect) -> list[str]:
    """The cells of one row. Blanks around a quoted cell are not part of it."""
    quote, escape = dialect.quote or '"', dialect.escape
    found: list[str] = []
    position = 0
    pattern = _pattern(dialect.separator, quote, escape)
    while True:
        match = pattern.match(text, position)
        if match is None:
            raise AssertionError("the pattern matches the empty cell")
        quoted, plain = match.group("quoted"), match.group("plain")
        if quoted is not None:
            found.append(quoted.replace(quote * 2, quote) if not escape else _unescaped(quoted, escape))
        else:
            found.append(_unescaped(plain, escape) if escape else plain)
        position = match.end()
        if position >= len(text):
            return found
        position += 1
        if position == len(text):
            return [*found, ""]


@cache
def _pattern(separator: str, quote: str, escape: str | None) -> re.Pattern[str]:
    bound, mark = re.escape(separator), re.escape(quote)
    blank = r"[^\S\r\n]*+" if separator != "\t" else " *+"
    if escape:
        slash = re.escape(escape)
        inside, outside = rf"(?:[^{mark}{slash}]|{slash}.)*+", rf"(?:[^{bound}{slash}]|{slash}.)*+"
    else:
        inside, outside = rf"(?:[^{mark}]|{mark}{mark})*+", rf"[^{bound}]*+"
    return re.compile(
        rf"{blank}{mark}(?P<quoted>{inside}){mark}{blank}(?={bound}|\Z)|(?P<plain>{outside}{slash_end(escape)})", re.DOTALL,
    )


def slash_end(escape: str | None) -> str:
    """An escape that nothing follows stands for itself."""
    return rf"{re.escape(escape)}?" if escape else ""


def _unescaped(text: str, escape: str) -> str:
    return re.sub(rf"{re.escape(escape)}(.)", r"\1", text, flags=re.DOTALL)


def _fitted(row: list[str], dialect: Dialect, width: int) -> list[str] | None:
    """The row without empty cells beyond the columns; None where stray quotes left it with the wrong number of cells."""
    while len(row) > width and not row[-1].strip():
        row = row[:-1]
    mark = dialect.quote or '"'
    if len(row) != width and any(cell.count(mark) % 2 for cell in row):
        return None
    return row
