"""What is true of a partnership today, frozen as one document.

A snapshot goes to people who have no account, so it is made with an official's eyes: small cells are withheld, whoever
makes it.
"""
from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pandas as pd

from access.policy import Action, Role, Viewer, require
from data import areas, formats, indicators, known_totals, register, resting, results
from data.errors import UserError
from data.importing.batches import batches
from data.importing.files import files_of
from data.messages import LANGUAGES, Language
from data.progress import progress
from data.register import listing
from data.resting import Figure
from data.snapshots import Snapshot, keep
from data.store import Store, now
from metrics.indicator import Indicator, Theme
from publishing import between, canonical, fields
from publishing.document import (
    FORMAT,
    METHOD,
    Change,
    Document,
    Entry,
    Estimate,
    Partnership,
    Round,
    Source,
    Village,
)

LEVEL = 0.95
LONGEST_TITLE, LONGEST_NARRATIVE = 200, 4000
_BY_GROUP = {"estimates": "partnership", "comparison": "comparison"}

Row = Mapping[Any, Any]
Series = dict[str, dict[str, list[Estimate]]]  # group, indicator


def publish(
    store: Store, viewer: Viewer, *, partnership: str, title: str, narrative: str = "", made_by: str | None = None,
    as_of: date | None = None, expires_on: date | None = None, may_hide: bool = False,
) -> Snapshot:
    """Freezes a partnership's results, keeps the document and gives it an address.

    Raises `UserError` where figures must not be shown because of earlier snapshots, unless the person knows (`may_hide`).
    """
    document = freeze(store, viewer, partnership=partnership, title=title, narrative=narrative, made_by=made_by, as_of=as_of)
    hidden = between.hidden_in(document)
    if hidden and not may_hide:
        raise UserError("snapshot.hides", count=len(hidden), figures=sorted({(id, round) for _, id, round in hidden}))
    rests_on = resting.now(
        store, viewer, partnership, as_of=date.fromisoformat(document["as_of"]), figures=between.shown(document))
    return keep(
        store, viewer, canonical.encode(document), partnership=partnership, title=document["title"],
        made_at=_moment(document["made_at"]), made_by=document["made_by"] or viewer.name, expires_on=expires_on,
        rests_on=rests_on,
    )


def freeze(
    store: Store, viewer: Viewer, *, partnership: str, title: str, narrative: str = "", made_by: str | None = None,
    as_of: date | None = None, hidden: Collection[Figure] | None = None,
) -> Document:
    """The document of a partnership's results, of the rounds that ended by a day (today).

    `hidden` are the figures not to be shown because of other snapshots; all those published so far decide where it is None.
    Raises `UserError` for an unknown partnership, words that are missing or too long, or nothing to publish.
    """
    require(viewer, Action.PUBLISH)
    reader = _reader(viewer)
    made_at, as_of = now().replace(microsecond=0), as_of or now().date()
    _check_words(title, narrative)
    own = register.partnership(store, reader, partnership, on=as_of)
    rounds = [each for each in register.rounds(store, reader) if each.ends_on <= as_of]
    entries = _entries(store, viewer, own.id, rounds, as_of, hidden)
    if not any(estimate["estimate"] is not None for entry in entries for estimate in entry["estimates"]):
        raise UserError("snapshot.nothing", partnership=own.name)
    used = {estimate["round"] for entry in entries for group in (entry["estimates"], entry["comparison"]) for estimate in group}
    used |= {entry["baseline"]["round"] for entry in entries if entry["baseline"] and entry["baseline"]["round"]}
    settings = register.settings(store)
    return {
        "format": FORMAT,
        "title": " ".join(title.split()),
        "narrative": narrative.strip(),
        "made_at": made_at.isoformat() + "Z",
        "made_by": (made_by or "").strip(),
        "as_of": as_of.isoformat(),
        "partnership": _partnership(store, reader, own),
        "rounds": [_round(each) for each in rounds if each.id in used],
        "method": {"version": METHOD, "interval": LEVEL, "min_cell": int(settings["min_cell"]),
                   "min_coverage": settings["min_coverage"], "sure_from": settings["sure_from"]},
        "indicators": entries,
        "sources": _sources(store, viewer, {each.id for each in rounds} & used, entries),
    }


