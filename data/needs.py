"""Needs and candidate partners: where a village falls short, and which village nearby is strong there.

A village falls short of its neighbours when it lies further on the bad side of them than chance and their differences
explain, all comparisons taken together (Holm); it is strong when it lies as far on the good side. A candidate joins a
village that falls short to one that is strong, so that a match resting on noise is not offered. Shortfalls against an
official target are listed as well.
"""
from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from scipy.stats import norm

from access.policy import Action, Viewer, require
from data import results
from data.areas import names_in, parent
from data.boundaries import centres
from data.errors import UserError
from data.formats import amount
from data.indicators import indicators, label
from data.messages import Language, say
from data.register import partnerships, rounds
from data.register.cells import entry_of
from data.register.changes import Changes, apply, prepare
from data.register.sheets import sheet
from data.sdgs_desa import TRANSCRIBED, official
from data.store import Store
from metrics.geometry import distance_km
from metrics.indicator import Better, Indicator
from metrics.peers import against_neighbours
from metrics.significance import holm

NEAR_KM = 15.0
_ERROR = 0.05                    # the chance of one false need or more


@dataclass(frozen=True, kw_only=True)
class Place:
    """A village's figure for an indicator, beside what is usual among its neighbours.

    `side` is -1 where it falls short, 1 where it is strong, 0 where it cannot be told from its neighbours. `neighbours` is how
    many it was compared with. `interval` is of 95 percent, None without sampling error.
    """

    village: str
    indicator: str
    round: str
    estimate: float
    se: float
    usual: float
    neighbours: int
    p_value: float
    interval: tuple[float, float] | None
    side: int = 0


@dataclass(frozen=True, kw_only=True)
class Shortfall:
    """A village short of its official target; `p_value` of having met it after all (0 without sampling error)."""

    village: str
    indicator: str
    round: str
    estimate: float
    target: float
    p_value: float


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A village that falls short and one that is strong. `usual` is the median of the first one's `neighbours`; `distance_km` is
    None where a boundary is missing; `partnerships` are those in which both already are."""

    village: str
    partner: str
    indicator: str
    round: str
    estimate: float
    partner_estimate: float
    usual: float
    neighbours: int
    p_value: float
    interval: tuple[float, float] | None
    partner_interval: tuple[float, float] | None
    distance_km: float | None
    partnerships: tuple[str, ...]


def places(store: Store, viewer: Viewer) -> list[Place]:
    """Every village in the viewer's scope against its neighbours, by indicator, in the latest round that has it."""
    require(viewer, Action.SEE_RESULTS)
    known = indicators(store, viewer)
    figures = _latest(store, viewer)
    near = _neighbourhood(store, {village for each in figures.values() for village in each})
    found = [place for id, own in figures.items() for place in _against(id, own, near)]
    sure = holm([place.p_value for place in found], _ERROR)
    return [replace(place, side=_side(place, known[place.indicator])) if is_sure else place
            for place, is_sure in zip(found, sure, strict=True)]


def candidates(store: Store, viewer: Viewer) -> list[Candidate]:
    """Matches of a village that falls short with one nearby that is strong: surest first, then nearest."""
    found = places(store, viewer)
    near = _neighbourhood(store, {place.village for place in found})
    together = _partnered(store, viewer)
    strong: dict[str, list[Place]] = {}
    for place in found:
        if place.side > 0:
            strong.setdefault(place.indicator, []).append(place)
    matches = [
        Candidate(
            village=short.village, partner=partner.village, indicator=short.indicator, round=short.round, estimate=short.estimate,
            partner_estimate=partner.estimate, usual=short.usual, neighbours=short.neighbours,
            p_value=max(short.p_value, partner.p_value), interval=short.interval, partner_interval=partner.interval,
            distance_km=near[short.village][partner.village],
            partnerships=tuple(id for id, members in together.items() if {short.village, partner.village} <= members),
        )
        for short in found if short.side < 0
        for partner in strong.get(short.indicator, ()) if partner.village in near[short.village]
    ]
    return sorted(matches, key=lambda each: (
        each.p_value, math.inf if each.distance_km is None else each.distance_km, each.village, each.partner))


def shortfalls(store: Store, viewer: Viewer) -> list[Shortfall]:
    """Villages short of the official SDGs Desa target of an indicator beyond doubt (5 percent, all villages together)."""
    require(viewer, Action.SEE_RESULTS)
    known = indicators(store, viewer)
    found = [
        Shortfall(village=village, indicator=id, round=figure.round, estimate=figure.estimate, target=target, p_value=p_value)
        for id, own in _latest(store, viewer).items() if (target := _official_value(known[id])) is not None
        for village, figure in own.items() if (p_value := _short_by_chance(figure, target, known[id])) is not None
    ]
    sure = holm([each.p_value for each in found], _ERROR)
    kept = [each for each, is_sure in zip(found, sure, strict=True) if is_sure]
    return sorted(kept, key=lambda each: (each.indicator, -abs(each.target - each.estimate), each.village))


