"""What is true of a partnership today, frozen as one document.

A snapshot goes to people who have no account, so it is made with an official's eyes: small cells are withheld, whoever
makes it.
"""
from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pandas as pd

from access.policy import Action, Role, Viewer, require
from data import areas, formats, indicators, register, results
from data.errors import UserError
from data.importing.batches import batches
from data.messages import LANGUAGES, has, say
from data.progress import progress
from data.register import listing
from data.snapshots import Snapshot, keep
from data.store import Store, now
from metrics.indicator import Indicator, Theme
from publishing import canonical
from publishing.document import (
    FORMAT,
    METHOD,
    Baseline,
    Change,
    Document,
    Entry,
    Estimate,
    Partnership,
    Round,
    Source,
    Target,
    Village,
    Words,
)

DIGITS = 12  # significant digits of a figure: more is noise of the machine that added it up
LEVEL = 0.95
LONGEST_TITLE, LONGEST_NARRATIVE = 200, 4000
_BY_GROUP = {"estimates": "partnership", "comparison": "comparison"}

Row = Mapping[Any, Any]
Series = dict[str, dict[str, list[Estimate]]]  # group, indicator


def publish(
    store: Store, viewer: Viewer, *, partnership: str, title: str, narrative: str = "", made_by: str | None = None,
    as_of: date | None = None, expires_on: date | None = None,
) -> Snapshot:
    """Freezes a partnership's results, keeps the document and gives it an address."""
    document = freeze(store, viewer, partnership=partnership, title=title, narrative=narrative, made_by=made_by, as_of=as_of)
    return keep(
        store, viewer, canonical.encode(document), partnership=partnership, title=document["title"],
        made_at=_moment(document["made_at"]), made_by=document["made_by"] or viewer.name, expires_on=expires_on,
    )


def freeze(
    store: Store, viewer: Viewer, *, partnership: str, title: str, narrative: str = "", made_by: str | None = None,
    as_of: date | None = None,
) -> Document:
    """The document of a partnership's results, of the rounds that ended by a day (today).

    Raises `UserError` for an unknown partnership, words that are missing or too long, or nothing to publish.
    """
    require(viewer, Action.PUBLISH)
    reader = replace(viewer, roles=frozenset({Role.OFFICIAL}))
    made_at, as_of = now().replace(microsecond=0), as_of or now().date()
    _check_words(title, narrative)
    own = register.partnership(store, reader, partnership, on=as_of)
    rounds = [each for each in register.rounds(store, reader) if each.ends_on <= as_of]
    entries = _entries(store, reader, own.id, rounds, as_of)
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


def _check_words(title: str, narrative: str) -> None:
    if not title.strip():
        raise UserError("snapshot.no_title")
    for what, text, longest in (("title", title, LONGEST_TITLE), ("narrative", narrative, LONGEST_NARRATIVE)):
        if len(text) > longest:
            raise UserError(f"snapshot.{what}_too_long", longest=longest, length=len(text))


def _entries(store: Store, reader: Viewer, partnership: str, rounds: Sequence[register.Round], as_of: date) -> list[Entry]:
    known = indicators.indicators(store, reader)
    standing = progress(store, reader, partnerships=[partnership], as_of=as_of)
    ids = [each.id for each in rounds]
    series = {
        group: _series(results.estimates(
            store, reader, by=by, domains=[partnership], rounds=ids, on=as_of), ids)  # type: ignore[arg-type]
        for group, by in _BY_GROUP.items()
    }
    changes = {group: _changes(store, reader, partnership, by, series[group], as_of) for group, by in _BY_GROUP.items()}
    breaks = listing.records(store, reader, "series_breaks")
    rows = [row for row in standing.to_dict("records") if row["indicator"] in known]
    themes = list(Theme)
    return [
        _entry(row, known[row["indicator"]], series, changes, breaks)
        for row in sorted(rows, key=lambda row: themes.index(known[row["indicator"]].theme))
    ]


