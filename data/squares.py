"""Design effects: the variance of an estimate beside the one that a simple random sample of as many responses would have.

The latter needs sums over rows of products that nothing else needs; they are scanned when a design effect is asked for.
"""
from __future__ import annotations

import numpy as np
from duckdb import DuckDBPyConnection

from data.measuring import Measured, Question
from data.store import Store
from data.sums import squares
from metrics import intervals
from metrics.codes import Numbers, summed
from metrics.indicator import Total


def simple_variance(store: Store, cursor: DuckDBPyConnection, question: Question, found: Measured) -> Numbers:
    """The variance a simple random sample would have: owners x indicators."""
    if found.simple is not None:
        return found.simple
    part = squares(store, cursor, question.instrument, question.form, question.group)
    owner, row = found.place.owned(part.cells)
    sums = {name: summed(each, owner, found.place.owners, row) for name, each in part.sums.items()}
    is_total = np.array([isinstance(each.measure, Total) for each in found.indicators])
    return intervals.simple_variance(found.n, **sums, y=found.y, x=found.x, is_total=is_total)
