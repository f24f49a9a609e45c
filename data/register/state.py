"""The register's records, sheet by sheet, as they stand in the store. Everything here is called inside a transaction."""
from __future__ import annotations

from collections.abc import Iterable

from duckdb import DuckDBPyConnection

from data.areas import ancestor, names_in, write_areas
from data.register.entry import Record, Value
from data.register.sheets import VILLAGES, Column, Sheet
from data.store import quoted

Key = tuple[Value, ...]
_REFERENCED_VILLAGES = """
    SELECT code FROM area WHERE level = 'village' AND source = 'register'
    UNION SELECT village FROM partnership_village ORDER BY 1
"""


def records(cursor: DuckDBPyConnection, sheet: Sheet) -> dict[Key, Record]:
    """All records of a sheet by key, in the order of their keys; villages only where the register speaks of them."""
    if sheet is VILLAGES:
        codes = [code for (code,) in cursor.execute(_REFERENCED_VILLAGES).fetchall()]
        return villages(cursor, codes)
    names = [column.name for column in sheet.columns]
    rows = cursor.execute(
        f"SELECT {', '.join(quoted(name) for name in names)} FROM {quoted(sheet.table)}"  # noqa: S608 declared names, quoted
        f" ORDER BY {', '.join(quoted(name) + ' NULLS FIRST' for name in sheet.key)}"
    ).fetchall()
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return {tuple(record[name] for name in sheet.key): record for record in found}


def villages(cursor: DuckDBPyConnection, codes: Iterable[str]) -> dict[Key, Record]:
    """The villages that are known, among those named, as records of their sheet."""
    wanted = sorted(set(codes))
    known = names_in(cursor, {code for village in wanted for code in (village, *_ancestors(village).values())})
    return {
        (code,): {"code": code, "name": known[code]} | {name: known.get(above) for name, above in _ancestors(code).items()}
        for code in wanted if code in known
    }


def write(cursor: DuckDBPyConnection, sheet: Sheet, *, before: Record | None, after: Record | None) -> None:
    """Adds (no `before`), removes (no `after`) or changes one record."""
    if sheet is VILLAGES:
        assert after is not None, "villages are never removed"
        _write_village(cursor, after)
        return
    table = quoted(sheet.table)
    if before is not None:
        key = " AND ".join(f"{quoted(name)} IS NOT DISTINCT FROM ?" for name in sheet.key)
        where = [before[name] for name in sheet.key]
        if after is None:
            cursor.execute(f"DELETE FROM {table} WHERE {key}", where)  # noqa: S608 declared names, quoted
            return
        columns = [column for column in sheet.columns if column.name not in sheet.key]
        assignments = ", ".join(f"{quoted(column.name)} = ?" for column in columns)
        cursor.execute(f"UPDATE {table} SET {assignments} WHERE {key}", [*_values(columns, after), *where])  # noqa: S608 as above
        return
    assert after is not None
    columns = list(sheet.columns)
    names = ", ".join(quoted(column.name) for column in columns)
    marks = ", ".join("?" for _ in columns)
    cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", _values(columns, after))  # noqa: S608 as above


def _values(columns: Iterable[Column], record: Record) -> list[Value]:
    return [record.get(column.name) for column in columns]


def _ancestors(code: str) -> dict[str, str]:
    return {
        "subdistrict": ancestor(code, "subdistrict"),
        "regency": ancestor(code, "regency"),
        "province": ancestor(code, "province"),
    }


def _write_village(cursor: DuckDBPyConnection, record: Record) -> None:
    code = str(record["code"])
    named = {code: str(record["name"])}
    for name, above in _ancestors(code).items():
        if record.get(name):
            named[above] = str(record[name])
    write_areas(cursor, named, source="register")
