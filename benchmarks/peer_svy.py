"""svy on the recipe's rows: `python -m benchmarks.peer_svy DIRECTORY`. Prints JSON."""
from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import polars
import svy

from benchmarks.harness import clocked, peak_mb

SEVERAL = 3


def main(directory: Path) -> None:
    names = ["psu", "stratum", "domain", "weight", "members", *(f"income_{k:02d}" for k in range(SEVERAL))]
    frame = polars.DataFrame({name: np.fromfile(directory / name) for name in names})
    frame = frame.with_columns(polars.col("psu", "stratum", "domain").cast(polars.Int64))
    sample = svy.Sample(frame, svy.Design(psu="psu", stratum="stratum", wgt="weight"))
    answers = []
    one = clocked(lambda: answers.append(sample.estimation.ratio("income_00", "members", by="domain", drop_nulls=True)))
    several = clocked(lambda: sample.estimation.ratio(names[5:], "members", by="domain", drop_nulls=True))
    found = answers[0].to_polars()
    print(json.dumps({
        "one": one, "several": several, "peak_mb": peak_mb(),
        "domain": [int(each) for each in found["domain"]], "estimate": found["est"].to_list(), "se": found["se"].to_list(),
    }))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
