"""The one write of an import: batch, rows, findings and totals all land, or none of them."""

from __future__ import annotations

import json
from dataclasses import asdict

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from access.policy import Action, Viewer, require
from data import responses, totals
from data.errors import UserError
from data.importing import known
from data.importing.preparing import Prepared, Progress
from data.store import Store, now, quoted

STAGES = ("rows", "totals")


def commit(store: Store, viewer: Viewer, prepared: Prepared, *, on_progress: Progress | None = None) -> int:
    """Stores what was accepted, in one transaction, and returns the batch's id; a mended rejects file completes its batch.

    Raises `UserError` when nothing was accepted, when the file as a whole has an error, or when it was imported meanwhile.
    """
    require(viewer, Action.IMPORT)
    tell = on_progress or (lambda stage, done: None)
    if prepared.obstacles:
        first = prepared.obstacles[0]
        reason = UserError(f"import.finding.{first.code}", **{**first.places(), **first.params})
        raise UserError("import.obstacle", file=prepared.file.name, reason=reason)
    if not any(len(frame) for frame in prepared.frames.values()):
        raise UserError("import.nothing_accepted", file=prepared.file.name)
    details = {
        "instrument": prepared.instrument.id,
        "round": prepared.round,
        "file": prepared.file.name,
        "sha256": prepared.file.sha256,
        "rows": {form.form: form.rows_accepted for form in prepared.forms},
    }
    with store.writing(viewer, "import", **details) as cursor:
        known.refuse_again(cursor, prepared.file, prepared.instrument.id, prepared.round)
        batch, number = _batch(cursor, prepared)
        cursor.execute(
            "INSERT INTO batch_file VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                batch,
                number,
                prepared.file.name,
                prepared.file.sha256,
                prepared.file.size_bytes,
                prepared.file.format,
                now(),
                viewer.name,
            ],
        )
        _settle(cursor, prepared, batch, number)
        _rows(cursor, prepared, batch, tell)
        _accounting(cursor, prepared, batch)
        _findings(cursor, prepared, batch, number)
        _remember(cursor, viewer, prepared)
        event(cursor, viewer, batch, "completed" if number > 1 else "imported", file=prepared.file.name)
        tell("totals", 0.0)
        totals.rebuild(cursor, prepared.instrument, prepared.round)
    tell("totals", 1.0)
    return batch


def event(cursor: duckdb.DuckDBPyConnection, viewer: Viewer, batch: int, what: str, **details: object) -> None:
    """An entry of a batch's history. Inside a transaction."""
    cursor.execute(
        "INSERT INTO batch_event VALUES (?, ?, ?, ?, ?)",
        [batch, now(), viewer.name, what, json.dumps(details, ensure_ascii=False)],
    )


def _batch(cursor: duckdb.DuckDBPyConnection, prepared: Prepared) -> tuple[int, int]:
    """The batch, made where the file does not complete one, and the number of this file in it."""
    if prepared.completes is not None:
        ((number,),) = cursor.execute("SELECT max(number) + 1 FROM batch_file WHERE batch = ?", [prepared.completes]).fetchall()
        return prepared.completes, number
    ((batch,),) = cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM batch").fetchall()
    dropped = [{**asdict(one), "reason": str(one.reason)} for one in prepared.personal_data_dropped]
    cursor.execute(
        "INSERT INTO batch VALUES (?, ?, ?, ?, ?, 'accepted', ?, ?)",
        [
            batch,
            prepared.instrument.id,
            prepared.instrument.version,
            prepared.round,
            str(prepared.dialect),
            json.dumps(dropped, ensure_ascii=False),
            json.dumps({"mapping": asdict(prepared.mapping), "may_lack_answers": prepared.may_lack_answers}, ensure_ascii=False),
        ],
    )
    return batch, 1


def _rows(cursor: duckdb.DuckDBPyConnection, prepared: Prepared, batch: int, tell: Progress) -> None:
    for done, (name, frame) in enumerate(prepared.frames.items()):
        tell("rows", done / len(prepared.frames))
        form = prepared.instrument.form(name)
        responses.ensure_table(cursor, prepared.instrument, form)
        has_psu = form.design.psu is not None
        own = [column for column in frame.column_names if column not in {"_psu"}]
        listed = ", ".join(quoted(column) for column in own)
        # Without PSUs each row is its own: a text that no other row of the round has.
        psu = "_psu" if has_psu else f"coalesce(_psu, '{batch}:' || _row)"
        cursor.register("incoming", frame)
        cursor.execute(
            f"INSERT INTO {responses.qualified(prepared.instrument.id, name)} (_round, _batch, _psu, {listed}) "  # noqa: S608
            f"SELECT ?, ?, {psu}, {listed} FROM incoming",
            [prepared.round, batch],
        )
        cursor.unregister("incoming")


def _accounting(cursor: duckdb.DuckDBPyConnection, prepared: Prepared, batch: int) -> None:
    for form in prepared.forms:
        if prepared.completes is not None:
            cursor.execute(
                "UPDATE batch_form SET rows_accepted = rows_accepted + ?, rows_rejected = rows_rejected - ? "
                "WHERE batch = ? AND form = ?",
                [form.rows_accepted, form.rows_accepted, batch, form.form],
            )
            continue
        cursor.execute(
            "INSERT INTO batch_form VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                batch,
                form.form,
                form.sheet,
                form.rows_read,
                form.rows_accepted,
                form.rows_rejected,
                json.dumps(dict(form.left_out)),
                json.dumps(dict(form.mapping), ensure_ascii=False),
                json.dumps(form.unmapped, ensure_ascii=False),
            ],
        )


def _findings(cursor: duckdb.DuckDBPyConnection, prepared: Prepared, batch: int, number: int) -> None:
    problems = prepared.problems
    origin = pa.nulls(problems.num_rows, pa.int64())
    for name, part in prepared.parts.items():
        at = pc.if_else(pc.equal(problems["form"], name), problems["at"], None).combine_chunks()
        origin = pc.coalesce(origin, part.numbers().take(at))
    cursor.register("incoming", problems.drop_columns(["at"]).append_column("origin", origin))
    cursor.execute("INSERT INTO finding BY NAME SELECT ? AS batch, ? AS file, * FROM incoming", [batch, number])
    cursor.unregister("incoming")


def _settle(cursor: duckdb.DuckDBPyConnection, prepared: Prepared, batch: int, number: int) -> None:
    """Earlier findings of rows that a mended file has and the batch has not yet: their rows were read again."""
    if prepared.completes is None:
        return
    for name, part in prepared.parts.items():
        table = responses.qualified(prepared.instrument.id, name)
        cursor.execute(
            "UPDATE finding SET settled_by = ? WHERE batch = ? AND form = ? AND settled_by IS NULL "  # noqa: S608
            f"AND list_contains(?::BIGINT[], origin) AND origin NOT IN (SELECT _row FROM {table} WHERE _batch = ?)",
            [number, batch, name, part.numbers().to_pylist(), batch],
        )


def _remember(cursor: duckdb.DuckDBPyConnection, viewer: Viewer, prepared: Prepared) -> None:
    """Keeps the mapping for the next file with these headers."""
    if prepared.completes is not None:
        return
    mapping = json.dumps(asdict(prepared.mapping), ensure_ascii=False)
    cursor.execute(
        "INSERT OR REPLACE INTO saved_mapping VALUES (?, ?, ?, ?, ?)",
        [prepared.instrument.id, prepared.fingerprint, mapping, now(), viewer.name],
    )
