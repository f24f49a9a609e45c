"""Where the header is: below title rows, in one row or several, above a row of HXL tags.

What decides is the shape of the rows: a header is a row of words, about as wide as the table, above rows that look
different from it. Nothing here knows survey tools or languages.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from data.reading import patterns
from data.reading.table import LeftOut

HEAD_ROWS = 120       # rows of a file that are looked at for its header
_SEARCHED = 40        # rows in which a header may begin
_TAGGED = 25          # rows in which HXL tags may stand
_DEEPEST = 6          # rows that a header may have
_YEAR = re.compile(r"^\s*(?:19|20)\d\d\s*$")
_COLUMN_NUMBER = re.compile(r"^\s*\(?(\d{1,3})\)?\s*$")

Row = Sequence[str | None]
Merge = tuple[int, int, int, int]      # top, left, bottom, right of merged cells, 0-based and inclusive


@dataclass(frozen=True, kw_only=True)
class Header:
    """`texts` of the columns; `first` and `last` are the 0-based rows it stands in, `body` the first row below it and
    below what belongs to it. Without a header `texts` is empty and first = last = -1."""

    texts: tuple[str, ...]
    first: int
    last: int
    body: int
    left_out: tuple[LeftOut, ...] = ()


def find(rows: Sequence[Row], *, number: int = 1, merges: Sequence[Merge] = ()) -> Header:
    """The header of the table at the top of `rows`; `number` is the file's row number of the first of them, `merges` are
    cells merged in the file, where that is known, counted from the first of `rows`."""
    filled = [[index for index, cell in enumerate(row) if cell and cell.strip()] for row in rows]
    full = [index for index, cells in enumerate(filled) if cells]
    if not full:
        return Header(texts=(), first=-1, last=-1, body=len(rows), left_out=_left(range(len(rows)), rows, number))
    tags = next((index for index in full if index < _TAGGED and _is_tagged(rows[index], filled[index])), None)
    if tags is not None:
        above = [index for index in full if index < tags]
        first = last = above[-1] if above else tags
    else:
        first, last = _search(rows, filled, full, merges)
    if first < 0:
        return Header(texts=(), first=-1, last=-1, body=full[0], left_out=_left(range(full[0]), rows, number))
    texts = _texts(rows, first, last, merges)
    left_out = list(_left(range(first), rows, number))
    left_out += [LeftOut(row=number + index, reason="header") for index in range(first, last)]
    body = last + 1
    if tags is not None and tags != last:
        left_out += _left(range(last + 1, tags), rows, number)
        left_out.append(LeftOut(row=number + tags, reason="hxl_tags"))
        body = tags + 1
    elif body < len(rows) and _numbers_columns(rows[body], filled[body], len(texts)):
        left_out.append(LeftOut(row=number + body, reason="column_numbers"))
        body += 1
    return Header(texts=texts, first=first, last=last, body=body, left_out=tuple(left_out))


def _left(indexes: range, rows: Sequence[Row], number: int) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(row=number + index, reason="title" if any(cell and cell.strip() for cell in rows[index]) else "empty")
        for index in indexes
    )


def _is_tagged(row: Row, filled: list[int]) -> bool:
    return sum(patterns.is_tag(row[index] or "") for index in filled) * 2 >= len(filled)


def _search(
    rows: Sequence[Row], filled: list[list[int]], full: list[int], merges: Sequence[Merge],
) -> tuple[int, int]:
    """First and last row of the header, (-1, -1) where there is none."""
    widths = sorted(len(filled[index]) for index in full)
    width = widths[len(widths) // 2] if len(full) > 2 else widths[-1]
    for position, index in enumerate(full[:_SEARCHED]):
        cells = filled[index]
        if 2 * len(cells) < width or len(cells) == 1 < width:
            continue
        if not _is_worded(rows[index], cells):
            return -1, -1
        below = full[position + 1 :]
        last = _last_row(rows, filled, index, below, merges)
        rest = [later for later in below if later > last]
        if last > index:
            return index, last
        evidence = _evidence(rows, index, cells, rest)
        if 4 * len(cells) < 3 * width and any(
            len(filled[later]) > len(cells) and _is_worded(rows[later], filled[later])
            and _evidence(rows, later, filled[later], rest[place + 1 :]) > max(evidence, 0)
            for place, later in enumerate(rest[:3])
        ):
            continue
        return (index, index) if evidence >= 0 else (-1, -1)
    return -1, -1


def _is_worded(row: Row, cells: list[int]) -> bool:
    return 5 * len(_headings(row, cells)) >= 3 * len(cells)


def _headings(row: Row, cells: list[int]) -> set[int]:
    """The cells that can be headings: words, years, and beside words numbers that count up (questions 1, 2, 3) and
    different dates (months)."""
    texts = {index: (row[index] or "").strip() for index in cells}
    found = {index for index, text in texts.items() if not patterns.is_value(text) or _YEAR.match(text)}
    if not any(not patterns.is_value(text) for text in texts.values()):
        return found
    numbered = [index for index, text in texts.items() if text.isdecimal()]
    for run in zip(numbered, numbered[1:], numbered[2:], strict=False):
        first, second, third = (int(texts[index]) for index in run)
        if second == first + 1 and third == second + 1:
            found |= set(run)
    dates = {index: text for index, text in texts.items() if patterns.is_date(text)}
    return found | set(dates) if len(set(dates.values())) == len(dates) > 1 else found


def _column(rows: Sequence[Row], column: int, below: list[int]) -> list[str]:
    cells = (rows[index][column] if column < len(rows[index]) else None for index in below[:30])
    return [cell for cell in cells if cell is not None and not patterns.is_missing(cell)]


def _is_of_values(values: list[str]) -> bool:
    return bool(values) and 5 * sum(map(patterns.is_value, values)) >= 4 * len(values)


def _evidence(rows: Sequence[Row], index: int, cells: list[int], below: list[int]) -> int:
    """What the rows below say for a header (words above values) less what they say against it: values above values, or,
    in most columns, an answer that others gave too. The same row again is a header repeated."""
    if len(cells) > 1:
        below = [later for later in below if rows[later] != rows[index]]
    evidence = compared = given = 0
    headings = _headings(rows[index], cells)
    for column in cells:
        values = _column(rows, column, below)
        text = rows[index][column] or ""
        if not values or patterns.is_missing(text):
            continue
        if _is_of_values(values):
            is_same = patterns.is_date(text) and any(map(patterns.is_date, values))
            evidence += 2 if not patterns.is_value(text) else 0 if column in headings and not is_same else -2
        elif len(values) > 1:
            compared += 1
            given += text in values
    return evidence - (given if 2 * given > compared else 0)


def _last_row(
    rows: Sequence[Row], filled: list[list[int]], first: int, below: list[int], merges: Sequence[Merge],
) -> int:
    """The last row of a header that begins in row `first`. A heading merged downwards reaches to its last row."""
    last = max([first, *(bottom for top, _, bottom, _ in merges if top == first and bottom - top < _DEEPEST)])
    if last > first:
        return last
    for position, index in enumerate(below[:_DEEPEST]):
        if index != last + 1 or not _continues(rows, filled, last, index, below[position + 1 :]):
            break
        last = index
    return last


def _continues(rows: Sequence[Row], filled: list[list[int]], above: int, index: int, below: list[int]) -> bool:
    """Whether row `index` is one more row of the header: words only, over columns of values, or under a heading that
    spans several columns while other headings reach down over it."""
    cells = filled[index]
    if _numbers_columns(rows[index], cells, len(rows[index])):
        return False
    if any(patterns.is_value(rows[index][column] or "") or patterns.is_missing(rows[index][column]) for column in cells):
        return False
    if not below:
        return False
    over_values = sum(
        len(values) > 1 and _is_of_values(values) for values in (_column(rows, column, below) for column in cells)
    )
    spanned = [column for column in cells if column not in filled[above] and any(left < column for left in filled[above])]
    reaching = [column for column in filled[above] if column not in cells]
    if over_values and (2 * over_values >= len(cells) or spanned):
        return True
    return bool(spanned and reaching and len(filled[below[0]]) > len(cells))


def _texts(rows: Sequence[Row], first: int, last: int, merges: Sequence[Merge]) -> tuple[str, ...]:
    """The heading of each column.

    A heading that spans columns is written once, over the first of them: it is carried to the right as long as a lower
    row has words. Where the first row already names every column, it alone is the header: names above labels.
    """
    width = max(len(row) for row in rows[first : last + 1])
    grid = [[_clean(row[column]) if column < len(row) else "" for column in range(width)] for row in rows[first : last + 1]]
    spans = [merge for merge in merges if first <= merge[0] <= last and merge[3] > merge[1]]
    for top, left, _, right in spans:
        if last > first and left < width:
            grid[top - first][left : right + 1] = [grid[top - first][left]] * (min(right + 1, width) - left)
    named = [text for text in grid[0] if text]
    if last > first and len(set(named)) == len(named) == sum(map(any, zip(*grid, strict=True))):
        return tuple(grid[0])
    for level, row in enumerate(grid[:-1] if not spans else []):
        lower = grid[level + 1 :]
        for column in range(1, width):
            carries = any(under[column] for under in lower) and any(under[column - 1] for under in lower)
            if not row[column] and row[column - 1] and carries:
                row[column] = row[column - 1]
    return tuple(" ".join(dict.fromkeys(text for text in column if text)) for column in zip(*grid, strict=True))


def _clean(cell: str | None) -> str:
    return " ".join((cell or "").split())


def _numbers_columns(row: Row, cells: list[int], width: int) -> bool:
    """Whether a row only counts the columns: (1), (2), (3) or 1, 2, 3, 4 over the whole width."""
    found = [_COLUMN_NUMBER.match(row[index] or "") for index in cells]
    numbers = [int(match.group(1)) for match in found if match]
    bracketed = all((row[index] or "").strip().startswith("(") for index in cells)
    return (
        len(numbers) == len(cells) >= (2 if bracketed else 4)
        and 5 * len(cells) >= 4 * width
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        and numbers[0] == 1
    )
