"""Progress of partnerships in a store: estimates, baselines, targets and statuses come together."""
from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from statistics import NormalDist

import pandas as pd
import pytest

from access.policy import Role, Viewer
from data.progress import COLUMNS, progress
from data.register import changes
from data.store import Store
from tests import partnership_store
from tests.partnership_store import OTHER

TARGET = {"partnership": "air", "indicator": "toy.water", "comparison": "at_least", "value": 80, "unit": "percent",
          "due_on": "2028-01-01", "basis": "agreement", "source": "Perjanjian"}

@pytest.fixture
def surveyed(store: Store, viewer: Viewer) -> Store:
    partnership_store.surveyed(store, viewer)
    return store


def row(store: Store, viewer: Viewer, indicator: str = "toy.water", as_of: date | None = None) -> Mapping[str, object]:
    found = progress(store, viewer, partnerships=["air"], as_of=as_of)
    (one,) = found[found["indicator"] == indicator].to_dict("records")
    return {str(name): value for name, value in one.items()}


def save(store: Store, viewer: Viewer, **values: object) -> None:
    assert not changes.save(store, viewer, "targets", TARGET | values).has_errors


def test_without_targets_there_are_estimates_and_baselines_but_no_status(surveyed: Store, viewer: Viewer) -> None:
    found = progress(surveyed, viewer)
    assert list(found.columns) == list(COLUMNS)
    assert found[["partnership", "indicator", "round", "status"]].to_numpy().tolist() == [
        ["air", "toy.water", "r2", "no_target"], ["air", "toy.income", "r2", "no_target"],
        ["lain", "toy.water", "r2", "no_target"], ["lain", "toy.income", "r2", "no_target"],
    ]
    water = row(surveyed, viewer)
    assert water["estimate"] == pytest.approx(26 / 40) and water["baseline"] == pytest.approx(16 / 40)
    assert (water["n"], water["covered"], water["villages"]) == (40, 2, 2)
    assert (water["baseline_round"], water["baseline_on"], water["measured_on"]) == ("r1", date(2024, 1, 1), date(2026, 1, 1))


def test_the_status_is_the_pace_from_the_baseline_round_with_both_uncertainties(surveyed: Store, viewer: Viewer) -> None:
    save(surveyed, viewer)
    found = row(surveyed, viewer)
    # 0.40 -> 0.80 in 1,461 days; 731 have passed: 0.60014 is due, 0.65 was measured
    f = 731 / 1461
    due = 0.4 + 0.4 * f
    # 40 of the 60 rows of each round, each row a PSU: p*(1-p)/40 * 60/59; the rounds are independent
    now, before = 0.65 * 0.35 / 40 * 60 / 59, 0.40 * 0.60 / 40 * 60 / 59
    se = math.sqrt(now + (1 - f) ** 2 * before)
    assert found["target"] == 0.8 and found["target_on"] == date(2028, 1, 1)
    assert (found["status"], found["expected"]) == ("on_track", pytest.approx(due))
    assert found["confidence"] == pytest.approx(NormalDist().cdf((0.65 - due) / se))
    assert not found["is_certain"]
    assert found["reached"] == pytest.approx(0.25 / 0.40)
    assert found["attainment"] == pytest.approx(0.65 / due) and found["lkjip"] == "very_good"
    # 0.40 -> 0.65 in two years is 27.5 percent a year; 0.40 -> 0.80 in four is 18.9
    assert (found["open_sdg"], found["un_chart"], found["depends_on_method"]) == ("on_track", "on_track", False)


def test_a_status_follows_a_changed_target(surveyed: Store, viewer: Viewer) -> None:
    save(surveyed, viewer)
    statuses = []
    for value in (60, 80, 95):
        save(surveyed, viewer, value=value)
        found = row(surveyed, viewer)
        statuses.append((found["status"], found["target_version"]))
    # the status says which version of the target it used: 80 as first set, then 60, 80 again and 95
    assert statuses == [("achieved", 2), ("on_track", 3), ("needs_attention", 4)]


