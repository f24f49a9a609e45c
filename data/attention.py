"""Early warning: what needs somebody's attention, why, on what evidence. What villagers feel comes first, and what is about
files last; within a group the newest. Each can be acknowledged with a note.

An item's key holds its evidence (the round, the date, the year), so that an acknowledged item comes back when its evidence
changes, and not before.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from access.policy import Action, Viewer, require
from data import results
from data.errors import UserError
from data.formats import amount, change, day
from data.forum import follow_ups
from data.indicators import indicators, label
from data.messages import Language, say
from data.progress import progress
from data.register import Partnership, Round, partnerships, rounds, settings
from data.store import Store, now
from metrics.indicator import Better, Indicator
from metrics.significance import holm

_FAMILY_ERROR = 0.05             # the chance of one false alarm or more among all falls
_RUNNING = (None, "active", "extended")
_DUE_SOON = timedelta(days=7)
# What the list is ordered by, and a page counts by (`attention.group.<group>`).
GROUPS = {
    "pace": ("off_pace",),
    "fall": ("fell",),
    "agreement": ("agreement_ends", "agreement_ends_past", "review_due", "review_due_past"),
    "budget": ("overspent", "unspent"),
    "follow_up": ("follow_up_due", "follow_up_past"),
    "old_data": ("unreliable", "stale_data", "report_overdue"),
    "upload": ("findings",),
}
_GROUP_OF = {kind: group for group, kinds in GROUPS.items() for kind in kinds}
_PLACE = {group: place for place, group in enumerate(GROUPS)}


@dataclass(frozen=True, kw_only=True)
class Item:
    """One warning. `kind` names the message `attention.<kind>`, filled with `params`; `since` is when it began to hold.

    `page` is where to look: partnership, register, forum, uploads. `subject` is the indicator, year or id it is about.
    """

    kind: str
    partnership: str | None
    subject: str
    evidence: str
    since: date
    page: str
    params: Mapping[str, object] = field(default_factory=dict)
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    note: str | None = None

    @property
    def key(self) -> str:
        return "|".join((self.kind, self.partnership or "", self.subject, self.evidence))

    @property
    def group(self) -> str:
        return _GROUP_OF[self.kind]


def items(store: Store, viewer: Viewer, *, today: date | None = None, with_acknowledged: bool = False) -> list[Item]:
    """What needs attention on a day (today), in the viewer's scope: in the order of `GROUPS`, the newest first in each."""
    require(viewer, Action.SEE_RESULTS)
    today = today or date.today()
    seen = partnerships(store, viewer, on=today)
    limits = settings(store)
    known = indicators(store, viewer)
    waves = {each.id: each for each in rounds(store, viewer) if each.ends_on <= today}
    standing = progress(store, viewer, as_of=today)
    ids = [each.id for each in seen]
    estimates = results.estimates(store, viewer, by="partnership", domains=ids, rounds=list(waves), on=today)
    found = [
        *_off_pace(standing, waves),
        *_fallen(store, viewer, ids, known, waves, estimates, today),
        *_became_unreliable(estimates, waves, standing),
        *_agreements(seen, today, timedelta(days=limits["attention_days"])),
        *_stale(seen, standing, waves, today),
        *_budgets(store, seen, today, limits["budget_gap"]),
        *_follow_ups(follow_ups(store, viewer, state="open"), today),
        *(_findings(store) if viewer.areas is None and viewer.partnerships is None else ()),
    ]
    noted = _acknowledgements(store)
    marked = [replace(item, **noted[item.key]) if item.key in noted else item for item in found]
    return sorted(
        (item for item in marked if with_acknowledged or item.acknowledged_at is None),
        key=lambda item: (_PLACE[item.group], -item.since.toordinal(), item.key),
    )


def message(item: Item, indicators: Mapping[str, Indicator], language: Language) -> str:
    """An item in words, its numbers as people read them."""
    indicator = indicators.get(item.subject)
    unit = indicator.unit if indicator else ""
    words: dict[str, object] = {"indicator": label(indicator, language) if indicator else item.subject}
    for name, value in item.params.items():
        if isinstance(value, date):
            words[name] = day(value, language)
        elif name in ("planned", "realised"):
            words[name] = amount(float(str(value)), "rp", language)
        elif name == "change":
            words[name] = change(float(str(value)), unit, language)
        elif isinstance(value, float):
            words[name] = amount(value, unit, language)
        else:
            words[name] = value
    return say(f"attention.{item.kind}", language, **words)


