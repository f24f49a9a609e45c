from __future__ import annotations

import math

import pandas as pd
import pytest

from data.scores import goal_parts, goal_scores
from metrics.catalogue import INDICATORS

KNOWN = {each.id: each for each in INDICATORS}
WOMEN = "participation.women_at_planning"            # goals 5, 16 and 18
WATER = "service_access.safe_water"                  # goal 6


def progress(*rows: tuple[str, str, float | None]) -> pd.DataFrame:
    return pd.DataFrame([
        {"partnership": "a", "indicator": indicator, "status": status, "reached": reached,
         "target_kind": None if status == "no_target" else "at_least"}
        for indicator, status, reached in rows
    ])


def test_a_goals_score_is_the_mean_part_of_the_way_with_each_part_cut() -> None:
    sanitation = "service_access.sanitation"         # goal 6 too
    found = goal_scores(progress(
        (WATER, "on_track", 0.5), (sanitation, "needs_attention", -3.0), (WOMEN, "achieved", 1.8),
    ), KNOWN)
    # goal 6: (0.5 + 0) / 2; goals 5, 16, 18: the whole way
    assert found.to_dict("list") == {
        "partnership": ["a"] * 4, "goal": [5, 6, 16, 18], "score": [100.0, 25.0, 100.0, 100.0],
        "indicators": [1, 2, 1, 1], "of": [1, 2, 1, 1],
    }


def test_a_score_rests_on_the_parts_of_its_indicators() -> None:
    found = goal_parts(progress((WATER, "on_track", 0.5), (WOMEN, "needs_attention", -3.0)), KNOWN)
    assert found[["goal", "indicator", "part"]].to_numpy().tolist() == [
        [6, WATER, 0.5], [5, WOMEN, 0.0], [16, WOMEN, 0.0], [18, WOMEN, 0.0],
    ]


def test_what_cannot_be_measured_is_counted_and_not_scored() -> None:
    found = goal_scores(progress((WATER, "not_enough_data", None)), KNOWN)
    assert found[["goal", "indicators", "of"]].to_numpy().tolist() == [[6, 0, 1]]
    assert math.isnan(found["score"].iloc[0])


@pytest.mark.parametrize("rows", [(), ((WATER, "no_target", None),), (("own.unknown", "achieved", 1.0),)])
def test_without_targets_of_a_goal_there_is_no_score(rows: tuple[tuple[str, str, float | None], ...]) -> None:
    empty = progress(*rows) if rows else pd.DataFrame(columns=["partnership", "indicator", "target_kind", "status", "reached"])
    assert goal_scores(empty, KNOWN).empty
