"""Which delimiter, quote and escape a text table was written with."""
from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

from data.reading import patterns

SAMPLE_BYTES = 64_000
DELIMITERS = (",", ";", "\t", "|")
NO_DELIMITER = "\x1f"      # what a table with one column is read with: a character that no text has
_SEPARATOR_LINE = re.compile(r'^\s*"?sep=([,;|:~^\t ])"?\s*$', re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """`delimiter` is '' for one column, or one character and a blank where each cell has a blank before its quote;
    `quote` and `escape` are None where the sample has none."""

    delimiter: str
    quote: str | None = '"'
    escape: str | None = None

    @property
    def separator(self) -> str:
        return self.delimiter[:1] or NO_DELIMITER

    @property
    def is_spaced(self) -> bool:
        return len(self.delimiter) == 2


def settle(sample: str, is_whole: bool) -> Dialect:
    """The dialect under which the sample looks most like a table: rows of one width, cells that are clean values."""
    first = sample.lstrip("\r\n").split("\n", 1)[0]
    if match := _SEPARATOR_LINE.match(first.rstrip("\r")):
        return _finish(Dialect(delimiter=match.group(1)), sample)
    best, highest = Dialect(delimiter=""), 0.3
    for delimiter in DELIMITERS:
        if delimiter not in sample:
            continue
        plain, *variants = _variants(delimiter, sample)
        fit, score = _fit(_rows(sample, plain, is_whole), delimiter)
        if score > highest + 0.01:
            best, highest = plain, score
        for variant in variants:
            better, score = _fit(_rows(sample, variant, is_whole), delimiter)
            if (better > fit + 0.001 or (variant.is_spaced and better == fit)) and score > highest - 0.01:
                best, highest = variant, score
    return _finish(best, sample)


def _rows(sample: str, dialect: Dialect, is_whole: bool) -> list[list[str]]:
    """The sample's rows; the last is dropped where the sample was cut off."""
    rows = list(csv.reader(
        io.StringIO(sample.replace("\0", ""), newline=""), delimiter=dialect.separator, quotechar=dialect.quote or '"',
        escapechar=dialect.escape, doublequote=dialect.escape is None, skipinitialspace=dialect.is_spaced,
    ))
    return rows if is_whole or len(rows) < 2 else rows[:-1]


def _variants(delimiter: str, sample: str) -> list[Dialect]:
    variants = [Dialect(delimiter=delimiter)]
    bound = re.escape(delimiter)
    if delimiter != "\t" and re.search(rf'{bound} "', sample):
        variants.append(Dialect(delimiter=f"{delimiter} "))
    if f"\\{delimiter}" in sample or re.search(rf'[^"]\\"(?![^\S\r\n]*(?:{bound}|[\r\n]|$))', sample):
        variants.append(Dialect(delimiter=delimiter, escape="\\"))
    if len(re.findall(rf"(?:^|{bound})[^\S\r\n]*'[^'\r\n]*'(?={bound}|[\r\n]|$)", sample, re.MULTILINE)) >= 2:
        variants.append(Dialect(delimiter=delimiter, quote="'"))
    return variants


def _fit(rows: list[list[str]], delimiter: str) -> tuple[float, float]:
    """How well rows agree on a width above one; and that times the share of cells that are clean values."""
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        return 0.0, 0.0
    width, count = max(Counter(map(len, rows)).items(), key=lambda item: (item[1], item[0]))
    if width == 1:
        return 0.0, 0.0
    cells = [cell for row in rows if len(row) == width for cell in row]
    others = [other for other in DELIMITERS if other != delimiter]
    clean = sum(_is_clean(cell, others) for cell in cells) / len(cells)
    if count == len(rows) > 2:
        clean = max(clean, 0.8)      # every row agrees, the header too: words with other delimiters inside matter less
    fit = count / len(rows) * (1 - 1 / width)
    return fit, clean * max(fit, 0.35 if all(len(row) > 1 for row in rows) else 0.0)


def _is_clean(cell: str, others: list[str]) -> bool:
    """Whether a cell is one thing: nothing, a number, a date, or words without another delimiter inside."""
    text = cell.strip()
    if not text or patterns.is_value(text):
        return True
    if text.count('"') % 2:
        return False
    return not any(other in text and (other != "," or re.search(r",\S", text)) for other in others)


def _finish(dialect: Dialect, sample: str) -> Dialect:
    quote = dialect.quote if dialect.quote and dialect.quote in sample else None
    if dialect.is_spaced:
        rows = _rows(sample, Dialect(delimiter=dialect.delimiter[0]), is_whole=True)
        later = [cell for row in rows for cell in row[1:] if cell]
        if sum(cell.startswith(" ") for cell in later) < 0.95 * len(later):
            return Dialect(delimiter=dialect.delimiter[0], quote=quote)
    return Dialect(delimiter=dialect.delimiter, quote=quote, escape=dialect.escape)
