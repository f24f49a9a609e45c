"""Statuses and reliabilities as chips: a word and an icon, with a colour that only helps."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pages.parts.words import say

ORDER = ("needs_attention", "on_track", "achieved", "not_enough_data", "no_target")
_LOOKS = {
    "achieved": ("green", "check_circle"),
    "on_track": ("blue", "trending_up"),
    "needs_attention": ("orange", "error"),
    "not_enough_data": ("gray", "hourglass_empty"),
    "no_target": ("gray", "flag"),
}
_RELIABILITY_ICONS = {"care": "warning", "unreliable": "block"}
JUDGED = ("achieved", "on_track", "needs_attention")


def status(status_id: str, *, is_certain: bool = True) -> str:
    """The chip of a status, as Markdown."""
    return _chip(status_id, words(status_id, is_certain=is_certain))


def words(status_id: str, *, is_certain: bool = True) -> str:
    """A status in words; one whose confidence is low says so."""
    said = say(f"status.{status_id}")
    return f"{said} · {say('status.uncertain')}" if status_id in JUDGED and not is_certain else said


def counts(numbers: Mapping[Any, int]) -> str:
    """How many of each status, worst first; statuses that do not occur are left out."""
    return " ".join(_chip(each, f"{numbers[each]} {say(f'parts.count.{each}')}") for each in ORDER if numbers.get(each))


def reliability(reliability_id: str | None) -> str:
    """A chip where a figure is not plainly usable, otherwise nothing."""
    if reliability_id not in _RELIABILITY_ICONS:
        return ""
    return f":gray-badge[:material/{_RELIABILITY_ICONS[reliability_id]}: {say(f'reliability.{reliability_id}')}]"


def depends(does: bool) -> str:
    """A chip where methods of judging disagree, otherwise nothing."""
    return f":violet-badge[:material/balance: {say('status.depends_on_method')}]" if does else ""


def answer(said: str, *, is_fast_enough: bool | None) -> str:
    """What another method says, looking like a status; grey where it does not ask about the pace."""
    if is_fast_enough is None:
        return f":gray-badge[{said}]"
    return f":blue-badge[:material/trending_up: {said}]" if is_fast_enough else f":orange-badge[:material/error: {said}]"


def _chip(status_id: str, label: str) -> str:
    colour, icon = _LOOKS[status_id]
    return f":{colour}-badge[:material/{icon}: {label}]"
