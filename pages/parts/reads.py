"""What pages read: cached, bounded, and asked again as soon as anything was committed.

Each read is keyed by the store, its `data_version` and the viewer, so that an import refreshes everyone and nobody sees
another's rows.
"""
from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from access.policy import Viewer
from data import areas, attention, boundaries, forum, indicators, indices, needs, progress, register, results, tracing
from data.domains import By
from data.instruments import kept
from data.instruments.model import Instrument
from data.messages import Language
from data.register import Partnership, Round, listing
from data.register.entry import Record
from data.sdgs_desa import Key, adopting, browsing
from data.store import Store
from data.tracing import Trace
from metrics.indicator import Indicator
from pages.parts import session
from pages.parts.rows import rows_of

_KEPT = 128
_LISTED = 3000  # villages a list can hold and still be searched on a phone


def is_empty() -> bool:
    """Whether nothing was ever imported or registered."""
    return not rounds_with_data() and not partnerships()


def rounds() -> list[Round]:
    return _rounds(session.store(), session.viewer(), _seen())


def rounds_with_data() -> list[Round]:
    """The rounds that have estimates, by time."""
    known = estimates(by="all")
    return [each for each in rounds() if each.id in set(known["round"])]


def partnerships() -> list[Partnership]:
    return _partnerships(session.store(), session.viewer(), _seen())


def targets(partnership: str | None = None) -> pd.DataFrame:
    return _targets(session.store(), session.viewer(), _seen(), partnership)


def indicator_list() -> dict[str, Indicator]:
    """Every indicator that can be computed here, by id."""
    return _indicators(session.store(), session.viewer(), _seen())


def indicators_with_data() -> dict[str, Indicator]:
    known = indicator_list()
    return {each: known[each] for each in dict.fromkeys(estimates(by="all")["indicator"]) if each in known}


def instruments() -> dict[str, Instrument]:
    return _instruments(session.store(), session.viewer(), _seen())


def area_names(codes: tuple[str, ...]) -> dict[str, str]:
    return _names(session.store(), session.viewer(), _seen(), codes)


def areas_of(level: areas.Level) -> dict[str, str]:
    """Name by code of the areas of a level, by code; of a whole country's villages, those the register speaks of."""
    found = _areas(session.store(), session.viewer(), _seen(), level)
    if len(found) > _LISTED:
        found = found[found["source"] == "register"]
    return dict(zip(found["code"], found["name"], strict=True))


def records(sheet: str, partnership: str | None = None) -> list[Record]:
    """The records of a sheet of the register, of one partnership or all, in the order of their keys."""
    return _records(session.store(), session.viewer(), _seen(), sheet, partnership)


def warnings() -> list[attention.Item]:
    return _warnings(session.store(), session.viewer(), _seen(), date.today())


def goals(row: Any) -> list[tuple[date, float]]:
    """Milestones and target of a row of progress, by date, in the indicator's unit."""
    if pd.isna(row.target):
        return []
    promised = targets(row.partnership)
    between = promised[(promised["indicator"] == row.indicator) & promised["value"].notna()]
    steps = {pd.Timestamp(each.due_on).date(): each.value / (100 if each.unit == "percent" else 1) for each in rows_of(between)}
    return sorted((steps | {pd.Timestamp(row.target_on).date(): row.target}).items())


def candidates() -> list[needs.Candidate]:
    return _candidates(session.store(), session.viewer(), _seen())


def without_boundary(codes: tuple[str, ...]) -> int:
    """How many of these areas have no boundary yet."""
    return _without_boundary(session.store(), session.viewer(), _seen(), codes)


def places() -> list[needs.Place]:
    return _places(session.store(), session.viewer(), _seen())


def shortfalls() -> list[needs.Shortfall]:
    return _shortfalls(session.store(), session.viewer(), _seen())


def messages(partnership: str, indicator: str | None) -> pd.DataFrame:
    return _messages(session.store(), session.viewer(), _seen(), partnership, indicator)


