"""Published snapshots: kept as they were frozen, found by identity, read at their address, withdrawn."""
from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from weakref import WeakKeyDictionary

from duckdb import DuckDBPyConnection

from access.policy import Action, Viewer, require, sees_partnership
from data import resting
from data.errors import UserError
from data.register import memberships
from data.resting import Resting
from data.store import Store, now

SHORTEST = 6  # hexadecimal digits of an identity that are enough to name a snapshot
_FACTS = "identity, token, partnership, title, made_at, made_by, expires_on, withdrawn_at"

# What was found at addresses, so that a thousand readers are one query. Only this process can write the store.
_found: WeakKeyDictionary[Store, dict[str, Snapshot]] = WeakKeyDictionary()


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A published snapshot without its document. `token` is the secret part of its address."""

    identity: str
    token: str
    partnership: str
    title: str
    made_at: datetime
    made_by: str
    expires_on: date | None
    withdrawn_at: datetime | None

    def is_shown(self, on: date) -> bool:
        """Whether its address still answers: neither withdrawn nor past its last day."""
        return self.withdrawn_at is None and (self.expires_on is None or on <= self.expires_on)


def keep(
    store: Store, viewer: Viewer, document: bytes, *, partnership: str, title: str, made_at: datetime, made_by: str,
    expires_on: date | None = None, rests_on: Sequence[Resting] = (),
) -> Snapshot:
    """Keeps a frozen document, with the responses its figures rest on, and gives it an address nobody can guess."""
    require(viewer, Action.PUBLISH)
    identity = hashlib.sha256(document).hexdigest()
    kept = Snapshot(identity=identity, token=secrets.token_urlsafe(24), partnership=partnership, title=title, made_at=made_at,
                    made_by=made_by, expires_on=expires_on, withdrawn_at=None)
    with store.writing(viewer, "snapshot.create", identity=identity, partnership=partnership) as cursor:
        if not _is_seen(cursor, viewer, kept):
            raise UserError("register.unknown_partnership", partnership=partnership)
        cursor.execute(
            "INSERT INTO snapshot (identity, token, partnership, title, made_at, made_by, expires_on, document) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [identity, kept.token, partnership, title, made_at, made_by, expires_on, document],
        )
        resting.keep(cursor, identity, rests_on)
    return kept


def snapshots(store: Store, viewer: Viewer) -> list[Snapshot]:
    """The snapshots of the partnerships in the viewer's scope, newest first, withdrawn ones among them."""
    require(viewer, Action.SEE_SNAPSHOTS)
    with store.reading() as cursor:
        rows = cursor.execute(f"SELECT {_FACTS} FROM snapshot ORDER BY made_at DESC, identity").fetchall()  # noqa: S608
        return [each for each in map(_snapshot, rows) if _is_seen(cursor, viewer, each)]


def snapshot(store: Store, viewer: Viewer, identity: str) -> Snapshot:
    """The snapshot of an identity, or of the first digits of one.

    Raises `UserError` when none or several in the viewer's scope begin so.
    """
    wanted = identity.strip().lower()
    found = [each for each in snapshots(store, viewer) if len(wanted) >= SHORTEST and each.identity.startswith(wanted)]
    if len(found) != 1:
        raise UserError("snapshot.unknown" if not found else "snapshot.ambiguous", identity=identity, least=SHORTEST)
    return found[0]


def document(store: Store, viewer: Viewer, identity: str) -> bytes:
    """The canonical bytes of a snapshot in the viewer's scope."""
    return published_document(store, snapshot(store, viewer, identity))


def published(store: Store, token: str) -> Snapshot | None:
    """What stands at an address: whoever holds the token may read it, so no viewer is asked.

    None where there never was a snapshot; the caller must not show one that `is_shown` says no to.
    """
    known = _found.setdefault(store, {})
    if (found := known.get(token)) is not None:
        return found
    with store.reading() as cursor:
        row = cursor.execute(f"SELECT {_FACTS} FROM snapshot WHERE token = ?", [token]).fetchone()  # noqa: S608 a constant
    if row is None:
        return None
    known[token] = _snapshot(row)
    return known[token]


def published_document(store: Store, found: Snapshot) -> bytes:
    """The canonical bytes of a snapshot that was found for a viewer, or at its address."""
    with store.reading() as cursor:
        row = cursor.execute("SELECT document FROM snapshot WHERE identity = ?", [found.identity]).fetchone()
    assert row is not None
    return bytes(row[0])


def withdraw(store: Store, viewer: Viewer, identity: str) -> Snapshot:
    """Takes a snapshot from its address for good; the document stays in the store, and can be verified and exported.

    Raises `UserError` when it is unknown or already withdrawn.
    """
    require(viewer, Action.PUBLISH)
    found = snapshot(store, viewer, identity)
    if found.withdrawn_at is not None:
        raise UserError("snapshot.already_withdrawn", identity=found.identity[:12])
    with store.writing(viewer, "snapshot.withdraw", identity=found.identity) as cursor:
        cursor.execute("UPDATE snapshot SET withdrawn_at = ? WHERE identity = ?", [now(), found.identity])
    _found.pop(store, None)
    return snapshot(store, viewer, found.identity)


def _snapshot(row: tuple) -> Snapshot:
    return Snapshot(**dict(zip(_FACTS.split(", "), row, strict=True)))


def _is_seen(cursor: DuckDBPyConnection, viewer: Viewer, each: Snapshot) -> bool:
    own = [village for partnership, village, role in memberships(cursor)
           if partnership == each.partnership and role != "comparison"]
    return sees_partnership(viewer, each.partnership, own)
