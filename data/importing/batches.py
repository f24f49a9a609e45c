"""Batches after they were committed: listed, withdrawn, restored, and what was found in them. Nothing is deleted."""

from __future__ import annotations

import json
from collections import abc
from collections.abc import Hashable
from typing import Any

import duckdb
import pandas as pd

from access.policy import Action, Viewer, require
from data import totals
from data.errors import UserError
from data.importing.committing import event
from data.importing.finding import Finding, Severity
from data.instruments import kept
from data.store import Store


def batches(store: Store, viewer: Viewer) -> pd.DataFrame:
    """One row per batch, the latest first: id, instrument, round, dialect, state, file_name, sha256, files, imported_at,
    imported_by, rows_read, rows_accepted, rows_rejected, rows_left_out (of all forms together), errors, warnings (that stand)."""
    require(viewer, Action.SEE_RESPONSES)
    with store.reading() as cursor:
        return cursor.execute(
            """
            WITH files AS (
                SELECT batch, arg_min(name, number) AS file_name, arg_min(sha256, number) AS sha256, count(*) AS files,
                       min(imported_at) AS imported_at, arg_min(imported_by, number) AS imported_by
                FROM batch_file GROUP BY batch
            ), forms AS (
                SELECT batch, CAST(sum(rows_read) AS BIGINT) AS rows_read, CAST(sum(rows_accepted) AS BIGINT) AS rows_accepted,
                       CAST(sum(rows_rejected) AS BIGINT) AS rows_rejected FROM batch_form GROUP BY batch
            ), problems AS (
                SELECT batch, count(*) FILTER (severity = 'error') AS errors, count(*) FILTER (severity = 'warning') AS warnings
                FROM finding WHERE settled_by IS NULL GROUP BY batch
            )
            SELECT id, instrument, round, dialect, state, file_name, sha256, files, imported_at, imported_by, rows_read,
                   rows_accepted, rows_rejected, rows_read - rows_accepted - rows_rejected AS rows_left_out,
                   coalesce(errors, 0) AS errors, coalesce(warnings, 0) AS warnings
            FROM batch JOIN files ON files.batch = id JOIN forms ON forms.batch = id LEFT JOIN problems ON problems.batch = id
            ORDER BY id DESC
            """
        ).df()


def forms(store: Store, viewer: Viewer, batch: int) -> pd.DataFrame:
    """One row per form of a batch: form, sheet, rows_read, rows_accepted, rows_rejected, left_out, mapping, unmapped."""
    require(viewer, Action.SEE_RESPONSES)
    with store.reading() as cursor:
        _known(cursor, batch)
        table = cursor.execute("SELECT * EXCLUDE (batch) FROM batch_form WHERE batch = ? ORDER BY rowid", [batch]).df()
    for column in ("left_out", "mapping", "unmapped"):
        table[column] = table[column].map(json.loads)
    return table


def findings(store: Store, viewer: Viewer, batch: int) -> pd.DataFrame:
    """One row per finding of a batch, those that stand first: file, code, severity, form, sheet, row, column, cell, value,
    variable, params, settled_by (the name of the later file that has the row mended, or with findings of its own; None while
    the finding stands), message_id, message_en."""
    require(viewer, Action.SEE_RESPONSES)
    with store.reading() as cursor:
        _known(cursor, batch)
        table = cursor.execute(
            "SELECT finding.* EXCLUDE (batch, origin, settled_by), batch_file.name AS settled_by FROM finding "
            "LEFT JOIN batch_file ON batch_file.batch = finding.batch AND batch_file.number = finding.settled_by "
            'WHERE finding.batch = ? ORDER BY finding.settled_by NULLS FIRST, file, form, "row"',
            [batch],
        ).df()
    table = table.astype(object).where(table.notna(), None)
    table["params"] = table["params"].map(json.loads)
    for language in ("id", "en"):
        table[f"message_{language}"] = [_finding(dict(row)).message(language) for row in table.to_dict("records")]
    return table


def history(store: Store, viewer: Viewer, batch: int) -> pd.DataFrame:
    """What happened to a batch, in its order: happened_at, viewer, event, details."""
    require(viewer, Action.SEE_RESPONSES)
    with store.reading() as cursor:
        _known(cursor, batch)
        table = cursor.execute(
            "SELECT * EXCLUDE (batch) FROM batch_event WHERE batch = ? ORDER BY happened_at, rowid", [batch]
        ).df()
    table["details"] = table["details"].map(json.loads)
    return table


def withdraw(store: Store, viewer: Viewer, batch: int) -> None:
    """Takes a batch out of all results; its rows stay, so that it can be restored."""
    _set(store, viewer, batch, "withdrawn")


def restore(store: Store, viewer: Viewer, batch: int) -> None:
    """Puts a withdrawn batch back. Raises `UserError` when its file has been imported again meanwhile."""
    _set(store, viewer, batch, "accepted")


def _set(store: Store, viewer: Viewer, batch: int, state: str) -> None:
    require(viewer, Action.IMPORT)
    action = "batch.withdraw" if state == "withdrawn" else "batch.restore"
    with store.writing(viewer, action, batch=batch) as cursor:
        instrument, round_, before = _known(cursor, batch)
        if before == state:
            raise UserError("import.batch_already", batch=batch, state=state)
        if state == "accepted":
            _refuse_twin(cursor, batch, instrument)
        cursor.execute("UPDATE batch SET state = ? WHERE id = ?", [state, batch])
        event(cursor, viewer, batch, "withdrawn" if state == "withdrawn" else "restored")
        current = next(found for found in kept.kept(cursor) if found.id == instrument)
        totals.rebuild(cursor, current, round_)


def _known(cursor: duckdb.DuckDBPyConnection, batch: int) -> tuple[str, str, str]:
    rows = cursor.execute("SELECT instrument, round, state FROM batch WHERE id = ?", [batch]).fetchall()
    if not rows:
        raise UserError("import.unknown_batch", batch=batch)
    return rows[0]


def _refuse_twin(cursor: duckdb.DuckDBPyConnection, batch: int, instrument: str) -> None:
    rows = cursor.execute(
        """
        SELECT other.batch FROM batch_file AS own
        JOIN batch_file AS other ON other.sha256 = own.sha256 AND other.batch != own.batch
        JOIN batch ON batch.id = other.batch WHERE own.batch = ? AND state = 'accepted' AND instrument = ? LIMIT 1
        """,
        [batch, instrument],
    ).fetchall()
    if rows:
        raise UserError("import.restored_twin", batch=batch, other=rows[0][0])


def _finding(row: abc.Mapping[Hashable, Any]) -> Finding:
    fields = {name: row[name] for name in ("code", "form", "sheet", "row", "column", "cell", "value", "params")}
    return Finding(severity=Severity(str(row["severity"])), **fields)
