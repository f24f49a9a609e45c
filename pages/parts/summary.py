"""What a page says first, worked out of progress and changes: which partnership, how many, in what order."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data.register import Partnership
from metrics.indicator import Better, Indicator

SURE = 0.01  # a change is told when chance would bring one this large less often


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where one partnership stands: how many indicators have each status, those that need attention, surest first, and of how
    many others the status depends on the method."""

    partnership: Partnership
    counts: Mapping[Any, int]
    needing: pd.DataFrame
    depending: int

    @property
    def surely_needing(self) -> int:
        return int(self.needing["is_certain"].sum())


def standings(partnerships: Sequence[Partnership], progress: pd.DataFrame) -> list[Standing]:
    """One for each partnership, those with most that surely needs attention first."""
    needs = progress["status"] == "needs_attention"
    ordered = progress[needs].sort_values("confidence", ascending=False)
    needing, statuses = dict(list(ordered.groupby("partnership"))), dict(list(progress.groupby("partnership")["status"]))
    depending = progress.loc[~needs, "depends_on_method"].groupby(progress["partnership"]).sum()
    found = [
        Standing(partnership=each, counts=statuses.get(each.id, progress["status"].iloc[:0]).value_counts().to_dict(),
                 needing=needing.get(each.id, ordered.iloc[:0]), depending=int(depending.get(each.id, 0)))
        for each in partnerships
    ]
    return sorted(found, key=lambda each: (-each.surely_needing, -len(each.needing), each.partnership.name))


def sure_changes(changes: pd.DataFrame, indicators: dict[str, Indicator]) -> pd.DataFrame:
    """The changes that chance hardly explains, largest first beside their own uncertainty, with `is_better`."""
    rows = changes[(changes["p_value"] < SURE) & changes["indicator"].isin(list(indicators))].copy()
    rises = rows["estimate"] > 0
    wants_rise = rows["indicator"].map({each.id: each.better == Better.UP for each in indicators.values()}).astype(bool)
    rows["is_better"] = rises == wants_rise
    return rows.sort_values("p_value", kind="stable")


def on_paths(progress: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """The rows that can be drawn from a baseline to a target: judged, both known, and the target still ahead of the baseline.
    Where it was met from the start there is no way to draw."""
    rows = zip(progress["baseline"], progress["target"], progress["indicator"], strict=True)
    is_ahead = [has_way(baseline, target, indicators[indicator].better) for baseline, target, indicator in rows]
    is_judged = progress["status"].isin(["achieved", "on_track", "needs_attention"])
    return progress[pd.Series(is_ahead, index=progress.index, dtype=bool) & is_judged]


def has_way(baseline: float, target: float, better: Better) -> bool:
    """Whether a target lies ahead of a baseline; without one of them there is no way."""
    return bool((target - baseline) * (1 if better == Better.UP else -1) > 0)


def by_promise(themes: Mapping[str, pd.DataFrame]) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    """Progress by theme, parted into what has a target, judged or not yet, and what has none; no theme is empty."""
    parted: tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]] = ({}, {})
    for theme, rows in themes.items():
        is_promised = rows["status"] != "no_target"
        for part, chosen in zip(parted, (rows[is_promised], rows[~is_promised]), strict=True):
            if len(chosen):
                part[theme] = chosen
    return parted
