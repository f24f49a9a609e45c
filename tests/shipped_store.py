"""A store with the shipped instruments and the partnerships "a" and "b", made once and copied for each test."""
from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from access.policy import Viewer
from data.instruments.adding import add_shipped
from data.register import changes
from data.store import Store, open_store
from tests.closed_store import made_once


def copied(factory: pytest.TempPathFactory, place: Path) -> Iterator[Store]:
    """The store, open, in a directory of the test's own."""
    shutil.copytree(made_once(factory, "shipped", _fill), place / "shipped")
    opened = open_store(place / "shipped")
    yield opened
    opened.close()


def _fill(store: Store, viewer: Viewer) -> None:
    add_shipped(store, viewer)
    for id, name in (("a", "Air"), ("b", "Pasar")):
        changes.save(store, viewer, "partnerships", {"id": id, "name": name, "kind": "bilateral"})