def _reader(viewer: Viewer) -> Viewer:
    """The viewer with an official's eyes."""
    return replace(viewer, roles=frozenset({Role.OFFICIAL}))


def _check_words(title: str, narrative: str) -> None:
    if not title.strip():
        raise UserError("snapshot.no_title")
    for what, text, longest in (("title", title, LONGEST_TITLE), ("narrative", narrative, LONGEST_NARRATIVE)):
        if len(text) > longest:
            raise UserError(f"snapshot.{what}_too_long", longest=longest, length=len(text))


def _entries(
    store: Store, viewer: Viewer, partnership: str, rounds: Sequence[register.Round], as_of: date,
    hidden: Collection[Figure] | None,
) -> list[Entry]:
    reader = _reader(viewer)
    known = indicators.indicators(store, reader)
    standing = progress(store, reader, partnerships=[partnership], as_of=as_of)
    ids = [each.id for each in rounds]
    series = {
        group: _series(results.estimates(
            store, reader, by=by, domains=[partnership], rounds=ids, on=as_of), ids)  # type: ignore[arg-type]
        for group, by in _BY_GROUP.items()
    }
    if hidden is None:
        hidden = _hidden_now(store, viewer, partnership, series, as_of)
    for group, by in _BY_GROUP.items():
        series[group] = {id: [between.without(each) if (by, id, each["round"]) in hidden else each for each in estimates]
                         for id, estimates in series[group].items()}
    changes = {group: _changes(store, reader, partnership, by, series[group], as_of) for group, by in _BY_GROUP.items()}
    breaks = listing.records(store, reader, "series_breaks")
    adjusted = known_totals.said(store, reader, ids)
    rows = [row for row in standing.to_dict("records") if row["indicator"] in known]
    themes = list(Theme)
    return [
        _entry(_unjudged(row, hidden), known[row["indicator"]], series, changes, breaks, adjusted)
        for row in sorted(rows, key=lambda row: themes.index(known[row["indicator"]].theme))
    ]


def _hidden_now(store: Store, viewer: Viewer, partnership: str, series: Series, as_of: date) -> frozenset[Figure]:
    """The figures that, with what was published before, would tell of a few responses."""
    earlier = resting.published(store, viewer)
    if not earlier:
        return frozenset()
    shown = {(_BY_GROUP[group], id, each["round"]) for group, own in series.items() for id, estimates in own.items()
             for each in estimates if each["estimate"] is not None}
    own = resting.now(store, viewer, partnership, as_of=as_of, figures=shown)
    return between.hidden(own, earlier, register.settings(store)["min_cell"])


def _unjudged(row: Row, hidden: Collection[Figure]) -> Row:
    """The row of progress, without what it has from figures that are hidden."""
    has_baseline = ("partnership", row["indicator"], row["baseline_round"]) not in hidden
    if has_baseline and ("partnership", row["indicator"], row["round"]) not in hidden:
        return row
    kept = row if has_baseline else {**row, "baseline": None, "baseline_round": None, "baseline_on": None}
    return {**kept, "expected": None, "status": "not_enough_data", "confidence": None, "is_certain": False,
            "depends_on_method": False}


def _entry(
    row: Row, indicator: Indicator, series: Series, changes: Mapping[str, Mapping[str, Change]], breaks: Sequence[Row],
    adjusted: Mapping[tuple[str, str], Mapping[Language, str]],
) -> Entry:
    id = indicator.id
    weights = adjusted.get((indicator.instrument_id, indicator.form), dict.fromkeys(LANGUAGES, ""))
    return {
        "id": id,
        "theme": str(indicator.theme),
        "theme_label": fields.words(f"theme.{indicator.theme}", str(indicator.theme)),
        "label": {language: indicators.label(indicator, language) for language in LANGUAGES},
        "definition": {language: f"{indicators.definition(indicator, language)} {weights[language]}".strip()
                       for language in LANGUAGES},
        "unit": indicator.unit,
        "unit_label": {language: formats.unit_words(indicator.unit, language) for language in LANGUAGES},
        "better": str(indicator.better),
        "sdgs": [" ".join(map(str, code)) for code in (*([indicator.sdgs] if indicator.sdgs else []), *indicator.also_sdgs)],
        "estimates": series["estimates"].get(id, []),
        "comparison": series["comparison"].get(id, []),
        "change": changes["estimates"].get(id),
        "comparison_change": changes["comparison"].get(id),
        "baseline": fields.baseline(row),
        "target": fields.target(row),
        "due": fields.figure(row["expected"]),
        "status": str(row["status"]),
        "confidence": fields.figure(row["confidence"]),
        "is_certain": bool(row["is_certain"]),
        "depends_on_method": bool(row["depends_on_method"]),
        "breaks": sorted(each["broken_on"].isoformat() for each in breaks if each["indicator"] == id),
    }


