"""The store: one directory with one DuckDB file, and whatever belongs to it.

One handle per process; a new cursor for each call, because a shared one returns wrong rows under threads; one lock
around writes, each in one transaction. `data_version` rises with every committed write, so that cached reads know
when they are old.
"""
from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import platformdirs

from access.policy import Viewer
from data.errors import UserError
from data.memory import keep_freed

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
FILE_NAME = "pantau.duckdb"


class Store:
    """An open store. Made by `open_store`; closed with `close`, or left to the end of the process."""

    BrokenError = duckdb.Error           # what a read of a damaged file raises

    def __init__(self, directory: Path, connection: duckdb.DuckDBPyConnection):
        self.directory = directory
        self._connection = connection
        self._write_lock = threading.RLock()
        # No other process can write to the file while this one has it, so it need not be asked for each time.
        [(self._data_version,)] = connection.execute("SELECT data_version FROM store_state").fetchall()

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own, with a view of the store that does not change while it is open."""
        cursor = self._connection.cursor()
        try:
            cursor.begin()
            yield cursor
        finally:
            cursor.close()

    @contextmanager
    def writing(self, viewer: Viewer, action: str, **details: object) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor in a transaction, committed at the end and rolled back on any error.

        The action (`import`, `register.apply`, ...) and its details go to the audit trail. Details must not hold answers.
        """
        with self._write_lock:
            cursor = self._connection.cursor()
            try:
                cursor.begin()
                yield cursor
                cursor.execute(
                    "INSERT INTO audit SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ? FROM audit",
                    [now(), viewer.name, action, json.dumps(details, default=str, ensure_ascii=False)],
                )
                [(version,)] = cursor.execute(
                    "UPDATE store_state SET data_version = data_version + 1 RETURNING data_version").fetchall()
                cursor.commit()
                self._data_version = int(version)
            except BaseException:
                cursor.rollback()
                raise
            finally:
                cursor.close()

    @contextmanager
    def checkpointed(self) -> Iterator[None]:
        """While this is open nothing is written, and the file on disk holds everything."""
        with self._write_lock:
            self._connection.cursor().execute("CHECKPOINT")
            yield

    @property
    def data_version(self) -> int:
        """How many writes have been committed; part of the key of every cached read."""
        return self._data_version

    def close(self) -> None:
        self._connection.close()


def default_directory() -> Path:
    """Where the store is when nobody says otherwise: the user's data directory, apart from the code."""
    return Path(platformdirs.user_data_dir("pantau", appauthor=False))


def open_store(directory: Path) -> Store:
    """Opens the store in a directory, made if it is not there, and brings its tables up to date.

    Raises `UserError` naming the file when another process has it open, or when it was written by a newer Pantau.
    """
    keep_freed()
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / FILE_NAME
    try:
        connection = duckdb.connect(str(path))
    except duckdb.IOException as error:
        if "lock" in str(error).lower() or "being used" in str(error).lower():
            raise UserError("store.in_use", path=str(path)) from error
        raise UserError("store.not_readable", path=str(path), reason=str(error).splitlines()[0]) from error
    # Numbers are compared with answers kept outside; the order of rows is always asked for, so it need not be kept.
    connection.execute("SET preserve_insertion_order = false")
    # For numbers of many digits: it saves a fifth of their room and costs a quarter of the time of every scan. Answers, which
    # have few digits, are compressed otherwise.
    connection.execute("SET disabled_compression_methods = 'alprd'")
    try:
        _migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return Store(directory, connection)


_OPEN: dict[Path, Store] = {}
_OPENING = threading.Lock()


def store_of_process(directory: Path) -> Store:
    """The process's one store in a directory: pages and HTTP routes share its handle and its write lock."""
    with _OPENING:
        if directory not in _OPEN:
            _OPEN[directory] = open_store(directory)
        return _OPEN[directory]


def in_memory() -> Store:
    """A store of its own that is gone when it is closed: to try what a write would do."""
    nowhere = Path(":memory:")
    connection = duckdb.connect(str(nowhere))
    _migrate(connection, nowhere)
    return Store(nowhere, connection)


def now() -> datetime:
    """The time in UTC, without a zone, as every `_at` column of the store holds it."""
    return datetime.now(UTC).replace(tzinfo=None)


def _migrate(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Runs the migrations the store has not seen, each in a transaction of its own."""
    connection.execute("CREATE TABLE IF NOT EXISTS migration (name VARCHAR PRIMARY KEY, ran_at TIMESTAMP NOT NULL)")
    done = {row[0] for row in connection.execute("SELECT name FROM migration").fetchall()}
    scripts = {script.stem: script for script in sorted(MIGRATIONS.glob("*.sql"))}
    if unknown := done - set(scripts):
        raise UserError("store.newer", path=str(path), migration=sorted(unknown)[0])
    for name, script in scripts.items():
        if name in done:
            continue
        connection.begin()
        try:
            connection.execute(script.read_text(encoding="utf-8"))
            connection.execute("INSERT INTO migration VALUES (?, ?)", [name, now()])
            connection.commit()
        except BaseException:
            connection.rollback()
            raise


def quoted(name: str) -> str:
    """An SQL identifier, quoted; the only way a name gets into a statement."""
    return '"' + name.replace('"', '""') + '"'
