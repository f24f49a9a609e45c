"""Numbers, units and dates as people read them: 1.250.000; 45,3 %; Rp 1.250.000; 12 Maret 2025.

For every reader of results: pages, snapshots, commands. A missing number or date is a dash.
"""
from __future__ import annotations

import math
from datetime import date
from functools import cache

import pandas as pd
from babel import Locale
from babel.dates import format_date
from babel.numbers import NumberPattern, format_decimal, parse_pattern

from data.messages import Language, has, say

SHARE, SCORE = "share", "score_100"
NONE = "–"
_SPACE = "\u00a0"  # a number and its unit stay on one line


def number(x: float | None, language: Language, *, decimals: int = 0) -> str:
    """A number with exactly so many decimals; what rounds to zero has no sign."""
    if _is_missing(x):
        return NONE
    assert x is not None
    text = str(format_decimal(abs(round(x, decimals)), format=_pattern(decimals), locale=_locale(language)))
    return f"−{text}" if round(x, decimals) < 0 else text


def amount(x: float | None, unit: str, language: Language, *, decimals: int | None = None) -> str:
    """A number in its unit, without the words that follow it: `45,3 %` of a share (0 to 1), `Rp 1.250.000`, `63,4`."""
    if _is_missing(x):
        return NONE
    assert x is not None
    if unit == SHARE:
        percent = number(x * 100, language, decimals=1 if decimals is None else decimals)
        return f"{percent}{_SPACE}%" if language == "id" else f"{percent}%"
    if _is_money(unit):
        # Beyond five figures the thousands are noise of the sample; the exact number is in the downloads.
        rounded = round(x, -3) if abs(x) >= 100_000 else round(x)
        return f"{'−' if rounded < 0 else ''}Rp{_SPACE}{number(abs(rounded), language)}"
    return number(x, language, decimals=_decimals(x, unit) if decimals is None else decimals)


def value(x: float | None, unit: str, language: Language) -> str:
    """A number in its unit, with the words that follow it: `Rp 1.250.000 per bulan`."""
    words = unit_words(unit, language)
    text = amount(x, unit, language)
    return f"{text}{_SPACE}{words}" if words and text != NONE else text


def unit_words(unit: str, language: Language) -> str:
    """What follows a number of this unit; a unit of somebody's own instrument speaks for itself."""
    if unit == SHARE:
        return ""
    key = f"unit.{unit}"
    return say(key, language) if has(key, language) else unit


def change(x: float | None, unit: str, language: Language) -> str:
    """A difference with its sign; of shares, in percentage points."""
    if _is_missing(x):
        return NONE
    assert x is not None
    return f"{'+' if x > 0 else '−' if x < 0 else ''}{distance(x, unit, language)}"


def distance(x: float | None, unit: str, language: Language) -> str:
    """How far apart, without a sign, such as a standard error; of shares, in percentage points."""
    if _is_missing(x):
        return NONE
    assert x is not None
    if unit == SHARE:
        return f"{number(abs(x) * 100, language, decimals=1)}{_SPACE}{say('format.points', language)}"
    if unit == SCORE:
        return f"{amount(abs(x), unit, language)}{_SPACE}{say('format.score_points', language)}"
    return amount(abs(x), unit, language) if _is_money(unit) else value(abs(x), unit, language)


def interval(lower: float | None, upper: float | None, unit: str, language: Language) -> str:
    """An interval in words: `antara 41 % dan 50 %`, with no more decimals than its width deserves."""
    if _is_missing(lower) or _is_missing(upper):
        return NONE
    assert lower is not None and upper is not None
    width = (upper - lower) * (100 if unit == SHARE else 1)
    decimals = max(0, min(3, math.ceil(-math.log10(width / 2)))) if width > 0 else 1
    ends = [amount(end, unit, language, decimals=min(decimals, _decimals(end, unit))) for end in (lower, upper)]
    return say("format.between", language, lower=ends[0], upper=ends[1])


def change_interval(lower: float | None, upper: float | None, unit: str, language: Language) -> str:
    """The interval of a difference in words, its unit once: `antara −3,1 dan +4,0 poin persen`."""
    if _is_missing(lower) or _is_missing(upper):
        return NONE
    first, last = change(lower, unit, language), change(upper, unit, language)
    words = say("format.points", language) if unit == SHARE else (
        say("format.score_points", language) if unit == SCORE else unit_words(unit, language))
    return say("format.between", language, lower=first.removesuffix(words).rstrip() if words else first, upper=last)


def probability(p: float | None, language: Language) -> str:
    """A p-value: three decimals, `< 0,001` below that."""
    if _is_missing(p):
        return NONE
    assert p is not None
    return f"<{_SPACE}{number(0.001, language, decimals=3)}" if p < 0.001 else number(p, language, decimals=3)


def day(on: date | None, language: Language) -> str:
    """12 Maret 2025."""
    return NONE if pd.isna(on) else str(format_date(on, "d MMMM y", locale=language))


def month(on: date | None, language: Language) -> str:
    """Mar 2025."""
    return NONE if pd.isna(on) else str(format_date(on, "MMM y", locale=language))


def separators(language: Language) -> str:
    """The decimal mark and the thousands mark."""
    return ",." if language == "id" else ".,"


def _is_missing(x: float | None) -> bool:
    return bool(pd.isna(x))


def _is_money(unit: str) -> bool:
    return unit.startswith("rp")


def _decimals(x: float, unit: str) -> int:
    if unit in (SHARE, SCORE):
        return 1
    if float(x).is_integer() or abs(x) >= 1000:
        return 0
    return 1 if abs(x) >= 10 else 2


# A page shows thousands of numbers: to read pattern and locale anew takes longer than to write the number.
@cache
def _pattern(decimals: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * decimals if decimals else ""))


@cache
def _locale(language: Language) -> Locale:
    return Locale.parse(language)
