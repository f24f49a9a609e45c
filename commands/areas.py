"""`areas import|aliases|boundaries`: administrative areas, their codes and their boundaries."""
from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from access.policy import person_at_this_machine
from commands.answers import content, tell
from data import area_tables
from data.boundaries import import_boundaries
from data.messages import say
from data.store import open_store

DONE = 0


def add(subparsers: Any, shared: argparse.ArgumentParser) -> None:
    codes = subparsers.add_parser("areas", help="administrative areas").add_subparsers(dest="what", required=True)
    for name, run, form, words in (
        ("import", _import, "csv", "take in a table of Kemendagri codes (CSV, or CSV in gzip)"),
        ("aliases", _aliases, "csv", "take in other codes of the same areas: of BPS, or former ones (CSV, or CSV in gzip)"),
        ("boundaries", _boundaries, "geojson", "take in boundaries (GeoJSON, or GeoJSON in gzip)"),
    ):
        parser = codes.add_parser(name, parents=[shared], help=words)
        parser.add_argument("file", type=Path, metavar=f"FILE.{form}")
        parser.set_defaults(run=run)
        if name == "import":
            parser.add_argument(
                "--in-force-from", type=date.fromisoformat, metavar="DATE",
                help="the table is whole from this day on: codes of its provinces that it lacks are no longer valid",
            )


def _import(args: argparse.Namespace) -> int:
    taken = area_tables.import_table(
        open_store(args.store), person_at_this_machine(), content(args.file), args.file.name, in_force_from=args.in_force_from,
    )
    key = "area.imported" if args.in_force_from is None else "area.imported_whole"
    tell(args, asdict(taken), say(key, args.language, **asdict(taken), count=taken.areas, name=args.file.name))
    return DONE


def _aliases(args: argparse.Namespace) -> int:
    count = area_tables.import_aliases(open_store(args.store), person_at_this_machine(), content(args.file), args.file.name)
    tell(args, {"aliases": count}, say("area.aliases_imported", args.language, count=count, name=args.file.name))
    return DONE


def _boundaries(args: argparse.Namespace) -> int:
    count = import_boundaries(open_store(args.store), person_at_this_machine(), content(args.file), args.file.name)
    tell(args, {"boundaries": count}, say("area.boundaries_imported", args.language, count=count, name=args.file.name))
    return DONE
