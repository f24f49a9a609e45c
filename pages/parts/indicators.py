"""Indicators as pages name them."""
from __future__ import annotations

from data import indicators
from metrics.indicator import Indicator
from pages.parts.session import language
from pages.parts.words import say, say_if_known

THEMES = ("income", "service_access", "participation", "cohesion", "cooperation")


def label(indicator: Indicator) -> str:
    return indicators.label(indicator, language())


def definition(indicator: Indicator) -> str:
    return indicators.definition(indicator, language())


def theme(theme_id: str) -> str:
    return say_if_known(f"theme.{theme_id}", theme_id)


def by_theme(known: dict[str, Indicator]) -> dict[str, list[Indicator]]:
    """Indicators under their themes, in the order people name the themes and the catalogue its indicators."""
    found = {theme_id: [each for each in known.values() if each.theme == theme_id] for theme_id in THEMES}
    return {theme_id: members for theme_id, members in found.items() if members}


def goal(indicator: Indicator) -> str:
    """The SDGs Desa goal and code an indicator reports on, or nothing."""
    if indicator.sdgs is None:
        return ""
    _, goal_number, code = indicator.sdgs
    return say("parts.goal", goal=goal_number, code=code)