def _series(frame: pd.DataFrame, rounds: Sequence[str]) -> dict[str, list[Estimate]]:
    """The estimates of each indicator, by time."""
    found: dict[str, list[Estimate]] = {}
    for row in frame.to_dict("records"):
        found.setdefault(row["indicator"], []).append(fields.estimate(row))
    for estimates in found.values():
        estimates.sort(key=lambda estimate: rounds.index(estimate["round"]))
    return found


def _changes(
    store: Store, reader: Viewer, partnership: str, by: str, series: Mapping[str, Sequence[Estimate]], as_of: date,
) -> dict[str, Change]:
    """The change of each indicator from its first to its last round with a value."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for indicator, estimates in series.items():
        shown = [estimate["round"] for estimate in estimates if estimate["estimate"] is not None]
        if len(shown) > 1:
            pairs.setdefault((shown[0], shown[-1]), []).append(indicator)
    found: dict[str, Change] = {}
    for (first, last), own in pairs.items():
        frame = results.changes(
            store, reader, pair=(first, last), indicators=own, by=by, domains=[partnership], on=as_of)  # type: ignore[arg-type]
        for row in frame.to_dict("records"):
            value = fields.figure(row["estimate"])
            if value is not None and not row["withheld"]:
                found[row["indicator"]] = {
                    "first": first, "last": last, "estimate": value, "se": fields.figure(row["se"]),
                    "lower": fields.figure(row["lower"]), "upper": fields.figure(row["upper"]),
                    "p_value": fields.figure(row["p_value"]),
                }
    return found


def _partnership(store: Store, reader: Viewer, own: register.Partnership) -> Partnership:
    names = areas.names(store, reader, [*own.members, *own.comparison])
    return {
        "id": own.id, "name": own.name, "kind": fields.words(f"register.choice.{own.kind}", own.kind),
        "is_example": bool(own.is_example),
        "members": _villages(own.members, names), "comparison": _villages(own.comparison, names),
    }


def _villages(codes: Iterable[str], names: Mapping[str, str]) -> list[Village]:
    return [{"code": code, "name": names.get(code, code)} for code in codes]


def _round(each: register.Round) -> Round:
    return {"id": each.id, "name": each.name, "kind": each.kind, "starts_on": each.starts_on.isoformat(),
            "ends_on": each.ends_on.isoformat()}


def _sources(store: Store, viewer: Viewer, rounds: set[str], entries: Sequence[Entry]) -> list[Source]:
    """The accepted batches of these rounds, of the instruments the entries are computed from, oldest first."""
    known = indicators.indicators(store, viewer)
    instruments = {known[entry["id"]].instrument_id for entry in entries}
    frame = batches(store, viewer)
    frame = frame[(frame["state"] == "accepted") & frame["round"].isin(rounds) & frame["instrument"].isin(instruments)]
    files = files_of(store, viewer, [int(id) for id in frame["id"]])
    return [
        {
            "batch": int(row["id"]), "file": row["file_name"], "sha256": row["sha256"], "instrument": row["instrument"],
            "round": row["round"], "accepted_at": pd.Timestamp(row["imported_at"]).isoformat(timespec="seconds") + "Z",
            "rows_read": int(row["rows_read"]), "rows_accepted": int(row["rows_accepted"]),
            "rows_rejected": int(row["rows_rejected"]), "rows_left_out": int(row["rows_left_out"]),
            "completed_by": [{"file": each.name, "sha256": each.sha256} for each in files[int(row["id"])][1:]],
        }
        for row in frame.sort_values("id").to_dict("records")
    ]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)