def acknowledge(store: Store, viewer: Viewer, key: str, note: str, *, today: date | None = None) -> None:
    """Takes note of an item on the viewer's list of a day (today).

    Raises `UserError` for an empty note, or an item that is not there.
    """
    require(viewer, Action.DISCUSS)
    if not note.strip():
        raise UserError("attention.needs_note")
    if key not in {item.key for item in items(store, viewer, today=today, with_acknowledged=True)}:
        raise UserError("attention.unknown_item")
    with store.writing(viewer, "attention.acknowledge", item=key) as cursor:
        cursor.execute("INSERT INTO acknowledgement VALUES (?, ?, ?, ?)", [key, now(), viewer.name, note.strip()[:2_000]])


def _off_pace(standing: pd.DataFrame, waves: Mapping[str, Round]) -> Iterator[Item]:
    """Behind the pace beyond doubt; a status that is not certain is no alarm."""
    row: Any
    for row in standing[(standing["status"] == "needs_attention") & standing["is_certain"].astype(bool)].itertuples(index=False):
        yield Item(
            kind="off_pace", partnership=row.partnership, subject=row.indicator, evidence=row.round,
            since=waves[row.round].ends_on, page="partnership",
            params={"estimate": row.estimate, "expected": row.expected, "target": row.target, "target_on": row.target_on},
        )


def _fallen(
    store: Store, viewer: Viewer, ids: list[str], known: Mapping[str, Indicator], waves: Mapping[str, Round],
    estimates: pd.DataFrame, today: date,
) -> Iterator[Item]:
    """Worse than in the round before by more than chance explains, given how many comparisons are made (Holm)."""
    frames = [
        results.changes(store, viewer, pair=pair, by="partnership", domains=ids, indicators=ours, on=today)
        for pair, ours in _last_pairs(estimates, waves).items()
    ]
    frames = [frame for frame in frames if not frame.empty]
    if not frames:
        return
    found = pd.concat(frames, ignore_index=True)
    found = found[found["p_value"].notna() & ~found["withheld"].astype(bool)]
    is_sure = holm(found["p_value"].tolist(), _FAMILY_ERROR)
    row: Any
    for row in found[is_sure].itertuples(index=False):
        is_worse = row.estimate < 0 if known[row.indicator].better is Better.UP else row.estimate > 0
        if is_worse:
            latest = str(row.round).split(":")[1]
            yield Item(
                kind="fell", partnership=row.domain, subject=row.indicator, evidence=row.round, since=waves[latest].ends_on,
                page="partnership", params={"change": row.estimate, "lower": row.lower, "upper": row.upper},
            )


