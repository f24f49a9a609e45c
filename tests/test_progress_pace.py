"""The straight-pace method: hand-worked cases, then properties."""
from __future__ import annotations

import math
from datetime import date, timedelta
from statistics import NormalDist

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from metrics.progress import (
    Measured,
    Standing,
    Status,
    Target,
    at_least,
    at_most,
    between,
    is_met,
    less_than,
    more_than,
    standing,
)

START, END = date(2018, 1, 1), date(2030, 1, 1)     # 4,383 days
HALF = START + (END - START) / 2                     # 4,383 is odd: day 2,191
F = 2191 / 4383                                      # the share of the way that has passed by then


def measured(value: float, on: date = HALF, se: float | None = 0.0) -> Measured:
    return Measured(value=value, on=on, se=se)


BASE = measured(68, START)
PATH = 68 + (95 - 68) * F                            # 81.497: where 68 -> 95 should be half-way


@pytest.mark.parametrize(("value", "status", "confidence"), [
    (95.0, Status.ACHIEVED, 1.0),
    (94.9, Status.ON_TRACK, 1.0),
    (PATH, Status.ON_TRACK, 1.0),
    (PATH - 0.001, Status.NEEDS_ATTENTION, 1.0),
    (60.0, Status.NEEDS_ATTENTION, 1.0),
])
def test_more_is_better_is_judged_by_the_straight_path(value: float, status: Status, confidence: float) -> None:
    assert standing(at_least(95, END), measured(value), BASE) == Standing(status=status, expected=PATH, confidence=confidence)


@pytest.mark.parametrize(("value", "status"), [
    (14.0, Status.ACHIEVED), (0.0, Status.ACHIEVED), (24.0, Status.ON_TRACK), (27.0, Status.NEEDS_ATTENTION),
])
def test_less_is_better_is_its_mirror(value: float, status: Status) -> None:
    # 37.2 -> 14: half-way 37.2 - 23.2 * F = 25.6
    found = standing(at_most(14, END), measured(value), measured(37.2, START))
    assert (found.status, found.expected) == (status, pytest.approx(37.2 - 23.2 * F))


def test_a_count_that_should_be_zero_needs_no_division() -> None:
    target, base = at_most(0, END), measured(8, START)
    assert [standing(target, measured(value), base).status for value in (0, 3, 4, 5, 8, 20)] == [
        Status.ACHIEVED, Status.ON_TRACK, Status.ON_TRACK,        # 8 - 8 * F = 4.0009
        Status.NEEDS_ATTENTION, Status.NEEDS_ATTENTION, Status.NEEDS_ATTENTION,
    ]


def test_a_baseline_of_zero_is_a_baseline() -> None:
    assert standing(at_least(100, END), measured(10), measured(0, START)).status is Status.NEEDS_ATTENTION   # 50 was due
    assert standing(at_least(100, END), measured(50), measured(0, START)).status is Status.ON_TRACK          # 49.99 was due


def test_a_range_is_met_inside_and_approached_from_either_side() -> None:
    target = between(40, 60, END)
    assert [standing(target, measured(value), measured(20, START)).status for value in (40, 50, 60, 31, 29)] == [
        Status.ACHIEVED, Status.ACHIEVED, Status.ACHIEVED, Status.ON_TRACK, Status.NEEDS_ATTENTION,   # 20 -> 40: 29.998 due
    ]
    above = standing(target, measured(69), measured(80, START))
    assert (above.status, above.expected) == (Status.ON_TRACK, pytest.approx(60 + 20 * (1 - F)))
    # overshot to the other side: as far from the range as allowed, so on track; further is not
    assert standing(target, measured(31), measured(80, START)).status is Status.ON_TRACK
    assert standing(target, measured(29), measured(80, START)).status is Status.NEEDS_ATTENTION


def test_a_threshold_is_not_met_by_a_value_on_it() -> None:
    assert standing(more_than(0.5, END), measured(0.5), measured(0.2, START)).status is Status.ON_TRACK
    assert standing(more_than(0.5, END), measured(0.5, END), measured(0.2, START)).status is Status.NEEDS_ATTENTION
    assert standing(less_than(0.2, END), measured(0.2, END), measured(0.3, START)).status is Status.NEEDS_ATTENTION
    assert standing(less_than(0.2, END), measured(0.19, END), measured(0.3, START)).status is Status.ACHIEVED


def test_rounding_alone_does_not_decide() -> None:
    assert 0.1 * 3 != 0.3 and 1 - 0.9 != 0.1
    assert standing(at_least(0.1 * 3, END), measured(0.3), None).status is Status.ACHIEVED
    assert standing(at_most(0.1, END), measured(1 - 0.9 + 1e-17), None).status is Status.ACHIEVED


def test_without_a_baseline_only_a_met_target_has_a_status() -> None:
    assert standing(at_least(95, END), measured(96), None).status is Status.ACHIEVED
    found = standing(at_least(95, END), measured(94), None)
    assert (found.status, found.reason) == (Status.NOT_ENOUGH_DATA, "no_baseline")
    found = standing(at_least(95, END), measured(94, START), measured(94, START))
    assert (found.status, found.reason) == (Status.NOT_ENOUGH_DATA, "no_later_round")


def test_after_the_due_date_the_path_asks_for_the_target() -> None:
    late = END + timedelta(days=400)
    assert standing(at_least(95, END), measured(94.9, late), BASE).status is Status.NEEDS_ATTENTION
    assert standing(at_least(95, END), measured(94.9, late), BASE).expected == 95


