"""Figures as a snapshot prints them: those of `data.formats`, shorter where a table needs it."""
from __future__ import annotations

from datetime import date, datetime

from data import formats
from data.formats import NONE, SHARE
from data.messages import Language, say

MINUS = "\N{MINUS SIGN}"


def value(x: float | None, unit: str, language: Language) -> str:
    """`62,4 %`, `Rp 1.250.000`, `71,3`; the words of the unit stand beside the indicator's name."""
    return formats.amount(x, unit, language)


def span(lower: float | None, upper: float | None, unit: str, language: Language) -> str:
    """Both ends of an interval with the unit once: `58,1–66,7 %`; without one where every unit was asked."""
    if lower is None or upper is None:
        return NONE
    if lower == upper:
        return say("snapshot.census", language)
    first, last = formats.amount(lower, unit, language), formats.amount(upper, unit, language)
    if lower < 0 or upper < 0:
        return f"{first} {say('snapshot.to', language)} {last}"
    return f"{first.rstrip('%').rstrip()}–{last.removeprefix('Rp').lstrip()}"


def change_span(lower: float | None, upper: float | None, unit: str, language: Language) -> str:
    """The interval of a difference, with signs and without its unit: `+2,0 sampai +14,2`."""
    if lower is None or upper is None:
        return NONE
    words = say("format.points", language) if unit == SHARE else formats.unit_words(unit, language)
    ends = [formats.change(end, unit, language).removesuffix(words).rstrip() for end in (lower, upper)]
    return f"{ends[0]} {say('snapshot.to', language)} {ends[1]}"


def tick(x: float, unit: str, language: Language) -> str:
    """A mark of an axis, as short as it can be: `40 %`, `1,5 jt`."""
    if unit == SHARE:
        return formats.amount(x, unit, language, decimals=0)
    if unit.startswith("rp") and x >= 1e5:
        return say("snapshot.million", language, number=formats.number(x / 1e6, language, decimals=0 if x % 1e6 == 0 else 1))
    return formats.number(x, language, decimals=0 if float(x).is_integer() else 1 if abs(x) >= 1 else 2)


def whole(x: float | None, language: Language) -> str:
    return formats.number(x, language)


def percent(share: float | None, language: Language) -> str:
    return formats.amount(share, SHARE, language, decimals=0)


def day(on: str | None, language: Language) -> str:
    """`3 Agustus 2026`, from ISO text."""
    return formats.day(_date(on), language)


def month(on: str | None, language: Language) -> str:
    """`Agu 2026`, from ISO text."""
    return formats.month(_date(on), language)


def _date(on: str | None) -> date | None:
    return None if on is None else datetime.fromisoformat(on).date()
