"""Files that were dropped, until they are committed, given up, or old.

They are kept in this process's memory and nowhere else, because a raw file holds names and numbers of people; and under
a key in the address, so that a refreshed page, or the same link in another window, goes on where it was.
"""
from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pandas as pd

from access.policy import Action, Viewer, require
from data.importing import committing
from data.importing.mapping import Mapping
from data.importing.preparing import Prepared, prepare
from data.importing.preview import preview
from data.reading import RawFile, read
from data.store import Store, now
from pages.parts.importing.work import Tell, Work, begun

LIFE = timedelta(hours=6)
MOST_BYTES = 800_000_000  # of all kept files together; the oldest give way


@dataclass(kw_only=True)
class Upload:
    """A dropped file: what it is, what was decided about it, and the work that was begun on it.

    `content` is the file as it came, until it has been read; only a questionnaire's is needed longer.
    """

    key: str
    viewer: str
    name: str
    size_bytes: int
    content: bytes | None = field(repr=False)
    kept_at: datetime
    reading: Work[RawFile] = field(default_factory=Work, repr=False)
    sheet: str | None = None
    mapping: Mapping | None = None
    question: tuple[object, ...] = ()
    looking: Work[Prepared] | None = field(default=None, repr=False)
    trying: tuple[object, Work[pd.DataFrame]] | None = field(default=None, repr=False)
    committing: Work[int] | None = field(default=None, repr=False)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def file(self) -> RawFile:
        """The file as it was read. Raises `UserError` for what cannot be read."""
        return self.reading.future.result()

    @property
    def prepared(self) -> Prepared | None:
        """What came of the last look at it, if it came to something."""
        done = self.looking is not None and self.looking.future.done() and self.looking.future.exception() is None
        return self.looking.future.result() if done and self.looking is not None else None

    @property
    def batch(self) -> int | None:
        """What it was committed as."""
        done = self.committing is not None and self.committing.future.done()
        return self.committing.future.result() if done and self.committing is not None else None


_kept: OrderedDict[str, Upload] = OrderedDict()
_lock = threading.Lock()


def keep(viewer: Viewer, content: bytes, name: str) -> Upload:
    """Keeps a dropped file and begins to read it."""
    require(viewer, Action.IMPORT)
    made = Upload(key=secrets.token_urlsafe(12), viewer=viewer.name, name=name, size_bytes=len(content), content=content,
                  kept_at=now())
    made.reading = begun(lambda tell: _read(made, tell))
    with _lock:
        _kept[made.key] = made
        _sweep()
    return made


def _read(upload: Upload, tell: Tell) -> RawFile:
    tell("read", 0.0)
    content, upload.content = upload.content, None
    assert content is not None
    file = read(content, upload.name)
    if file.is_xlsform:
        upload.content = content
    return file


def look(upload: Upload, store: Store, viewer: Viewer, instrument: str, round: str) -> Work[Prepared]:
    """The file read as this instrument's answers; begun anew only when something about the question changed."""
    question = (instrument, round, upload.sheet, repr(upload.mapping), store.data_version)
    with upload.lock:
        if upload.looking is None or upload.question != question:
            file, sheet, mapping = upload.file, upload.sheet, upload.mapping
            upload.question = question
            upload.looking = begun(lambda tell: prepare(
                store, viewer, file, file.name, instrument=instrument, round=round, sheet=sheet, mapping=mapping,
                on_progress=tell,
            ))
        return upload.looking


def try_out(upload: Upload, store: Store, viewer: Viewer, prepared: Prepared) -> Work[pd.DataFrame]:
    """What the indicators would become, for the question asked last."""
    with upload.lock:
        if upload.trying is None or upload.trying[0] != upload.question:
            def told(tell: Tell) -> pd.DataFrame:
                tell("try", 0.0)
                return preview(store, viewer, prepared)

            upload.trying = upload.question, begun(told)
        return upload.trying[1]


def tried(upload: Upload) -> Work[pd.DataFrame] | None:
    """The trial of the question asked last, if there was one."""
    return upload.trying[1] if upload.trying is not None and upload.trying[0] == upload.question else None


def commit(upload: Upload, store: Store, viewer: Viewer, prepared: Prepared) -> Work[int]:
    """Begins to commit, once: a second press, or a second window, follows the first."""
    with upload.lock:
        if upload.committing is None:
            upload.committing = begun(lambda tell: committing.commit(store, viewer, prepared, on_progress=tell))
        return upload.committing


def settle(upload: Upload) -> None:
    """After a commit: one that failed can be tried again; one that is done lets go of the rows, which are in the store now."""
    if upload.committing is None or not upload.committing.future.done():
        return
    if upload.committing.future.exception() is not None:
        upload.committing = None
    elif (prepared := upload.prepared) is not None and prepared.frames:
        light: Work[Prepared] = Work()
        light.future.set_result(replace(prepared, frames={}))
        upload.looking, upload.trying = light, None


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
    while len(_kept) > 1 and sum(each.size_bytes for each in _kept.values()) > MOST_BYTES:
        _kept.popitem(last=False)
