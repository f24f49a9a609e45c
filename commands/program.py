"""The command line: every subcommand, the options they share, and what becomes of errors."""
from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

from access.policy import NotAllowed
from commands import areas, backup, correcting, estimate, importing, instrument, progress, register, snapshot, totals
from data.errors import UserError
from data.messages import LANGUAGES, explain
from data.store import default_directory

# Each has `add(subparsers)`, which names its commands and sets `run(args) -> int` as their default.
GROUPS: tuple[ModuleType, ...] = (
    areas,
    backup,
    correcting,
    estimate,
    importing,
    instrument,
    progress,
    register,
    snapshot,
    totals,
)

DONE, REFUSED, USAGE = 0, 1, 2


Serve = Callable[[argparse.Namespace], int]


def parser(serve: Serve) -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--store", type=Path, metavar="DIR", default=argparse.SUPPRESS,
                        help="the store's directory (or PANTAU_STORE; default: the user's data directory)")
    shared.add_argument("--language", choices=LANGUAGES, default=argparse.SUPPRESS, help="language of messages (default: id)")
    shared.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON object")
    top = argparse.ArgumentParser(prog="python app.py", description="Pantau: pemantauan kemitraan desa.", parents=[shared])
    subparsers = top.add_subparsers(dest="command", metavar="COMMAND")
    serving = subparsers.add_parser("serve", parents=[shared], help="the dashboard")
    serving.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    serving.add_argument("--port", type=int, default=8501, help="the port to listen on (default: 8501)")
    serving.add_argument("--example", action="store_true", help="open a throw-away store with the example survey")
    serving.set_defaults(run=serve)
    for group in GROUPS:
        group.add(subparsers, shared)
    return top


def main(arguments: Sequence[str], *, serve: Serve) -> int:
    """Runs a command; `serve` starts the dashboard, which only `app.py` knows how to.

    Returns 0 done, 1 refused with a reason on standard error, 2 usage.
    """
    args = parser(serve).parse_args(_with_command(arguments))
    args.store = getattr(args, "store", None) or Path(os.environ.get("PANTAU_STORE") or default_directory())
    args.language = getattr(args, "language", "id")
    args.json = getattr(args, "json", False)
    try:
        return int(args.run(args))
    except (UserError, NotAllowed) as error:
        if args.json:
            print(json.dumps({"error": {"code": error.code, "message": explain(error, args.language)}}, ensure_ascii=False))
        else:
            print(explain(error, args.language), file=sys.stderr)
        return REFUSED


def _with_command(arguments: Sequence[str]) -> list[str]:
    """Without a command, the dashboard is served: `python app.py --example` is `python app.py serve --example`."""
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in {"-h", "--help"}):
        return ["serve", *arguments]
    return list(arguments)
