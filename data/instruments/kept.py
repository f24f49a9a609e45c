"""The instruments a store keeps: as workbooks, read again when asked for."""
from __future__ import annotations

from functools import lru_cache

import duckdb

from access.policy import Action, Viewer, require
from data.errors import UserError
from data.instruments.model import Instrument
from data.instruments.workbook import read_workbook
from data.store import Store

_read = lru_cache(maxsize=64)(read_workbook)


def instruments(store: Store, viewer: Viewer) -> list[Instrument]:
    """The current version of each instrument, in the order they were first added."""
    require(viewer, Action.SEE_RESULTS)
    with store.reading() as cursor:
        return kept(cursor)


def instrument(store: Store, viewer: Viewer, identity: str) -> Instrument:
    """The current version of an instrument. Raises `UserError` when there is none of that id."""
    for found in instruments(store, viewer):
        if found.id == identity:
            return found
    raise UserError("instrument.unknown", id=identity)


def versions(store: Store, viewer: Viewer, identity: str) -> list[Instrument]:
    """Every version of an instrument, the current one last."""
    require(viewer, Action.SEE_RESULTS)
    with store.reading() as cursor:
        rows = cursor.execute(
            "SELECT content, file_name FROM instrument WHERE id = ? ORDER BY added_at, sha256", [identity],
        ).fetchall()
    return [_read(bytes(content), name) for content, name in rows]


def kept(cursor: duckdb.DuckDBPyConnection) -> list[Instrument]:
    """As `instruments`, inside a transaction."""
    rows = cursor.execute("""
        SELECT arg_max(content, added_at), arg_max(file_name, added_at) FROM instrument GROUP BY id ORDER BY min(added_at), id
    """).fetchall()
    return [_read(bytes(content), name) for content, name in rows]