def follow_ups(partnership: str | None = None) -> pd.DataFrame:
    """The follow-ups of one partnership or all, the most urgent first."""
    return _follow_ups(session.store(), session.viewer(), _seen(), partnership)


def framework(name: str, goal: int | None, words: str, only: browsing.Only) -> list[browsing.Entry]:
    """The official indicators of a framework that were asked for."""
    return _framework(session.store(), session.viewer(), _seen(), name, goal, words, only)


def adoptable() -> frozenset[tuple[str, Key]]:
    """Which indicators can be held to which official targets."""
    return _adoptable(session.store(), session.viewer(), _seen())


def offers(partnership: str) -> list[adopting.Offer]:
    """The official targets a partnership can adopt, or has."""
    return _offers(session.store(), session.viewer(), _seen(), partnership)


def status_of(partnership: str | None = None) -> pd.DataFrame:
    """Progress of one partnership or all, as of today."""
    return _progress(session.store(), session.viewer(), _seen(), date.today(), partnership)


def estimates(*, by: By, indicator: str | None = None, group: str | None = None) -> pd.DataFrame:
    return _estimates(session.store(), session.viewer(), _seen(), by, indicator, group)


def points(indicator: str, *, by: By, domain: str) -> pd.DataFrame:
    """An indicator's estimates for one domain, a row per round in the order of time, with the round's name and day."""
    known = {each.id: each for each in rounds()}
    rows = estimates(by=by, indicator=indicator)
    rows = rows[(rows["domain"] == domain) & rows["round"].isin(list(known)) & ~rows["withheld"]]
    of_row = [known[each] for each in rows["round"]]
    rows = rows.assign(name=[each.name for each in of_row], measured_on=[each.measured_on for each in of_row])
    return rows.sort_values("measured_on")


def changes(*, by: By, before: str, after: str) -> pd.DataFrame:
    return _changes(session.store(), session.viewer(), _seen(), by, before, after)


def against_comparison() -> pd.DataFrame:
    """Members less comparison villages, of every indicator, partnership and round."""
    return _against_comparison(session.store(), session.viewer(), _seen())


def difference_in_differences(*, before: str, after: str) -> pd.DataFrame:
    return _difference_in_differences(session.store(), session.viewer(), _seen(), before, after)


def gaps(*, by: By, group: str) -> pd.DataFrame:
    """Each category less the first one, of every indicator, domain and round."""
    return _gaps(session.store(), session.viewer(), _seen(), by, group)


def alphas() -> pd.DataFrame:
    return _alphas(session.store(), session.viewer(), _seen())


def trace(*, indicator: str, by: By, domain: str, round: str, group: str | None = None,
          category: str | None = None) -> Trace:
    return _trace(session.store(), session.viewer(), _seen(), indicator, by, domain, round, group, category, session.language())


