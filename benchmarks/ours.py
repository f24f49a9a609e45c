"""Pantau on the recipe's rows, in a process of its own: `python -m benchmarks.ours ROWS`. Prints JSON.

`scan`: responses to sums kept in the store, one transaction. `first`: 30 indicators for 200 partnerships in 4 rounds from
the sums as they are on disk. `again`: the same after one round was left out. `another`: the same for the villages.
"""
from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from access.policy import person_at_this_machine
from benchmarks import recipe
from benchmarks.harness import best, clocked, peak_mb
from benchmarks.survey_store import filled
from data import results, totals
from data.store import open_store


def main(rows: int) -> None:
    viewer = person_at_this_machine()
    with tempfile.TemporaryDirectory() as directory:
        store = filled(Path(directory), rows)

        def scan() -> None:
            with store.writing(viewer, "benchmark") as cursor:
                totals.rebuild_all(cursor)

        seconds = {"scan": best(scan)}
        store.close()
        store = open_store(Path(directory))
        seconds["first"] = clocked(lambda: results.estimates(store, viewer, by="partnership"))
        some = [recipe.round_id(number) for number in range(1, recipe.ROUNDS)]
        seconds["again"] = best(lambda: results.estimates(store, viewer, by="partnership", rounds=some), 7)
        found = results.estimates(store, viewer, by="partnership", indicators=["recipe.income_00"])
        size = sum(os.path.getsize(path) for path in Path(directory).iterdir() if path.is_file())
        peak = peak_mb()
        store.close()
    domain = found["domain"].str[1:].astype(int) * recipe.ROUNDS + found["round"].str[1:].astype(int) - 1
    print(json.dumps({
        **seconds, "peak_mb": peak, "store_mb": size / 1e6, "estimates": len(found) * recipe.INDICATORS,
        "domain": domain.tolist(), "estimate": found["estimate"].tolist(), "se": found["se"].tolist(),
    }))


if __name__ == "__main__":
    main(int(float(sys.argv[1])))
