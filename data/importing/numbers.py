"""Numbers as people in Indonesia type them: `1.250.000`, `Rp 1.500.000,-`, `1,5 jt`, `750rb`.

A point or a comma can part decimals or thousands. Which one is decided from all values of a column: some values can be
read in one way only, and they decide for the rest. A value that fits both, in a column where nothing decides, is not guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Notation(StrEnum):
    COMMA = "comma"  # 1.234,56
    POINT = "point"  # 1,234.56


SCALES = {
    "rb": 1e3,
    "ribu": 1e3,
    "jt": 1e6,
    "juta": 1e6,
    "miliar": 1e9,
    "milyar": 1e9,
    "mlyr": 1e9,
    "triliun": 1e12,
    "trilyun": 1e12,
}
_PERSONS = r"(?:orang|org|jiwa)"
_DECORATED = re.compile(
    rf"^(?P<rupiah>rp\.?|idr)?\s*(?P<sign>[-+])?\s*(?P<rupiah2>rp\.?|idr)?\s*(?P<number>\d[\d.,  ]*?|[.,]\d+)\s*"
    rf"(?P<scale>{'|'.join(SCALES)})?\.?\s*(?:rupiah)?(?P<sen>[,.]\s?-+)?\s*(?:{_PERSONS})?$",
    re.IGNORECASE,
)
_SUM = re.compile(rf"^(?:rp\.?\s*)?((?:\d+(?:[.,]\d+)?\s*(?:{'|'.join(SCALES)})\s*){{2,}})(?:rupiah)?$", re.IGNORECASE)
_EXPONENT = re.compile(r"^[-+]?\d(?:\.\d+)?[eE][-+]?\d{1,2}$")

_WHOLE = re.compile(r"\d+")
_SPACED = re.compile(r"\d{1,3}(?: \d{3})+")
_ONLY_POINT = re.compile(
    r"0?\.\d+|0+\.\d+|\d+\.(?:\d{1,2}|\d{4,})|\d{4,}\.\d+|[1-9]\d{0,2}(?:,\d{3})+\.\d+|[1-9]\d{0,2}(?:,\d{3}){2,}|\d+\."
)
_ONLY_COMMA = re.compile(
    r"0?,\d+|0+,\d+|\d+,(?:\d{1,2}|\d{4,})|\d{4,},\d+|[1-9]\d{0,2}(?:\.\d{3})+,\d+|[1-9]\d{0,2}(?:\.\d{3}){2,}|\d+,"
)
_EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")


@dataclass(frozen=True)
class Problem:
    """Why a text could not be read: a finding's code and its parameters."""

    code: str
    params: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class _Parts:
    number: str
    scale: float = 1.0
    is_negative: bool = False
    is_rupiah: bool = False


def plain(text: str) -> str:
    """Without what a keyboard or a spreadsheet adds: wide digits, odd minus signs and spaces, a leading apostrophe."""
    text = unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-")
    return " ".join(text.split()).lstrip("'")


def _parts(text: str) -> _Parts | None:
    match = _DECORATED.match(text)
    if not match:
        return None
    scale = match["scale"]
    return _Parts(
        number=match["number"].strip(),
        scale=SCALES[scale.lower()] if scale else 1.0,
        is_negative=match["sign"] == "-",
        is_rupiah=bool(match["rupiah"] or match["rupiah2"] or match["sen"]),
    )


def evidence(texts: Iterable[str]) -> set[Notation]:
    """The notations that some of the texts prove."""
    proved: set[Notation] = set()
    for text in texts:
        parts = _parts(plain(text))
        if parts is None:
            continue
        if _ONLY_POINT.fullmatch(parts.number):
            proved.add(Notation.POINT)
        elif _ONLY_COMMA.fullmatch(parts.number):
            proved.add(Notation.COMMA)
        elif parts.is_rupiah and _EITHER.fullmatch(parts.number):
            proved.add(_grouping(parts.number))
    return proved


def fits_both(text: str) -> bool:
    """Whether a text is a number in both notations, and not the same one."""
    parts = _parts(plain(text))
    return parts is not None and not parts.is_rupiah and bool(_EITHER.fullmatch(parts.number))


def read(text: str, notation: Notation | None, *, is_whole: bool = False) -> float | int | Problem:
    """The number a text stands for; `notation` is the column's, None where nothing decided.

    What a text proves about itself goes before the column's notation. Whole numbers come back as int; among them
    `1.250` can only have its point between thousands.
    """
    text = plain(text)
    if is_whole and notation is None and fits_both(text):
        parts = _parts(text)
        if parts is not None and parts.scale == 1:
            notation = _grouping(parts.number)
    value = _read(text, notation)
    if isinstance(value, Problem) or not is_whole:
        return value
    if value != int(value):
        return Problem("not_whole")
    return int(value) if abs(value) < 2**63 else Problem("not_number")


def _grouping(number: str) -> Notation:
    """The notation in which the mark in `1.250` or `1,250` parts thousands."""
    return Notation.COMMA if "." in number else Notation.POINT


def _read(text: str, notation: Notation | None) -> float | Problem:
    if _EXPONENT.match(text):
        return float(text)
    if total := _SUM.match(text):
        pieces = re.findall(r"(\d+(?:[.,]\d+)?)\s*([a-z]+)", total[1].lower())
        return round(sum(float(number.replace(",", ".")) * SCALES[scale] for number, scale in pieces), 6)
    parts = _parts(text)
    if parts is None:
        return Problem("not_number")
    number = parts.number
    if _WHOLE.fullmatch(number) or _SPACED.fullmatch(number):
        digits = number.replace(" ", "")
        if len(digits) > 1 and digits[0] == "0" and len(digits) >= 9:
            return Problem("not_number")
        value = float(int(digits))
    elif _ONLY_POINT.fullmatch(number):
        value = _decimal(number, Notation.POINT)
    elif _ONLY_COMMA.fullmatch(number):
        value = _decimal(number, Notation.COMMA)
    elif _EITHER.fullmatch(number):
        if parts.is_rupiah:
            notation = _grouping(number)
        if notation is None:
            whole = number.replace(".", "").replace(",", "")
            return Problem("two_numbers", (("first", whole), ("second", number.replace(",", "."))))
        value = _decimal(number, notation)
    else:
        return Problem("not_number")
    value = value * parts.scale if parts.scale == 1 else round(value * parts.scale, 6)
    return -value if parts.is_negative else value


def _decimal(number: str, notation: Notation) -> float:
    if notation is Notation.COMMA:
        return float(number.replace(".", "").replace(",", "."))
    return float(number.replace(",", ""))