def test_a_baseline_that_already_meets_the_target_asks_to_hold_it() -> None:
    found = standing(at_least(95, END), measured(94), measured(97, START))
    assert (found.status, found.expected) == (Status.NEEDS_ATTENTION, 95)


def test_milestones_bend_the_path() -> None:
    # 68 at the start, 90 already half-way, 95 at the end
    milestone = at_least(90, HALF)
    found = standing(at_least(95, END), measured(85), BASE, [milestone])
    assert (found.status, found.expected) == (Status.NEEDS_ATTENTION, 90)
    assert standing(at_least(95, END), measured(85), BASE).status is Status.ON_TRACK
    late = HALF + (END - HALF) / 2
    passed = (late - HALF).days / (END - HALF).days
    assert standing(at_least(95, END), measured(92, late), BASE, [milestone]).expected == pytest.approx(90 + 5 * passed)


def test_confidence_is_the_normal_probability_of_the_same_side() -> None:
    phi = NormalDist().cdf
    achieved = standing(at_least(95, END), measured(97, se=2), BASE)
    on_track = standing(at_least(95, END), measured(84, se=2), BASE)
    behind = standing(at_least(95, END), measured(80, se=2), BASE)
    assert achieved.confidence == pytest.approx(phi((97 - 95) / 2))
    assert on_track.confidence == pytest.approx(phi((84 - PATH) / 2))
    assert behind.confidence == pytest.approx(phi((PATH - 80) / 2))
    in_range = standing(between(40, 60, END), measured(50, se=5), None)
    assert in_range.confidence == pytest.approx(phi(2) - phi(-2))     # 0.954: ten on either side, two standard errors


def test_an_estimated_baseline_makes_the_pace_less_sure_but_not_the_target() -> None:
    phi = NormalDist().cdf
    on_track = standing(at_least(95, END), measured(84, se=2), BASE, pace_se=4)
    achieved = standing(at_least(95, END), measured(97, se=2), BASE, pace_se=4)
    assert on_track.confidence == pytest.approx(phi((84 - PATH) / 4))
    assert achieved.confidence == pytest.approx(phi((97 - 95) / 2))


def test_an_unknown_standard_error_gives_a_status_without_confidence() -> None:
    found = standing(at_least(95, END), measured(97, se=None), BASE)
    assert found.status is Status.ACHIEVED and math.isnan(found.confidence)


VALUES = st.floats(-1000, 1000).map(lambda value: round(value, 3))
DAYS = st.integers(1, 4382)
ERRORS = st.floats(0.01, 100)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Target, Measured, Measured]:
    first, second = sorted([draw(VALUES), draw(VALUES)])
    target = draw(st.sampled_from([
        at_least(first, END), at_most(first, END), more_than(first, END), less_than(first, END), between(first, second, END),
    ]))
    current = measured(draw(VALUES), START + timedelta(days=draw(DAYS)), draw(ERRORS))
    return target, current, measured(draw(VALUES), START)


def changed(target: Target, scale: float) -> Target:
    lower, upper = target.lower * scale, target.upper * scale
    return Target(lower=min(lower, upper), upper=max(lower, upper), due_on=target.due_on, is_open=target.is_open)


def scaled(value: Measured, scale: float) -> Measured:
    assert value.se is not None
    return Measured(value=value.value * scale, on=value.on, se=value.se * abs(scale))


@given(cases(), st.sampled_from([0.01, 100, 1000, 1 / 12]))
def test_the_unit_does_not_matter(case: tuple[Target, Measured, Measured], scale: float) -> None:
    target, current, base = case
    one, other = standing(target, current, base), standing(changed(target, scale), scaled(current, scale), scaled(base, scale))
    assert one.status == other.status
    assert other.confidence == pytest.approx(one.confidence, abs=1e-9)
    assert other.expected == pytest.approx(one.expected * scale, rel=1e-9, abs=1e-9)


@given(cases())
def test_direction_is_mirrored(case: tuple[Target, Measured, Measured]) -> None:
    target, current, base = case
    one, other = standing(target, current, base), standing(changed(target, -1), scaled(current, -1), scaled(base, -1))
    assert one.status == other.status
    assert other.confidence == pytest.approx(one.confidence, abs=1e-9)


ORDER = [Status.NEEDS_ATTENTION, Status.ON_TRACK, Status.ACHIEVED]


@given(VALUES, VALUES, VALUES, st.floats(0.001, 500), DAYS)
def test_a_better_value_never_has_a_worse_status(target: float, base: float, value: float, more: float, day: int) -> None:
    on = START + timedelta(days=day)
    up = [standing(at_least(target, END), measured(each, on), measured(base, START)).status for each in (value, value + more)]
    down = [standing(at_most(target, END), measured(each, on), measured(base, START)).status for each in (value, value - more)]
    assert ORDER.index(up[0]) <= ORDER.index(up[1])
    assert ORDER.index(down[0]) <= ORDER.index(down[1])


@given(cases())
def test_achieved_exactly_when_the_target_is_met(case: tuple[Target, Measured, Measured]) -> None:
    target, current, base = case
    for baseline in (base, None):
        assert (standing(target, current, baseline).status is Status.ACHIEVED) == is_met(target, current.value)


@given(cases())
def test_confidence_is_a_probability_and_at_least_half_on_a_single_border(case: tuple[Target, Measured, Measured]) -> None:
    target, current, base = case
    found = standing(target, current, base)
    assert 0 <= found.confidence <= 1
    assume(math.isinf(target.lower) or math.isinf(target.upper))
    assert found.confidence >= 0.5 - 1e-9
