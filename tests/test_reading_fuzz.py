"""Broken files: a few in each run, many in the slow one, ten minutes of them with `python -m tests.fuzz_reading`."""
from __future__ import annotations

import random

import pytest

from tests.conftest import TESTDATA
from tests.fuzz_reading import failures


def test_broken_files_are_read_soundly_or_refused() -> None:
    assert [failure.what for failure in failures(random.Random(1), seconds=60, testdata=None, most=150)] == []


@pytest.mark.slow
def test_many_broken_files_are_read_soundly_or_refused() -> None:
    """The same files each time; new ones are sought with `python -m tests.fuzz_reading`."""
    found = failures(random.Random(20261122), seconds=600, testdata=TESTDATA, most=4000)
    assert [failure.what for failure in found] == []
