"""Files that were dropped, until they are committed, given up, or old.

They are kept in this process's memory and nowhere else, because a raw file holds names and numbers of people that must
never reach a disk; and under a key in the address, so that a refreshed page, or the same link in another window, goes on
where it was.
"""
from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pandas as pd

from access.policy import Action, Viewer, require
from data.importing.mapping import Mapping
from data.importing.preparing import Prepared
from data.reading import RawFile, read
from data.store import now

LIFE = timedelta(hours=6)
MOST_BYTES = 1_000_000_000  # of all kept files together; the oldest give way


@dataclass(kw_only=True)
class Upload:
    """A dropped file: its bytes, what it is, what was decided about it, and what came of it last."""

    key: str
    viewer: str
    content: bytes = field(repr=False)
    file: RawFile = field(repr=False)
    kept_at: datetime
    sheet: str | None = None
    mapping: Mapping | None = None
    question: tuple[object, ...] = ()
    prepared: Prepared | None = field(default=None, repr=False)
    effects: tuple[object, pd.DataFrame] | None = field(default=None, repr=False)
    batch: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)


_kept: OrderedDict[str, Upload] = OrderedDict()
_lock = threading.Lock()


def keep(viewer: Viewer, content: bytes, name: str) -> Upload:
    """Reads a dropped file and keeps it. Raises `UserError` for what cannot be read."""
    require(viewer, Action.IMPORT)
    made = Upload(key=secrets.token_urlsafe(12), viewer=viewer.name, content=content, file=read(content, name), kept_at=now())
    with _lock:
        _kept[made.key] = made
        _sweep()
    return made


def find(viewer: Viewer, key: str | None) -> Upload | None:
    """The kept file of a key, if it is this viewer's own and still here."""
    with _lock:
        _sweep()
        found = _kept.get(key or "")
    return found if found is not None and found.viewer == viewer.name else None


def forget(upload: Upload) -> None:
    with _lock:
        _kept.pop(upload.key, None)


def _sweep() -> None:
    """Lets go of what is old, and of the oldest while all together are too large; the newest always stays."""
    for key in [key for key, each in _kept.items() if now() - each.kept_at > LIFE]:
        del _kept[key]
    while len(_kept) > 1 and sum(len(each.content) for each in _kept.values()) > MOST_BYTES:
        _kept.popitem(last=False)
