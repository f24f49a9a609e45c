"""The methods beside the straight pace: published cases, and tables worked by hand."""
from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.methods import (
    Lkjip,
    OpenSdg,
    UnChart,
    attainment,
    depends_on_method,
    lkjip,
    open_sdg,
    reached,
    un_chart,
    years,
)
from metrics.progress import Measured, Status, Target, at_least, at_most, between, standing


def on(year: int) -> date:
    return date(year, 1, 1)


def measured(value: float, year: int) -> Measured:
    return Measured(value=value, on=on(year), se=0.0)


def test_open_sdg_gives_the_published_status_of_every_case(testdata: Path) -> None:
    cases = json.loads((testdata / "open_sdg" / "progress_cases_dev.json").read_text())["cases"]
    found, published = [], []
    for case in cases:
        options = case["options"]
        is_up = options["direction"] == "positive"
        series = [(year, value) for year, value in zip(case["years"], case["values"], strict=True)
                  if value is not None and year >= options.get("base_year", 2015)]
        target = None
        if "target" in options:
            due = on(options.get("target_year", 2030))
            target = at_least(options["target"], due) if is_up else at_most(options["target"], due)
        published.append(case["status"])
        if not series:
            found.append(None)
            continue
        first, last = (measured(value, year) for year, value in (series[0], series[-1]))
        found.append(open_sdg(last, first, target, is_more_better=is_up))
    assert len(cases) == 19
    assert found == published


def test_open_sdg_gives_the_statuses_of_its_two_published_indicators(testdata: Path) -> None:
    # 1.5.3: 10 -> 30 in a year, less is better, target 1; 1.5.4: 5 -> 6, more is better, target 9 by 2030
    # feature file: 'deterioration' and 'on track'
    assert open_sdg(measured(30, 2016), measured(10, 2015), at_most(1, on(2030)), is_more_better=False) is OpenSdg.DETERIORATION
    assert open_sdg(measured(6, 2016), measured(5, 2015), at_least(9, on(2030)), is_more_better=True) is OpenSdg.ON_TRACK


def test_open_sdg_asks_less_growth_of_a_value_near_its_limit() -> None:
    # growth 0.004 a year; at 90 of 100 the factor is 1 - 0.9**4.44 = 0.374, so 0.015 becomes 0.0056 and 0.005 becomes 0.0019
    base, now = measured(90, 2015), measured(90 * 1.004**5, 2020)
    assert open_sdg(now, base, None, is_more_better=True) is OpenSdg.LIMITED
    assert open_sdg(now, base, None, is_more_better=True, limit=100) is OpenSdg.NEEDS_ACCELERATION
    assert open_sdg(measured(100, 2020), measured(100, 2015), None, is_more_better=True, limit=100) is OpenSdg.ON_TRACK


# The same data under three methods; r is the UN's part of the way, R Open SDG's ratio, both worked out beside.
TABLE = [
    # base (2015), now (2021), target (2030), more is better: pace; UN; Open SDG
    (60, 72.1, 90, True, Status.ON_TRACK, UnChart.ON_TRACK, OpenSdg.ON_TRACK),               # r 1.15, R 1.13
    (60, 69, 90, True, Status.NEEDS_ATTENTION, UnChart.SOME_PROGRESS, OpenSdg.NEEDS_ACCELERATION),   # r 0.84, R 0.86
    (60, 62, 90, True, Status.NEEDS_ATTENTION, UnChart.SOME_PROGRESS, OpenSdg.LIMITED),    # r 0.17, R 0.20
    (0.20, 0.119, 0, False, Status.ON_TRACK, UnChart.SOME_PROGRESS, OpenSdg.LIMITED),       # r 0.72, R 0.24 (of 0.001)
    (0, 10, 100, True, Status.NEEDS_ATTENTION, None, OpenSdg.ON_TRACK),                    # no growth from zero; R 3.15
    (60, 92, 90, True, Status.ACHIEVED, UnChart.ACHIEVED, OpenSdg.TARGET_ACHIEVED),
    (60, 55, 90, True, Status.NEEDS_ATTENTION, UnChart.STAGNATION, OpenSdg.DETERIORATION),
]


@pytest.mark.parametrize(("base", "now", "goal", "is_up", "pace", "chart", "growth"), TABLE)
def test_the_methods_on_the_same_data(
    base: float, now: float, goal: float, is_up: bool, pace: Status, chart: UnChart | None, growth: OpenSdg,
) -> None:
    target = at_least(goal, on(2030)) if is_up else at_most(goal, on(2030))
    current, baseline = measured(now, 2021), measured(base, 2015)
    assert standing(target, current, baseline).status is pace
    assert un_chart(current, baseline, target, is_share=goal <= 1) is chart
    assert open_sdg(current, baseline, target, is_more_better=is_up) is growth
    said = {pace is not Status.NEEDS_ATTENTION, growth in ("on_track", "target_achieved")}
    if chart:
        said.add(chart in ("on_track", "target_met"))
    assert depends_on_method(pace, growth, chart) == (len(said) == 2)


