"""What is promised, in words: `paling sedikit 85 %`, `antara 40 dan 60`, `di atas 12 kali garis kemiskinan`."""
from __future__ import annotations

from typing import Any

from data import formats
from data.register.entry import Record, Value
from data.sdgs_desa.browsing import Official
from metrics.indicator import Indicator
from pages.parts.session import language
from pages.parts.words import say

_NUMBERED = ("at_least", "at_most", "more_than", "less_than")


def promise(comparison: str, value: float | None, upper: float | None, unit: str) -> str:
    """A target in words; `value` and `upper` as the register writes them (a share in percent)."""
    if comparison == "above_poverty_line":
        return say("targets.promise.line") if value in (None, 1.0) else say(
            "targets.promise.lines", times=formats.number(value, language(), decimals=0 if value == int(value or 0) else 2))
    if comparison == "between":
        return say("targets.promise.between", lower=_number(value, unit), upper=_number(upper, unit))
    if comparison in _NUMBERED:
        return say(f"targets.promise.{comparison}", value=_number(value, unit))
    return say(f"targets.promise.{comparison}")


def of_record(record: Record, indicator: Indicator | None) -> str:
    """The promise of a row of the register's targets."""
    unit = indicator.unit if indicator is not None else str(record.get("unit"))
    return promise(str(record["comparison"]), _float(record.get("value")), _float(record.get("upper_value")),
                   formats.SHARE if record.get("unit") == "percent" else unit)


def of_progress(row: Any, indicator: Indicator) -> str:
    """The promise of a row of progress; above the poverty line, the line itself where it is known."""
    if row.target_kind == "above_poverty_line" and row.target == row.target:
        return promise("more_than", float(row.target), None, indicator.unit)
    scale = 100.0 if indicator.unit == formats.SHARE else 1.0
    value, upper = (None if each is None or each != each else round(float(each) * scale, 6)
                    for each in (row.target, row.target_upper))
    return promise(str(row.target_kind), value, upper, indicator.unit)


def of_official(official: Official) -> str:
    """The framework's target: as worded for Indonesian readers, made from its parts for others where it has parts."""
    if language() == "id" or not official.comparison:
        return official.target_text
    if official.comparison in _NUMBERED and official.value is not None:
        number = formats.number(official.value, language(), decimals=0 if official.value >= 1 else 1)
        return say(f"targets.promise.{official.comparison}", value=f"{number}{'%' if official.unit.startswith('%') else ''}")
    return say(f"targets.promise.{'line' if official.comparison == 'above_poverty_line' else official.comparison}")


def _number(value: float | None, unit: str) -> str:
    """A number with its unit and no more decimals than it was given."""
    if value is None:
        return formats.NONE
    exact = f"{value:.6f}".rstrip("0").rstrip(".")
    decimals = len(exact.partition(".")[2])
    if unit == formats.SHARE:
        return formats.amount(value / 100, unit, language(), decimals=decimals)
    words = formats.unit_words(unit, language())
    text = formats.amount(value, unit, language(), decimals=decimals)
    return f"{text} {words}" if words else text


def _float(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) and value == value else None