def draft(store: Store, viewer: Viewer, candidate: Candidate, *, language: Language = "id") -> str:
    """Makes a candidate a draft partnership of its two villages, in the first stage; returns its id.

    Its name says what it is about and its note on which figures it rests, in the viewer's language. Raises `UserError` when
    there is already a draft of the two for that indicator.
    """
    require(viewer, Action.CHANGE_REGISTER)
    id = draft_id(candidate)
    if id in {each.id for each in partnerships(store, viewer)}:
        raise UserError("needs.already_drafted", partnership=id)
    with store.reading() as cursor:
        names = names_in(cursor, [candidate.village, candidate.partner])
    village, partner = (names.get(code, code) for code in (candidate.village, candidate.partner))
    indicator = indicators(store, viewer)[candidate.indicator]
    topic = label(indicator, language)
    here, there, usual = (amount(value, indicator.unit, language)
                          for value in (candidate.estimate, candidate.partner_estimate, candidate.usual))
    wave = _round_name(store, viewer, candidate.round)
    evidence = say("needs.evidence", language, indicator=topic, round=wave, village=village, partner=partner,
                   here=here, there=there, usual=usual, count=candidate.neighbours)
    name = f"{village} – {partner}: {topic}"
    written = (
        ("partnerships", {"id": id, "name": name, "kind": "bilateral", "parties": "inter_village", "state": "draft",
                          "stage": "preparation", "note": evidence}),
        ("members", {"partnership": id, "village": candidate.village, "role": "lead"}),
        ("members", {"partnership": id, "village": candidate.partner, "role": "member"}),
    )
    entries = [entry_of(sheet(name), values)[0] for name, values in written]
    changes: Changes = prepare(store, viewer, entries, name=id)
    apply(store, viewer, changes)
    return id


@dataclass(frozen=True, kw_only=True)
class _Figure:
    round: str
    estimate: float
    se: float
    interval: tuple[float, float] | None


def _latest(store: Store, viewer: Viewer) -> dict[str, dict[str, _Figure]]:
    """By indicator and village, the figure of the latest round; what is withheld or not reliable is left out."""
    waves = [each.id for each in rounds(store, viewer) if each.ends_on <= date.today()]
    figures: dict[str, dict[str, _Figure]] = {}
    if not waves:
        return figures
    found = results.estimates(store, viewer, by="village", rounds=waves)
    for indicator, rows in found.groupby("indicator", sort=False):
        has = set(rows["round"])
        latest = next(id for id in reversed(waves) if id in has)
        row: Any
        for row in rows[rows["round"] == latest].itertuples(index=False):
            if not row.withheld and row.reliability != "unreliable" and not math.isnan(row.estimate):
                has_interval = row.se > 0 and not math.isnan(row.lower + row.upper)
                figures.setdefault(str(indicator), {})[row.domain] = _Figure(
                    round=latest, estimate=row.estimate, se=row.se, interval=(row.lower, row.upper) if has_interval else None)
    return figures


def _neighbourhood(store: Store, villages: set[str]) -> dict[str, dict[str, float | None]]:
    """By village, its neighbours and their distance: within 15 km where boundaries say so, else those of its subdistrict."""
    with store.reading() as cursor:
        points = centres(cursor, villages)
    near: dict[str, dict[str, float | None]] = {village: {} for village in villages}
    for village in villages:
        for other in villages - {village}:
            if village in points and other in points:
                away = distance_km(points[village], points[other])
                if away <= NEAR_KM:
                    near[village][other] = away
            elif parent(village) == parent(other):
                near[village][other] = None
    return near


def _against(indicator: str, own: Mapping[str, _Figure], near: Mapping[str, Mapping[str, float | None]]) -> Iterator[Place]:
    for village, figure in own.items():
        others = [own[other].estimate for other in near[village] if other in own]
        standing = against_neighbours(figure.estimate, figure.se, others)
        if standing is not None:
            yield Place(
                village=village, indicator=indicator, round=figure.round, estimate=figure.estimate, se=figure.se,
                usual=standing.usual, neighbours=len(others), p_value=standing.p_value, interval=figure.interval,
            )


def _side(place: Place, indicator: Indicator) -> int:
    is_above = place.estimate > place.usual
    return 1 if is_above == (indicator.better is Better.UP) else -1


def _partnered(store: Store, viewer: Viewer) -> dict[str, set[str]]:
    return {each.id: set(each.members) for each in partnerships(store, viewer)}


def _official_value(indicator: Indicator) -> float | None:
    """The official target in the indicator's unit, where it is one number."""
    row = official(indicator.sdgs)
    if row is None or row["framework"] not in TRANSCRIBED or row["comparison"] not in ("at_least", "at_most", "zero"):
        return None
    value = float(row["value"] or 0)
    return value / 100 if indicator.unit == "share" else value


def _short_by_chance(figure: _Figure, target: float, indicator: Indicator) -> float | None:
    """The probability of an estimate as bad if the target were just met; None where it is met."""
    short = target - figure.estimate if indicator.better is Better.UP else figure.estimate - target
    if short <= 0:
        return None
    if figure.se == 0:
        return 0.0
    return None if math.isnan(figure.se) else float(norm.sf(short / figure.se))


def draft_id(candidate: Candidate) -> str:
    """The id that a candidate's draft has, or would have."""
    topic = candidate.indicator.split(".")[-1].replace("_", "-")
    return f"rancangan-{topic}-{candidate.village.replace('.', '')}-{candidate.partner[-4:]}"[:60]


def _round_name(store: Store, viewer: Viewer, round: str) -> str:
    return next((each.name for each in rounds(store, viewer) if each.id == round), round)
