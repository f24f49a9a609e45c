"""Tables of area codes, as ministries publish them: the codes in force, and other codes of the same areas.

Nothing is deleted: a code that a newer table lacks is no longer valid from that table's day on.
"""
from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from duckdb import DuckDBPyConnection

from access.policy import Action, Viewer, require
from data.areas import Alias, digits, parse_code, write_areas
from data.errors import UserError
from data.store import Store

_MAX_BYTES = 50_000_000
_CODE, _NAME = {"kode", "code", "kode_kemendagri", "kemendagri"}, {"nama", "name"}
_ALIASES = {
    Alias.BPS: {"kode_bps", "bps", "bps_code", "iddesa", "id_desa"},
    Alias.FORMER: {"kode_lama", "lama", "former", "old_code"},
}
# A table that lacks more than this share of the codes known in its provinces is a part of one, or of another country.
_MOST_RETIRED = 0.5


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What a table of codes changed: how many areas it holds, and how many of them are new, renamed, valid again; `retired`
    were known before and are no longer valid."""

    areas: int
    added: int
    renamed: int
    revived: int
    retired: int


def import_table(
    store: Store, viewer: Viewer, content: bytes, name: str, *, source: str | None = None, in_force_from: date | None = None,
) -> Taken:
    """Takes in a table of codes: a CSV, or one in gzip, with a code and a name in each row.

    Areas already here take the table's name. With `in_force_from` the table is said to be the whole truth of its provinces
    from that day on: codes it lacks are no longer valid, and new ones begin then. Without, areas that it lacks stay as
    they are. All or nothing: raises `UserError` naming the row of the first code that cannot be read or that lacks a name.
    """
    require(viewer, Action.ADMINISTER)
    rows = {}
    for number, code, cells in _rows(content, name, (_NAME,)):
        if not cells[0]:
            raise UserError("area.no_name", name=name, row=number, value=code)
        rows[code] = cells[0]
    if not rows:
        raise UserError("area.empty", name=name)
    with store.writing(viewer, "areas.import", file=name, areas=len(rows), in_force_from=in_force_from) as cursor:
        before = cursor.execute("SELECT code, name, valid_to, source FROM area").df()
        write_areas(cursor, rows, source=source or name)
        added = set(rows) - set(before["code"])
        if in_force_from is not None:
            _begin(cursor, before, added, in_force_from)
        retired = _retire(cursor, before, set(rows), in_force_from, name) if in_force_from is not None else 0
        here = before[before["code"].isin(rows)]
        revived = here.loc[here["valid_to"].notna(), "code"].tolist() if in_force_from is not None else []
        cursor.execute("UPDATE area SET valid_to = NULL WHERE list_contains(?::VARCHAR[], code)", [revived])
    return Taken(
        areas=len(rows), added=len(added), renamed=int((here["name"] != here["code"].map(rows)).sum()),
        revived=len(revived), retired=retired,
    )


def import_aliases(store: Store, viewer: Viewer, content: bytes, name: str) -> int:
    """Takes in other codes of areas: a CSV, or one in gzip, with the column `kode` beside `kode_bps` or `kode_lama`.

    Returns how many. All or nothing: raises `UserError` for a row without a code, or one whose area is not known here.
    """
    require(viewer, Action.ADMINISTER)
    kind, wanted = next(
        ((kind, words) for kind, words in _ALIASES.items() if words & set(_header(content, name))), (None, set[str]()),
    )
    if kind is None:
        raise UserError("area.no_alias_column", name=name)
    found: dict[str, tuple[int, str]] = {}
    for number, code, (cell,) in _rows(content, name, (wanted,)):
        alias = digits(cell)
        if not (alias.isascii() and alias.isdigit() and len(alias) in {2, 4, 6, 7, 10}):
            raise UserError("area.not_an_alias", name=name, row=number, value=cell)
        if alias in found and found[alias][1] != code:
            raise UserError("area.alias_twice", name=name, row=number, value=cell, first=found[alias][0])
        found[alias] = number, code
    with store.writing(viewer, "areas.aliases", file=name, kind=str(kind), aliases=len(found)) as cursor:
        known = {code for (code,) in cursor.execute("SELECT code FROM area").fetchall()}
        for number, code in found.values():
            if code not in known:
                raise UserError("area.alias_unknown", name=name, row=number, value=code)
        frame = pd.DataFrame({"alias": list(found), "code": [code for _, code in found.values()]}, dtype="str")
        cursor.register("incoming_alias", frame)
        cursor.execute("INSERT OR REPLACE INTO area_alias SELECT alias, ?, code, ? FROM incoming_alias", [str(kind), name])
        cursor.unregister("incoming_alias")
    return len(found)


def _begin(cursor: DuckDBPyConnection, before: pd.DataFrame, added: set[str], on: date) -> None:
    """Codes that are new in a province of which an earlier table was taken in are valid from the new one's day on."""
    tabled = {code[:2] for code in before.loc[before["source"] != "register", "code"]}
    young = [code for code in added if code[:2] in tabled]
    cursor.execute("UPDATE area SET valid_from = ? WHERE list_contains(?::VARCHAR[], code)", [on, young])


def _retire(cursor: DuckDBPyConnection, before: pd.DataFrame, rows: set[str], on: date, name: str) -> int:
    """Codes in force that the table lacks, of its provinces and of the levels it lists, were in force until the day before."""
    provinces, lengths = {code[:2] for code in rows}, {len(code) for code in rows}
    is_spoken_of = before["code"].str[:2].isin(provinces) & before["code"].str.len().isin(lengths)
    judged = before[before["valid_to"].isna() & is_spoken_of]
    lacking = judged.loc[~judged["code"].isin(rows), "code"].tolist()
    if len(lacking) > _MOST_RETIRED * len(judged):
        raise UserError("area.not_whole", name=name, lacking=len(lacking), known=len(judged))
    cursor.execute(
        "UPDATE area SET valid_to = ? WHERE list_contains(?::VARCHAR[], code)", [on - timedelta(days=1), lacking],
    )
    return len(lacking)


def _rows(content: bytes, name: str, wanted: tuple[set[str], ...]) -> Iterator[tuple[int, str, list[str]]]:
    """Each row's number, its code, and its cells of the columns that are called one of `wanted`."""
    header = _header(content, name)
    places = [[at for at, cell in enumerate(header) if cell in words] for words in (_CODE, *wanted)]
    if not all(places):
        raise UserError("area.no_columns", name=name)
    code_at, *others = (at[0] for at in places)
    reader = csv.reader(io.StringIO(_text(content, name)))
    next(reader, None)
    for number, row in enumerate(reader, start=2):
        if not any(cell.strip() for cell in row):
            continue
        found = row[code_at].strip() if code_at < len(row) else ""
        code = parse_code(found)
        if code is None:
            raise UserError("area.not_a_code", name=name, row=number, value=found)
        yield number, code, [row[at].strip() if at < len(row) else "" for at in others]


def _header(content: bytes, name: str) -> list[str]:
    return [cell.strip().lower() for cell in next(csv.reader(io.StringIO(_text(content, name))), [])]


def _text(content: bytes, name: str) -> str:
    if content[:2] == b"\x1f\x8b":
        content = _unzipped(content, name)
    if len(content) > _MAX_BYTES:
        raise UserError("area.too_large", name=name, megabytes=_MAX_BYTES // 1_000_000)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError("area.not_utf8", name=name) from error


def _unzipped(content: bytes, name: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as file:
            return file.read(_MAX_BYTES + 1)
    except (OSError, EOFError) as error:
        raise UserError("area.not_gzip", name=name) from error
