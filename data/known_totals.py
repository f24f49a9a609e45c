"""Known totals of the groups of a form's rows, and whether estimates can be made to agree with them.

A round's totals are used where every row that has a weight is in a group with a total, and every group has rows; as R's
`postStratify` demands. Villages that nobody visited are left out: the estimates do not speak for them. Otherwise the design
weights stand as they are, and `problems` says why.
"""
from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import narwhals as nw
from duckdb import DuckDBPyConnection

from access.policy import Action, Viewer, require
from data.errors import UserError
from data.grouping import VILLAGE, expression, faults
from data.instruments.kept import kept
from data.instruments.model import Form, Instrument
from data.messages import LANGUAGES, Language, say
from data.register import rounds_in
from data.scanning import responses
from data.store import Store
from data.totals import loaded_rounds

# Groups with fewer responses than this make for restless weights: their totals are used, and the group is pointed out.
FEW = 20


@dataclass(frozen=True, kw_only=True)
class Group:
    """One category: its known total, and what the design weights make of it."""

    category: str
    total: float
    source: str
    counted_on: date | None
    weight: float
    rows: int

    @property
    def factor(self) -> float:
        return self.total / self.weight


@dataclass(frozen=True, kw_only=True)
class Adjustment:
    """The known totals of a form and round: the groups that have rows. `problems` say why they are not used; a message names
    their `categories` and `grouped_by` as readers know them."""

    instrument: str
    form: str
    round: str
    grouped_by: str
    groups: tuple[Group, ...]
    problems: tuple[UserError, ...]
    unvisited: tuple[str, ...]           # villages with known totals and without rows

    @property
    def is_used(self) -> bool:
        return not self.problems

    @property
    def small(self) -> tuple[Group, ...]:
        return tuple(each for each in self.groups if each.rows < FEW)


def known_totals(store: Store, viewer: Viewer) -> list[Adjustment]:
    """Every form and round with known totals, and whether they are used."""
    require(viewer, Action.SEE_RESPONSES)
    with store.reading() as cursor:
        return [each for instrument in kept(cursor) for form in instrument.forms
                for each in adjustments(cursor, instrument, form).values()]


def said(store: Store, viewer: Viewer, rounds: Collection[str]) -> dict[tuple[str, str], dict[Language, str]]:
    """A sentence by instrument and form: which known totals the estimates of these rounds agree with, and by which source."""
    require(viewer, Action.SEE_RESULTS)
    found: dict[tuple[str, str], dict[Language, str]] = {}
    with store.reading() as cursor:
        names = {each.id: each.name for each in rounds_in(cursor) if each.id in rounds}
        for instrument in kept(cursor):
            for form in instrument.forms:
                known = adjustments(cursor, instrument, form)
                parts = [f"{name} ({'; '.join(dict.fromkeys(group.source for group in known[id].groups))})"
                         for id, name in names.items() if id in known and known[id].is_used]
                if parts:
                    found[instrument.id, form.name] = {
                        language: say("estimate.adjusted.said", language, rounds=", ".join(parts)) for language in LANGUAGES}
    return found


def adjustments(cursor: DuckDBPyConnection, instrument: Instrument, form: Form) -> dict[str, Adjustment]:
    """By round, of one form. Inside a transaction."""
    records: dict[str, dict[str, tuple[str, float, str, date | None]]] = {}
    for round, category, *rest in cursor.execute(
        """SELECT round, category, grouped_by, total, source, counted_on FROM known_total
           WHERE instrument = ? AND form = ? ORDER BY round, grouped_by, category""", [instrument.id, form.name],
    ).fetchall():
        records.setdefault(round, {})[category] = tuple(rest)
    if not records:
        return {}
    loaded = loaded_rounds(cursor, instrument, form)
    return {round: _adjustment(cursor, instrument, form, round, totals, round in loaded) for round, totals in records.items()}


def group_of(form: Form, used: Mapping[str, Adjustment]) -> nw.Expr:
    """The category of each row in its round; null where the round's totals are not used."""
    found = nw.lit(None, nw.String)
    for round, each in used.items():
        category = expression(form, each.grouped_by, [group.category for group in each.groups])
        found = nw.when(nw.col("_round") == round).then(category).otherwise(found)
    return found


def _adjustment(
    cursor: DuckDBPyConnection, instrument: Instrument, form: Form, round: str,
    totals: Mapping[str, tuple[str, float, str, date | None]], is_loaded: bool,
) -> Adjustment:
    groupings = sorted({grouped_by for grouped_by, *_ in totals.values()})
    fits = len(groupings) == 1 and not form.design.census and not any(
        fault for category in totals for fault in faults(form, groupings[0], category, totals))
    if not fits or is_loaded:
        code = "estimate.not_adjusted.loaded" if fits else "estimate.not_adjusted.does_not_fit"
        return _of(instrument, form, round, groupings[0], (), [UserError(code)], ())
    [grouped_by] = groupings
    found = _counted(cursor, instrument, form, round, grouped_by, totals)
    unvisited = _unvisited(grouped_by, totals, found)
    expected = [each for each in totals if not unvisited & set(each.split())]
    problems = []
    if None in found:
        problems.append(UserError("estimate.not_adjusted.in_no_group", rows=found[None][0], grouped_by=grouped_by))
    if without := sorted(each for each in found if each is not None and each not in totals):
        problems.append(UserError("estimate.not_adjusted.no_total", categories=tuple(without)))
    if empty := [each for each in expected if each not in found]:
        problems.append(UserError("estimate.not_adjusted.no_rows", categories=tuple(empty)))
    groups = tuple(
        Group(category=each, total=totals[each][1], source=totals[each][2], counted_on=totals[each][3],
              rows=found[each][0], weight=found[each][1])
        for each in expected if each in found)
    return _of(instrument, form, round, grouped_by, groups, problems, tuple(sorted(unvisited)))


def _of(
    instrument: Instrument, form: Form, round: str, grouped_by: str, groups: tuple[Group, ...], problems: list[UserError],
    unvisited: tuple[str, ...],
) -> Adjustment:
    return Adjustment(instrument=instrument.id, form=form.name, round=round, grouped_by=grouped_by, groups=groups,
                      problems=tuple(problems), unvisited=unvisited)


def _counted(
    cursor: DuckDBPyConnection, instrument: Instrument, form: Form, round: str, grouped_by: str,
    categories: Mapping[str, object],
) -> dict[str | None, tuple[int, float]]:
    """Rows with a weight, and the sum of their weights, by category; None of those in no group."""
    frame = nw.from_native(responses(cursor, instrument, form, round)).filter(nw.col("_weight") > 0)
    named = frame.select(category=expression(form, grouped_by, categories), weight=nw.col("_weight"))
    summed = named.group_by("category").agg(nw.len().alias("rows"), nw.col("weight").sum())
    return {category: (rows, weight) for category, rows, weight in summed.to_native().fetchall()}


def _unvisited(grouped_by: str, totals: Mapping[str, object], found: Mapping[str | None, object]) -> set[str]:
    """The villages of known totals that have no rows at all."""
    if VILLAGE not in grouped_by.split():
        return set()
    place = grouped_by.split().index(VILLAGE)
    there = {each.split()[place] for each in found if each is not None}
    return {each.split()[place] for each in totals} - there