def _entry(
    row: Row, indicator: Indicator, series: Series, changes: Mapping[str, Mapping[str, Change]], breaks: Sequence[Row],
) -> Entry:
    id = indicator.id
    return {
        "id": id,
        "theme": str(indicator.theme),
        "theme_label": _words(f"theme.{indicator.theme}", str(indicator.theme)),
        "label": {language: indicators.label(indicator, language) for language in LANGUAGES},
        "definition": {language: indicators.definition(indicator, language) for language in LANGUAGES},
        "unit": indicator.unit,
        "unit_label": {language: formats.unit_words(indicator.unit, language) for language in LANGUAGES},
        "better": str(indicator.better),
        "sdgs": [" ".join(map(str, code)) for code in (*([indicator.sdgs] if indicator.sdgs else []), *indicator.also_sdgs)],
        "estimates": series["estimates"].get(id, []),
        "comparison": series["comparison"].get(id, []),
        "change": changes["estimates"].get(id),
        "comparison_change": changes["comparison"].get(id),
        "baseline": _baseline(row),
        "target": _target(row),
        "due": _figure(row["expected"]),
        "status": str(row["status"]),
        "confidence": _figure(row["confidence"]),
        "is_certain": bool(row["is_certain"]),
        "depends_on_method": bool(row["depends_on_method"]),
        "breaks": sorted(each["broken_on"].isoformat() for each in breaks if each["indicator"] == id),
    }


def _series(frame: pd.DataFrame, rounds: Sequence[str]) -> dict[str, list[Estimate]]:
    """The estimates of each indicator, by time."""
    found: dict[str, list[Estimate]] = {}
    for row in frame.to_dict("records"):
        found.setdefault(row["indicator"], []).append(_estimate(row))
    for estimates in found.values():
        estimates.sort(key=lambda estimate: rounds.index(estimate["round"]))
    return found


def _estimate(row: Row) -> Estimate:
    is_shown = not row["withheld"]
    return {
        "round": row["round"],
        "estimate": _figure(row["estimate"]) if is_shown else None,
        "se": _figure(row["se"]) if is_shown else None,
        "lower": _figure(row["lower"]) if is_shown else None,
        "upper": _figure(row["upper"]) if is_shown else None,
        "n": _whole(row["n"]) if is_shown else None,
        "psus": _whole(row["psus"]) if is_shown else None,
        "strata": _whole(row["strata"]) if is_shown else None,
        "df": _whole(row["df"]) if is_shown else None,
        "reliability": _text(row["reliability"]) if is_shown else None,
        "withheld": not is_shown,
        "reason": _text(row["reason"]),
        "covered": _whole(row["covered"]),
        "expected": _whole(row["expected"]),
    }


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
            value = _figure(row["estimate"])
            if value is not None and not row["withheld"]:
                found[row["indicator"]] = {
                    "first": first, "last": last, "estimate": value, "se": _figure(row["se"]), "lower": _figure(row["lower"]),
                    "upper": _figure(row["upper"]), "p_value": _figure(row["p_value"]),
                }
    return found


def _baseline(row: Row) -> Baseline | None:
    value = _figure(row["baseline"])
    if value is None:
        return None
    return {"value": value, "round": _text(row["baseline_round"]), "on": _day(row["baseline_on"])}


def _target(row: Row) -> Target | None:
    comparison = _text(row["target_kind"])
    if comparison is None:
        return None
    return {
        "comparison": comparison, "value": _figure(row["target"]), "upper_value": _figure(row["target_upper"]),
        "due_on": _day(row["target_on"]), "basis": _text(row["target_basis"]) or "own",
        "source": _text(row["target_source"]) or "",
    }


def _partnership(store: Store, reader: Viewer, own: register.Partnership) -> Partnership:
    names = areas.names(store, reader, [*own.members, *own.comparison])
    return {
        "id": own.id, "name": own.name, "kind": _words(f"register.choice.{own.kind}", own.kind),
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
    return [
        {
            "batch": int(row["id"]), "file": row["file_name"], "sha256": row["sha256"], "instrument": row["instrument"],
            "round": row["round"], "accepted_at": pd.Timestamp(row["imported_at"]).isoformat(timespec="seconds") + "Z",
            "rows_read": int(row["rows_read"]), "rows_accepted": int(row["rows_accepted"]),
            "rows_rejected": int(row["rows_rejected"]), "rows_left_out": int(row["rows_left_out"]),
        }
        for row in frame.sort_values("id").to_dict("records")
    ]


def _words(key: str, otherwise: str) -> Words:
    return {language: say(key, language) if has(key, language) else otherwise for language in LANGUAGES}


def _figure(value: Any) -> float | None:
    if value is None or value is pd.NA or not math.isfinite(value):
        return None
    return float(f"{value:.{DIGITS}g}")


def _whole(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _day(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date().isoformat()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)
