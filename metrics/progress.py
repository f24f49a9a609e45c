"""Where an estimate stands against its target: straight pace, with its confidence.

A target is a region of values that are good enough. From the baseline the distance to that region is to shrink along a
straight line (by way of the milestones, if there are any) to nothing on the due date. An estimate inside the region has
achieved the target; one no further out than the line allows is on track; one further out needs attention. For a target
"at least T" this is the straight path `e(t) = b + (T-b)(t-t0)/(t1-t0)`. Nothing is divided by a value, so zeros, percentages and
negative numbers need no care, and the status does not depend on the unit.

Confidence is the probability, under the normal approximation, that the true value lies on the same side of the border
that decided as the estimate does.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from statistics import NormalDist

_NORMAL = NormalDist()


class Status(StrEnum):
    ACHIEVED = "achieved"
    ON_TRACK = "on_track"
    NEEDS_ATTENTION = "needs_attention"
    NOT_ENOUGH_DATA = "not_enough_data"
    NO_TARGET = "no_target"


@dataclass(frozen=True, kw_only=True)
class Target:
    """The values that are good enough, from `lower` to `upper`, and by when. An open border is itself not good enough."""

    due_on: date
    lower: float = -math.inf
    upper: float = math.inf
    is_open: bool = False


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A value on a day; `se` is None where it is not known, 0 where there is no sampling error."""

    value: float
    on: date
    se: float | None = None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A status; the border the path allows on the day (NaN without a path); the confidence, 0 to 1 (NaN when not known).

    `reason` says why there is not enough data: `no_baseline`, `no_later_round`.
    """

    status: Status
    expected: float = math.nan
    confidence: float = math.nan
    reason: str | None = None


def at_least(value: float, due_on: date) -> Target:
    return Target(lower=value, due_on=due_on)


def at_most(value: float, due_on: date) -> Target:
    return Target(upper=value, due_on=due_on)


def more_than(value: float, due_on: date) -> Target:
    return Target(lower=value, due_on=due_on, is_open=True)


def less_than(value: float, due_on: date) -> Target:
    return Target(upper=value, due_on=due_on, is_open=True)


def between(lower: float, upper: float, due_on: date) -> Target:
    return Target(lower=lower, upper=upper, due_on=due_on)


def is_met(target: Target, value: float) -> bool:
    """Whether a value is good enough. What differs from a border by rounding alone lies on it."""
    is_on_border = _is_same(value, target.lower) or _is_same(value, target.upper)
    return not target.is_open if is_on_border else target.lower < value < target.upper


def distance(target: Target, value: float) -> float:
    """How far a value lies outside the target's region; 0 inside and on its border."""
    if _is_same(value, target.lower) or _is_same(value, target.upper):
        return 0.0
    return max(target.lower - value, value - target.upper, 0.0)


def standing(
    target: Target, current: Measured, baseline: Measured | None, milestones: Sequence[Target] = (),
    *, pace_se: float | None = None,
) -> Standing:
    """Where `current` stands.

    `milestones` are targets due before the last one. `pace_se` is the standard error of the estimate's distance from the
    path, where the path starts at an estimate and not at an agreed number; by default the path is taken as fixed.
    A target that is met is achieved whatever the path; short of it, a baseline on an earlier day is needed.
    """
    allowed = 0.0 if baseline is None else allowance(target, baseline, milestones, current.on)
    expected = math.nan if baseline is None else border(target, allowed, baseline.value)
    if is_met(target, current.value):
        return Standing(status=Status.ACHIEVED, expected=expected, confidence=_inside(target, 0.0, current.value, current.se))
    if baseline is None:
        return Standing(status=Status.NOT_ENOUGH_DATA, reason="no_baseline")
    if current.on <= baseline.on:
        return Standing(status=Status.NOT_ENOUGH_DATA, expected=expected, reason="no_later_round")
    se = current.se if pace_se is None else pace_se
    inside = _inside(target, allowed, current.value, se)
    # On the last day the border is the target itself: an open one is not met by a value on it.
    away = distance(target, current.value)
    is_within = (away <= allowed or _is_same(away, allowed)) and (allowed > 0 or not target.is_open)
    if is_within:
        return Standing(status=Status.ON_TRACK, expected=expected, confidence=inside)
    return Standing(status=Status.NEEDS_ATTENTION, expected=expected, confidence=1 - inside)


def allowance(target: Target, baseline: Measured, milestones: Sequence[Target], on: date) -> float:
    """How far outside the target's region the path allows a value to be on a day."""
    points = [(baseline.on, distance(target, baseline.value))]
    for milestone in sorted(milestones, key=lambda each: each.due_on):
        if baseline.on < milestone.due_on < target.due_on:
            points.append((milestone.due_on, _gap(target, milestone)))
    points.append((target.due_on, 0.0))
    if on <= points[0][0]:
        return points[0][1]
    for (start, before), (end, after) in pairwise(points):
        if on <= end:
            return before + (after - before) * ((on - start).days / (end - start).days)
    return 0.0


def border(target: Target, allowed: float, baseline: float) -> float:
    """The value the path asks for: the border of the region, widened by what is allowed, on the baseline's side."""
    if math.isinf(target.lower) or (not math.isinf(target.upper) and baseline > target.upper):
        return target.upper + allowed
    return target.lower - allowed


def _gap(target: Target, milestone: Target) -> float:
    """How far a milestone's region reaches outside the target's; a milestone that asks for more than the target asks for it."""
    below = target.lower - milestone.lower if math.isfinite(target.lower) and math.isfinite(milestone.lower) else 0.0
    above = milestone.upper - target.upper if math.isfinite(target.upper) and math.isfinite(milestone.upper) else 0.0
    return max(below, above, 0.0)


def _is_same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9)


def _inside(target: Target, allowed: float, value: float, se: float | None) -> float:
    """The probability that the true value lies in the region widened by `allowed`."""
    if se is None or math.isnan(se):
        return math.nan
    if se == 0:
        away = distance(target, value)
        return 1.0 if away <= allowed or _is_same(away, allowed) else 0.0
    below = _NORMAL.cdf((target.lower - allowed - value) / se) if math.isfinite(target.lower) else 0.0
    above = 1 - _NORMAL.cdf((target.upper + allowed - value) / se) if math.isfinite(target.upper) else 0.0
    return 1 - below - above
