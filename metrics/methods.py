"""Other methods of judging progress, beside the straight pace of metrics/progress.py: by name and version.

They answer with statuses of their own, and may disagree: growth rates divide by values, so that a zero must be replaced
or leaves the method without an answer, and a class of attainment does not ask how fast. A page shows them side by side.
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from metrics.progress import Measured, Status, Target, distance, is_met

T = TypeVar("T")

_ALMOST_ZERO = 0.001        # Open SDG puts this in place of a zero baseline or target


class OpenSdg(StrEnum):
    TARGET_ACHIEVED = "target_achieved"
    ON_TRACK = "on_track"
    NEEDS_ACCELERATION = "progress_needs_acceleration"
    LIMITED = "limited_progress"
    DETERIORATION = "deterioration"


class UnChart(StrEnum):
    ACHIEVED = "target_met"
    ON_TRACK = "on_track"
    SOME_PROGRESS = "some_progress"
    STAGNATION = "stagnation_or_regression"


class Lkjip(StrEnum):
    VERY_GOOD = "very_good"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    VERY_POOR = "very_poor"


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method by name and version; `source` is where its rule stands."""

    id: str
    version: str
    source: str


OPEN_SDG = Method(id="open_sdg", version="2.4.0", source="Open SDG progress measurement, after Statistics Canada")
UN_CHART = Method(id="un_chart", version="2023", source="UNSD, SDG Progress Chart Technical Note 2023")
LKJIP = Method(id="lkjip", version="PermenPANRB 8/2021", source="PermenPANRB 8/2021; five classes as in LKjIP reports")
METHODS = (OPEN_SDG, UN_CHART, LKJIP)


def years(start: date, end: date) -> float:
    """Years between two days; from a day to the same day of another year it is a whole number."""
    return _year(end) - _year(start)


def open_sdg(
    current: Measured, baseline: Measured | None, target: Target | None, *, is_more_better: bool, limit: float | None = None,
) -> OpenSdg | None:
    """The growth-rate method: the observed yearly growth against the growth the target asks for.

    Without a target the observed growth alone is judged, with `limit`, the best value there can be, loosening the
    borders near it. None where the method does not apply: less than a year, values of different sign, a range.
    """
    goal = _goal(target)
    if (target is not None and goal is None) or baseline is None or years(baseline.on, current.on) < 1:
        return None
    if target is not None and is_met(target, current.value):
        return OpenSdg.TARGET_ACHIEVED
    base = baseline.value or _ALMOST_ZERO
    observed = _growth(base, current.value, years(baseline.on, current.on))
    if observed is None:
        return None
    sign = 1 if is_more_better else -1
    if target is None or goal is None:
        return _without_target(sign * observed, base, limit)
    required = _growth(base, goal or _ALMOST_ZERO, years(baseline.on, target.due_on)) if target.due_on > baseline.on else None
    if not required:
        return None
    ratio = sign * observed / abs(required)
    steps = ((0.95, OpenSdg.ON_TRACK), (0.60, OpenSdg.NEEDS_ACCELERATION), (0.0, OpenSdg.LIMITED))
    return _first(ratio, *steps) or OpenSdg.DETERIORATION


def un_chart(current: Measured, baseline: Measured | None, target: Target | None, *, is_share: bool = False) -> UnChart | None:
    """The UN progress chart: where the observed growth leads by the due date, as a part of the way from baseline to target.

    A share (0 to 1) within 0.01 of a target of 0 or 1 has met it. None where the method does not apply: no target, a
    range, values that have no growth rate.
    """
    goal = _goal(target)
    if target is None or goal is None:
        return None
    is_near = is_share and goal in (0.0, 1.0) and distance(target, current.value) <= 0.01
    if is_met(target, current.value) or is_near:
        return UnChart.ACHIEVED
    if baseline is None or years(baseline.on, current.on) <= 0 or goal == baseline.value:
        return None
    observed = _growth(baseline.value, current.value, years(baseline.on, current.on))
    if observed is None:
        return None
    expected = current.value * (1 + observed) ** max(0.0, years(current.on, target.due_on))
    part = (expected - baseline.value) / (goal - baseline.value)
    return _first(part, (0.95, UnChart.ON_TRACK), (0.10, UnChart.SOME_PROGRESS)) or UnChart.STAGNATION


