"""`snapshot`: results frozen, published, exported, verified, withdrawn."""
from __future__ import annotations

import argparse
import gzip
from datetime import date
from pathlib import Path
from typing import Any

from access.policy import person_at_this_machine
from commands.answers import tell
from data import snapshots
from data.errors import UserError
from data.messages import Language, say
from data.snapshots import Snapshot
from data.store import now, open_store
from publishing import html, words
from publishing.freeze import publish
from publishing.serving import address
from publishing.verify import Verification, read, verify

DONE, REFUSED = 0, 1
SHOWN = 30  # differences printed for people; --json has them all


def add(subparsers: Any, shared: argparse.ArgumentParser) -> None:
    group = subparsers.add_parser("snapshot", help="results frozen and published").add_subparsers(dest="what", required=True)
    making = group.add_parser("create", parents=[shared], help="freeze a partnership's results and publish them")
    making.add_argument("--partnership", required=True, metavar="ID")
    making.add_argument("--title", help="(default: the partnership's name and the date)")
    making.add_argument("--narrative", default="", metavar="TEXT", help="what the reader should know, in a few sentences")
    making.add_argument("--by", metavar="NAME", help="who publishes it")
    making.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="rounds that ended by this day (default: today)")
    making.add_argument("--expires", type=date.fromisoformat, metavar="DATE", help="the last day its address answers")
    making.add_argument("--hide", action="store_true",
                        help="publish without the figures that, beside earlier snapshots, would tell of a few responses")
    making.set_defaults(run=_create)
    group.add_parser("list", parents=[shared], help="the snapshots, newest first").set_defaults(run=_list)
    exporting = group.add_parser("export", parents=[shared], help="write a snapshot to a file")
    exporting.add_argument("id", metavar="ID", help="its identity, or the first digits of it")
    exporting.add_argument("--to", choices=sorted(_EXPORTS), required=True)
    exporting.add_argument("file", type=Path, metavar="FILE")
    exporting.set_defaults(run=_export)
    verifying = group.add_parser("verify", parents=[shared], help="which figures the store still gives")
    verifying.add_argument("id", metavar="ID|FILE", help="an identity, or a page or document that somebody sent")
    verifying.set_defaults(run=_verify)
    withdrawing = group.add_parser("withdraw", parents=[shared], help="take a snapshot from its address, for good")
    withdrawing.add_argument("id", metavar="ID")
    withdrawing.set_defaults(run=_withdraw)


def _create(args: argparse.Namespace) -> int:
    store, viewer = open_store(args.store), person_at_this_machine()
    title = args.title or words.suggested_title(store, viewer, args.partnership, args.as_of or now().date(), args.language)
    made = publish(store, viewer, partnership=args.partnership, title=title, narrative=args.narrative, made_by=args.by,
                   as_of=args.as_of, expires_on=args.expires, may_hide=args.hide)
    tell(args, _as_json(made), say("snapshot.created", args.language, identity=made.identity, address=address(made.token)))
    return DONE


def _list(args: argparse.Namespace) -> int:
    found = snapshots.snapshots(open_store(args.store), person_at_this_machine())
    lines = [
        f"{each.identity[:12]}  {each.made_at:%Y-%m-%d}  {address(each.token)}  {each.title}"
        + ("" if each.is_shown(now().date()) else f"  ({say('snapshot.not_shown_now', args.language)})")
        for each in found
    ]
    tell(args, {"snapshots": [_as_json(each) for each in found]}, "\n".join(lines) or say("snapshot.none", args.language))
    return DONE


def _export(args: argparse.Namespace) -> int:
    store, viewer = open_store(args.store), person_at_this_machine()
    content = _EXPORTS[args.to](snapshots.document(store, viewer, args.id), args.language)
    try:
        args.file.write_bytes(content)
    except OSError as error:
        raise UserError("snapshot.not_writable", path=str(args.file), reason=error.strerror or str(error)) from error
    tell(args, {"file": str(args.file), "size_bytes": len(content)}, say("snapshot.written", args.language, path=args.file))
    return DONE


def _html(document: bytes, language: Language) -> bytes:
    return html.render(read(document, "")[0], language).encode("utf-8")


_EXPORTS = {
    "html": _html,
    "json": lambda document, language: document,
    "json.gz": lambda document, language: gzip.compress(document, 9, mtime=0),
}


def _verify(args: argparse.Namespace) -> int:
    """Exit 0 when every figure holds, 1 when one does not."""
    store, viewer = open_store(args.store), person_at_this_machine()
    path = Path(args.id)
    content = path.read_bytes() if path.is_file() else snapshots.document(store, viewer, args.id)
    document, identity = read(content, path.name)
    is_ours = any(each.identity == identity for each in snapshots.snapshots(store, viewer))
    found = verify(store, viewer, document)
    lines = [
        say("snapshot.published_here" if is_ours else "snapshot.not_published_here", args.language, identity=identity),
        words.verdict(found, args.language),
        *words.differences(found, document, args.language)[:SHOWN],
    ]
    if len(found.differences) > SHOWN:
        lines.append(say("snapshot.more_differences", args.language, count=len(found.differences) - SHOWN))
    tell(args, _verified(found, is_ours), "\n".join(lines))
    return DONE if found.holds else REFUSED


def _verified(found: Verification, is_ours: bool) -> dict[str, object]:
    return {
        "identity": found.identity, "published_here": is_ours, "figures": found.figures, "holds": found.holds,
        "differences": [vars(each) for each in found.differences],
    }


def _withdraw(args: argparse.Namespace) -> int:
    found = snapshots.withdraw(open_store(args.store), person_at_this_machine(), args.id)
    tell(args, _as_json(found), say("snapshot.withdrawn", args.language, identity=found.identity[:12]))
    return DONE


def _as_json(each: Snapshot) -> dict[str, object]:
    return {**vars(each), "address": address(each.token)}
