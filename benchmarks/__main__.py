"""`python -m benchmarks [NAME]... [--json FILE]`: measures, beside peers in the same run, and prints a table.

Nothing here fails when it is slow: figures of one machine are no test. What they were on ours is in docs/benchmarks.md.
"""
from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path

from benchmarks.harness import as_records, as_table, machine

# Each module has `run() -> list[Line]`.
BENCHMARKS = {
    "importing": "a CSV of 1e6 x 60 and a workbook of 50,000 x 40, committed, against bare readers",
    "estimation": "30 indicators, 200 partnerships, 4 rounds, against R survey and svy",
    "reading": "workbooks and text tables, against fastexcel, pandas with openpyxl, and DuckDB",
    "nation": "the sums of all 75,266 villages: scanned from Parquet, loaded, asked",
    "pages": "pages on a million responses, rendered for 50 sessions at once",
    "serving": "a snapshot read by many, the app on one core",
    "growth": "how totals, estimates and memory grow from 1e4 to 1e7 responses",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    what = "; ".join(f"{name}: {measured}" for name, measured in BENCHMARKS.items())
    parser.add_argument("names", nargs="*", metavar="NAME", help=what)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    args = parser.parse_args()
    if unknown := set(args.names) - set(BENCHMARKS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    found = {}
    for name in args.names or BENCHMARKS:
        print(f"\n{name}: {BENCHMARKS[name]}\n", flush=True)
        lines = importlib.import_module(f"benchmarks.{name}").run()
        print(as_table(lines), flush=True)
        found[name] = as_records(lines)
    print("\n" + ", ".join(f"{key} {value}" for key, value in machine().items()))
    if args.json:
        args.json.write_text(json.dumps({"machine": machine(), "benchmarks": found}, indent=1))


if __name__ == "__main__":
    main()
