"""A filled store that tests copy instead of filling one each."""
from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from access.policy import Viewer, person_at_this_machine
from data.store import Store, open_store


def made_once(factory: pytest.TempPathFactory, name: str, fill: Callable[[Store, Viewer], object]) -> Path:
    """The directory of a closed store, filled once for all workers; to be copied, not opened."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    whole, making = shared / name, shared / f"{name}.making"
    try:
        making.mkdir()
    except FileExistsError:
        while not whole.exists():
            time.sleep(0.2)
        return whole
    opened = open_store(making / "store")
    fill(opened, person_at_this_machine())
    opened.close()
    (making / "store").rename(whole)
    return whole
