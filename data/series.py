"""What a status rests on: an indicator's estimates by time, where it started, and how sure the way between them is."""
from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from access.policy import Viewer
from data import results
from data.register import Round
from data.store import Store
from data.targets import Aim
from metrics.progress import Measured, Target

Key = tuple[str, str]                       # partnership, indicator


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """An estimate of one round, as `data.results` gives it; `villages` is how many it should cover."""

    round: Round
    estimate: float
    se: float
    lower: float
    upper: float
    n: int
    reliability: str | None
    withheld: bool
    reason: str | None
    covered: int
    villages: int

    @property
    def measured(self) -> Measured:
        return Measured(value=self.estimate, on=self.round.measured_on, se=self.se)


def series_of(
    store: Store, viewer: Viewer, ids: list[str], rounds: Mapping[str, Round], *, on: date | None,
) -> dict[Key, list[Estimate]]:
    """The estimates of each partnership, as its members are on a day, and indicator; by time, as `rounds` are."""
    found: dict[Key, list[Estimate]] = {}
    if not (ids and rounds):
        return found
    row: Any
    for row in results.estimates(
        store, viewer, by="partnership", domains=ids, rounds=list(rounds), on=on,
    ).itertuples(index=False):
        found.setdefault((row.domain, row.indicator), []).append(Estimate(
            round=rounds[row.round], estimate=_number(row.estimate), se=_number(row.se), lower=_number(row.lower),
            upper=_number(row.upper), n=_whole(row.n), reliability=_text(row.reliability), withheld=bool(row.withheld),
            reason=_text(row.reason), covered=_whole(row.covered), villages=_whole(row.expected),
        ))
    order = {id: at for at, id in enumerate(rounds)}
    for series in found.values():
        series.sort(key=lambda each: order[each.round.id])
    return found


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """Where an indicator started; `round` None: as agreed. Without `measured`, `reason` says why if there is a reason."""

    measured: Measured | None = None
    round: str | None = None
    reason: str | None = None


def baseline_of(series: list[Estimate], wanted: tuple[Aim, ...], breaks: Iterable[date]) -> Baseline:
    """The register's baseline, or else the first baseline round's. A break of the series since then takes it away."""
    agreed = next((each.baseline for each in reversed(wanted) if each.baseline is not None), None)
    first = next((each for each in series if each.round.kind == "baseline" and not math.isnan(each.estimate)), None)
    if agreed is None and first is None:
        return Baseline(reason="no_baseline")
    found = Baseline(measured=agreed) if first is None or agreed is not None else Baseline(
        measured=first.measured, round=first.round.id)
    assert found.measured is not None
    latest_on = series[-1].round.measured_on if series else found.measured.on
    if any(found.measured.on < broken_on <= latest_on for broken_on in breaks):
        return Baseline(reason="series_break")
    return found


def change_errors(
    store: Store, viewer: Viewer, series: Mapping[Key, list[Estimate]], baselines: Mapping[Key, Baseline], wanted: Iterable[Key],
    *, on: date | None,
) -> dict[Key, float]:
    """The standard error of the change since the baseline round, of what is wanted."""
    pairs: dict[tuple[str, str], set[Key]] = {}
    for key in set(wanted) & series.keys():
        first, latest = baselines[key].round, series[key][-1].round.id
        if first is not None and first != latest:
            pairs.setdefault((first, latest), set()).add(key)
    errors: dict[Key, float] = {}
    for pair, keys in pairs.items():
        found = results.changes(
            store, viewer, pair=pair, by="partnership",
            domains=sorted({owner for owner, _ in keys}), indicators=sorted({indicator for _, indicator in keys}), on=on,
        )
        row: Any
        for row in found.itertuples(index=False):
            errors[row.domain, row.indicator] = _number(row.se)
    return {key: error for key, error in errors.items() if not math.isnan(error)}


def pace_se(latest: Estimate, baseline: Baseline, target: Target, milestones: list[Target], change_se: float) -> float | None:
    """The standard error of the estimate's distance from a path that starts at an estimate.

    With g the part of the first stretch that is left, the distance is theta - g*b + a constant, and its variance
    se**2 + g**2*se_b**2 - 2*g*cov; the covariance follows from the change's: se_c**2 = se**2 + se_b**2 - 2*cov.
    """
    start = baseline.measured
    if start is None or start.se is None or math.isnan(start.se) or math.isnan(latest.se):
        return None
    bends = [each.due_on for each in (*milestones, target) if each.due_on > start.on]
    if not bends:
        return None
    left = max(0.0, 1 - (latest.round.measured_on - start.on).days / (min(bends) - start.on).days)
    covariance = (latest.se**2 + start.se**2 - change_se**2) / 2
    return math.sqrt(max(0.0, latest.se**2 + left**2 * start.se**2 - 2 * left * covariance))


def _number(value: float | None) -> float:
    return math.nan if value is None or pd.isna(value) else float(value)


def _whole(value: Any) -> int:
    return 0 if pd.isna(value) else int(value)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
