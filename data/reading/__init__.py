"""Bytes to raw tables of text: the first station of an import.

`read` takes a file as somebody has it and returns its tables with the place of every value, or raises a UserError that
says plainly why the file cannot be read. docs/reading.md tells what can be read.
"""
from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from data.errors import UserError
from data.reading import delimited, packed, worker
from data.reading.kind_of_file import kind_of
from data.reading.limits import Limits
from data.reading.table import RawFile

__all__ = ["Limits", "RawFile", "read"]


def read(content: bytes | Path, name: str, *, hidden: bool = False, limits: Limits = Limits()) -> RawFile:  # noqa: B008
    """Every table of a file: XLSX, XLSM, XLS, XLSB, ODS, CSV and its relatives, or a ZIP of CSVs.

    `name` is the file's name as its owner knows it. Hidden sheets are read only with `hidden`. Raises UserError.
    """
    data = pa.py_buffer(content) if isinstance(content, bytes) else _mapped(content, name)
    if data.size > limits.size_bytes:
        raise UserError("reading.too_large", name=name, megabytes=round(data.size / 1e6), limit=limits.size_bytes // 10**6)
    if data.size == 0:
        raise UserError("reading.empty", name=name)
    file = RawFile(
        name=name, sha256=hashlib.sha256(memoryview(data)).hexdigest(), size_bytes=data.size, format="", tables=(),
    )
    format = kind_of(data, name, limits)
    if format == "csv":
        return _text_file(file, data, limits)
    if format == "zip":
        return _archive(file, data, limits)
    if isinstance(content, Path):
        return _workbook(file, content, format, hidden, limits)
    with tempfile.TemporaryDirectory(prefix="pantau-") as folder:
        path = Path(folder) / f"upload.{format}"
        path.write_bytes(content)
        return _workbook(file, path, format, hidden, limits)


def _mapped(path: Path, name: str) -> pa.Buffer:
    if path.stat().st_size == 0:
        raise UserError("reading.empty", name=name)
    with pa.memory_map(str(path)) as mapped:
        return mapped.read_buffer()


def _workbook(file: RawFile, path: Path, format: str, hidden: bool, limits: Limits) -> RawFile:
    book = worker.read(path, file.name, format, hidden, limits)
    if not book.tables and not book.is_xlsform:
        if book.hidden_sheets:
            raise UserError("reading.only_hidden", name=file.name, sheets=", ".join(book.hidden_sheets))
        raise UserError("reading.empty", name=file.name)
    return replace(
        file, format=format, tables=book.tables, hidden_sheets=book.hidden_sheets, is_xlsform=book.is_xlsform,
    )


def _text_file(file: RawFile, data: pa.Buffer, limits: Limits) -> RawFile:
    found = delimited.read(data, file.name, "", limits)
    return replace(
        file, format="csv", tables=found.tables, encoding=found.encoding, delimiter=found.dialect.delimiter,
        quote=found.dialect.quote, escape=found.dialect.escape,
    )


def _archive(file: RawFile, data: pa.Buffer, limits: Limits) -> RawFile:
    """The text tables in an archive, each under its file's name without the ending, as a sheet has a name."""
    source = io.BytesIO(data.to_pybytes())
    wanted = [entry for entry in packed.entries(source, file.name, limits) if _is_table(entry.filename)]
    if not wanted:
        raise UserError("reading.archive_without_tables", name=file.name)
    found: list[delimited.Delimited] = []
    with zipfile.ZipFile(source) as archive:
        for entry in wanted:
            text = packed.unpacked(archive, entry, file.name)
            if text.strip():
                place = f"{file.name}/{entry.filename}"
                found.append(delimited.read(pa.py_buffer(text), place, Path(entry.filename).stem, limits))
    if not found:
        raise UserError("reading.empty", name=file.name)
    tables = tuple(table for one in found for table in one.tables)
    first = found[0].dialect
    return replace(
        file, format="zip", tables=tables, encoding=found[0].encoding,
        delimiter=first.delimiter, quote=first.quote, escape=first.escape,
    )


def _is_table(name: str) -> bool:
    path = Path(name)
    return path.suffix.lower() in (".csv", ".tsv", ".txt") and not path.name.startswith(".") and "__MACOSX" not in path.parts
