"""`register template|apply|export`, `round add|list`; of `register`, the rest is in `frameworks`."""
from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from access.policy import person_at_this_machine
from commands import frameworks
from commands.answers import content, tell
from data import register
from data.errors import UserError
from data.messages import Language, say
from data.register import changes, workbook
from data.register.changes import Change, Changes
from data.register.entry import column_label, sheet_label, shown
from data.register.sheets import ROUND_KINDS
from data.store import open_store

DONE, REFUSED = 0, 1


def add(subparsers: Any, shared: argparse.ArgumentParser) -> None:
    group = subparsers.add_parser("register", help="partnerships, villages, rounds, targets, parameters in one workbook")
    kinds = group.add_subparsers(dest="what", required=True)
    for name, run, words in (
        ("template", _template, "write an empty workbook to fill"),
        ("apply", _apply, "show what a workbook would change, then change it"),
        ("export", _export, "write the register as a workbook"),
    ):
        parser = kinds.add_parser(name, parents=[shared], help=words)
        parser.add_argument("file", type=Path, metavar="FILE.xlsx")
        parser.set_defaults(run=run)
        if name == "apply":
            parser.add_argument("--dry-run", action="store_true", help="only show what would change")
    frameworks.add(kinds, shared)
    rounds = subparsers.add_parser("round", help="waves of data collection").add_subparsers(dest="what", required=True)
    adding = rounds.add_parser("add", parents=[shared], help="add a round, or change one")
    adding.add_argument("id", metavar="ID")
    adding.add_argument("--kind", choices=ROUND_KINDS, required=True)
    adding.add_argument("--from", dest="starts_on", metavar="DATE", required=True)
    adding.add_argument("--to", dest="ends_on", metavar="DATE", required=True)
    adding.add_argument("--name", help="its name (default: the id)")
    adding.set_defaults(run=_round_add)
    listing = rounds.add_parser("list", parents=[shared], help="the rounds, by time")
    listing.set_defaults(run=_round_list)


def _template(args: argparse.Namespace) -> int:
    return _write(args, workbook.template(open_store(args.store), person_at_this_machine()))


def _export(args: argparse.Namespace) -> int:
    return _write(args, workbook.export(open_store(args.store), person_at_this_machine()))


def _write(args: argparse.Namespace, content: bytes) -> int:
    try:
        args.file.write_bytes(content)
    except OSError as error:
        raise UserError("register.not_writable", path=str(args.file), reason=error.strerror or str(error)) from error
    tell(args, {"file": str(args.file)}, say("register.written", args.language, path=args.file))
    return DONE


def _apply(args: argparse.Namespace) -> int:
    store, viewer = open_store(args.store), person_at_this_machine()
    prepared = workbook.read(store, viewer, content(args.file), args.file.name)
    if args.json:
        print(json.dumps(_as_json(prepared, args.language), ensure_ascii=False, indent=2))
    else:
        _show(prepared, args.language)
    if prepared.has_errors:
        return REFUSED
    if not args.dry_run:
        count = changes.apply(store, viewer, prepared)
        if count and not args.json:
            print(say("register.applied", args.language, count=count))
    return DONE


def _show(prepared: Changes, language: Language) -> None:
    for finding in prepared.findings:
        print(finding.message(language))
    for change in prepared.changes:
        print(_change_line(change, language))
    for sheet, count in prepared.not_named.items():
        print(say("register.not_named", language, count=count, sheet=sheet_label(sheet, language)))
    if prepared.changes:
        print(say("register.would_change", language, count=len(prepared.changes)))
    elif not prepared.has_errors:
        print(say("register.nothing_changes", language, name=prepared.name))


def _change_line(change: Change, language: Language) -> str:
    how = "added" if change.before is None else "removed" if change.after is None else "changed"
    line = f"{sheet_label(change.sheet.name, language)}: {change.record}: {say(f'register.change.{how}', language)}"
    if how != "changed":
        return line
    empty = say("register.empty", language)
    before, after = change.before or {}, change.after or {}
    parts = []
    for name in change.columns:
        column = change.sheet.column(name)
        old, new = (shown(column, record.get(name), language) or empty for record in (before, after))
        parts.append(f"{column_label(change.sheet.name, name, language)}: {old} -> {new}")
    return f"{line} ({'; '.join(parts)})"


def _as_json(prepared: Changes, language: Language) -> dict[str, object]:
    return {
        "changes": [
            {"sheet": each.sheet.name, "record": each.record, "columns": list(each.columns),
             "before": _plain(each.before), "after": _plain(each.after)}
            for each in prepared.changes
        ],
        "findings": [
            {"code": each.code, "severity": each.severity, "sheet": each.sheet, "row": each.row, "column": each.column,
             "cell": each.cell, "value": each.value, "message": each.message(language)}
            for each in prepared.findings
        ],
        "not_named": prepared.not_named,
    }


def _plain(record: object) -> object:
    return None if record is None else json.loads(json.dumps(record, default=str))


def _round_add(args: argparse.Namespace) -> int:
    values = {name: getattr(args, name) for name in ("id", "kind", "starts_on", "ends_on")}
    saved = changes.save(open_store(args.store), person_at_this_machine(), "rounds", values | {"name": args.name or args.id})
    if args.json:
        print(json.dumps(_as_json(saved, args.language), ensure_ascii=False, indent=2))
    else:
        for finding in saved.findings:
            print(finding.message(args.language))
        if not saved.has_errors:
            print(say("register.round_added", args.language, round=args.id))
    return REFUSED if saved.has_errors else DONE


def _round_list(args: argparse.Namespace) -> int:
    found = register.rounds(open_store(args.store), person_at_this_machine())
    if args.json:
        print(json.dumps([asdict(each) for each in found], default=str, ensure_ascii=False, indent=2))
        return DONE
    if not found:
        print(say("register.no_rounds", args.language))
    for each in found:
        kind = say(f"register.choice.{each.kind}", args.language)
        print(f"{each.id:<12} {each.starts_on} - {each.ends_on}  {kind:<18} {each.name}")
    return DONE