def test_a_share_within_a_hundredth_of_zero_or_one_has_met_the_un_target() -> None:
    assert un_chart(measured(0.991, 2021), measured(0.8, 2015), at_least(1.0, on(2030)), is_share=True) is UnChart.ACHIEVED
    assert un_chart(measured(0.985, 2021), measured(0.8, 2015), at_least(1.0, on(2030)), is_share=True) is UnChart.ON_TRACK
    assert un_chart(measured(0.991, 2021), measured(0.8, 2015), at_least(1.0, on(2030))) is UnChart.ON_TRACK


@pytest.mark.parametrize(("value", "target", "part"), [
    (92, at_least(80, on(2025)), 1.15),                     # 92 / 80
    (60, at_least(80, on(2025)), 0.75),
    (12, at_most(10, on(2025)), 0.80),                      # 1 + (1 - 12/10)
    (8, at_most(10, on(2025)), 1.20),                       # 1 + (1 - 8/10)
    (92, between(80, 90, on(2025)), 92 / 90),               # above a range: of its upper border
    (72, between(80, 90, on(2025)), 0.90),                  # below it: of its lower border
    (85, between(80, 90, on(2025)), 1.0),
    (3, at_most(0, on(2025)), None),                        # nothing is a part of zero
])
def test_attainment_by_hand(value: float, target: Target, part: float | None) -> None:
    found = attainment(value, target)
    assert found == (None if part is None else pytest.approx(part))


@pytest.mark.parametrize(("percent", "grade"), [
    (120, Lkjip.VERY_GOOD), (91, Lkjip.VERY_GOOD), (90.999, Lkjip.GOOD), (90.5, Lkjip.GOOD), (90, Lkjip.GOOD), (76, Lkjip.GOOD),
    (75.5, Lkjip.FAIR), (66, Lkjip.FAIR), (65.9, Lkjip.POOR), (51, Lkjip.POOR), (50.5, Lkjip.VERY_POOR), (-20, Lkjip.VERY_POOR),
])
def test_the_holes_between_the_lkjip_classes_belong_to_the_class_below(percent: float, grade: Lkjip) -> None:
    assert lkjip(percent / 100) is grade


def test_attainment_can_be_of_what_is_due_on_the_day() -> None:
    # 60 -> 90 half-way asks for 75: 72 is 96 percent of what is due, though only 80 percent of the target
    assert attainment(72, at_least(90, on(2030)), due=75) == pytest.approx(0.96)
    assert attainment(72, at_least(90, on(2030))) == pytest.approx(0.80)


def test_the_part_of_the_way_is_not_clamped() -> None:
    assert reached(at_least(90, on(2030)), 75, 60) == pytest.approx(0.5)
    assert reached(at_least(90, on(2030)), 105, 60) == pytest.approx(1.5)
    assert reached(at_least(90, on(2030)), 45, 60) == pytest.approx(-0.5)
    assert reached(at_most(0, on(2030)), 2, 8) == pytest.approx(0.75)
    assert reached(between(40, 60, on(2030)), 30, 20) == pytest.approx(0.5)
    assert reached(at_least(90, on(2030)), 85, 95) is None


def test_years_between_the_same_days_are_whole() -> None:
    assert years(on(2015), on(2030)) == 15
    assert years(date(2023, 3, 16), date(2025, 3, 16)) == 2.0


VALUES = st.floats(-100, 100).map(lambda value: round(value, 2))


@given(VALUES, VALUES, VALUES, st.booleans(), st.integers(2016, 2035))
def test_no_method_ever_divides_by_zero(base: float, now: float, goal: float, is_up: bool, year: int) -> None:
    target = at_least(goal, on(2030)) if is_up else at_most(goal, on(2030))
    current, baseline = measured(now, year), measured(base, 2015)
    un_chart(current, baseline, target)
    open_sdg(current, baseline, target, is_more_better=is_up)
    open_sdg(current, baseline, None, is_more_better=is_up, limit=abs(goal))
    for part in (attainment(now, target), reached(target, now, base)):
        assert part is None or math.isfinite(part)


@given(st.floats(1, 100), st.floats(1, 100), st.floats(1, 100), st.booleans(), st.sampled_from([0.01, 100.0, 4.0]))
def test_the_un_chart_does_not_depend_on_the_unit(base: float, now: float, goal: float, is_up: bool, scale: float) -> None:
    make = at_least if is_up else at_most
    one = un_chart(measured(now, 2021), measured(base, 2015), make(goal, on(2030)))
    other = un_chart(measured(now * scale, 2021), measured(base * scale, 2015), make(goal * scale, on(2030)))
    assert one == other
