"""Discussion of a partnership and its indicators: messages, decisions, and follow-ups with an owner and a date."""
from __future__ import annotations

from datetime import date
from typing import Literal

import pandas as pd
from duckdb import DuckDBPyConnection

from access.policy import Action, Viewer, require
from data.errors import UserError
from data.register import partnership as known_partnership
from data.register import partnerships
from data.register.personal import sign
from data.store import Store, now

MessageKind = Literal["message", "decision"]
State = Literal["open", "done", "dropped"]
_LONGEST = 5_000


def write(
    store: Store, viewer: Viewer, partnership: str, text: str, *, indicator: str | None = None, kind: MessageKind = "message",
) -> int:
    """Adds a message or a decision; returns its id."""
    require(viewer, Action.DISCUSS)
    known_partnership(store, viewer, partnership)
    with store.writing(viewer, "forum.write", partnership=partnership, kind=kind) as cursor:
        id = _next(cursor, "forum_message")
        cursor.execute(
            "INSERT INTO forum_message VALUES (?, ?, ?, ?, ?, ?, ?)",
            [id, partnership, indicator, kind, _checked(text), now(), viewer.name],
        )
    return id


def messages(store: Store, viewer: Viewer, partnership: str, *, indicator: str | None = None) -> pd.DataFrame:
    """The messages of a partnership, or of one of its indicators, oldest first: id, indicator, kind, text, written_at, viewer."""
    require(viewer, Action.SEE_RESULTS)
    known_partnership(store, viewer, partnership)
    with store.reading() as cursor:
        return cursor.execute(
            "SELECT id, indicator, kind, text, written_at, viewer FROM forum_message"
            " WHERE partnership = $partnership AND ($indicator IS NULL OR indicator = $indicator) ORDER BY written_at, id",
            {"partnership": partnership, "indicator": indicator},
        ).df()


def follow_up(
    store: Store, viewer: Viewer, partnership: str, task: str, *, owner: str, due_on: date,
    indicator: str | None = None, message: int | None = None,
) -> int:
    """Adds a follow-up for an office or a role; returns its id. Raises `UserError` when the owner looks like a person's own
    number or address."""
    require(viewer, Action.DISCUSS)
    known_partnership(store, viewer, partnership)
    if sign(owner):
        raise UserError("forum.owner_is_an_office")
    with store.writing(viewer, "forum.follow_up", partnership=partnership) as cursor:
        id = _next(cursor, "follow_up")
        cursor.execute(
            "INSERT INTO follow_up VALUES (?, ?, ?, ?, ?, ?, ?, 'open', NULL, ?, ?)",
            [id, partnership, indicator, message, _checked(task), _checked(owner), due_on, now(), viewer.name],
        )
    return id


def close(store: Store, viewer: Viewer, id: int, state: State, note: str = "") -> None:
    """Marks a follow-up as done or dropped, or opens it again. Raises `UserError` when there is none in the viewer's scope."""
    require(viewer, Action.DISCUSS)
    if id not in follow_ups(store, viewer)["id"].tolist():
        raise UserError("forum.unknown_follow_up", id=id)
    with store.writing(viewer, "forum.close", follow_up=id, state=state) as cursor:
        cursor.execute(
            "UPDATE follow_up SET state = ?, note = ?, changed_at = ?, viewer = ? WHERE id = ?",
            [state, note or None, now(), viewer.name, id],
        )


def follow_ups(store: Store, viewer: Viewer, *, partnership: str | None = None, state: State | None = None) -> pd.DataFrame:
    """Follow-ups in the viewer's scope, the most urgent first.

    Columns: id, partnership, indicator, message, task, owner, due_on, state, note, changed_at, viewer.
    """
    require(viewer, Action.SEE_RESULTS)
    seen = [each.id for each in partnerships(store, viewer) if partnership in (None, each.id)]
    with store.reading() as cursor:
        return cursor.execute(
            "SELECT * FROM follow_up WHERE list_contains($seen::VARCHAR[], partnership) AND ($state IS NULL OR state = $state)"
            " ORDER BY state = 'open' DESC, due_on, id",
            {"seen": seen, "state": state},
        ).df()


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise UserError("forum.empty")
    if len(text) > _LONGEST:
        raise UserError("forum.too_long", longest=_LONGEST)
    if sign(text) == "nik":
        raise UserError("forum.no_identity_number")
    return text


def _next(cursor: DuckDBPyConnection, table: Literal["forum_message", "follow_up"]) -> int:
    (found,) = cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchall()  # noqa: S608 one of two constants
    return int(found[0])
