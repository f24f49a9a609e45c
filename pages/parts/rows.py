"""The rows of a frame, to be read by name."""
from __future__ import annotations

from collections import namedtuple
from functools import lru_cache
from typing import Any

import pandas as pd


def rows_of(frame: pd.DataFrame) -> list[Any]:
    """Each row as a record with the columns as attributes. pandas types them as anything that a cell could be."""
    return list(map(_record(tuple(frame.columns)), frame.itertuples(index=False, name=None)))


@lru_cache(maxsize=256)
def _record(columns: tuple[str, ...]) -> Any:
    """How a record is made; a class of its own for each frame would take longer than all its rows."""
    record: Any = namedtuple("Row", columns, rename=True)  # type: ignore[misc]
    return record._make
