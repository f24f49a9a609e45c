"""The papers of a partnership: agreements, decrees, minutes, reports. Kept as files named by their SHA-256."""
from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import pandas as pd

from access.policy import Action, Viewer, require
from data.errors import UserError
from data.register.reading import partnership as known_partnership
from data.store import Store, now

DocumentKind = Literal["agreement", "decree", "minutes", "report", "other"]
FOLDER = "documents"
_MAX_BYTES = 20_000_000


def add(store: Store, viewer: Viewer, partnership: str, content: bytes, name: str, kind: DocumentKind) -> str:
    """Keeps a document; returns its SHA-256. The same file twice is one document."""
    require(viewer, Action.CHANGE_REGISTER)
    known_partnership(store, viewer, partnership)
    if not content or len(content) > _MAX_BYTES:
        raise UserError("register.document_size", name=name, megabytes=_MAX_BYTES // 1_000_000)
    sha256 = hashlib.sha256(content).hexdigest()
    path = store.directory / FOLDER / sha256
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        part = path.with_suffix(".part")
        part.write_bytes(content)
        part.replace(path)
    with store.writing(viewer, "register.document", partnership=partnership, sha256=sha256) as cursor:
        cursor.execute(
            "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET name = excluded.name, kind = excluded.kind",
            [partnership, sha256, Path(name).name[:200], kind, len(content), now(), viewer.name],
        )
    return sha256


def documents(store: Store, viewer: Viewer, partnership: str) -> pd.DataFrame:
    """A partnership's documents, the latest first: sha256, name, kind, size_bytes, added_at, viewer."""
    known_partnership(store, viewer, partnership)
    with store.reading() as cursor:
        return cursor.execute(
            "SELECT sha256, name, kind, size_bytes, added_at, viewer FROM document WHERE partnership = ?"
            " ORDER BY added_at DESC, sha256",
            [partnership],
        ).df()


def content(store: Store, viewer: Viewer, partnership: str, sha256: str) -> bytes:
    """A document's bytes, checked against their SHA-256. Raises `UserError` when it is not there, or not as it was kept."""
    if sha256 not in documents(store, viewer, partnership)["sha256"].tolist():
        raise UserError("register.no_document", sha256=sha256)
    path = store.directory / FOLDER / sha256
    kept = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(kept).hexdigest() != sha256:
        raise UserError("register.no_document", sha256=sha256)
    return kept


def remove(store: Store, viewer: Viewer, partnership: str, sha256: str) -> None:
    """Takes a document away that was filed by mistake; its bytes go with it, unless another partnership keeps the same file.

    Raises `UserError` when it is not there. The audit trail keeps its name.
    """
    require(viewer, Action.CHANGE_REGISTER)
    there = documents(store, viewer, partnership)
    if sha256 not in there["sha256"].tolist():
        raise UserError("register.no_document", sha256=sha256)
    name = str(there.set_index("sha256")["name"][sha256])
    with store.writing(viewer, "register.document_removed", partnership=partnership, sha256=sha256, name=name) as cursor:
        cursor.execute("DELETE FROM document WHERE partnership = ? AND sha256 = ?", [partnership, sha256])
        (others,) = cursor.execute("SELECT count(*) FROM document WHERE sha256 = ?", [sha256]).fetchall()
    if others == (0,):
        (store.directory / FOLDER / sha256).unlink(missing_ok=True)