def _last_pairs(estimates: pd.DataFrame, waves: Mapping[str, Round]) -> dict[tuple[str, str], list[str]]:
    """The last two rounds of each indicator, and which indicators have them."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for indicator, has in estimates.groupby("indicator")["round"].unique().items():
        own = [id for id in waves if id in set(has)]
        if len(own) > 1:
            pairs.setdefault((own[-2], own[-1]), []).append(str(indicator))
    return pairs


def _became_unreliable(estimates: pd.DataFrame, waves: Mapping[str, Round], standing: pd.DataFrame) -> Iterator[Item]:
    """Of what has a target alone: a share near zero is unreliable by nature, and nobody waits for it."""
    has_target = standing[standing["target_kind"].notna()]
    awaited = set(zip(has_target["partnership"], has_target["indicator"], strict=True))
    series = ["domain", "indicator"]
    by_time = estimates.sort_values("round", key=lambda ids: ids.map({id: at for at, id in enumerate(waves)}), kind="stable")
    before = by_time.groupby(series, sort=False)["reliability"].shift()
    fell = (by_time["reliability"] == "unreliable") & before.isin(["usable", "care"]) & ~by_time.duplicated(series, keep="last")
    row: Any
    for row in by_time[fell].itertuples(index=False):
        if (row.domain, row.indicator) in awaited:
            yield Item(
                kind="unreliable", partnership=row.domain, subject=row.indicator, evidence=row.round,
                since=waves[row.round].ends_on, page="partnership",
            )


def _agreements(seen: Iterable[Partnership], today: date, window: timedelta) -> Iterator[Item]:
    for each in seen:
        if each.state not in _RUNNING:
            continue
        for kind, on in (("agreement_ends", each.ends_on), ("review_due", each.review_on)):
            if on is not None and on <= today + window:
                yield Item(
                    kind=kind if on >= today else f"{kind}_past", partnership=each.id, subject="", evidence=on.isoformat(),
                    since=min(on - window if on >= today else on, today), page="register", params={"on": on},
                )


def _stale(seen: Iterable[Partnership], standing: pd.DataFrame, waves: Mapping[str, Round], today: date) -> Iterator[Item]:
    """Data, or the report, older than the reporting calendar allows."""
    for each in seen:
        if each.report_every_months is None or each.state not in _RUNNING:
            continue
        own = [waves[id].ends_on for id in standing.loc[standing["partnership"] == each.id, "round"].dropna().unique()]
        for kind, last in (("stale_data", max(own, default=None)), ("report_overdue", each.last_report_on)):
            if last is not None and (due := _months_later(last, each.report_every_months)) < today:
                yield Item(
                    kind=kind, partnership=each.id, subject="", evidence=last.isoformat(), since=due, page="register",
                    params={"last": last, "months": each.report_every_months},
                )


def _budgets(store: Store, seen: Iterable[Partnership], today: date, gap: float) -> Iterator[Item]:
    """Spent more than planned, or so much less that the year cannot explain it. Without a realised amount nothing is said."""
    ids = {each.id for each in seen}
    with store.reading() as cursor:
        rows = cursor.execute(
            "SELECT partnership, year, sum(planned_rp), sum(realised_rp) FROM budget"
            " WHERE planned_rp IS NOT NULL AND realised_rp IS NOT NULL AND year <= ? GROUP BY ALL ORDER BY ALL", [today.year],
        ).fetchall()
    for partnership, year, planned, realised in rows:
        if partnership not in ids or not planned:
            continue
        passed = min(1.0, ((today - date(year, 1, 1)).days + 1) / 365)
        kind = "overspent" if realised > planned else "unspent" if realised / planned < passed - gap else None
        if kind:
            # spending lags from the day when the year was further than the money and the gap; when too much went is not known
            lag = date(year, 1, 1) + timedelta(days=round(365 * (realised / planned + gap)))
            yield Item(
                kind=kind, partnership=partnership, subject=str(year), evidence=f"{realised:.0f}/{planned:.0f}",
                since=min(today, date(year, 12, 31), *([lag] if kind == "unspent" else [])), page="register",
                params={"year": year, "planned": planned, "realised": realised},
            )


def _follow_ups(found: pd.DataFrame, today: date) -> Iterator[Item]:
    row: Any
    for row in found.itertuples(index=False):
        due_on = pd.Timestamp(row.due_on).date()
        if due_on <= today + _DUE_SOON:
            yield Item(
                kind="follow_up_due" if due_on >= today else "follow_up_past", partnership=row.partnership, subject=str(row.id),
                evidence=due_on.isoformat(), since=min(due_on, today), page="forum",
                params={"task": row.task, "owner": row.owner, "on": due_on},
            )


def _findings(store: Store) -> Iterator[Item]:
    """Uploads with rejected rows that nobody has completed. Of no partnership, so only for viewers without a limit."""
    with store.reading() as cursor:
        rows = cursor.execute(
            "SELECT batch.id, batch.round, sum(rows_rejected), max(imported_at), any_value(name) FROM batch"
            " JOIN batch_form ON batch_form.batch = batch.id"
            " JOIN batch_file ON batch_file.batch = batch.id AND batch_file.number = 1"
            " WHERE state = 'accepted' GROUP BY batch.id, batch.round HAVING sum(rows_rejected) > 0 ORDER BY batch.id"
        ).fetchall()
    for id, round, rejected, imported_at, name in rows:
        yield Item(
            kind="findings", partnership=None, subject=str(id), evidence=str(rejected), since=imported_at.date(), page="uploads",
            params={"rows": int(rejected), "file": name, "round": round},
        )


def _acknowledgements(store: Store) -> dict[str, dict[str, Any]]:
    with store.reading() as cursor:
        rows = cursor.execute(
            "SELECT item, acknowledged_at, viewer, note FROM acknowledgement ORDER BY acknowledged_at"
        ).fetchall()
    return {item: {"acknowledged_at": at, "acknowledged_by": by, "note": note} for item, at, by, note in rows}


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))
