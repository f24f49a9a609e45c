"""Where each partnership stands: its latest estimates, its baselines, its targets, and the status that follows."""
from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import pandas as pd

from access.policy import Viewer
from data.indicators import indicators
from data.register import Partnership, Round, partnerships, rounds_in, settings_in
from data.series import Baseline, Estimate, Key, baseline_of, change_errors, pace_se, series_of
from data.store import Store
from data.sums import held
from data.targets import Aim, PovertyLines, aims, lines_by_regency
from metrics import methods
from metrics.indicator import Indicator
from metrics.progress import Measured, Standing, Status, Target, standing


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One partnership and indicator. Values are in the indicator's unit (shares 0 to 1); NaN and None where there is none.

    `round` is the latest with rows; `reason` says why its estimate is withheld, or why there is no status. `target` is the
    border to be reached (`target_upper` the upper one of a range), in the `target_version` that the register holds since
    `target_set_at` (UTC); `expected` is where the path is on `measured_on`.
    `covered` of `villages` have data. `baseline_round` is None for a baseline that the register gives.
    `reached` is the part of the way covered and `attainment` the part of what is due (neither is clamped); `lkjip`, `open_sdg`
    and `un_chart` are the answers of metrics/methods.py, and `depends_on_method` says that methods disagree.
    """

    partnership: str
    indicator: str
    round: str | None = None
    measured_on: date | None = None
    estimate: float = math.nan
    se: float = math.nan
    lower: float = math.nan
    upper: float = math.nan
    n: int = 0
    reliability: str | None = None
    withheld: bool = False
    reason: str | None = None
    covered: int = 0
    villages: int = 0
    baseline: float = math.nan
    baseline_round: str | None = None
    baseline_on: date | None = None
    target: float = math.nan
    target_upper: float = math.nan
    target_on: date | None = None
    target_kind: str | None = None
    target_source: str | None = None
    target_basis: str | None = None
    target_version: int = 0
    target_set_at: datetime | None = None
    expected: float = math.nan
    status: str = Status.NO_TARGET
    confidence: float = math.nan
    is_certain: bool = False
    reached: float | None = None
    attainment: float | None = None
    lkjip: str | None = None
    open_sdg: str | None = None
    un_chart: str | None = None
    depends_on_method: bool = False


COLUMNS = tuple(field.name for field in fields(Progress))


@dataclass(frozen=True, kw_only=True)
class _Given:
    """What the register gives: rounds by time, aims, poverty lines, breaks of series, and when a status is certain; and units."""

    rounds: dict[str, Round]
    aims: Mapping[Key, tuple[Aim, ...]]
    lines: PovertyLines
    breaks: Mapping[str, list[date]]
    units: Mapping[str, str]
    sure_from: float


def progress(
    store: Store, viewer: Viewer, *, partnerships: Iterable[str] | None = None, as_of: date | None = None,
) -> pd.DataFrame:
    """One row per partnership and indicator that has data or a target, with the columns of `Progress`.

    As of a day (today): rounds that end later are left out; of a day in the past, partnerships have the members they had, and
    the targets that the register held at its end (in UTC). By the partnership's name, then in the order of the indicators.
    """
    if partnerships is not None:
        return _progress(store, viewer, partnerships, as_of)
    with store.reading() as cursor:      # of all partnerships it is asked by several parts of a page, and takes long
        frame = held(store, cursor, ("progress", viewer, as_of, date.today()), lambda: _progress(store, viewer, None, as_of))
    return frame.copy(deep=False)        # pandas copies on write: what is held stays as it is


def _progress(store: Store, viewer: Viewer, wanted: Iterable[str] | None, as_of: date | None) -> pd.DataFrame:
    past = as_of if as_of is not None and as_of < date.today() else None
    seen = _seen(store, viewer, wanted, past)
    ids = [each.id for each in seen]
    known = indicators(store, viewer)
    given = _given(store, ids, known, as_of, past)
    series = series_of(store, viewer, ids, given.rounds, on=past)
    keys = series.keys() | given.aims.keys()
    baselines = {
        key: baseline_of(series.get(key, []), given.aims.get(key, ()), given.breaks.get(key[1], ())) for key in keys
    }
    errors = change_errors(store, viewer, series, baselines, given.aims, on=past)
    aimed: dict[str, list[str]] = {}
    for owner, indicator in given.aims:
        aimed.setdefault(owner, []).append(indicator)
    rows = [
        vars(_row(partnership, id, series.get(key, []), baselines[key], given, errors.get(key)))
        for partnership in seen for id, key in _keys(partnership, known, keys, aimed.get(partnership.id, []))
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    texts = [field.name for field in fields(Progress) if "None" in str(field.type)]
    return frame.assign(**{name: frame[name].astype(object).where(frame[name].notna(), None) for name in texts})


def _seen(store: Store, viewer: Viewer, wanted: Iterable[str] | None, past: date | None) -> list[Partnership]:
    only = None if wanted is None else set(wanted)
    return [each for each in partnerships(store, viewer, on=past) if only is None or each.id in only]


def _given(store: Store, ids: list[str], known: Mapping[str, Indicator], as_of: date | None, past: date | None) -> _Given:
    with store.reading() as cursor:
        breaks: dict[str, list[date]] = {}
        for indicator, broken_on in cursor.execute("SELECT indicator, broken_on FROM series_break").fetchall():
            breaks.setdefault(indicator, []).append(broken_on)
        return _Given(
            rounds={each.id: each for each in rounds_in(cursor) if as_of is None or each.ends_on <= as_of},
            aims=aims(cursor, ids, known, on=past), lines=lines_by_regency(cursor), breaks=breaks,
            sure_from=settings_in(cursor)["sure_from"],
            units={each.id: each.unit for each in known.values()},
        )


def _keys(
    partnership: Partnership, known: Mapping[str, Indicator], keys: Set[Key], aimed: Iterable[str],
) -> Iterator[tuple[str, Key]]:
    """The indicators of a partnership: the known ones in their order, then those that only a target names."""
    for id in (*known, *(each for each in aimed if each not in known)):
        key = (partnership.id, id)
        if key in keys:
            yield id, key


def _row(
    partnership: Partnership, indicator: str, series: list[Estimate], baseline: Baseline, given: _Given, change_se: float | None,
) -> Progress:
    latest = series[-1] if series else None
    found: dict[str, Any] = {"reason": "no_data"}
    if latest is not None:
        found = {name: getattr(latest, name) for name in _ESTIMATED}
        found |= {"round": latest.round.id, "measured_on": latest.round.measured_on}
    if baseline.measured is not None:
        found |= {"baseline": baseline.measured.value, "baseline_on": baseline.measured.on, "baseline_round": baseline.round}
    if wanted := given.aims.get((partnership.id, indicator)):
        found |= _aimed(partnership, wanted, latest, baseline, given, change_se, found["reason"], given.units.get(indicator))
    return Progress(partnership=partnership.id, indicator=indicator, **found)


_ESTIMATED = tuple(field.name for field in fields(Estimate) if field.name != "round")


def _aimed(
    partnership: Partnership, wanted: tuple[Aim, ...], latest: Estimate | None, baseline: Baseline, given: _Given,
    change_se: float | None, reason: str | None, unit: str | None,
) -> dict[str, Any]:
    """What follows from a target, and from the milestones before it."""
    *milestones, target = [each.target(partnership, latest.round.id if latest else None, given.lines) for each in wanted]
    last = wanted[-1]
    found: dict[str, Any] = {
        "target_on": last.due_on, "target_kind": last.comparison, "target_source": last.source, "target_basis": last.basis,
        "target_version": last.version, "target_set_at": last.set_at, "status": Status.NOT_ENOUGH_DATA,
    }
    if target is None:
        return found | {"reason": reason or "no_parameter"}
    found |= {"target": _border(target),
              "target_upper": math.nan if math.isinf(target.lower + target.upper) else target.upper}
    if latest is None or math.isnan(latest.estimate):
        return found
    if latest.reliability == "unreliable":
        return found | {"reason": "unreliable"}
    between = [each for each in milestones if each is not None]
    stands = standing(
        target, latest.measured, baseline.measured, between,
        pace_se=None if change_se is None else pace_se(latest, baseline, target, between, change_se),
    )
    found |= {
        "status": stands.status, "expected": stands.expected, "confidence": stands.confidence,
        "is_certain": bool(stands.confidence >= given.sure_from),
        "reason": baseline.reason if stands.reason == "no_baseline" else stands.reason,
    }
    return found | _other_methods(target, latest.measured, baseline.measured, stands, unit)


def _other_methods(
    target: Target, current: Measured, baseline: Measured | None, found: Standing, unit: str | None,
) -> dict[str, Any]:
    if baseline is not None and current.on <= baseline.on:
        return {}
    part = methods.attainment(current.value, target, due=None if math.isnan(found.expected) else found.expected)
    growth = methods.open_sdg(current, baseline, target, is_more_better=math.isfinite(target.lower))
    chart = methods.un_chart(current, baseline, target, is_share=unit == "share")
    return {
        "reached": None if baseline is None else methods.reached(target, current.value, baseline.value),
        "attainment": part, "lkjip": methods.lkjip(part), "open_sdg": growth, "un_chart": chart,
        "depends_on_method": methods.depends_on_method(found.status, growth, chart),
    }


def _border(target: Target) -> float:
    return target.upper if math.isinf(target.lower) else target.lower
