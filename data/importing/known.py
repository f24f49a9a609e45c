"""What the store already knows of a file: that it was imported, how its columns were mapped, which of its rows are there."""

from __future__ import annotations

import json
from collections import abc
from collections.abc import Callable
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from access.policy import Action, Viewer, require
from data import responses
from data.errors import UserError
from data.importing import source
from data.importing.dialects import Role
from data.importing.layout import Part
from data.importing.mapping import Mapping
from data.instruments.model import Instrument, table_name
from data.reading import RawFile
from data.store import Store

FILE_MARK = 16  # so many digits of the first file's SHA-256 stand in its rejects workbook


@dataclass(frozen=True, kw_only=True)
class Completion:
    """The batch that a mended rejects file belongs to, and the rows of each form that it already has."""

    batch: int
    present: abc.Mapping[str, frozenset[int]]


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
                "WHERE state = 'accepted') ORDER BY place"
            )
            .to_arrow_table()["place"]
            .combine_chunks()
        )
        cursor.unregister("incoming")
    return found


def without_present(
    parts: abc.Mapping[str, Part],
    instrument: Instrument,
    there: Callable[[pa.Array], pa.Array],
) -> dict[str, Part]:
    """Leaves out submissions that are in the store: an export of KoboToolbox holds the earlier ones again."""
    main = parts[instrument.id]
    uuids = main.role(Role.UUID)
    if uuids is None or uuids.null_count == len(uuids):
        return dict(parts)
    at = there(pc.replace_substring_regex(uuids, r"^uuid:", ""))
    return _left_out(parts, instrument, {instrument.id: np.asarray(at)}, "already_imported") if len(at) else dict(parts)


def completion(
    store: Store, viewer: Viewer, parts: abc.Mapping[str, Part], instrument: Instrument, round_: str
) -> Completion | None:
    """The batch that a rejects workbook came from, if the file is one."""
    require(viewer, Action.IMPORT)
    marks = parts[instrument.id].role(Role.REJECTS_FILE)
    if marks is None:
        return None
    mark = next((text for text in pc.unique(marks).to_pylist() if text), "")
    with store.reading() as cursor:
        rows = cursor.execute(
            """
            SELECT batch FROM batch_file JOIN batch ON batch.id = batch_file.batch
            WHERE left(sha256, ?) = ? AND instrument = ? AND round = ? AND state = 'accepted' ORDER BY batch DESC LIMIT 1
            """,
            [FILE_MARK, mark, instrument.id, round_],
        ).fetchall()
        if not rows:
            raise UserError("import.rejects_without_batch", instrument=instrument.id, round=round_)
        there = {
            form.name: frozenset(
                number
                for (number,) in cursor.execute(
                    f"SELECT _row FROM {responses.qualified(instrument.id, form.name)} WHERE _batch = ?",  # noqa: S608
                    rows[0],
                ).fetchall()
            )
            for form in instrument.forms
        }
    return Completion(batch=rows[0][0], present=there)


def only_missing(parts: abc.Mapping[str, Part], instrument: Instrument, completed: Completion) -> dict[str, Part]:
    """A mended file's rows that its batch does not have yet."""
    dropped = {}
    for name, part in parts.items():
        numbers = part.role(Role.REJECTS_ROW)
        if numbers is None:
            continue
        known = pa.array([str(number) for number in completed.present[name]], pa.string())
        dropped[name] = np.flatnonzero(np.asarray(pc.is_in(numbers, value_set=known)))
    return _left_out(parts, instrument, dropped, "already_in_batch", follows=False)


def _left_out(
    parts: abc.Mapping[str, Part],
    instrument: Instrument,
    dropped: abc.Mapping[str, np.ndarray],
    reason: str,
    *,
    follows: bool = True,
) -> dict[str, Part]:
    """Without these rows; `follows`: nor their children, for the same reason."""
    made = dict(parts)
    moved: dict[str, np.ndarray] = {}
    gone: dict[str, np.ndarray] = {}
    for form in instrument.forms:
        if form.name not in parts:
            continue
        part = parts[form.name]
        is_gone = np.zeros(part.source.count, dtype=bool)
        if form.name in dropped:
            is_gone[dropped[form.name]] = True
        parent = form.parent or instrument.id
        parents = part.parents
        if parents is not None and parent in gone:
            where = np.asarray(pc.fill_null(parents, -1))
            if follows:
                is_gone |= (where >= 0) & gone[parent][where]
            new = np.where(where >= 0, moved[parent][where], -1)
            parents = pa.array(new, pa.int64(), mask=new < 0)
        gone[form.name] = is_gone
        moved[form.name] = np.where(is_gone, -1, np.cumsum(~is_gone) - 1)
        kept = np.flatnonzero(~is_gone)
        made[form.name] = replace(
            part,
            source=source.keep(part.source, kept, reason=reason),
            parents=None if parents is None else parents.take(pa.array(kept)),
        )
    return made


def _has_table(cursor: duckdb.DuckDBPyConnection, instrument: Instrument) -> bool:
    return bool(
        cursor.execute(
            "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'responses' AND table_name = ?",
            [table_name(instrument.id, instrument.id)],
        ).fetchall()
    )
