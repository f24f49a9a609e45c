"""The store, whole, in one file: made, put back, and looked over.

A backup is a ZIP of the store's directory with a list of SHA-256 sums. It holds what the store holds, the key that links
respondents between rounds among it, so it is kept as safe as the store itself.
"""
from __future__ import annotations

import hashlib
import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

from access.policy import Action, Viewer, require
from data.errors import UserError
from data.store import FILE_NAME, Store, open_store, quoted

MANIFEST = "manifest.json"


def write(store: Store, viewer: Viewer, path: Path) -> dict[str, str]:
    """Writes the backup and returns the SHA-256 of each file in it. Nothing is written over: the path must be free."""
    require(viewer, Action.ADMINISTER)
    if path.exists():
        raise UserError("backup.exists", path=str(path))
    with store.writing(viewer, "backup", file=path.name):
        pass  # the audit trail inside the backup says that it was made
    with store.checkpointed():
        files = sorted(file for file in store.directory.rglob("*") if file.is_file() and not file.name.endswith(".wal"))
        sums = {file.relative_to(store.directory).as_posix(): _sha256(file) for file in files}
        partial = path.with_name(path.name + ".partial")
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, json.dumps(sums, indent=1))
            for name in sums:
                archive.write(store.directory / name, name)
    os.replace(partial, path)
    return sums


def restore(path: Path, directory: Path) -> dict[str, str]:
    """Puts a backup into a directory that holds no store yet, after every sum has been found right."""
    if (directory / FILE_NAME).exists():
        raise UserError("backup.store_exists", path=str(directory / FILE_NAME))
    try:
        with zipfile.ZipFile(path) as archive:
            sums: dict[str, str] = json.loads(archive.read(MANIFEST))
            directory.mkdir(parents=True, exist_ok=True)
            for name in sums:
                target = (directory / name).resolve()
                if not target.is_relative_to(directory.resolve()):
                    raise UserError("backup.damaged", path=str(path), file=name)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as source:
                    partial = target.with_name(target.name + ".partial")
                    partial.write_bytes(source.read())
                    partial.chmod(0o600)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise UserError("backup.not_a_backup", path=str(path)) from error
    partials = {name: directory / (name + ".partial") for name in sums}
    damaged = [name for name, partial in partials.items() if _sha256(partial) != sums[name]]
    if damaged:
        for partial in partials.values():
            partial.unlink()
        raise UserError("backup.damaged", path=str(path), file=damaged[0])
    for name, partial in partials.items():
        os.replace(partial, directory / name)
    open_store(directory).close()
    return sums


@dataclass(frozen=True, kw_only=True)
class Check:
    """What was looked over: rows per table, and the tables that could not be read to the end."""

    rows: dict[str, int]
    unreadable: tuple[str, ...]


def check(store: Store, viewer: Viewer) -> Check:
    """Reads every column of every table to the end."""
    require(viewer, Action.ADMINISTER)
    rows: dict[str, int] = {}
    unreadable = []
    with store.reading() as cursor:
        tables = cursor.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal ORDER BY schema_name, table_name"
        ).fetchall()
        for schema, table in tables:
            name = f"{schema}.{table}"
            try:
                rows[name] = cursor.execute(
                    f"SELECT count(*), bit_xor(hash(t)) FROM {quoted(schema)}.{quoted(table)} AS t"  # noqa: S608
                ).fetchall()[0][0]
            except store.BrokenError:
                unreadable.append(name)
    return Check(rows=rows, unreadable=tuple(unreadable))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