def _seen() -> str:
    """What this viewer sees of the store as it is now, as a part of a cache's key."""
    store, viewer = session.store(), session.viewer()
    scope = [sorted(part) if part is not None else None for part in (viewer.roles, viewer.areas, viewer.partnerships)]
    return f"{store.directory}|{store.data_version}|{scope}"


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _rounds(_store: Store, _viewer: Viewer, seen: str) -> list[Round]:
    return register.rounds(_store, _viewer)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _partnerships(_store: Store, _viewer: Viewer, seen: str) -> list[Partnership]:
    return register.partnerships(_store, _viewer)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _targets(_store: Store, _viewer: Viewer, seen: str, partnership: str | None) -> pd.DataFrame:
    return register.targets(_store, _viewer, partnership)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _indicators(_store: Store, _viewer: Viewer, seen: str) -> dict[str, Indicator]:
    return indicators.indicators(_store, _viewer)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _areas(_store: Store, _viewer: Viewer, seen: str, level: areas.Level) -> pd.DataFrame:
    return areas.areas(_store, _viewer, level=level)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _records(_store: Store, _viewer: Viewer, seen: str, sheet: str, partnership: str | None) -> list[Record]:
    return listing.records(_store, _viewer, sheet, partnership=partnership)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _warnings(_store: Store, _viewer: Viewer, seen: str, today: date) -> list[attention.Item]:
    return attention.items(_store, _viewer, today=today)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _candidates(_store: Store, _viewer: Viewer, seen: str) -> list[needs.Candidate]:
    return needs.candidates(_store, _viewer)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _without_boundary(_store: Store, _viewer: Viewer, seen: str, codes: tuple[str, ...]) -> int:
    return boundaries.missing(_store, _viewer, codes)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _places(_store: Store, _viewer: Viewer, seen: str) -> list[needs.Place]:
    return needs.places(_store, _viewer)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _shortfalls(_store: Store, _viewer: Viewer, seen: str) -> list[needs.Shortfall]:
    return needs.shortfalls(_store, _viewer)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _framework(_store: Store, _viewer: Viewer, seen: str, name: str, goal: int | None, words: str,
               only: browsing.Only) -> list[browsing.Entry]:
    return browsing.browse(_store, _viewer, framework=name, goal=goal, words=words, only=only)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _adoptable(_store: Store, _viewer: Viewer, seen: str) -> frozenset[tuple[str, Key]]:
    return adopting.adoptable(_store, _viewer)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _offers(_store: Store, _viewer: Viewer, seen: str, partnership: str) -> list[adopting.Offer]:
    return adopting.offers(_store, _viewer, partnership)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _messages(_store: Store, _viewer: Viewer, seen: str, partnership: str, indicator: str | None) -> pd.DataFrame:
    return forum.messages(_store, _viewer, partnership, indicator=indicator)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _follow_ups(_store: Store, _viewer: Viewer, seen: str, partnership: str | None) -> pd.DataFrame:
    return forum.follow_ups(_store, _viewer, partnership=partnership)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _instruments(_store: Store, _viewer: Viewer, seen: str) -> dict[str, Instrument]:
    return {each.id: each for each in kept.instruments(_store, _viewer)}


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _names(_store: Store, _viewer: Viewer, seen: str, codes: tuple[str, ...]) -> dict[str, str]:
    return areas.names(_store, _viewer, codes)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _progress(_store: Store, _viewer: Viewer, seen: str, as_of: date, partnership: str | None) -> pd.DataFrame:
    return progress.progress(_store, _viewer, partnerships=None if partnership is None else [partnership], as_of=as_of)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _estimates(_store: Store, _viewer: Viewer, seen: str, by: By, indicator: str | None, group: str | None) -> pd.DataFrame:
    return results.estimates(_store, _viewer, indicators=None if indicator is None else [indicator], by=by, group=group)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _changes(_store: Store, _viewer: Viewer, seen: str, by: By, before: str, after: str) -> pd.DataFrame:
    return results.changes(_store, _viewer, pair=(before, after), by=by)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _against_comparison(_store: Store, _viewer: Viewer, seen: str) -> pd.DataFrame:
    return results.against_comparison(_store, _viewer)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _difference_in_differences(_store: Store, _viewer: Viewer, seen: str, before: str, after: str) -> pd.DataFrame:
    return results.difference_in_differences(_store, _viewer, pair=(before, after))


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _gaps(_store: Store, _viewer: Viewer, seen: str, by: By, group: str) -> pd.DataFrame:
    return results.gaps(_store, _viewer, group=group, by=by)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _alphas(_store: Store, _viewer: Viewer, seen: str) -> pd.DataFrame:
    return indices.alphas(_store, _viewer)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _trace(_store: Store, _viewer: Viewer, seen: str, indicator: str, by: By, domain: str, round: str, group: str | None,
           category: str | None, language: Language) -> Trace:
    return tracing.trace(_store, _viewer, indicator=indicator, by=by, domain=domain, round=round, group=group, category=category,
                         language=language)
