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
    assert [failure.what for failure in failures(random.Random(), seconds=120, testdata=TESTDATA)] == []
