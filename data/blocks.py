"""Blocks of sums: what one scan gave of a form, in memory or kept in the store as one piece.

A block is a table with the keys `round, village, stratum, psu, category`, those it has, and columns of sums; which column is
which sum of which indicator stands beside it. A scan that replaces one round of several leaves the block of the others as it is.
"""
from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from metrics.codes import Codes
from metrics.totals import MOMENTS, PSUS, SQUARES, Names

SUMS = {"psu": PSUS, "moment": MOMENTS, "squares": SQUARES}
_KEYS = ("round", "village", "stratum", "category", "psu")
_COLUMNS = b"columns"


@dataclass(frozen=True)
class Texts:
    """Texts of rows: a code for each into the dictionary, -1 where it is missing."""

    code: Codes
    dictionary: pa.Array

    @property
    def names(self) -> list[str]:
        return self.dictionary.to_pylist()


def texts(tables: Sequence[pa.Table]) -> dict[str, Texts]:
    """The keys of tables, one below the other."""
    found = {}
    for name in _KEYS:
        if name in tables[0].column_names:
            chunks = [chunk for each in tables for chunk in each[name].cast(pa.string()).chunks]
            coded = pa.chunked_array(chunks, pa.string()).combine_chunks().dictionary_encode()
            code = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
            found[name] = Texts(code, coded.dictionary)
    return found


@dataclass(frozen=True, kw_only=True)
class Block:
    """`columns` names the column of each sum of each indicator; only rows of `rounds` are valid, of all where it is None."""

    table: pa.Table
    columns: Mapping[str, Sequence[str]]
    rounds: frozenset[str] | None = None

    @cached_property
    def texts(self) -> dict[str, Texts]:
        """The keys of all its rows."""
        return texts([self.table])

    @property
    def valid(self) -> pa.Table:
        """The rows that are valid; the whole table where all are."""
        if self.rounds is None or set(self.table["round"].unique().to_pylist()) <= self.rounds:
            return self.table
        return self.table.filter(pc.is_in(self.table["round"], pa.array(sorted(self.rounds))))


def of_scan(kind: str, table: pa.Table, names: Sequence[Names]) -> Block:
    """What a scan gave, as a block."""
    columns = {sum: [getattr(name, sum) for name in names] for sum in SUMS[kind]}
    wanted = dict.fromkeys(column for every in columns.values() for column in every)
    keys = [name for name in _KEYS if name in table.column_names]
    return Block(table=table.select([*keys, *wanted]), columns=columns)


def keep(cursor: DuckDBPyConnection, form: str, kind: str, block: Block) -> None:
    """Keeps a block of a form's table in the store; it becomes that of all its rounds. Inside a transaction."""
    table, id = block.table.combine_chunks(), secrets.token_hex(16)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema.with_metadata({_COLUMNS: json.dumps(dict(block.columns))})) as stream:
        stream.write_table(table)
    rounds = pa.table({"round": table["round"].unique()})  # noqa: F841 DuckDB finds it by its name
    cursor.execute("DELETE FROM totals.block_round WHERE form = ? AND kind = ? AND round IN (FROM rounds)", [form, kind])
    cursor.execute("INSERT INTO totals.block VALUES (?, ?)", [id, sink.getvalue().to_pybytes()])
    cursor.execute("INSERT INTO totals.block_round SELECT ?, ?, round, ? FROM rounds", [form, kind, id])
    _drop_unused(cursor)


def kept(cursor: DuckDBPyConnection, form: str, kind: str) -> list[Block]:
    """The blocks of one kind of a form's table."""
    rows = cursor.execute(
        "SELECT block, list(round) FROM totals.block_round WHERE form = ? AND kind = ? GROUP BY block ORDER BY min(round)",
        [form, kind],
    ).fetchall()
    found = []
    for id, rounds in rows:
        [(content,)] = cursor.execute("SELECT content FROM totals.block WHERE id = ?", [id]).fetchall()
        table = pa.ipc.open_stream(content).read_all()
        columns = json.loads(table.schema.metadata[_COLUMNS])
        found.append(Block(table=table, columns=columns, rounds=frozenset(rounds)))
    return found


def forget(cursor: DuckDBPyConnection, form: str, rounds: Sequence[str]) -> None:
    """Drops all sums of some rounds. Inside a transaction."""
    cursor.execute("DELETE FROM totals.block_round WHERE form = ? AND list_contains(?::VARCHAR[], round)", [form, list(rounds)])
    _drop_unused(cursor)


def _drop_unused(cursor: DuckDBPyConnection) -> None:
    cursor.execute("DELETE FROM totals.block WHERE id NOT IN (SELECT block FROM totals.block_round)")
