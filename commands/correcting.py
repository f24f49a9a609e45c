"""`correct`: single answers are corrected, with a reason, and corrections travel as a file."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from access.policy import person_at_this_machine
from data.errors import UserError
from data.importing import corrections
from data.messages import say
from data.store import open_store

DONE = 0


def add(subparsers: Any, shared: argparse.ArgumentParser) -> None:
    group = subparsers.add_parser("correct", help="corrections of single answers").add_subparsers(dest="what", required=True)
    one = group.add_parser("set", parents=[shared], help="correct one answer")
    one.add_argument("--batch", type=int, required=True, metavar="ID")
    one.add_argument("--form", required=True, metavar="NAME")
    one.add_argument("--row", type=int, required=True, metavar="N", help="the row of the imported file")
    one.add_argument("--variable", required=True, metavar="NAME")
    one.add_argument("--value", metavar="TEXT", help="the right answer, written as in a file; leave out for no answer")
    one.add_argument("--why", required=True, metavar="TEXT", help="why it is corrected")
    one.set_defaults(run=_set)
    listing = group.add_parser("list", parents=[shared], help="the corrections of the store, or of a batch")
    listing.add_argument("--batch", type=int, metavar="ID")
    listing.set_defaults(run=_list)
    out = group.add_parser("export", parents=[shared], help="write corrections to a CSV")
    out.add_argument("file", type=Path, metavar="FILE.csv")
    out.add_argument("--batch", type=int, metavar="ID")
    out.set_defaults(run=_export)
    back = group.add_parser("import", parents=[shared], help="replay the corrections of a CSV")
    back.add_argument("file", type=Path, metavar="FILE.csv")
    back.set_defaults(run=_import)


def _set(args: argparse.Namespace) -> int:
    corrections.correct(
        open_store(args.store),
        person_at_this_machine(),
        batch=args.batch,
        form=args.form,
        row=args.row,
        variable=args.variable,
        new=args.value,
        why=args.why,
    )
    return _said(args, 1)


def _list(args: argparse.Namespace) -> int:
    table = corrections.corrections(open_store(args.store), person_at_this_machine(), args.batch)
    if args.json:
        print(table.to_json(orient="records", date_format="iso", force_ascii=False))
        return DONE
    for row in table.to_dict("records"):
        print(
            say(
                "import.said.correction",
                args.language,
                **{name: row[name] for name in ("batch", "form", "row", "variable", "old", "new", "why", "made_by")},
                on=row["made_at"].date().isoformat(),
            )
        )
    return DONE


def _export(args: argparse.Namespace) -> int:
    store, viewer = open_store(args.store), person_at_this_machine()
    args.file.write_text(corrections.written(store, viewer, args.batch), encoding="utf-8")
    return DONE


def _import(args: argparse.Namespace) -> int:
    if not args.file.is_file():
        raise UserError("import.no_file", path=str(args.file))
    text = args.file.read_text(encoding="utf-8-sig")
    return _said(args, corrections.replay(open_store(args.store), person_at_this_machine(), text, args.file.name))


def _said(args: argparse.Namespace, count: int) -> int:
    print(json.dumps({"corrected": count}) if args.json else say("import.said.corrected", args.language, count=count))
    return DONE
