"""`register frameworks` and `register adopt`, as a person types them."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from access.policy import Viewer
from commands import program
from data.instruments.adding import add_shipped
from data.register import changes
from data.store import Store, open_store


def run(store: Path, *arguments: str) -> int:
    return program.main([*arguments, "--store", str(store)], serve=lambda args: 0)


@pytest.fixture
def directory(store: Store, viewer: Viewer) -> Path:
    add_shipped(store, viewer)
    changes.save(store, viewer, "partnerships", {"id": "a", "name": "A", "kind": "bilateral"})
    store.close()
    return store.directory


def test_a_goal_is_listed_with_its_targets_and_what_measures_them(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(directory, "register", "frameworks", "listrik", "--goal", "7", "--only", "with_target") == 0
    assert capsys.readouterr().out.splitlines() == [
        "7/7.1.1  Persentase Rumah Tangga yang sumber peneranganya menggunakan listrik: 100% (tertulis) "
        "<- Rumah tangga berpenerangan listrik [service_access.electricity]",
        "1 indikator · 1 bertarget · 1 diukur Pantau",
    ]


def test_the_2020_framework_is_never_listed_as_official(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(directory, "register", "frameworks", "--framework", "2020", "gini", "--language", "en") == 0
    assert capsys.readouterr().out.splitlines()[0] == "10/-  Koefisien Gini desa: < 0,200 (from another source)"
    assert run(directory, "register", "frameworks", "--framework", "2020", "--json") == 0
    assert {each["transcribed"] for each in json.loads(capsys.readouterr().out)} == {False}


def test_targets_are_shown_then_adopted_and_not_twice(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("register", "adopt", "service_access.electricity", "cohesion.brawls", "--partnership", "a", "--due", "2030")
    assert run(directory, *asked, "--dry-run", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert run(directory, *asked, "--json") == 0
    assert json.loads(capsys.readouterr().out) == shown
    assert shown == {"findings": [], "added": [
        {"indicator": "service_access.electricity", "comparison": "at_least", "value": 100.0, "unit": "percent",
         "due_on": "2030-12-31", "basis": "official_stated", "source": "SDGs Desa 2025, 7/7.1.1: 100%"},
        {"indicator": "cohesion.brawls", "comparison": "zero", "value": None, "unit": "count", "due_on": "2030-12-31",
         "basis": "official_stated", "source": "SDGs Desa 2025, 16/16.4.1: 0"},
    ]}
    assert run(directory, *asked) == 1
    assert "sudah diadopsi" in capsys.readouterr().err


def test_an_unreadable_year_is_refused_and_nothing_is_written(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(directory, "register", "adopt", "service_access.electricity", "--partnership", "a", "--due", "nanti") == 1
    assert "nanti" in capsys.readouterr().out
    store = open_store(directory)
    with store.reading() as cursor:
        assert cursor.execute("SELECT count(*) FROM target").fetchall() == [(0,)]
    store.close()
