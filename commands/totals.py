"""`totals`: the sums of responses kept as Parquet, scanned by DuckDB or Spark, and their way into a store."""
from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from access.policy import person_at_this_machine
from data import at_scale
from data.messages import say
from data.spark import spark_engine
from data.store import open_store

DONE = 0


def add(subparsers: Any, shared: argparse.ArgumentParser) -> None:
    totals = subparsers.add_parser("totals", parents=[shared], help="sums of responses from Parquet, at scale")
    totals.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb", help="who scans (default: duckdb)")
    totals.add_argument("--master", metavar="URL", default="local[*]",
                        help="of Spark: local[*], spark://HOST:7077, or sc://HOST for Spark Connect (default: local[*])")
    totals.add_argument("--responses", metavar="GLOB", help="Parquet files; {form} in it stands for each form's name")
    totals.add_argument("--instrument", metavar="ID", help="the instrument they answer")
    totals.add_argument("--to", type=Path, metavar="DIR", help="where the sums are written")
    totals.add_argument("--load", type=Path, metavar="DIR", help="load sums written earlier into the store")
    totals.set_defaults(run=lambda args: _run(args, totals))


def _run(args: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if args.load:
        return _load(args)
    if not (args.responses and args.instrument and args.to):
        parser.error("either --load DIR, or --responses GLOB --instrument ID --to DIR")
    engine = spark_engine(args.master) if args.engine == "spark" else at_scale.duckdb_engine()
    with engine as opened:
        counts = at_scale.scan(open_store(args.store), person_at_this_machine(), opened,
                               instrument=args.instrument, responses=args.responses, to=args.to)
    if args.json:
        print(json.dumps({"engine": args.engine, "to": str(args.to), "rows": counts}))
    else:
        for form, tables in counts.items():
            print(say("totals.scanned", args.language, form=form, tables=", ".join(f"{name} {n}" for name, n in tables.items())))
        print(say("totals.next", args.language, path=args.to))
    return DONE


def _load(args: argparse.Namespace) -> int:
    rounds = at_scale.load(open_store(args.store), person_at_this_machine(), args.load)
    if args.json:
        print(json.dumps({"loaded": rounds}))
    else:
        for form, loaded in rounds.items():
            print(say("totals.loaded", args.language, form=form, rounds=", ".join(loaded)))
    return DONE
