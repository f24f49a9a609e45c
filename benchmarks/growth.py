"""How time and memory grow with the responses, from 1e4 to 1e7."""
from __future__ import annotations

import json

from benchmarks.harness import Line, in_process

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def run() -> list[Line]:
    lines = []
    for rows in SIZES:
        ours = json.loads(in_process("benchmarks.ours", str(rows)))
        lines += [
            Line(what=f"{rows:,} responses: scan", seconds=ours["scan"], peak_mb=ours["peak_mb"],
                 note=f"the store is {ours['store_mb']:,.0f} MB"),
            Line(what=f"{rows:,} responses: first question", seconds=ours["first"]),
            Line(what=f"{rows:,} responses: asked again", seconds=ours["again"], note="goal: under 0.050, constant"),
        ]
    return lines
