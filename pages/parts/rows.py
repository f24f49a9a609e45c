"""The rows of a frame, to be read by name."""
from __future__ import annotations

from typing import Any

import pandas as pd


def rows_of(frame: pd.DataFrame) -> list[Any]:
    """Each row as a record with the columns as attributes. pandas types them as anything that a cell could be."""
    return [] if frame.empty else list(frame.itertuples(index=False))
