"""Administrative areas by their Kemendagri codes: PP, PP.KK, PP.KK.CC and PP.KK.CC.DDDD.

Codes are text everywhere. Names never identify a village: "Bangun Rejo" names two villages of one regency.
"""
from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

import pandas as pd
from duckdb import DuckDBPyConnection

from access.policy import Action, Viewer, require
from data.errors import UserError
from data.store import Store

Level = Literal["province", "regency", "subdistrict", "village"]

_DIGITS_OF_PARTS = {2: (2,), 4: (2, 2), 6: (2, 2, 2), 10: (2, 2, 2, 4)}
_LEVELS: dict[int, Level] = {1: "province", 2: "regency", 3: "subdistrict", 4: "village"}
_DOTTED = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.[123]\d{3})?)?)?", re.ASCII)
_FLOAT_TAIL = re.compile(r"\.0+$")
_BARE = re.compile(r"\d+", re.ASCII)
_MAX_BYTES = 50_000_000


def parse_code(text: str) -> str | None:
    """The dotted code that a cell holds, or None when it is no code.

    Reads `18.02.02.2005`, `1802022005`, and `1802022005.0`, which spreadsheets make of it. A village's last part
    starts with 1 (kelurahan), 2 (desa) or 3 (desa adat).
    """
    text = text.strip()
    if not _DOTTED.fullmatch(text):
        bare = _FLOAT_TAIL.sub("", text)
        parts = _DIGITS_OF_PARTS.get(len(bare)) if _BARE.fullmatch(bare) else None
        if parts is None:
            return None
        pieces, start = [], 0
        for digits in parts:
            pieces.append(bare[start:start + digits])
            start += digits
        text = ".".join(pieces)
    return text if _DOTTED.fullmatch(text) else None


def level(code: str) -> Level:
    """The level of a dotted code."""
    return _LEVELS[code.count(".") + 1]


def parent(code: str) -> str | None:
    """The code of the area above; None for a province."""
    return code.rpartition(".")[0] or None


def ancestor(code: str, of: Level) -> str:
    """The code of the area of a level that a code lies in, e.g. the regency of a village."""
    depth = next(parts for parts, name in _LEVELS.items() if name == of)
    return ".".join(code.split(".")[:depth])


def names(store: Store, viewer: Viewer, codes: Iterable[str]) -> dict[str, str]:
    """Code to name, for the codes that are known. Names of areas are public: no scope narrows them."""
    require(viewer, Action.SEE_SNAPSHOTS)
    with store.reading() as cursor:
        return names_in(cursor, codes)


def names_in(cursor: DuckDBPyConnection, codes: Iterable[str]) -> dict[str, str]:
    """As `names`, inside a transaction."""
    rows = cursor.execute("SELECT code, name FROM area WHERE list_contains(?, code)", [sorted(set(codes))]).fetchall()
    return dict(rows)


def areas(store: Store, viewer: Viewer, *, level: Level, within: str | None = None) -> pd.DataFrame:
    """The areas of a level in force (code, name, parent, source), by code; `within` another area, if one is named."""
    require(viewer, Action.SEE_SNAPSHOTS)
    with store.reading() as cursor:
        return cursor.execute(
            "SELECT code, name, parent, source FROM area"
            " WHERE level = $level AND valid_to IS NULL AND ($within IS NULL OR starts_with(code, $within || '.')) ORDER BY code",
            {"level": level, "within": within},
        ).df()


def known_villages(cursor: DuckDBPyConnection) -> set[str]:
    """The dotted codes of all villages known here; called inside a transaction."""
    return {code for (code,) in cursor.execute("SELECT code FROM area WHERE level = 'village'").fetchall()}


def import_table(store: Store, viewer: Viewer, content: bytes, name: str, *, source: str | None = None) -> int:
    """Takes in a national table of codes: a CSV, or one in gzip, with a code and a name in each row.

    Returns how many areas it holds. Areas already here take the table's name; areas that it lacks stay. All or nothing:
    raises `UserError` naming the row of the first code that cannot be read or that lacks a name.
    """
    require(viewer, Action.ADMINISTER)
    rows = _read_table(content, name)
    with store.writing(viewer, "areas.import", file=name, areas=len(rows)) as cursor:
        write_areas(cursor, rows, source=source or name)
    return len(rows)


def write_areas(cursor: DuckDBPyConnection, named: dict[str, str], *, source: str, valid_from: date | None = None) -> None:
    """Adds areas, or renames those that are here; called inside a transaction."""
    frame = pd.DataFrame({"code": list(named), "name": list(named.values())}, dtype="str")
    frame["level"] = [level(code) for code in frame["code"]]
    frame["parent"] = [parent(code) for code in frame["code"]]
    cursor.register("incoming_area", frame)
    cursor.execute(
        "INSERT INTO area SELECT code, name, level, parent, ?::DATE, NULL, ? FROM incoming_area"
        " ON CONFLICT (code) DO UPDATE SET name = excluded.name, source = excluded.source",
        [valid_from, source],
    )
    cursor.unregister("incoming_area")


def _read_table(content: bytes, name: str) -> dict[str, str]:
    if len(content) > _MAX_BYTES:
        raise UserError("area.too_large", name=name, megabytes=_MAX_BYTES // 1_000_000)
    if content[:2] == b"\x1f\x8b":
        content = _unzipped(content, name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError("area.not_utf8", name=name) from error
    reader = csv.reader(io.StringIO(text))
    header = [cell.strip().lower() for cell in next(reader, [])]
    try:
        code_at = next(at for at, cell in enumerate(header) if cell in {"kode", "code"})
        name_at = next(at for at, cell in enumerate(header) if cell in {"nama", "name"})
    except StopIteration:
        raise UserError("area.no_columns", name=name) from None
    rows: dict[str, str] = {}
    for number, row in enumerate(reader, start=2):
        if not any(cell.strip() for cell in row):
            continue
        found = row[code_at].strip() if code_at < len(row) else ""
        code = parse_code(found)
        if code is None:
            raise UserError("area.not_a_code", name=name, row=number, value=found)
        if name_at >= len(row) or not row[name_at].strip():
            raise UserError("area.no_name", name=name, row=number, value=found)
        rows[code] = row[name_at].strip()
    if not rows:
        raise UserError("area.empty", name=name)
    return rows


def _unzipped(content: bytes, name: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as file:
            text = file.read(_MAX_BYTES + 1)
    except (OSError, EOFError) as error:
        raise UserError("area.not_gzip", name=name) from error
    if len(text) > _MAX_BYTES:
        raise UserError("area.too_large", name=name, megabytes=_MAX_BYTES // 1_000_000)
    return text
