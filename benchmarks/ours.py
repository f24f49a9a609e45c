"""Pantau on the recipe's rows, in a process of its own: `python -m benchmarks.ours ROWS`. Prints JSON.

`job`: 30 indicators for 200 partnerships in 4 rounds from the responses, no sums being kept; of several the fastest, `job_median`
the middle one, `job_cold` the first of the process. `keep`: responses to sums kept in the store, one transaction, as an import
does. `first`: the same question once they are kept, the first after a write; `again`: the same with one round left out;
`another`: 20 partnerships that were not asked for before. `effects`: what design effects take beside, when they are asked for
first.
"""
from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from access.policy import person_at_this_machine
from benchmarks import recipe
from benchmarks.harness import best, clocked, peak_mb
from benchmarks.survey_store import filled
from data import results, totals

SOME, TIMES, JOBS = 20, 5, 15


def main(rows: int) -> None:
    viewer = person_at_this_machine()
    with tempfile.TemporaryDirectory() as directory:
        store = filled(Path(directory), rows)

        def write() -> None:
            """What was held is of an older store from here on."""
            with store.writing(viewer, "benchmark"):
                pass

        def asked(design_effects: bool = False) -> float:
            return clocked(lambda: results.estimates(store, viewer, by="partnership", design_effects=design_effects))

        def keep() -> None:
            with store.writing(viewer, "benchmark") as cursor:
                totals.rebuild_all(cursor)

        def after_write() -> float:
            write()
            return asked()

        seconds = {"job_cold": asked()}
        jobs = [after_write() for _ in range(JOBS)]
        seconds |= {"job": min(jobs), "job_median": median(jobs)}
        seconds["keep"] = best(keep, TIMES)
        seconds["first"] = min(after_write() for _ in range(TIMES))
        seconds["effects"] = asked(design_effects=True) - asked()
        some = [recipe.round_id(number) for number in range(1, recipe.ROUNDS)]
        seconds["again"] = best(lambda: results.estimates(store, viewer, by="partnership", rounds=some), 7)
        names = [recipe.partnership(number) for number in range(recipe.PARTNERSHIPS)]
        others = iter([names[start:start + SOME] for start in range(0, recipe.PARTNERSHIPS, SOME)])
        seconds["another"] = best(lambda: results.estimates(store, viewer, by="partnership", domains=next(others)), 7)
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
