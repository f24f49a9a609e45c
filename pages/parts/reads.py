"""What pages read: kept, bounded, and asked again as soon as anything was committed.

What is kept goes by the store, its `data_version` and the viewer, so that an import refreshes everyone and nobody sees
another's rows.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd
import streamlit as st

from access.policy import Viewer
from data import areas, attention, boundaries, forum, indicators, indices, needs, progress, register, results, tracing
from data.domains import By
from data.instruments import kept
from data.instruments.model import Instrument
from data.register import Round, listing
from data.register.entry import Record
from data.sdgs_desa import adopting, browsing
from data.store import Store
from data.tracing import Trace
from metrics.indicator import Indicator
from pages.parts import session
from pages.parts.rows import rows_of

Asked = ParamSpec("Asked")
Found = TypeVar("Found")
_KEPT = 128
_LISTED = 3000  # villages a list can hold and still be searched on a phone


def keep(read: Callable[Concatenate[Store, Viewer, Asked], Found], *, is_shared: bool = False) -> Callable[Asked, Found]:
    """A read of the store that this session asks without naming store and viewer, and that is kept for the next to ask it.

    Each who asks gets a copy; or, of what nobody changes and is long, the same.
    """

    def found(_store: Store, _viewer: Viewer, seen: str, *args: Asked.args, **kwargs: Asked.kwargs) -> Found:
        return read(_store, _viewer, *args, **kwargs)

    # Streamlit tells functions apart by these two: without them all reads would share one cache.
    found.__module__, found.__qualname__ = read.__module__, read.__qualname__
    cache = st.cache_resource if is_shared else st.cache_data
    remembered = cache(max_entries=_KEPT, show_spinner=False)(found)

    def asked(*args: Asked.args, **kwargs: Asked.kwargs) -> Found:
        return remembered(session.store(), session.viewer(), _seen(), *args, **kwargs)

    return asked


def _seen() -> str:
    """What this viewer sees of the store as it is now, as a part of a cache's key."""
    store, viewer = session.store(), session.viewer()
    scope = [sorted(part) if part is not None else None for part in (viewer.roles, viewer.areas, viewer.partnerships)]
    return f"{store.directory}|{store.data_version}|{scope}"


rounds = keep(register.rounds)
partnerships = keep(register.partnerships)
targets = keep(register.targets)
indicator_list = keep(indicators.indicators)
area_names = keep(areas.names)
candidates = keep(needs.candidates)
places = keep(needs.places)
shortfalls = keep(needs.shortfalls)
without_boundary = keep(boundaries.missing)
adoptable = keep(adopting.adoptable)
offers = keep(adopting.offers)
alphas = keep(indices.alphas)
against_comparison = keep(results.against_comparison)
_areas = keep(areas.areas)
_warnings = keep(attention.items, is_shared=True)
_progress = keep(progress.progress)
_estimates = keep(results.estimates)
_changes = keep(results.changes)
_gaps = keep(results.gaps)
_difference_in_differences = keep(results.difference_in_differences)
_records = keep(listing.records)
_messages = keep(forum.messages)
_follow_ups = keep(forum.follow_ups)
_framework = keep(browsing.browse)
_trace = keep(tracing.trace)
_instruments = keep(kept.instruments)


def is_empty() -> bool:
    """Whether nothing was ever imported or registered."""
    return not rounds_with_data() and not partnerships()


def rounds_with_data() -> list[Round]:
    """The rounds that have estimates, by time."""
    known = estimates(by="all")
    return [each for each in rounds() if each.id in set(known["round"])]


def indicators_with_data() -> dict[str, Indicator]:
    known = indicator_list()
    return {each: known[each] for each in dict.fromkeys(estimates(by="all")["indicator"]) if each in known}


def instruments() -> dict[str, Instrument]:
    return {each.id: each for each in _instruments()}


def areas_of(level: areas.Level) -> dict[str, str]:
    """Name by code of the areas of a level, by code; of a whole country's villages, those the register speaks of."""
    found = _areas(level=level)
    if len(found) > _LISTED:
        found = found[found["source"] == "register"]
    return dict(zip(found["code"], found["name"], strict=True))


def records(sheet: str, partnership: str | None = None) -> list[Record]:
    """The records of a sheet of the register, of one partnership or all, in the order of their keys."""
    return _records(sheet, partnership=partnership)


def warnings() -> list[attention.Item]:
    return _warnings(today=date.today())


def goals(row: Any) -> list[tuple[date, float]]:
    """Milestones and target of a row of progress, by date, in the indicator's unit."""
    if pd.isna(row.target):
        return []
    promised = targets(row.partnership)
    between = promised[(promised["indicator"] == row.indicator) & promised["value"].notna()]
    steps = {pd.Timestamp(each.due_on).date(): each.value / (100 if each.unit == "percent" else 1) for each in rows_of(between)}
    return sorted((steps | {pd.Timestamp(row.target_on).date(): row.target}).items())


def messages(partnership: str, indicator: str | None) -> pd.DataFrame:
    return _messages(partnership, indicator=indicator)


def follow_ups(partnership: str | None = None) -> pd.DataFrame:
    """The follow-ups of one partnership or all, the most urgent first."""
    return _follow_ups(partnership=partnership)


def framework(name: str, goal: int | None, words: str, only: browsing.Only) -> list[browsing.Entry]:
    """The official indicators of a framework that were asked for."""
    return _framework(framework=name, goal=goal, words=words, only=only)


def status_of(partnership: str | None = None) -> pd.DataFrame:
    """Progress of one partnership or all, as of today."""
    return _progress(partnerships=None if partnership is None else [partnership], as_of=date.today())


def estimates(*, by: By, indicator: str | None = None, group: str | None = None) -> pd.DataFrame:
    return _estimates(indicators=None if indicator is None else [indicator], by=by, group=group)


def points(indicator: str, *, by: By, domain: str) -> pd.DataFrame:
    """An indicator's estimates for one domain, a row per round in the order of time, with the round's name and day."""
    known = {each.id: each for each in rounds()}
    rows = estimates(by=by, indicator=indicator)
    rows = rows[(rows["domain"] == domain) & rows["round"].isin(list(known)) & ~rows["withheld"]]
    of_row = [known[each] for each in rows["round"]]
    rows = rows.assign(name=[each.name for each in of_row], measured_on=[each.measured_on for each in of_row])
    return rows.sort_values("measured_on")


def changes(*, by: By, before: str, after: str) -> pd.DataFrame:
    return _changes(pair=(before, after), by=by)


def difference_in_differences(*, before: str, after: str) -> pd.DataFrame:
    return _difference_in_differences(pair=(before, after))


def gaps(*, by: By, group: str) -> pd.DataFrame:
    """Each category less the first one, of every indicator, domain and round."""
    return _gaps(group=group, by=by)


def trace(*, indicator: str, by: By, domain: str, round: str, group: str | None = None,
          category: str | None = None) -> Trace:
    return _trace(indicator=indicator, by=by, domain=domain, round=round, group=group, category=category,
                  language=session.language())
