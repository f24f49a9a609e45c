"""Dates and times as people type them: `12 Maret 2023`, `31/12/2023`, `Sep 18, 2018 12:12:37 PM`, `08.30`.

Whether the day or the month comes first in `03/04/2023` is decided from all values of a column, as with numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from data.importing.numbers import Problem, plain


class Order(StrEnum):
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


_MONTHS = {
    "januari january jan": 1,
    "februari february pebruari feb peb": 2,
    "maret march mar mrt": 3,
    "april apr": 4,
    "mei may": 5,
    "juni june jun": 6,
    "juli july jul": 7,
    "agustus august agu agt ags agst aug": 8,
    "september sep sept": 9,
    "oktober october okt oct": 10,
    "november nopember nov nop": 11,
    "desember december des dec": 12,
}
MONTHS = {name: number for names, number in _MONTHS.items() for name in names.split()}
_WEEKDAY = re.compile(
    r"^(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+",
    re.IGNORECASE,
)
_TIME = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?"
_ZONE = r"\s*(?:Z|UTC|GMT|WIB|WITA|WIT|[+-]\d{2}(?::?\d{2})?)?"
_CLOCK = re.compile(rf"^{_TIME}{_ZONE}$", re.IGNORECASE)
_TAIL = re.compile(rf"(?:[T,]\s*|\s+)(?:(?:pukul|jam)\s+)?{_TIME}{_ZONE}$", re.IGNORECASE)
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$")
_COMPACT = re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})$")
_DAY_MONTH = re.compile(r"^(\d{1,2})[-\s./]*([A-Za-z]{3,9})\.?[-\s.,/]*(\d{4}|\d{2})$")
_MONTH_DAY = re.compile(r"^([A-Za-z]{3,9})\.?\s*(\d{1,2})\s*,?\s*(\d{4})$")
_NUMERIC = re.compile(r"^(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})$")
_SERIAL = re.compile(r"^[2-6]\d{4}(?:\.\d+)?$")
_EPOCH = datetime(1899, 12, 30)


def evidence(texts: Iterable[str]) -> set[Order]:
    """The orders of day and month that some of the texts prove."""
    proved: set[Order] = set()
    for text in texts:
        if match := _NUMERIC.match(_split(plain(text))[0]):
            first, second = int(match[1]), int(match[2])
            if first > 12 >= second:
                proved.add(Order.DAY_FIRST)
            elif second > 12 >= first:
                proved.add(Order.MONTH_FIRST)
    return proved


def read_date(text: str, order: Order | None) -> date | Problem:
    moment = read_datetime(text, order)
    return moment if isinstance(moment, Problem) else moment.date()


def read_datetime(text: str, order: Order | None) -> datetime | Problem:
    """The date and clock time a text stands for, as the clock showed it: a time zone behind it is dropped."""
    text = plain(text)
    if _SERIAL.match(text):
        return (_EPOCH + timedelta(days=float(text))).replace(microsecond=0)
    head, clock = _split(text)
    day = _read_day(head, order)
    if isinstance(day, Problem):
        return day
    if clock is None:
        return datetime(day.year, day.month, day.day)
    seconds = _seconds(clock)
    if seconds is None:
        return Problem("not_date")
    return datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)


def read_time(text: str) -> str | Problem:
    """A clock time as HH:MM:SS; a time zone behind it is dropped."""
    text = plain(text)
    if re.fullmatch(r"0?\.\d+", text):
        return str((datetime.min + timedelta(seconds=round(float(text) * 86400))).time())
    match = _CLOCK.match(text) or _TAIL.search(text)
    seconds = _seconds(match) if match else None
    if seconds is None:
        return Problem("not_time")
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _split(text: str) -> tuple[str, re.Match[str] | None]:
    """The text before a clock time, and that."""
    text = _WEEKDAY.sub("", text)
    match = _TAIL.search(text)
    if match and not _NUMERIC.match(text):
        return text[: match.start()].rstrip(" ,"), match
    return text, None


def _read_day(text: str, order: Order | None) -> date | Problem:
    if match := _ISO.match(text) or _COMPACT.match(text):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_MONTH.match(text):
        return _day(_year(match[3]), MONTHS.get(match[2].lower(), 0), int(match[1]))
    if match := _MONTH_DAY.match(text):
        return _day(int(match[3]), MONTHS.get(match[1].lower(), 0), int(match[2]))
    if match := _NUMERIC.match(text):
        first, second, year = int(match[1]), int(match[2]), _year(match[3])
        if first > 12 or first == second:
            return _day(year, second, first)
        if second > 12:
            return _day(year, first, second)
        if order is None:
            return Problem(
                "two_dates", (("first", f"{year}-{second:02}-{first:02}"), ("second", f"{year}-{first:02}-{second:02}"))
            )
        return _day(year, second, first) if order is Order.DAY_FIRST else _day(year, first, second)
    return Problem("not_date")


def _year(text: str) -> int:
    """Of two digits: the latest such year that is not after the next."""
    if len(text) == 4:
        return int(text)
    this_century = 2000 + int(text)
    return this_century if this_century <= date.today().year + 1 else this_century - 100


def _day(year: int, month: int, day: int) -> date | Problem:
    try:
        return date(year, month, day)
    except ValueError:
        return Problem("not_date")


def _seconds(match: re.Match[str]) -> int | None:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if half := match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.lower().startswith("p") else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return hour * 3600 + minute * 60 + second
