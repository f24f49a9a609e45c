"""Estimates in sentences that one villager can pass on to another."""
from __future__ import annotations

from typing import Any

from data import formats
from metrics.indicator import Indicator, Share
from pages.parts import reads
from pages.parts.session import language
from pages.parts.words import plain, say, say_if_known


def figure(row: Any, unit: str) -> str:
    """The number of an estimate, or that there is none to show; `measured` says its unit."""
    return formats.NONE if row.withheld else formats.amount(row.estimate, unit, language())


def measured(row: Any, unit: str) -> str:
    """In which round an estimate was measured, and in what unit, as Markdown."""
    names = {each.id: each.name for each in reads.rounds()}
    return plain(" · ".join(filter(None, [names.get(row.round, ""), formats.unit_words(unit, language())])) or formats.NONE)


def certainty(row: Any, unit: str) -> str:
    """How sure an estimate is, in words: its interval and on how many responses it rests; or why there is none."""
    if row.withheld or row.estimate != row.estimate:
        return why_not(row.reason)
    n = formats.number(row.n, language())
    if row.lower != row.lower:
        return say("parts.no_interval", n=n)
    if row.lower == row.upper:
        return say("parts.everyone", n=n)
    return say("parts.sure", interval=plain(formats.interval(row.lower, row.upper, unit, language())), n=n)


def why_not(reason: str | None) -> str:
    if not isinstance(reason, str):
        reason = "no_data"
    return say_if_known(f"reason.{reason}", reason)


def reliability(row: Any) -> str:
    return say(f"reliability.{row.reliability}") if isinstance(row.reliability, str) else formats.NONE


def out_of_hundred(row: Any, indicator: Indicator) -> str:
    """A share as so many out of a hundred; nothing for what does not count who has something."""
    if not isinstance(indicator.measure, Share) or row.estimate != row.estimate:
        return ""
    return say("parts.out_of_hundred", of=formats.number(row.estimate * 100, language()))
