"""All 75,266 villages: responses as Parquet, scanned on this machine, loaded into a store, asked by regency and by village."""
from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from access.policy import person_at_this_machine
from benchmarks.harness import Line, clocked, in_process, peak_mb
from benchmarks.survey_store import ID, INCOMES, workbook
from data import at_scale, results
from data.instruments.adding import add
from data.store import open_store

VILLAGES, REGENCIES, ROWS_EACH, PSUS_EACH, FILES = 75_266, 514, 20, 2, 8


def run() -> list[Line]:
    found = json.loads(in_process("benchmarks.nation"))
    rows = f"{VILLAGES * ROWS_EACH:,} responses of {VILLAGES:,} villages"
    return [
        Line(what=f"{rows}: scan of Parquet ({found['parquet_mb']:,.0f} MB)", seconds=found["scan"], peak_mb=found["peak_mb"],
             note=f"the sums are {found['sums_mb']:,.0f} MB"),
        Line(what=f"{rows}: loading the sums", seconds=found["load"], note=f"the store is {found['store_mb']:,.0f} MB"),
        Line(what=f"{rows}: 30 indicators by regency, first question", seconds=found["regencies"]),
        Line(what=f"{rows}: 30 indicators by regency, asked again", seconds=found["again"]),
    ]


def codes() -> list[str]:
    """A code for each village, as many to a regency as in the country on average."""
    return [f"{11 + number % REGENCIES // 14}.{1 + number % REGENCIES % 14:02d}.{1 + number // REGENCIES % 12:02d}."
            f"{2001 + number // REGENCIES // 12:04d}" for number in range(VILLAGES)]


def write(directory: Path) -> None:
    """One round: a stratum for each regency, two PSUs of ten rows in each village."""
    code = np.array(codes())
    per_file = -(-VILLAGES // FILES)
    for file in range(FILES):
        made = np.random.default_rng([3, file])
        village = np.repeat(np.arange(file * per_file, min((file + 1) * per_file, VILLAGES)), ROWS_EACH)
        count = len(village)
        psu = np.arange(count) // (ROWS_EACH // PSUS_EACH) + file * per_file * PSUS_EACH
        columns: dict[str, object] = {
            "_round": pa.array(["r1"] * count), "_village": code[village], "_weight": made.uniform(5, 20, count),
            "_stratum": np.char.ljust(code[village], 5).astype("<U5"), "_psu": psu.astype(str),
            "_psu_population": pa.nulls(count, pa.float64()), "members": 1.0 + made.poisson(3, count),
        }
        columns |= {name: made.lognormal(14, 0.7, count) for name in INCOMES}
        pq.write_table(pa.table(columns), directory / f"{file}.parquet")


def main() -> None:
    viewer = person_at_this_machine()
    with tempfile.TemporaryDirectory() as directory:
        responses, sums, kept_in = (Path(directory) / name for name in ("responses", "sums", "store"))
        responses.mkdir()
        write(responses)
        store = open_store(kept_in)
        add(store, viewer, workbook(), f"{ID}.xlsx")
        with at_scale.duckdb_engine() as engine:
            scan = clocked(lambda: at_scale.scan(
                store, viewer, engine, instrument=ID, responses=str(responses / "*.parquet"), to=sums))
        seconds = {"scan": scan, "load": clocked(lambda: at_scale.load(store, viewer, sums))}
        seconds["regencies"] = clocked(lambda: results.estimates(store, viewer, by="regency"))
        seconds["again"] = clocked(lambda: results.estimates(store, viewer, by="regency", rounds=["r1"]))
        store.close()
        sizes = {name: sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
                 for name, folder in (("parquet_mb", responses), ("sums_mb", sums), ("store_mb", kept_in))}
    print(json.dumps(seconds | sizes | {"peak_mb": peak_mb()}))


if __name__ == "__main__":
    sys.exit(main())