def attainment(value: float, target: Target, *, due: float | None = None) -> float | None:
    """Capaian kinerja: the value as a part of what is due (`due`: the path's value of the day; else the target itself).

    Less is better: 1 + (1 - value/target). A range: of its lower border below it, of its upper border above it.
    None where what is due is zero. Never clamped.
    """
    if math.isfinite(target.lower) and math.isfinite(target.upper):
        border = target.lower if value < target.lower else target.upper
        if target.lower <= value <= target.upper:
            return 1.0
        return value / border if border else None
    border = due if due is not None else _goal(target) or 0.0
    if not border:
        return None
    return value / border if math.isinf(target.upper) else 1 + (1 - value / border)


def lkjip(part: float | None) -> Lkjip | None:
    """The class of an attainment. The printed classes leave holes (90-91, 75-76, ...): here a class begins at its lower
    border, included, and nothing is rounded first, so that 90.5 percent is good and not very good."""
    if part is None:
        return None
    percent = part * 100
    return _first(percent, (91, Lkjip.VERY_GOOD), (76, Lkjip.GOOD), (66, Lkjip.FAIR), (51, Lkjip.POOR)) or Lkjip.VERY_POOR


def judgements(pace: Status, growth: OpenSdg | None, chart: UnChart | None) -> dict[str, bool]:
    """Whether it is fast enough by each method that asks so and has an answer: `pace` (the straight one), `open_sdg`, `un_chart`.

    Empty where the straight pace has no answer. LKjIP is not among them: it asks how much there is, not how fast.
    """
    if pace not in (Status.ACHIEVED, Status.ON_TRACK, Status.NEEDS_ATTENTION):
        return {}
    found = {"pace": pace != Status.NEEDS_ATTENTION}
    if growth is not None:
        found[OPEN_SDG.id] = growth in (OpenSdg.TARGET_ACHIEVED, OpenSdg.ON_TRACK)
    if chart is not None:
        found[UN_CHART.id] = chart in (UnChart.ACHIEVED, UnChart.ON_TRACK)
    return found


def depends_on_method(pace: Status, growth: OpenSdg | None, chart: UnChart | None) -> bool:
    """Whether methods that ask "fast enough?" disagree."""
    return len(set(judgements(pace, growth, chart).values())) > 1


def reached(target: Target, current: float, baseline: float) -> float | None:
    """The part of the way from the baseline to the target that is covered; below 0 when it went back, above 1 when past it.

    None where the baseline already met the target and the value does not: there is no way to measure a part of.
    """
    if math.isfinite(target.lower) and math.isfinite(target.upper):
        way = distance(target, baseline)
        if not way:
            return 1.0 if is_met(target, current) else None
        return 1 - distance(target, current) / way
    goal = _goal(target) or 0.0
    if distance(target, baseline) == 0:
        return 1.0 if is_met(target, current) else None
    return (current - baseline) / (goal - baseline)


def _without_target(growth: float, base: float, limit: float | None) -> OpenSdg:
    factor = 1.0 if not limit else _near_limit(abs(base), abs(limit))
    if factor == 0 and growth >= 0:
        return OpenSdg.ON_TRACK
    return _first(
        growth, (0.015 * factor, OpenSdg.ON_TRACK), (0.005 * factor, OpenSdg.NEEDS_ACCELERATION), (0.0, OpenSdg.LIMITED),
    ) or OpenSdg.DETERIORATION


def _near_limit(base: float, limit: float) -> float:
    """How much of the growth is asked for, of a value that starts near the best there can be."""
    if base >= 2 * limit:
        return 1.0
    return 1 - ((base if base <= limit else 2 * limit - base) / limit) ** 4.44


def _goal(target: Target | None) -> float | None:
    """The one border of a target; None of a range."""
    if target is None or (math.isfinite(target.lower) and math.isfinite(target.upper)):
        return None
    return target.lower if math.isfinite(target.lower) else target.upper


def _growth(start: float, end: float, span: float) -> float | None:
    """Compound yearly growth; None where there is none: from zero, or between values of different sign."""
    if start == 0 or end / start < 0 or span <= 0:
        return None
    return float((end / start) ** (1 / span) - 1)


def _first(value: float, *steps: tuple[float, T]) -> T | None:
    return next((status for border, status in steps if value >= border), None)


def _year(day: date) -> float:
    first, after = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return day.year + (day - first).days / (after - first).days
