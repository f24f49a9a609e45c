"""Archives: what is in them is checked before anything is unpacked."""
from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from data.errors import UserError
from data.reading.limits import Limits

_HEAD = 1 << 19
_HEAD_AT_MOST = 1 << 23
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_LONG_NUMBER = re.compile(rb'<(?:\w+:)?c\s[^>]*?r="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<(?:\w+:)?v>(-?\d{16,30})</')
# A cell that is filled and does not say that it is a text, a truth value, an error or a date.
_NUMBER_CELL = re.compile(rb'<c(?:\s(?![^>]*\bt="(?:s|str|inlineStr|b|e|d)")[^>]*[^/>])?>')
_PIECE = 1 << 22
_MERGES_IN = 32_000_000      # bytes of a sheet that is searched for merged cells
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
        sizes = {"megabytes": round(unpacked / 1e6), "packed": max(1, round(packed / 1e6))}
        raise UserError("reading.unpacks_too_large", name=name, **sizes)
    return listed


def unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, zlib.error) as error:
        raise UserError("reading.damaged", name=name) from error


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
    except (ValueError, zipfile.BadZipFile, OSError, EOFError, NotImplementedError, zlib.error):
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


def merges(path: Path, sheet: int, below: int) -> list[tuple[int, int, int, int]]:
    """The merged cells of an XLSX sheet (its position in the workbook) that begin above row `below`, as 0-based top, left,
    bottom, right. None of a sheet that is too large for a hand-made layout."""
    with zipfile.ZipFile(path) as archive:
        part = _sheet_parts(archive)[sheet : sheet + 1]
        if not part or part[0] not in archive.namelist() or archive.getinfo(part[0]).file_size > _MERGES_IN:
            return []
        found = _MERGE.findall(archive.read(part[0]))
    cells = [(int(top) - 1, _index(left), int(bottom) - 1, _index(right)) for left, top, right, bottom in found]
    return [cell for cell in cells if cell[0] < below]


def long_numbers(path: Path, sheet: int) -> dict[tuple[int, int], str]:
    """The whole numbers of 16 digits and more of an XLSX sheet as they are written, by 0-based row and column."""
    with zipfile.ZipFile(path) as archive:
        part = _sheet_parts(archive)[sheet : sheet + 1]
        if not part or part[0] not in archive.namelist():
            return {}
        found = _LONG_NUMBER.findall(archive.read(part[0]))
    return {(int(row) - 1, _index(letters)): digits.decode() for letters, row, digits in found}


def may_have_numbers(path: Path, sheet: int) -> bool:
    """Whether some cell of an XLSX sheet is a number; also where its parts are written in a way that does not tell quickly."""
    with zipfile.ZipFile(path) as archive:
        part = _sheet_parts(archive)[sheet : sheet + 1]
        if not part or part[0] not in archive.namelist():
            return True
        has_cells, rest = False, b""
        with archive.open(part[0]) as content:
            while more := content.read(_PIECE):
                text = rest + more
                end = text.rfind(b"<") if text.rfind(b">") < text.rfind(b"<") else len(text)  # not in the midst of a tag
                if _NUMBER_CELL.search(text, 0, end):
                    return True
                has_cells = has_cells or b"<c " in text
                rest = text[end:]
        return not has_cells or b"<" in rest


def _sheet_parts(archive: zipfile.ZipFile) -> list[str]:
    """The parts that hold the sheets, in the order of the workbook."""
    try:
        targets = {
            relation.get("Id"): relation.get("Target", "")
            for relation in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        }
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    except (KeyError, ElementTree.ParseError):
        return []
    sheets = [element for element in book.iter() if element.tag.endswith("}sheet")]
    ids = [next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None) for sheet in sheets]
    return [posixpath.normpath(posixpath.join("/xl", targets.get(id) or "")).lstrip("/") for id in ids]


def _index(letters: bytes) -> int:
    index = 0
    for character in letters:
        index = index * 26 + character - 64
    return index - 1
