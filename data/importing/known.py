"""What the store already knows of a file: that it was imported, how its columns were mapped, which of its rows are there."""

from __future__ import annotations

import json
from collections import abc
from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from access.policy import Action, Viewer, require
from data import responses
from data.errors import UserError
from data.importing import dialects, leaving_out
from data.importing.dialects import Role
from data.importing.layout import Part
from data.importing.mapping import Mapping
from data.instruments.model import Instrument, table_name
from data.reading import RawFile
from data.store import Store, quoted

FILE_MARK = 16  # so many digits of the first file's SHA-256 stand in its rejects workbook


@dataclass(frozen=True, kw_only=True)
class Completion:
    """The batch that a mended rejects file belongs to: the system columns of the rows that it has, by form, and what was
    decided when its first file was read."""

    batch: int
    present: abc.Mapping[str, pa.Table]
    mapping: Mapping
    may_lack_answers: bool


def refuse_again(cursor: duckdb.DuckDBPyConnection, raw: RawFile, instrument: str, round_: str) -> None:
    """Raises `UserError` for a file that is in the store already, by its SHA-256. Inside a transaction."""
    rows = cursor.execute(
        """
        SELECT batch, state, round, imported_at FROM batch_file JOIN batch ON batch.id = batch_file.batch
        WHERE sha256 = ? AND instrument = ? AND (state = 'accepted' OR round = ?) ORDER BY state, batch LIMIT 1
        """,
        [raw.sha256, instrument, round_],
    ).fetchall()
    for row in rows:
        code = "import.file_again" if row[1] == "accepted" else "import.file_withdrawn"
        raise UserError(code, file=raw.name, batch=row[0], round=row[2], on=row[3].date().isoformat())


def saved_mapping(cursor: duckdb.DuckDBPyConnection, instrument: str, fingerprint: str) -> Mapping | None:
    rows = cursor.execute(
        "SELECT mapping FROM saved_mapping WHERE instrument = ? AND fingerprint = ?",
        [instrument, fingerprint],
    ).fetchall()
    return Mapping(**json.loads(rows[0][0])) if rows else None


def present(store: Store, viewer: Viewer, instrument: Instrument, uuids: pa.Array) -> pa.Array:
    """The positions of the submissions that an accepted batch already has."""
    require(viewer, Action.IMPORT)
    table = pa.table({"place": pa.array(range(len(uuids)), pa.int64()), "uuid": uuids})
    with store.reading() as cursor:
        if not _has_table(cursor, instrument):
            return pa.array([], pa.int64())
        cursor.register("incoming", table)
        found = (
            cursor.sql(
                "SELECT place FROM incoming WHERE uuid IN (SELECT _uuid FROM "  # noqa: S608
                f"{responses.qualified(instrument.id, instrument.id)} JOIN batch ON batch.id = _batch "
                "WHERE batch.state = 'accepted') ORDER BY place"
            )
            .to_arrow_table()["place"]
            .combine_chunks()
        )
        cursor.unregister("incoming")
    return found


def met(store: Store, viewer: Viewer, instrument: Instrument, round_: str, keys: pa.Array) -> pa.Table:
    """The positions of respondents whom an accepted batch of the round already has, and that batch."""
    require(viewer, Action.IMPORT)
    table = pa.table({"place": pa.array(range(len(keys)), pa.int64()), "key": keys})
    with store.reading() as cursor:
        cursor.register("incoming", table)
        found = cursor.sql(
            "SELECT incoming.place, min(_batch) AS batch FROM incoming JOIN "  # noqa: S608
            f"{responses.qualified(instrument.id, instrument.id)} ON _key = incoming.key JOIN batch ON batch.id = _batch "
            "WHERE batch.state = 'accepted' AND _round = ? GROUP BY incoming.place ORDER BY incoming.place",
            params=[round_],
        ).to_arrow_table()
        cursor.unregister("incoming")
    return found.combine_chunks()


