"""Comparisons in words and tables: what a difference says, and how sure that is."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from data import formats
from data.verdicts import Tally
from metrics.indicator import Indicator, variables
from metrics.significance import Verdict
from pages.parts import domains, sentences
from pages.parts.rows import rows_of
from pages.parts.session import language
from pages.parts.words import say

_MOST_CATEGORIES = 12  # of a group worth comparing


def words(row: Any) -> str:
    """What one difference says."""
    if row.estimate != row.estimate:
        return sentences.why_not(row.reason)
    is_counted = row.p_holm != row.p_holm
    if row.verdict in (Verdict.BETTER, Verdict.WORSE) and is_counted:
        return say(f"comparison.{row.verdict}.counted")
    return say(f"comparison.{row.verdict}")


def answer(found: Tally) -> str:
    """The sentence people came for."""
    sure = found.better + found.worse
    if sure + found.unclear + found.same + found.untested == 0:
        return say("comparison.answer.nothing")
    if sure == 0:
        return say("comparison.answer.unclear", all=found.unclear + found.same + found.untested)
    return say("comparison.answer", better=found.better, worse=found.worse, unclear=found.unclear)


def unit(indicator_unit: str) -> str:
    """In what differences of a unit are told."""
    if indicator_unit == formats.SHARE:
        return say("format.points")
    if indicator_unit == formats.SCORE:
        return say("comparison.score_points")
    own = formats.unit_words(indicator_unit, language())
    return f"rupiah {own}".strip() if indicator_unit.startswith("rp") else own or say("comparison.no_unit")


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that are judged, as readers see them; `name` and `words` are theirs."""
    return pd.DataFrame([{
        say("comparison.column.what"): row.name,
        say("comparison.column.difference"): formats.change(row.estimate, row.unit, language()),
        say("parts.column.interval"): formats.change_interval(row.lower, row.upper, row.unit, language()),
        say("parts.column.n"): formats.number(row.n, language()),
        say("comparison.column.p"): formats.probability(row.p_value, language()),
        say("comparison.column.p_holm"): formats.probability(row.p_holm, language()),
        say("comparison.column.words"): row.words,
    } for row in rows_of(rows)])


def figures(rows: pd.DataFrame) -> pd.DataFrame:
    """The same with numbers as they are, to be taken away."""
    kept = ("name", "indicator", "domain", "category", "round", "unit", "estimate", "se", "lower", "upper", "n", "psus", "df",
            "p_value", "p_holm", "verdict", "words")
    return rows[list(kept)]


def groups(known: Mapping[str, Indicator]) -> dict[str, str]:
    """The questions by whose answers people can be told apart, with their labels: first those no indicator measures."""
    measured = {name for each in known.values() for name in variables(each)}
    found: dict[str, tuple[bool, int, str]] = {}
    for indicator in {(each.instrument_id, each.form): each for each in known.values()}.values():
        label = domains.group_name(indicator)
        for name in domains.groups(indicator):
            choices = len(domains.category_names(indicator, name))
            if 1 < choices <= _MOST_CATEGORIES:
                found.setdefault(name, (name in measured, choices, label(name)))
    return {name: label for name, (_, _, label) in sorted(found.items(), key=lambda each: each[1])}


def pair(category: str, names: Mapping[str, str]) -> str:
    """Two categories "A:B", as in "B compared with A"."""
    first, _, other = category.partition(":")
    return say("comparison.pair", first=names.get(first, first), other=names.get(other, other))
