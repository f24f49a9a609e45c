"""`progress`: where each partnership stands against its targets."""
from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from typing import Any

import pandas as pd

from access.policy import person_at_this_machine
from data import register
from data.formats import amount
from data.indicators import indicators, label
from data.messages import Language, say
from data.progress import progress
from data.store import open_store

DONE = 0


def add(subparsers: Any, shared: argparse.ArgumentParser) -> None:
    parser = subparsers.add_parser("progress", parents=[shared], help="estimates against targets, with their statuses")
    parser.add_argument("--partnership", action="append", metavar="ID", help="only this one; may be repeated")
    parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE",
                        help="a day (YYYY-MM-DD): the rounds that had ended, the members and the targets of then")
    parser.add_argument("--format", choices=("table", "csv", "json"), default="table")
    parser.set_defaults(run=_progress)


def _progress(args: argparse.Namespace) -> int:
    store, viewer = open_store(args.store), person_at_this_machine()
    for id in args.partnership or ():
        register.partnership(store, viewer, id)
    found = progress(store, viewer, partnerships=args.partnership, as_of=args.as_of)
    if args.json or args.format == "json":
        records = [{name: _plain(value) for name, value in row.items()} for row in found.to_dict("records")]
        print(json.dumps(records, ensure_ascii=False, indent=2))
    elif args.format == "csv":
        found.to_csv(sys.stdout, index=False)
    elif found.empty:
        print(say("progress.empty", args.language))
    else:
        known = indicators(store, viewer)
        names = {id: label(indicator, args.language) for id, indicator in known.items()}
        units = {id: indicator.unit for id, indicator in known.items()}
        for partnership, rows in found.groupby("partnership", sort=False):
            print(f"\n{register.partnership(store, viewer, str(partnership)).name}")
            row: Any
            for row in rows.itertuples(index=False):
                print(_line(row, names.get(row.indicator, row.indicator), units.get(row.indicator, ""), args.language))
    return DONE


def _plain(value: Any) -> Any:
    """A value as JSON has it: no number is null, a day is its ISO text."""
    return value.isoformat() if isinstance(value, date) else None if pd.isna(value) else value


def _line(row: Any, name: str, unit: str, language: Language) -> str:
    status = say(f"status.{row.status}", language)
    if pd.notna(row.confidence) and not row.is_certain:
        status += f" ({say('status.uncertain', language)})"
    if row.depends_on_method:
        status += f" ({say('status.depends_on_method', language)})"
    values = " -> ".join(amount(each, unit, language) for each in (row.baseline, row.estimate, row.target))
    return f"  {name[:58]:<60}{values:<40}{status}"