def mark(raw: RawFile) -> str | None:
    """What a rejects workbook says of the file it came from; None for any other file."""
    for table in raw.tables:
        if dialects.REJECTS[Role.REJECTS_FILE] in table.headers:
            texts = table.values.column(table.headers.index(dialects.REJECTS[Role.REJECTS_FILE]))
            return next((text for text in pc.unique(texts).to_pylist() if text), "")
    return None


def completion(cursor: duckdb.DuckDBPyConnection, raw: RawFile, instrument: Instrument, round_: str) -> Completion | None:
    """The batch that a rejects workbook came from, if the file is one. Inside a transaction."""
    found = mark(raw)
    if found is None:
        return None
    rows = cursor.execute(
        """
        SELECT batch, decisions FROM batch_file JOIN batch ON batch.id = batch_file.batch
        WHERE left(sha256, ?) = ? AND instrument = ? AND round = ? AND state = 'accepted' ORDER BY batch DESC LIMIT 1
        """,
        [FILE_MARK, found, instrument.id, round_],
    ).fetchall()
    if not rows:
        raise UserError("import.rejects_without_batch", instrument=instrument.id, round=round_)
    batch, decisions = rows[0][0], json.loads(rows[0][1])
    present = {}
    for form in instrument.forms:
        columns = ", ".join(quoted(name) for name in _INHERITED)
        present[form.name] = cursor.sql(
            f"SELECT {columns} FROM {responses.qualified(instrument.id, form.name)} WHERE _batch = ?",  # noqa: S608
            params=[batch],
        ).to_arrow_table()
    return Completion(
        batch=batch, present=present, mapping=Mapping(**decisions["mapping"]), may_lack_answers=decisions["may_lack_answers"]
    )


def without_present(
    parts: abc.Mapping[str, Part],
    instrument: Instrument,
    there: Callable[[pa.Array], pa.Array],
    settled: abc.Mapping[str, np.ndarray],
) -> dict[str, Part]:
    """Leaves out submissions that are in the store: an export of KoboToolbox holds the earlier ones again. Rows of the batch
    that a rejects file completes stay, for the sake of their children."""
    main = parts[instrument.id]
    uuids = main.role(Role.UUID)
    if uuids is None or uuids.null_count == len(uuids):
        return dict(parts)
    at = np.asarray(there(pc.replace_substring_regex(uuids, r"^uuid:", "")), dtype=np.int64)
    at = at[~settled[instrument.id][at]]
    if not len(at):
        return dict(parts)
    reasons = np.full(main.source.count, None, dtype=object)
    reasons[at] = "already_imported"
    return leaving_out.without(parts, instrument, {instrument.id: reasons})


def settled(parts: abc.Mapping[str, Part], completed: Completion | None) -> dict[str, np.ndarray]:
    """Which rows of each form the completed batch already has."""
    return {
        name: np.zeros(part.source.count, dtype=bool)
        if completed is None
        else np.asarray(pc.is_in(part.numbers(), value_set=completed.present[name]["_row"].combine_chunks()))
        for name, part in parts.items()
    }


def as_stored(columns: abc.Mapping[str, pa.Array], present: pa.Table) -> dict[str, pa.Array]:
    """System columns with those of rows that the batch already has as the store has them, whatever the file says now."""
    where = pc.index_in(columns["_row"], value_set=present["_row"].combine_chunks())
    is_there = pc.is_valid(where)
    return dict(columns) | {
        name: pc.if_else(is_there, present[name].combine_chunks().take(where), columns[name]) for name in _INHERITED
    }


_INHERITED = ("_row", "_village", "_weight", "_stratum", "_psu", "_psu_population", "_key")


def _has_table(cursor: duckdb.DuckDBPyConnection, instrument: Instrument) -> bool:
    return bool(
        cursor.execute(
            "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'responses' AND table_name = ?",
            [table_name(instrument.id, instrument.id)],
        ).fetchall()
    )
