"""The survey that the estimation benchmarks measure, made the same way for Pantau and for its peers.

PSUs of 20 rows in 50 strata per round; a PSU lies in one of 1,000 villages, five to a partnership, and in one of four
rounds; weights are uniform from 50 to 200; 30 incomes are lognormal, each divided by the household's members.
"""
from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

STRATA, ROUNDS, PARTNERSHIPS, VILLAGES_EACH, INDICATORS = 50, 4, 200, 5, 30
ROWS_PER_PSU = 20
ROWS_AT_ONCE = 1_000_000


def partnership(number: int) -> str:
    return f"p{number:03d}"


def round_id(number: int) -> str:
    return f"r{number + 1}"


def villages() -> list[str]:
    """Village codes; the first five belong to the first partnership, and so on."""
    return [f"18.{20 + i // 100:02d}.{1 + i // 10 % 10:02d}.{2001 + i % 10}" for i in range(PARTNERSHIPS * VILLAGES_EACH)]


def batches(rows: int) -> Iterator[pa.Table]:
    """The rows, a million at a time: psu, stratum and village (codes), round, weight, members, income_00 to income_29."""
    psus = rows // ROWS_PER_PSU
    design = np.random.default_rng(1)
    village_of = design.integers(0, PARTNERSHIPS * VILLAGES_EACH, psus)
    round_of = design.integers(0, ROUNDS, psus)
    for start in range(0, rows, ROWS_AT_ONCE):
        values = np.random.default_rng([2, start])
        count = min(ROWS_AT_ONCE, rows - start)
        psu = np.arange(start, start + count) // ROWS_PER_PSU
        columns = {
            "psu": psu,
            "stratum": psu * STRATA // psus,
            "village": village_of[psu],
            "round": round_of[psu],
            "weight": values.uniform(50, 200, count),
            "members": 1.0 + values.poisson(3, count),
        }
        columns |= {f"income_{k:02d}": values.lognormal(14, 0.7, count) for k in range(INDICATORS)}
        yield pa.table(columns)
