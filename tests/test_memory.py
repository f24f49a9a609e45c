"""Freed memory is kept for the next question, where the C library can be told so."""
from __future__ import annotations

import platform
import resource

import numpy as np
import pytest

from data.memory import keep_freed


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told")
def test_arrays_that_come_and_go_ask_for_no_new_pages() -> None:
    assert keep_freed()
    new_pages()
    # Asked for anew it would be ten times that.
    assert sum(new_pages() for _ in range(10)) < SIZE * ARRAYS / resource.getpagesize()


SIZE, ARRAYS = 3_000_000, 8              # bytes; below what NumPy asks huge pages for


def new_pages() -> int:
    """How many pages of memory some arrays got that were not there before."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    arrays = [np.ones(SIZE, dtype=np.uint8) for _ in range(ARRAYS)]
    del arrays
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
