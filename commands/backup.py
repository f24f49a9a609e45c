"""The store, whole: `backup`, `restore`, `check`."""
from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from access.policy import person_at_this_machine
from commands.answers import tell
from data import backup
from data.messages import say
from data.store import open_store


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], shared: argparse.ArgumentParser) -> None:
    making = subparsers.add_parser("backup", parents=[shared], help="write the store, whole, into one file")
    making.add_argument("file", type=Path)
    making.set_defaults(run=_backup)
    restoring = subparsers.add_parser("restore", parents=[shared], help="put a backup into a store directory that is empty")
    restoring.add_argument("file", type=Path)
    restoring.set_defaults(run=_restore)
    checking = subparsers.add_parser("check", parents=[shared], help="read the whole store and count its rows")
    checking.set_defaults(run=_check)


def _backup(args: argparse.Namespace) -> int:
    with closing(open_store(args.store)) as store:
        sums = backup.write(store, person_at_this_machine(), args.file)
    tell(args, {"file": str(args.file), "sha256": sums}, say("backup.made", args.language, path=args.file, files=len(sums)))
    return 0


def _restore(args: argparse.Namespace) -> int:
    sums = backup.restore(args.file, args.store)
    words = say("backup.restored", args.language, path=args.store, files=len(sums))
    tell(args, {"store": str(args.store), "sha256": sums}, words)
    return 0


def _check(args: argparse.Namespace) -> int:
    with closing(open_store(args.store)) as store:
        result = backup.check(store, person_at_this_machine())
    if result.unreadable:
        words = say("backup.check_broken", args.language, tables=", ".join(result.unreadable))
    else:
        words = say("backup.check_whole", args.language, tables=len(result.rows), rows=sum(result.rows.values()))
    tell(args, {"rows": result.rows, "unreadable": list(result.unreadable)}, words)
    return 1 if result.unreadable else 0
