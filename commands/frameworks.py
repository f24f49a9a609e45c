"""`register frameworks` lists official indicators; `register adopt` gives a partnership their targets."""
from __future__ import annotations

import argparse
import json
from typing import Any

from access.policy import person_at_this_machine
from data import sdgs_desa
from data.indicators import label
from data.messages import Language, say
from data.register import changes
from data.sdgs_desa import adopting
from data.sdgs_desa.browsing import Entry, Only, browse
from data.store import open_store

DONE, REFUSED = 0, 1
_ADDED = ("indicator", "comparison", "value", "unit", "due_on", "basis", "source")


def add(kinds: Any, shared: argparse.ArgumentParser) -> None:
    listing = kinds.add_parser("frameworks", parents=[shared], help="official SDGs Desa indicators and their targets")
    listing.add_argument("words", nargs="*", metavar="WORD", help="only those in which every word occurs")
    listing.add_argument("--framework", choices=sdgs_desa.FRAMEWORKS, default=sdgs_desa.FRAMEWORKS[0])
    listing.add_argument("--goal", type=int, choices=range(1, 19), metavar="1-18")
    listing.add_argument("--only", choices=[str(each) for each in Only], default=str(Only.ALL))
    listing.set_defaults(run=_list)
    adoption = kinds.add_parser("adopt", parents=[shared], help="give a partnership official targets")
    adoption.add_argument("indicators", nargs="+", metavar="INDICATOR", help="such as service_access.electricity")
    adoption.add_argument("--partnership", required=True, metavar="ID")
    adoption.add_argument("--due", required=True, metavar="YEAR", help="the year or day by which; the framework states none")
    adoption.add_argument("--dry-run", action="store_true", help="only show what would be added")
    adoption.set_defaults(run=_adopt)


def _list(args: argparse.Namespace) -> int:
    found = browse(open_store(args.store), person_at_this_machine(), framework=args.framework, goal=args.goal,
                   words=" ".join(args.words), only=Only(args.only))
    if args.json:
        print(json.dumps([_as_json(each) for each in found], ensure_ascii=False, indent=2))
        return DONE
    for each in found:
        print(_line(each, args.language))
    print(say("framework.counted", args.language, count=len(found), targets=sum(each.official.has_target for each in found),
              measured=sum(bool(each.indicators) for each in found)))
    return DONE


def _line(entry: Entry, language: Language) -> str:
    official = entry.official
    basis = official.basis if official.is_transcribed or not official.has_target else "elsewhere"
    target = f"{official.target_text} ({say(f'framework.basis.{basis}', language)})" if official.has_target else say(
        "framework.basis.none", language)
    measured = ", ".join(f"{label(each, language)} [{each.id}]" for each in entry.indicators)
    return f"{official.goal}/{official.code or '-'}  {official.name}: {target}{f' <- {measured}' if measured else ''}"


def _as_json(entry: Entry) -> dict[str, object]:
    official = entry.official
    return {
        "framework": official.framework, "goal": official.goal, "code": official.code, "objective": official.objective,
        "name": official.name, "unit": official.unit, "target": official.target_text, "comparison": official.comparison,
        "value": official.value, "basis": official.basis, "transcribed": official.is_transcribed, "notes": list(official.notes),
        "source": official.source, "indicators": [each.id for each in entry.indicators],
        "questions": [{"instrument": each.instrument, "code": each.code, "question": each.wording, "seen": each.is_seen}
                      for each in entry.questions],
        "adopted_by": list(entry.adopted_by),
    }


def _adopt(args: argparse.Namespace) -> int:
    store, viewer = open_store(args.store), person_at_this_machine()
    prepared = adopting.prepare(store, viewer, args.partnership, args.indicators, args.due)
    if not (prepared.has_errors or args.dry_run):
        changes.apply(store, viewer, prepared)
    if args.json:
        print(json.dumps({
            "added": [{name: each.after[name] for name in _ADDED}
                      for each in prepared.changes if each.after is not None],
            "findings": [{"code": each.code, "column": each.column, "value": each.value, "message": each.message(args.language)}
                         for each in prepared.findings],
        }, default=str, ensure_ascii=False, indent=2))
        return REFUSED if prepared.has_errors else DONE
    for finding in prepared.findings:
        print(finding.message(args.language))
    for change in prepared.changes if not prepared.has_errors else ():
        print(f"{change.record}: {(change.after or {})['source']}")
    if not prepared.has_errors:
        print(say("register.would_change" if args.dry_run else "register.applied", args.language, count=len(prepared.changes)))
    return REFUSED if prepared.has_errors else DONE
