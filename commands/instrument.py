"""`instrument add|list|show`: the questionnaires a store knows."""
from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from access.policy import Viewer, person_at_this_machine
from data.errors import UserError
from data.instruments import kept
from data.instruments.adding import add as add_instrument
from data.instruments.model import Instrument, in_language
from data.instruments.versions import FormChange, compared
from data.messages import Language, say
from data.store import Store, open_store

DONE = 0


def add(subparsers: Any, shared: argparse.ArgumentParser) -> None:
    group = subparsers.add_parser("instrument", help="questionnaires (XLSForm)").add_subparsers(dest="what", required=True)
    adding = group.add_parser("add", parents=[shared], help="add an instrument, or a new version of one")
    adding.add_argument("file", type=Path, metavar="FILE.xlsx")
    adding.set_defaults(run=_add)
    listing = group.add_parser("list", parents=[shared], help="the instruments of the store")
    listing.set_defaults(run=_list)
    showing = group.add_parser("show", parents=[shared], help="one instrument: its forms, variables, design and indicators")
    showing.add_argument("id", metavar="ID")
    showing.set_defaults(run=_show)


def _add(args: argparse.Namespace) -> int:
    if not args.file.is_file():
        raise UserError("instrument.no_file", path=str(args.file))
    store, viewer = open_store(args.store), person_at_this_machine()
    instrument = add_instrument(store, viewer, args.file.read_bytes(), args.file.name)
    changes = _changes(store, viewer, instrument)
    if args.json:
        _print_json(_summary(instrument, args.language) | {"changes": [asdict(change) for change in changes]})
        return DONE
    print(say("instrument.added", args.language, id=instrument.id, version=instrument.version))
    _print_forms(instrument, args.language)
    for change in changes:
        renamed = [f"{old} → {new}" for old, new in change.renamed]
        for key, names in (("added", change.added), ("lost", change.lost), ("renamed", renamed)):
            if names:
                print(say(f"instrument.variables_{key}", args.language, form=change.form, names=", ".join(names)))
    return DONE


def _changes(store: Store, viewer: Viewer, instrument: Instrument) -> tuple[FormChange, ...]:
    """What the current version changed, if there was one before."""
    *_, before = [None, *kept.versions(store, viewer, instrument.id)[:-1]]
    return compared(before, instrument) if before else ()


def _list(args: argparse.Namespace) -> int:
    found = kept.instruments(open_store(args.store), person_at_this_machine())
    if args.json:
        _print_json([_summary(instrument, args.language) for instrument in found])
        return DONE
    if not found:
        print(say("instrument.none", args.language))
    for instrument in found:
        print(f"{instrument.id}  {instrument.version}  {_title(instrument, args.language)}")
        _print_forms(instrument, args.language)
    return DONE


def _show(args: argparse.Namespace) -> int:
    instrument = kept.instrument(open_store(args.store), person_at_this_machine(), args.id)
    if args.json:
        _print_json(_whole(instrument, args.language))
        return DONE
    print(f"{instrument.id}  {instrument.version}  {_title(instrument, args.language)}")
    for form in instrument.forms:
        print(f"\n{form.name}")
        for variable in form.variables:
            words = in_language(variable.labels, args.language, variable.name)
            print(f"  {variable.name:<28} {variable.kind:<16} {words}")
    print()
    for indicator in instrument.indicators:
        print(f"  {indicator.id}")
    return DONE


def _print_forms(instrument: Instrument, language: Language) -> None:
    for form in instrument.forms:
        indicators = sum(indicator.form == form.name for indicator in instrument.indicators)
        print(say("instrument.form_line", language, form=form.name, variables=len(form.variables), indicators=indicators))


def _title(instrument: Instrument, language: Language) -> str:
    return in_language(instrument.labels, language, instrument.id)


def _summary(instrument: Instrument, language: Language) -> dict[str, object]:
    return {
        "id": instrument.id, "version": instrument.version, "title": _title(instrument, language), "sha256": instrument.sha256,
        "languages": list(instrument.languages),
        "forms": {form.name: {"parent": form.parent, "variables": len(form.variables)} for form in instrument.forms},
        "indicators": [indicator.id for indicator in instrument.indicators],
    }


def _whole(instrument: Instrument, language: Language) -> dict[str, object]:
    return _summary(instrument, language) | {"forms": {form.name: {
        "parent": form.parent,
        "design": {
            "weight": form.design.weight, "stratum": list(form.design.strata), "psu": form.design.psu,
            "psu_population": form.design.psu_population, "village": form.design.village,
            "respondent": form.design.respondent, "census": form.design.census,
        },
        "variables": [
            {"name": variable.name, "kind": variable.kind, "label": in_language(variable.labels, language, variable.name),
             "choices": [choice.name for choice in variable.choices]}
            for variable in form.variables
        ],
    } for form in instrument.forms}}


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
