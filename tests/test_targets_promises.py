"""Targets as a partnership sets and changes them: nothing is written over, nothing official is bent, everything is kept."""
from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from access.policy import Viewer
from data import promises, register
from data.register import listing
from data.register.entry import Record
from data.sdgs_desa import adopting
from data.store import Store
from tests import shipped_store

OWN = {"partnership": "a", "indicator": "service_access.electricity", "comparison": "at_least", "value": "95", "unit": "percent",
       "due_on": "2027", "basis": "agreement", "source": "Pasal 5"}


@pytest.fixture
def shipped(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Store]:
    yield from shipped_store.copied(tmp_path_factory, tmp_path)


def kept(store: Store, viewer: Viewer) -> list[Record]:
    return listing.records(store, viewer, "targets", partnership="a")


def facts(store: Store, viewer: Viewer) -> list[tuple[object, ...]]:
    return [(each["value"], each["due_on"], each["basis"]) for each in kept(store, viewer)]


def test_a_new_target_never_writes_over_another_of_the_same_day(shipped: Store, viewer: Viewer) -> None:
    assert not promises.save(shipped, viewer, None, OWN).has_errors
    again = promises.save(shipped, viewer, None, OWN | {"value": "50"})
    assert [each.code for each in again.findings] == ["target_on_that_day"]
    assert facts(shipped, viewer) == [(95.0, date(2027, 12, 31), "agreement")]


def test_a_target_changes_and_its_history_keeps_what_it_was(shipped: Store, viewer: Viewer) -> None:
    promises.save(shipped, viewer, None, OWN)
    promises.save(shipped, viewer, kept(shipped, viewer)[0], OWN | {"value": "97,5"})
    promises.save(shipped, viewer, None, OWN | {"indicator": "cohesion.brawls", "comparison": "zero", "value": None,
                                                 "unit": "count"})
    rows = promises.history(shipped, viewer, "a", OWN["indicator"])
    steps = [[json.loads(each)["value"] if isinstance(each, str) else None for each in (row.before, row.after)]
             for row in rows.itertuples()]
    assert steps == [[95.0, 97.5], [None, 95.0]]


def test_an_unchanged_target_adds_nothing_to_the_history(shipped: Store, viewer: Viewer) -> None:
    promises.save(shipped, viewer, None, OWN)
    assert promises.save(shipped, viewer, kept(shipped, viewer)[0], OWN).changes == ()
    assert len(promises.history(shipped, viewer, "a", OWN["indicator"])) == 1


def test_the_due_day_moves_without_leaving_the_old_one_behind(shipped: Store, viewer: Viewer) -> None:
    promises.save(shipped, viewer, None, OWN)
    moved = promises.save(shipped, viewer, kept(shipped, viewer)[0], OWN | {"due_on": "30/6/2028"})
    assert not moved.has_errors
    assert facts(shipped, viewer) == [(95.0, date(2028, 6, 30), "agreement")]


def test_the_due_day_does_not_move_onto_another_target(shipped: Store, viewer: Viewer) -> None:
    for year in ("2027", "2028"):
        promises.save(shipped, viewer, None, OWN | {"due_on": year})
    moved = promises.save(shipped, viewer, kept(shipped, viewer)[0], OWN | {"due_on": "2028"})
    assert [each.code for each in moved.findings] == ["target_on_that_day"]
    assert [due_on for _, due_on, _ in facts(shipped, viewer)] == [date(2027, 12, 31), date(2028, 12, 31)]


def test_a_changed_official_target_is_official_no_longer(shipped: Store, viewer: Viewer) -> None:
    adopting.adopt(shipped, viewer, "a", "service_access.electricity", "2030")
    official = kept(shipped, viewer)[0]
    bent = promises.save(shipped, viewer, official, {**official, "value": "90"})
    assert [each.code for each in bent.findings] == ["no_longer_official"]
    own = promises.save(shipped, viewer, official, {**official, "value": "90", "basis": "own", "source": "Musyawarah"})
    assert not own.has_errors
    assert facts(shipped, viewer) == [(90.0, date(2030, 12, 31), "own")]


def test_an_official_target_stays_official_when_its_year_moves(shipped: Store, viewer: Viewer) -> None:
    adopting.adopt(shipped, viewer, "a", "service_access.electricity", "2030")
    official = kept(shipped, viewer)[0]
    assert not promises.save(shipped, viewer, official, {**official, "due_on": "2032"}).has_errors
    assert facts(shipped, viewer) == [(100.0, date(2032, 12, 31), "official_stated")]


def test_an_official_basis_is_not_given_by_hand(shipped: Store, viewer: Viewer) -> None:
    assert promises.bases(None) == ("agreement", "own")
    adopting.adopt(shipped, viewer, "a", "service_access.electricity", "2030")
    assert promises.bases(kept(shipped, viewer)[0]) == ("agreement", "own", "official_stated")


def test_everything_that_is_missing_is_said_at_once(shipped: Store, viewer: Viewer) -> None:
    found = promises.save(shipped, viewer, None, OWN | {"due_on": None, "basis": None, "source": ""})
    assert [(each.code, each.column) for each in found.findings] == [
        ("missing", "basis"), ("missing", "source"), ("missing", "due_on")]


def test_a_partnership_without_changes_has_no_history(shipped: Store, viewer: Viewer) -> None:
    assert promises.history(shipped, viewer, "a", "cohesion.brawls").empty
    assert register.targets(shipped, viewer).empty
