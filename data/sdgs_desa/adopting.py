"""Adopting official targets: what a partnership can take over from the framework, and the register's rows that follow.

The framework states what is to be reached; by when, the partnership decides.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from access.policy import Action, Viewer, require
from data import register
from data.errors import UserError
from data.importing.finding import Severity
from data.indicators import indicators
from data.messages import say
from data.register import changes
from data.register.cells import entry_of
from data.register.changes import Changes
from data.register.entry import Entry, Finding
from data.register.sheets import TARGETS
from data.sdgs_desa import TRANSCRIBED, Key
from data.sdgs_desa.browsing import Official, officials
from data.store import Store
from metrics.indicator import Indicator

# From the strongest basis to the weakest.
_BASES = {"stated": "official_stated", "implied": "official_implied", "availability": "official_availability"}
# A poverty line is per person and month: how many of them an indicator of this unit is compared with.
_MONTHS = {"rp_per_year": 12.0, "rp_per_month": 1.0, "rp_per_person_month": 1.0}
_NEEDS_NO_UNIT = {"zero", "yes"}


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An official target that an indicator can be held to.

    `sources` are the framework's rows that say the same about the indicator, the main one first. `value` is as the register
    writes it. `adopted` are the due days under which the partnership has this target already, `others` those of its other
    targets for the indicator.
    """

    indicator: Indicator
    sources: tuple[Official, ...]
    comparison: str
    value: float | None
    adopted: tuple[date, ...]
    others: tuple[date, ...]

    @property
    def basis(self) -> str:
        """The basis as the register writes it: the strongest of the sources'."""
        return next(_BASES[basis] for basis in _BASES if any(each.basis == basis for each in self.sources))

    @property
    def unit(self) -> str:
        return "percent" if self.indicator.unit == "share" else self.indicator.unit

    @property
    def source(self) -> str:
        said = "; ".join(f"{each.goal}/{each.code}: {each.target_text}" for each in self.sources)
        return f"SDGs Desa {self.sources[0].framework}, {said}"

    @property
    def note(self) -> str | None:
        """What is to be known about the source, in the register's language."""
        codes = dict.fromkeys(code for each in self.sources for code in each.notes)
        return " ".join(say(f"framework.note.{code}", "id") for code in codes) or None


def adoptable(store: Store, viewer: Viewer) -> frozenset[tuple[str, Key]]:
    """The pairs of an indicator and an official one whose target it can be held to."""
    return frozenset((indicator.id, each.key) for indicator, sources in _held(store, viewer) for each in sources)


def offers(store: Store, viewer: Viewer, partnership: str) -> list[Offer]:
    """The official targets that indicators known here can be held to, in the order of goals and codes.

    Only what was copied from the regulation, states something that can be compared, and is in a unit that an indicator has.
    """
    register.partnership(store, viewer, partnership)
    known = register.targets(store, viewer, partnership)
    found = []
    for indicator, sources in _held(store, viewer):
        comparison, value = sources[0].comparison, _value(indicator, sources[0])
        own = known[known["indicator"] == indicator.id]
        is_this = own["basis"].str.startswith("official_") & (own["comparison"] == comparison)
        found.append(Offer(indicator=indicator, sources=sources, comparison=comparison, value=value,
                           adopted=_days(own[is_this]["due_on"]), others=_days(own[~is_this]["due_on"])))
    return found


def prepare(store: Store, viewer: Viewer, partnership: str, chosen: Iterable[str], due_on: object) -> Changes:
    """What adopting the official targets of some indicators by a day (or year) would add; `changes.apply` writes it.

    Raises `UserError` for an indicator without an official target that can be adopted, and for one adopted before. A target
    that stands on the same day is never written over: that is an error among the findings.
    """
    require(viewer, Action.CHANGE_REGISTER)
    known = {each.indicator.id: each for each in offers(store, viewer, partnership)}
    entries: list[Entry] = []
    findings: list[Finding] = []
    for id in dict.fromkeys(chosen):
        offer = known.get(id)
        if offer is None:
            raise UserError("register.no_official_target", indicator=id)
        if offer.adopted:
            raise UserError("framework.adopted_before", indicator=id, due_on=offer.adopted[-1])
        entry, unread = entry_of(TARGETS, {
            "partnership": partnership, "indicator": id, "comparison": offer.comparison, "value": offer.value,
            "unit": offer.unit, "due_on": due_on, "basis": offer.basis, "source": offer.source, "note": offer.note,
        })
        entries.append(entry)
        findings += [*unread, *_taken(entry, offer)]
    return changes.prepare(store, viewer, entries, name=f"SDGs Desa: {partnership}", findings=findings)


def adopt(store: Store, viewer: Viewer, partnership: str, indicator: str, due_on: object) -> Changes:
    """Gives a partnership the official target of one indicator at once; with errors nothing is written."""
    prepared = prepare(store, viewer, partnership, [indicator], due_on)
    if not prepared.has_errors:
        changes.apply(store, viewer, prepared)
    return prepared


def _held(store: Store, viewer: Viewer) -> list[tuple[Indicator, tuple[Official, ...]]]:
    """Each indicator that has an official target, with the framework's rows that state it, in the framework's order."""
    rows = {each.key: each for name in sorted(TRANSCRIBED) for each in officials(name) if each.code}
    found = []
    for indicator in indicators(store, viewer).values():
        keys = (indicator.sdgs, *indicator.also_sdgs)
        fitting = [rows[key] for key in keys if key in rows and _can_be_held_to(indicator, rows[key])]
        if fitting:
            said = (fitting[0].comparison, fitting[0].value)
            found.append((indicator, tuple(each for each in fitting if (each.comparison, each.value) == said)))
    order = {key: at for at, key in enumerate(rows)}
    return sorted(found, key=lambda held: order[held[1][0].key])


def _can_be_held_to(indicator: Indicator, official: Official) -> bool:
    if not official.has_target or not official.comparison:
        return False
    if official.comparison == "above_poverty_line":
        return indicator.unit in _MONTHS
    return official.comparison in _NEEDS_NO_UNIT or (indicator.unit == "share") == official.unit.startswith("%")


def _value(indicator: Indicator, official: Official) -> float | None:
    return _MONTHS[indicator.unit] if official.comparison == "above_poverty_line" else official.value


def _taken(entry: Entry, offer: Offer) -> Iterator[Finding]:
    if entry.values.get("due_on") in offer.others:
        yield entry.finding("target_on_that_day", "due_on", severity=Severity.ERROR, indicator=offer.indicator.id)


def _days(values: pd.Series) -> tuple[date, ...]:
    return tuple(sorted(pd.Timestamp(value).date() for value in values))
