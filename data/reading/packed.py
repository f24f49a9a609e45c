"""Archives: what is in them is checked before anything is unpacked."""
from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import IO

from data.errors import UserError
from data.reading.limits import Limits

_HEAD = 1 << 19
_HEAD_AT_MOST = 1 << 23
_ROW_END = re.compile(rb"</(\w+:)?row>")
_SMALL_BOMB = 50_000_000


def entries(source: Path | IO[bytes], name: str, limits: Limits) -> list[zipfile.ZipInfo]:
    """The files in an archive. Raises UserError for one that is damaged, locked, or unpacks to more than is sane."""
    try:
        with zipfile.ZipFile(source) as archive:
            listed = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise UserError("reading.damaged", name=name) from error
    if len(listed) > limits.entries:
        raise UserError("reading.too_many_files", name=name, files=len(listed), limit=limits.entries)
    if any(entry.flag_bits & 1 for entry in listed):
        raise UserError("reading.password", name=name)
    unpacked = sum(entry.file_size for entry in listed)
    packed = sum(entry.compress_size for entry in listed)
    if unpacked > limits.unpacked_bytes or unpacked > max(_SMALL_BOMB, limits.unpacked_ratio * packed):
        raise UserError("reading.unpacks_too_large", name=name, megabytes=round(unpacked / 1e6), packed=max(1, round(packed / 1e6)))
    return listed


def unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, _ZLIB_ERROR) as error:
        raise UserError("reading.damaged", name=name) from error


_ZLIB_ERROR = __import__("zlib").error


def heads_only(path: Path) -> bytes | Path:
    """An XLSX workbook with only the first rows of each sheet, to look at before the whole is read; the workbook itself
    where its sheets cannot be cut."""
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(path) as archive, zipfile.ZipFile(out, "w") as cut:
            for entry in archive.infolist():
                if re.match(r"(?i)/?xl/(media|drawings|embeddings|printerSettings|vbaProject)", entry.filename):
                    continue
                if re.match(r"(?i)/?xl/worksheets/[^/]+\.xml$", entry.filename) and entry.file_size > _HEAD:
                    with archive.open(entry) as sheet:
                        cut.writestr(entry.filename, _first_rows(sheet))
                else:
                    cut.writestr(entry.filename, archive.read(entry))
    except (ValueError, zipfile.BadZipFile, OSError, EOFError, NotImplementedError, _ZLIB_ERROR):
        return path
    return out.getvalue()


def _first_rows(sheet: IO[bytes]) -> bytes:
    text = b""
    while len(text) < _HEAD_AT_MOST:
        more = sheet.read(_HEAD)
        if not more:
            return text
        text += more
        ends = list(_ROW_END.finditer(text))
        if ends:
            prefix = ends[-1].group(1) or b""
            return text[: ends[-1].end()] + b"</" + prefix + b"sheetData></" + prefix + b"worksheet>"
    raise ValueError("a row is longer than what is looked at")