def test_the_agreed_baseline_comes_before_the_measured_one(surveyed: Store, viewer: Viewer) -> None:
    save(surveyed, viewer, baseline_value=60, baseline_on="2025-01-01")
    found = row(surveyed, viewer)
    due = 0.6 + 0.2 * 365 / 1095
    assert (found["baseline"], found["baseline_round"], found["baseline_on"]) == (0.6, None, date(2025, 1, 1))
    assert (found["status"], found["expected"]) == ("needs_attention", pytest.approx(due))
    # an agreed number has no sampling error: only the estimate's own counts
    assert found["confidence"] == pytest.approx(NormalDist().cdf((due - 0.65) / math.sqrt(0.65 * 0.35 / 40 * 60 / 59)))


def test_an_earlier_due_date_of_the_same_indicator_is_a_milestone(surveyed: Store, viewer: Viewer) -> None:
    save(surveyed, viewer)
    save(surveyed, viewer, value=75, due_on="2026-01-01")
    found = row(surveyed, viewer)
    assert (found["target"], found["expected"], found["status"]) == (0.8, pytest.approx(0.75), "needs_attention")


def test_before_a_second_round_there_is_not_enough_data(surveyed: Store, viewer: Viewer) -> None:
    save(surveyed, viewer)
    found = row(surveyed, viewer, as_of=date(2024, 12, 31))
    assert (found["round"], found["status"], found["reason"]) == ("r1", "not_enough_data", "no_later_round")


def test_a_break_of_the_series_takes_the_baseline_away(surveyed: Store, viewer: Viewer) -> None:
    save(surveyed, viewer)
    broken = {"indicator": "toy.water", "broken_on": "2025-06-01", "reason": "Pertanyaan berubah"}
    assert not changes.save(surveyed, viewer, "series_breaks", broken).has_errors
    found = row(surveyed, viewer)
    assert (found["status"], found["reason"]) == ("not_enough_data", "series_break")
    assert pd.isna(found["baseline"])


def test_a_target_above_the_poverty_line_needs_the_line(surveyed: Store, viewer: Viewer) -> None:
    save(surveyed, viewer, indicator="toy.income", comparison="above_poverty_line", value=None, unit="rp_per_month")
    found = row(surveyed, viewer, "toy.income")
    assert (found["status"], found["reason"]) == ("not_enough_data", "no_parameter")
    line = {"regency": "18.02", "round": "r2", "rp_per_person_month": 190, "source": "contoh"}
    assert not changes.save(surveyed, viewer, "poverty_lines", line).has_errors
    found = row(surveyed, viewer, "toy.income")
    # means of 150, 151 and 250, 251 in equal parts
    assert (found["estimate"], found["target"], found["status"]) == (pytest.approx(200.5), 190, "achieved")


def test_a_target_of_an_indicator_nobody_measures_is_listed(surveyed: Store, viewer: Viewer) -> None:
    save(surveyed, viewer, indicator="toy.unknown")
    found = row(surveyed, viewer, "toy.unknown")
    assert (found["target"], found["status"], found["reason"]) == (0.8, "not_enough_data", "no_data")


def test_a_viewer_sees_only_the_partnerships_in_scope(surveyed: Store, viewer: Viewer) -> None:
    donor_area = Viewer(name="camat", roles=frozenset({Role.OFFICIAL}), areas=frozenset({OTHER}))
    assert progress(surveyed, donor_area)["partnership"].unique().tolist() == ["lain"]
    named = Viewer(name="mitra", roles=frozenset({Role.OFFICIAL}), partnerships=frozenset({"air"}))
    assert progress(surveyed, named)["partnership"].unique().tolist() == ["air"]


def test_what_one_caller_changes_no_other_sees_and_a_new_target_everybody(surveyed: Store, viewer: Viewer) -> None:
    mine = progress(surveyed, viewer)
    mine["estimate"] = 0.0
    mine.loc[0, "status"] = "achieved"
    again = progress(surveyed, viewer)
    assert again["estimate"].iloc[0] == pytest.approx(26 / 40) and again["status"].iloc[0] == "no_target"
    save(surveyed, viewer)
    assert progress(surveyed, viewer)["target"].iloc[0] == 0.8


def test_an_empty_store_gives_an_empty_frame_with_its_columns(store: Store, viewer: Viewer) -> None:
    found = progress(store, viewer)
    assert found.empty and list(found.columns) == list(COLUMNS)
