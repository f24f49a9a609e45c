"""`estimate`: indicators with their intervals, for partnerships, villages, areas or all, by groups and between rounds."""
from __future__ import annotations

import argparse
import json
import sys
from typing import Any, get_args

import pandas as pd

from access.policy import person_at_this_machine
from data.domains import By
from data.errors import UserError
from data.formats import change, interval, number, value
from data.indicators import indicators, label
from data.messages import Language, say
from data.results import changes, estimates
from data.store import open_store

DONE = 0


def add(subparsers: Any, shared: argparse.ArgumentParser) -> None:
    parser = subparsers.add_parser("estimate", parents=[shared], help="indicators with their intervals")
    parser.add_argument("--indicator", action="append", metavar="ID", help="only this one; may be repeated")
    parser.add_argument("--by", choices=get_args(By), default="partnership", help="what estimates are for (default: partnership)")
    parser.add_argument("--group", metavar="VARIABLE", help="by the categories of a select_one variable")
    parser.add_argument("--round", action="append", metavar="ID", help="only this one; may be repeated")
    parser.add_argument("--change", metavar="A:B", help="the change from round A to round B")
    parser.add_argument("--format", choices=("table", "csv", "json"), default="table")
    parser.set_defaults(run=_estimate)


def _estimate(args: argparse.Namespace) -> int:
    store, viewer = open_store(args.store), person_at_this_machine()
    asked = {"indicators": args.indicator, "by": args.by, "group": args.group}
    if args.change:
        before, colon, after = args.change.partition(":")
        if not (before and colon and after):
            raise UserError("estimate.bad_pair", example="2023:2024", found=args.change)
        found = changes(store, viewer, pair=(before, after), **asked)
    else:
        found = estimates(store, viewer, rounds=args.round, design_effects=True, **asked)
    if args.json or args.format == "json":
        print(json.dumps(_records(found), ensure_ascii=False, indent=2))
    elif args.format == "csv":
        found.to_csv(sys.stdout, index=False)
    elif found.empty:
        print(say("estimate.empty", args.language))
    else:
        known = indicators(store, viewer)
        units = {each.id: each.unit for each in known.values()}
        print(_table(found, {each.id: label(each, args.language) for each in known.values()}, units, args.language))
    return DONE


def _records(found: pd.DataFrame) -> list[dict[str, object]]:
    """Plain values; None where there is none."""
    missing = found.isna()
    return [
        {name: None if missing.at[row, name] else _plain(found.at[row, name]) for name in found.columns}
        for row in found.index
    ]


def _plain(thing: Any) -> object:
    return thing.item() if hasattr(thing, "item") else thing


def _table(found: pd.DataFrame, labels: dict[str, str], units: dict[str, str], language: Language) -> str:
    is_change = "p_value" in found
    rows = []
    for row in _records(found):
        unit = units[str(row["indicator"])]
        shown: dict[str, Any] = {
            "indicator": labels[str(row["indicator"])], "domain": row["domain"], "category": row["category"] or "",
            "round": row["round"], "estimate": (change if is_change else value)(_number(row["estimate"]), unit, language),
            "interval": interval(_number(row["lower"]), _number(row["upper"]), unit, language),
            "n": number(_number(row["n"]), language),
        }
        if is_change:
            shown["p_value"] = number(_number(row["p_value"]), language, decimals=3)
        elif row["reliability"]:
            shown["reliability"] = say(f"reliability.{row['reliability']}", language)
        else:
            shown["reliability"] = say(f"reason.{row['reason']}", language) if row["reason"] else ""
        rows.append(shown)
    table = pd.DataFrame(rows)
    if not table["category"].any():
        table = table.drop(columns="category")
    return table.rename(columns=lambda name: say(f"estimate.column.{name}", language)).to_string(index=False)


def _number(thing: object) -> float | None:
    assert thing is None or isinstance(thing, int | float)
    return thing
