"""How time and memory grow with the responses, from 1e4 to 1e7."""
from __future__ import annotations

import json

from benchmarks.harness import Line, in_process

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


# There and back, so that what else the machine does falls on all sizes alike; the largest takes minutes, and comes once.
_TURNS = (*SIZES, *reversed(SIZES[:-1]))
_FIGURES = {
    "job": "from the responses", "keep": "sums into the store", "first": "first question, sums kept",
    "again": "asked again, a round left out",
    "another": "20 partnerships not asked for before",
}


def run() -> list[Line]:
    found: dict[int, list[dict[str, float]]] = {}
    for rows in _TURNS:
        found.setdefault(rows, []).append(json.loads(in_process("benchmarks.ours", str(rows))))
    return [
        Line(what=f"{rows:,} responses: {what}", seconds=min(each[figure] for each in turns),
             peak_mb=max(each["peak_mb"] for each in turns), note=f"the store is {turns[0]['store_mb']:,.0f} MB")
        for rows, turns in found.items() for figure, what in _FIGURES.items()
    ]
