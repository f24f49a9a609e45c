"""What a column of the register can hold, by its stored value, as readers know it."""
from __future__ import annotations

import re
from datetime import date
from typing import cast

from data import formats
from data.areas import Level
from data.messages import Language
from data.register.entry import Value
from data.register.sheets import VILLAGES, Column, Kind
from pages.parts import indicators, reads
from pages.parts.session import language
from pages.parts.words import say

_THREE = re.compile(r"^-?[1-9]\d{0,2}\.\d{3}$")  # reads as thousands elsewhere: one more digit tells it apart


def names(column: Column) -> dict[str, str]:
    """The values a column chooses from, in order, with their names; nothing where it is typed."""
    if column.choices:
        return {choice: say(f"register.choice.{choice}") for choice in column.choices}
    if column.kind is Kind.YES_NO:
        return {"True": say("register.yes"), "False": say("register.no")}
    if column.kind is Kind.INDICATOR:
        known = [each for members in indicators.by_theme(reads.indicator_list()).values() for each in members]
        return {each.id: f"{indicators.theme(each.theme)} · {indicators.label(each)}" for each in known}
    if column.kind is Kind.AREA and column.at is not None and column is not VILLAGES.column("code"):  # a new village is typed
        return {code: f"{name} ({code})" for code, name in reads.areas_of(cast(Level, column.at)).items()}
    if column.kind is Kind.ID and column.at == "rounds":
        return {each.id: each.name for each in reads.rounds()}
    if column.kind is Kind.ID and column.at == "partnerships":
        return {each.id: each.name for each in reads.partnerships()}
    return {}


def day(on: date) -> str:
    return formats.day(on, language())


def typed(value: Value, language: Language) -> str:
    """A kept value as it would be typed here, without thousands marks: it is read again as it stands."""
    if isinstance(value, float):
        text = _THREE.sub(r"\g<0>0", f"{value:.10f}".rstrip("0").rstrip("."))
        return text.replace(".", ",") if language == "id" else text
    return str(value)
