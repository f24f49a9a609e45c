"""Many findings, held as columns: a file with a million faulty cells is still one small table.

`at` is the position of the row within its form (null for a finding of a whole file, sheet or column); the other
columns are the fields of `Finding`, `params` as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from data.importing.finding import Finding, Severity
from data.importing.source import Source

SCHEMA = pa.schema(
    [
        ("code", pa.string()),
        ("severity", pa.string()),
        ("form", pa.string()),
        ("at", pa.int64()),
        ("sheet", pa.string()),
        ("row", pa.int64()),
        ("column", pa.string()),
        ("cell", pa.string()),
        ("value", pa.string()),
        ("variable", pa.string()),
        ("params", pa.string()),
    ]
)
NONE = SCHEMA.empty_table()


def of_file(
    code: str,
    severity: Severity,
    *,
    form: str | None = None,
    sheet: str | None = None,
    column: str | None = None,
    value: str | None = None,
    variable: str | None = None,
    **params: object,
) -> pa.Table:
    """One finding of a whole file, sheet or column."""
    return pa.Table.from_pylist(
        [
            {
                "code": code,
                "severity": str(severity),
                "form": form,
                "sheet": sheet,
                "column": column,
                "value": value,
                "variable": variable,
                "params": _json(params),
            }
        ],
        schema=SCHEMA,
    )


def of_cells(
    code: str,
    severity: Severity,
    source: Source,
    at: pa.Array,
    *,
    column: int | None = None,
    values: pa.Array | None = None,
    variable: str | None = None,
    params: Mapping[str, object] | Sequence[Mapping[str, object]] = (),
) -> pa.Table:
    """One finding for each position of `at`: of the cell in `column`, or of the row where that is None.

    `params` are the same for all, or one for each. `values` default to what the cells held.
    """
    count = len(at)
    if count == 0:
        return NONE
    at = at.cast(pa.int64())
    nothing = pa.nulls(count, pa.string())
    if column is not None and values is None:
        values = source.column(column).take(at)
    if isinstance(params, Mapping) or not params:
        texts = pa.repeat(_json(params if isinstance(params, Mapping) else {}), count)
    else:
        texts = pa.array([_json(each) for each in params], pa.string())
    rows = source.rows.take(at)
    return pa.table(
        {
            "code": pa.repeat(code, count),
            "severity": pa.repeat(str(severity), count),
            "form": pa.repeat(source.form, count),
            "at": at,
            "sheet": pa.repeat(source.sheet, count),
            "row": rows,
            "column": nothing if column is None else source.headers_at(at, column),
            "cell": nothing if column is None else source.addresses(at, column),
            "value": nothing if values is None else values.cast(pa.string()),
            "variable": pa.repeat(variable, count) if variable else nothing,
            "params": texts,
        },
        schema=SCHEMA,
    )


def joined(tables: Iterable[pa.Table]) -> pa.Table:
    tables = [table for table in tables if table.num_rows]
    return pa.concat_tables(tables).combine_chunks() if tables else NONE


def records(table: pa.Table) -> list[Finding]:
    return [
        Finding(
            code=row["code"],
            severity=Severity(row["severity"]),
            form=row["form"],
            sheet=row["sheet"],
            row=row["row"],
            column=row["column"],
            cell=row["cell"],
            value=row["value"],
            params=json.loads(row["params"]),
        )
        for row in table.to_pylist()
    ]


def faulty(table: pa.Table, form: str) -> pa.Array:
    """The positions of a form's rows that have an error, each once."""
    chosen = table.filter(
        pc.and_(
            pc.and_(pc.equal(table["form"], form), pc.equal(table["severity"], str(Severity.ERROR))), pc.is_valid(table["at"])
        )
    )
    return pc.unique(chosen["at"])


def _json(params: Mapping[str, object]) -> str:
    return json.dumps(params, ensure_ascii=False, sort_keys=True, default=str)
