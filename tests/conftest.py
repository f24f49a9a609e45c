"""Fixtures that every area's tests share."""
from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from access.policy import Viewer, person_at_this_machine
from data.example.loading import load
from data.store import Store, open_store, store_of_process
from tests import driven_pages
from tests.closed_store import made_once

# The same examples each time and no deadline, so that a run says something about the code and not about luck or the machine;
# `pytest --hypothesis-profile=seeking` looks for new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("seeking", deadline=None)
settings.load_profile("steady")

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


@pytest.fixture(scope="session")
def example_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with the example survey, made once for all workers; to be copied, not opened."""
    return made_once(tmp_path_factory, "example", load)


@pytest.fixture
def example_store(example_directory: Path, tmp_path: Path) -> Iterator[Store]:
    """The example survey in a store of the test's own."""
    shutil.copytree(example_directory, tmp_path / "example")
    opened = open_store(tmp_path / "example")
    yield opened
    opened.close()


@pytest.fixture
def pages_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty store, opened as the pages open it."""
    yield from driven_pages.opened(tmp_path / "store", monkeypatch)


@pytest.fixture
def pages_example(example_opened: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The example survey as the pages open it; the tests of a module share it, so they only read."""
    monkeypatch.setenv("PANTAU_STORE", str(example_opened.directory))
    return example_opened


@pytest.fixture(scope="module")
def example_opened(example_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = store_of_process(shutil.copytree(example_directory, tmp_path_factory.mktemp("pages") / "store"))
    yield opened
    opened.close()
