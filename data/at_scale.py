"""Sums of responses that are too many for one store: scanned from Parquet by DuckDB or by Spark, then loaded into a store.

The scan is the one that an import runs (data/scanning.py). Its result is a directory: `totals.json`, which says what the sums
are of, and per form one Parquet file for the strata and one for each kind of sums. Responses have the columns of the store's
tables (`_round`, `_village`, `_weight`, `_stratum`, `_psu`, `_psu_population` and the form's variables).
"""
from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq

from access.policy import Action, Viewer, require
from data.errors import UserError
from data.instruments import kept
from data.instruments.model import Form, Instrument, Kind, table_name
from data.register import poverty_lines, price_indices
from data.responses import choice_columns
from data.scanning import STRATUM, Hold, fingerprint, scans, summable
from data.store import Store, now
from data.totals import KINDS, describe, forget, is_current, keep
from metrics.indicator import variables
from metrics.totals import Frame, names

ABOUT = "totals.json"
FORM = "{form}"
DESIGN = ("_round", "_village", "_weight", "_stratum", "_psu", "_psu_population")


@dataclass(frozen=True, kw_only=True)
class Engine:
    """What a scan needs of whoever computes it: frames from Parquet files and from a small table, and the way back."""

    name: str
    read: Callable[[str], Frame]
    table: Callable[[pa.Table], Frame]
    hold: Hold
    collect: Callable[[Frame], pa.Table]


@contextmanager
def duckdb_engine() -> Iterator[Engine]:
    """DuckDB on this machine."""
    connection = duckdb.connect()

    def hold(frame: Frame) -> Frame:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE held AS {frame.to_native().sql_query()}")
        connection.complete()
        return nw.from_native(connection.table("held"))

    def read(files: str) -> Frame:
        try:
            return nw.from_native(connection.read_parquet(files, union_by_name=True))
        except duckdb.IOException as error:
            raise UserError("totals.no_files", responses=files) from error

    try:
        connection.execute("SET preserve_insertion_order = false")
        yield Engine(
            name="duckdb", read=read, hold=hold,
            table=lambda table: nw.from_native(connection.from_arrow(table)),
            collect=lambda frame: frame.to_native().to_arrow_table(),
        )
    finally:
        connection.close()


def scan(store: Store, viewer: Viewer, engine: Engine, *, instrument: str, responses: str, to: Path) -> dict[str, dict[str, int]]:
    """Scans the responses and writes their sums to a directory. Returns how many rows each table got, by form.

    `responses` are Parquet files as the engine finds them, with wildcards; `{form}` in it stands for each form's name, and
    without it only the main form is scanned. Poverty lines and price indices are the store's.
    """
    require(viewer, Action.SEE_RESPONSES)
    found = kept.instrument(store, viewer, instrument)
    with store.reading() as cursor:
        lines = poverty_lines(cursor)[["regency", "round", "rp_per_person_month"]].merge(
            price_indices(cursor)[["regency", "round", "index_value"]], how="outer", on=["regency", "round"])
    schema = pa.schema({
        "line_regency": pa.string(), "line_round": pa.string(), "poverty_line": pa.float64(), "price_index": pa.float64()})
    line = engine.table(pa.Table.from_pandas(lines.set_axis(schema.names, axis=1), schema=schema, preserve_index=False))
    forms = found.forms if FORM in responses else found.forms[:1]
    frames = {}
    for form in forms:
        read = engine.read(responses.replace(FORM, form.name))
        frames[form.name] = _with_lines(_checked(read, found, form), line)
    counts: dict[str, dict[str, int]] = {}
    about: dict[str, Any] = {
        "engine": engine.name, "responses": responses, "instrument": found.id, "version": found.version, "forms": {},
    }
    for form in forms:
        (to / form.name).mkdir(parents=True, exist_ok=True)
        counts[form.name] = {}
        for name, frame in scans(frames, found, form, engine.hold).items():
            table = engine.collect(frame)
            pq.write_table(table, to / form.name / f"{name}.parquet")
            counts[form.name][name] = table.num_rows
        about["forms"][form.name] = fingerprint(found, form)
    (to / ABOUT).write_text(json.dumps(about, indent=1))
    return counts


def load(store: Store, viewer: Viewer, directory: Path) -> dict[str, list[str]]:
    """Loads scanned sums into the store; its pages then answer from them. Returns the rounds loaded, by form.

    A round loaded before is replaced. Raises `UserError` where the directory holds no sums, where they are of other
    definitions than the store's, or where the store has responses of such a round itself.
    """
    require(viewer, Action.IMPORT)
    if not (directory / ABOUT).is_file():
        raise UserError("totals.no_sums", path=str(directory))
    about = json.loads((directory / ABOUT).read_text())
    found, rounds = kept.instrument(store, viewer, about["instrument"]), {}
    with store.writing(viewer, "totals.load", instrument=found.id, engine=about["engine"]) as cursor:
        for form in found.forms:
            if form.name in about["forms"]:
                if about["forms"][form.name] != fingerprint(found, form):
                    raise UserError("totals.other_definitions", form=form.name, instrument=found.id, version=about["version"])
                rounds[form.name] = _load_form(cursor, found, form, directory / form.name, about)
    return rounds


def _load_form(
    cursor: duckdb.DuckDBPyConnection, instrument: Instrument, form: Form, directory: Path, about: dict[str, Any],
) -> list[str]:
    scanned = {name: pq.read_table(path) for name in (STRATUM, *KINDS) if (path := directory / f"{name}.parquet").is_file()}
    rounds, table = sorted(set(scanned[STRATUM]["round"].to_pylist())), table_name(instrument.id, form.name)
    here = {row[0] for row in cursor.execute(
        "SELECT round FROM batch WHERE instrument = ? AND state = 'accepted'", [instrument.id],
    ).fetchall()}
    if both := here & set(rounds):
        raise UserError("totals.has_responses", round=", ".join(sorted(both)), instrument=instrument.id)
    if not is_current(cursor, instrument, form):
        forget(cursor, instrument, form, None)
        describe(cursor, instrument, form)
    for round in rounds:
        cursor.execute("DELETE FROM totals.loaded WHERE form = ? AND round = ?", [table, round])
        forget(cursor, instrument, form, round)
        cursor.execute("INSERT INTO totals.loaded VALUES (?, ?, ?, ?, ?)",
                       [table, round, about["engine"], about["responses"], now()])
    keep(cursor, instrument, form, scanned.__getitem__, names(summable(instrument, form)), again=False)
    return rounds


def _checked(frame: Frame, instrument: Instrument, form: Form) -> Frame:
    """The frame, when it has every column that the form's sums need. Raises `UserError` naming those it lacks."""
    asked = {name for indicator in summable(instrument, form) for name in variables(indicator)}
    needed = [*DESIGN]
    for variable in form.variables:
        if variable.name in asked:
            needed += choice_columns(variable) if variable.kind is Kind.SELECT_MULTIPLE else [variable.name]
    if lacking := sorted(set(needed) - set(frame.collect_schema().names())):
        raise UserError("totals.no_column", form=form.name, columns=", ".join(lacking))
    return frame


def _with_lines(frame: Frame, line: Frame) -> Frame:
    """The frame with the poverty line of each row's regency and round beside it."""
    placed = frame.with_columns(line_regency=nw.col("_village").str.slice(0, 5), line_round=nw.col("_round"))
    return placed.join(line, on=["line_regency", "line_round"], how="left")
