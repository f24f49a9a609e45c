"""The targets of the register, in the unit of their indicators."""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
from duckdb import DuckDBPyConnection

from data.areas import ancestor
from data.register import Partnership, poverty_lines, targets_in
from data.register.entry import record_label
from data.register.history import target_versions, targets_on
from metrics.indicator import Indicator
from metrics.progress import Measured, Target, at_least, at_most, between, less_than, more_than

PovertyLines = Mapping[tuple[str, str], float]      # (regency, round) to rupiah per person per month


@dataclass(frozen=True, kw_only=True)
class Aim:
    """One row of the register's targets: what is to be reached by when, as written there.

    Values are in the indicator's unit. `baseline` is the agreed one, None where it is the baseline round's. `version` counts the
    changes of the row in the register's history, the last of them at `set_at`.
    """

    partnership: str
    indicator: str
    comparison: str
    value: float
    upper_value: float
    due_on: date
    basis: str
    source: str
    baseline: Measured | None
    version: int
    set_at: datetime | None

    def target(self, partnership: Partnership, round: str | None, lines: PovertyLines) -> Target | None:
        """What is good enough; None when that rests on a poverty line the register does not have for the round.

        Members of several regencies are held to the highest line, so that none of them stays below its own.
        """
        match self.comparison:
            case "at_least":
                return at_least(self.value, self.due_on)
            case "at_most":
                return at_most(self.value, self.due_on)
            case "more_than":
                return more_than(self.value, self.due_on)
            case "less_than":
                return less_than(self.value, self.due_on)
            case "between":
                return between(self.value, self.upper_value, self.due_on)
            case "zero":
                return at_most(0.0, self.due_on)
            case "yes":
                return at_least(1.0, self.due_on)
            case "above_poverty_line":
                own = [lines.get((ancestor(village, "regency"), round or "")) for village in partnership.members]
                known = [line for line in own if line is not None]
                if not known or len(known) < len(own):
                    return None
                return more_than(max(known) * (1.0 if math.isnan(self.value) else self.value), self.due_on)
        raise ValueError(f"unknown comparison {self.comparison!r}")


def aims(
    cursor: DuckDBPyConnection, partnerships: list[str], indicators: Mapping[str, Indicator], *, on: date | None = None,
) -> dict[tuple[str, str], tuple[Aim, ...]]:
    """The aims of each partnership and indicator, by due date: the last is the target, those before it are milestones.

    As the register holds them now, or held them at the end of a day. Called inside a transaction.
    """
    found: dict[tuple[str, str], tuple[Aim, ...]] = {}
    held = targets_in(cursor, partnerships) if on is None else targets_on(cursor, partnerships, on)
    versions = target_versions(cursor, on or date.max)
    row: Any
    for row in held.itertuples(index=False):
        # A share is written in percent and kept from 0 to 1; of an indicator not known here the unit decides.
        known = indicators.get(row.indicator)
        divisor = 100.0 if row.unit == "percent" and (known is None or known.unit == "share") else 1.0
        baseline_on = _day(row.baseline_on)
        baseline = None if baseline_on is None else Measured(value=row.baseline_value / divisor, on=baseline_on, se=0.0)
        due_on = _day(row.due_on)
        assert due_on is not None, "the register keeps a target with its due date"
        version, set_at = versions.get(record_label((row.partnership, row.indicator, due_on)), (0, None))
        key = (row.partnership, row.indicator)
        found[key] = (*found.get(key, ()), Aim(
            partnership=row.partnership, indicator=row.indicator, comparison=row.comparison, value=row.value / divisor,
            upper_value=row.upper_value / divisor, due_on=due_on, basis=row.basis, source=row.source, baseline=baseline,
            version=version, set_at=set_at,
        ))
    return found


def lines_by_regency(cursor: DuckDBPyConnection) -> PovertyLines:
    """The poverty lines by regency and round; called inside a transaction."""
    lines = poverty_lines(cursor)
    return {(regency, round): float(line) for regency, round, line in zip(
        lines["regency"], lines["round"], lines["rp_per_person_month"], strict=True)}


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()
