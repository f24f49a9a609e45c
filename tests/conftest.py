"""Fixtures that every area's tests share."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from access.policy import Viewer, person_at_this_machine
from data.store import Store, open_store

TESTDATA = Path(__file__).resolve().parents[2] / "shared" / "testdata"


@pytest.fixture(scope="session")
def testdata() -> Path:
    """Real files from real tools, with right answers; not part of the project."""
    if not TESTDATA.is_dir():
        pytest.skip("the collection of real files is not on this machine")
    return TESTDATA


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "store")
    yield opened
    opened.close()


@pytest.fixture
def viewer() -> Viewer:
    return person_at_this_machine()
