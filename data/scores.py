"""The dashboard's own score of a goal: never the official SDGs Desa score, and called so ("skor dasbor")."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from metrics.indicator import Indicator

_PART_COLUMNS = ["partnership", "goal", "indicator", "part"]


def goal_parts(progress: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """What the scores rest on: one row per partnership, SDGs Desa goal and indicator with a target: `_PART_COLUMNS`.

    `part` is the part of the way to the target that is covered, cut to 0 and 1, an achieved target being the whole way; NaN
    where the way cannot be measured.
    """
    has_target = progress[progress["target_kind"].notna()]
    rows = [
        {"partnership": row["partnership"], "goal": goal, "indicator": row["indicator"], "part": _part(row)}
        for row in has_target.to_dict("records") for goal in _goals(indicators.get(str(row["indicator"])))
    ]
    return pd.DataFrame(rows, columns=_PART_COLUMNS).astype({"part": float})


def goal_scores(progress: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """One row per partnership and SDGs Desa goal: partnership, goal, score (0 to 100), indicators, of (how many have a target).

    The score is the mean of the goal's parts; for the mean alone each is cut to 0 and 1, so that one indicator far past its
    target does not hide another that went back. Indicators whose way cannot be measured are in `of` and not in the score,
    which is NaN where none can.
    """
    return scores_of(goal_parts(progress, indicators))


def scores_of(parts: pd.DataFrame) -> pd.DataFrame:
    """As `goal_scores`, of the parts that `goal_parts` gave."""
    scores = parts.groupby(["partnership", "goal"], sort=True, as_index=False).agg(
        score=("part", "mean"), indicators=("part", "count"), of=("part", "size"))
    return scores.assign(score=scores["score"] * 100)


def _goals(indicator: Indicator | None) -> list[int]:
    if indicator is None:
        return []
    return sorted({key[1] for key in (indicator.sdgs, *indicator.also_sdgs) if key is not None})


def _part(row: Mapping[Any, Any]) -> float:
    if row["status"] == "achieved":
        return 1.0
    reached = row["reached"]
    return float("nan") if reached is None or pd.isna(reached) else min(1.0, max(0.0, float(reached)))
