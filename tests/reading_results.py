"""What reading makes of every file of the collections, beside what is known of them.

`python -m tests.reading_results` prints the table; with `--write` it renews docs/reading-results.md.
"""
from __future__ import annotations

import csv
import io
import json
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl

from data.errors import UserError
from data.messages import explain
from data.reading import RawFile, read
from data.reading.table import RawTable

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reading-results.md"
COLLECTIONS = (
    "csv_messy", "csv_duckdb", "csv_pollock_polluted", "csv_pollock_realworld", "xlsx_fixtures", "indonesia_idm",
    "indonesia_stats", "indonesia_forms", "kobo_formpack", "odk_central", "odk_ona_exports", "surveycto_exports", "hxl",
    "xlsforms", "malicious",
)
ENDINGS = (".csv", ".psv", ".tsv", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".zip")
_FAMILIES = {"latin-1": "windows-1252", "ascii": "utf-8", "utf-8-sig": "utf-8", "shift_jis": "cp932"}

# Where reading differs from the collection's own answer, and why it should.
_BLANK = "a quote after a blank encloses its cell here; another reader cuts it at its commas"
EXPLAINED = {
    "csv_duckdb/all_quotes.csv": _BLANK,
    "csv_messy/complex.csv": _BLANK,
    "csv_pollock_polluted/file_escape_char_0x5C.csv": "the answer keeps a backslash that the escape had taken up",
    "csv_pollock_polluted/file_header_multirow_3.csv": "the answer joins three equal header rows: 'DATE DATE DATE'; here one",
    "csv_pollock_polluted/file_multitable_same.csv": "the answer ends at a repeated header; here the rows below it are kept",
    "csv_pollock_polluted/file_quotation_char_0x27.csv": "the quote is the apostrophe: doubled double quotes stay doubled",
    "csv_pollock_polluted/row_less_sep_row38_col1.csv": "a lost delimiter cannot be put back; the row is said to be short",
    "csv_pollock_realworld/20170320-ePC_Data-Travel-Stationery.csv": "two tables, returned apart; totals rows are left out",
    "csv_pollock_realworld/Wine_Cellar_Consumption_dataset_14-15.csv": "the answer made U+0092 an apostrophe; kept as it is",
    "csv_pollock_realworld/vissim_data_conf2473_i7_v1987.csv": "the parameters say ',', file and clean copy have ';'",
}


@dataclass(frozen=True, kw_only=True)
class Result:
    """One line of the table. `differences` are those without an explanation."""

    file: str
    was_read: str
    tables: str
    left_out: str
    verdict: str
    differences: tuple[str, ...]


def results(testdata: Path) -> Iterator[Result]:
    for collection in COLLECTIONS:
        for path in files(testdata / collection):
            yield result(path, f"{collection}/{path.relative_to(testdata / collection)}")


def files(folder: Path) -> list[Path]:
    answers = {"clean", "parameters"}
    return sorted(
        path for path in folder.rglob("*")
        if path.suffix.lower() in ENDINGS and not answers & set(path.relative_to(folder).parts)
    )


@cache
def result(path: Path, file: str) -> Result:
    name = file.replace("/csv/", "/")
    try:
        read_file: RawFile | None = read(path, path.name)
    except UserError as error:
        refusal = explain(error, "en")
        wrong = tuple(refused(path, error.code))
        return Result(file=name, was_read="refused", tables="", left_out="", verdict=refusal, differences=wrong)
    assert read_file is not None
    found = [*differences(path, read_file)]
    known = EXPLAINED.get(name)
    if known is None:
        verdict = "; ".join(found) or ("a form, offered as an instrument" if read_file.is_xlsform else "as it should be")
        unexplained = tuple(found)
    else:
        verdict, unexplained = f"differs: {known}", () if found else ("explained, but does not differ",)
    dialect = f" {read_file.encoding} `{_shown(read_file.delimiter)}`" if read_file.encoding else ""
    return Result(
        file=name,
        was_read=read_file.format + dialect,
        tables=", ".join(f"{len(table.rows)} × {table.values.num_columns}" for table in read_file.tables),
        left_out=_counted(read_file.tables),
        verdict=verdict,
        differences=unexplained,
    )


def _shown(delimiter: str | None) -> str:
    return {"\t": "tab", "|": "pipe", "": "none"}.get(delimiter or "", delimiter or "")


def _counted(tables: tuple[RawTable, ...]) -> str:
    reasons = Counter(left.reason for table in tables for left in table.left_out)
    short = sum(len(table.short_rows) for table in tables)
    errors = sum(sum(table.errors.values()) for table in tables)
    told = [f"{count} {reason}" for reason, count in sorted(reasons.items())]
    return ", ".join([*told, *([f"({short} short)"] if short else []), *([f"({errors} error cells)"] if errors else [])])


def refused(path: Path, code: str) -> Iterator[str]:
    """What speaks against a refusal: only files known to be empty, broken or hostile may be refused."""
    expected = _workbooks(path.parent).get(path.name, {})
    sheets = expected.get("sheets", [])
    if path.parent.name == "malicious" or expected.get("calamine_error") or path.stat().st_size == 0:
        return
    if code == "reading.empty" and not any(sheet["nonblank_rows"] for sheet in sheets):
        return
    yield f"refused: {code}"


def differences(path: Path, file: RawFile) -> Iterator[str]:
    if file.is_xlsform:
        if path.parent.name != "xlsforms":
            yield "taken for a form"
        return
    if path.parent.name == "xlsforms":
        yield "not recognised as a form"
    if path.parent.name == "malicious":
        yield "not refused"
    yield from _unaccounted(path, file)
    yield from _changed(path, file)
    yield from _against_facts(path, file)
    yield from _against_clean(path, file)
    yield from _against_workbook(path, file)
    yield from _against_exports(path, file)


def _unaccounted(path: Path, file: RawFile) -> Iterator[str]:
    """Each row of the file is exactly once a response, a header or left out."""
    for sheet in dict.fromkeys(table.sheet for table in file.tables):
        tables = [table for table in file.tables if table.sheet == sheet]
        seen = Counter(row for table in tables for row in table.rows.to_pylist())
        seen += Counter(left.row for table in tables for left in table.left_out)
        seen += Counter(table.header_row for table in tables if table.header_row)
        last = max(seen)
        if seen != Counter(range(1, last + 1)):
            yield f"rows lost or counted twice {sheet}"
        sizes = _sizes(path, file, sheet)
        if sizes and last not in sizes:
            yield f"{last} rows accounted for, the file has {sorted(sizes)}"


def _sizes(path: Path, file: RawFile, sheet: str) -> set[int]:
    """How many rows a file has, counted by others; a stray quote makes csv and lines disagree."""
    if file.format == "csv":
        text = _text(path, file)
        return {len(_records(text, file)), len(text.splitlines())}
    if file.format in ("xlsx", "xlsm"):
        filled = [row for row in _openpyxl(path)[sheet].iter_rows() if any(cell.value is not None for cell in row)]
        return {filled[-1][0].row}
    return set()


def _text(path: Path, file: RawFile) -> str:
    text = path.read_bytes().decode(file.encoding or "utf-8")
    return text.removeprefix("\ufeff")


def _records(text: str, file: RawFile) -> list[list[str]]:
    return list(csv.reader(
        io.StringIO(text.replace("\0", ""), newline=""), delimiter=(file.delimiter or "\x1f")[0], quotechar=file.quote or '"',
        escapechar=file.escape, doublequote=file.escape is None, skipinitialspace=len(file.delimiter or "") == 2,
    ))


@cache
def _openpyxl(path: Path) -> openpyxl.Workbook:
    with warnings.catch_warnings(action="ignore"):      # it misses a style where there is none
        return openpyxl.load_workbook(path, data_only=True)


def _changed(path: Path, file: RawFile) -> Iterator[str]:
    """Every value of a regular file as another reader has it."""
    if file.format in ("xlsx", "xlsm"):
        yield from _changed_cells(path, file)
    if file.format != "csv" or any(table.short_rows for table in file.tables):
        return
    if any(left.reason in ("too_many_cells", "broken_quote") for table in file.tables for left in table.left_out):
        return
    if (path.parent.parent / "clean" / path.name).exists():
        return
    records = _records(_text(path, file), file)
    for table in file.tables:
        for row, cells in zip(table.rows.to_pylist(), _rows(table), strict=True):
            other = records[row - 1] + [""] * (len(cells) - len(records[row - 1]))
            if cells != other:
                yield f"row {row} reads {cells!r}, not {other!r}"
                return


def _changed_cells(path: Path, file: RawFile) -> Iterator[str]:
    book = _openpyxl(path)
    for table in file.tables:
        sheet = book[table.sheet]
        for row, cells in zip(table.rows.to_pylist(), _rows(table), strict=True):
            for letters, text in zip(table.letters, cells, strict=True):
                other = sheet[f"{letters}{row}"].value
                if not _is_same(text, other):
                    yield f"{table.sheet}!{letters}{row} reads {text!r}, not {other!r}"
                    return


def _is_same(text: str, other: object) -> bool:
    if other is None or (isinstance(other, str) and other.startswith("#") and not text):
        return text == ""
    if isinstance(other, bool):
        return text == str(other).lower()
    if isinstance(other, int | float):
        return Decimal(text) == Decimal(repr(other))
    if isinstance(other, datetime):
        moment = datetime.fromisoformat(text) if "-" in text else None
        return text == "00:00:00" if moment is None else abs(moment - other) <= timedelta(milliseconds=1)
    if isinstance(other, date | time):
        return text == other.isoformat()
    if isinstance(other, timedelta):
        hours, minutes, seconds = map(int, text.split(":"))
        return abs(timedelta(hours=hours, minutes=minutes, seconds=seconds) - other) < timedelta(seconds=1)
    return text == str(other).replace("\r\n", "\n")


def _rows(table: RawTable) -> list[list[str]]:
    return [[cell or "" for cell in row] for row in zip(*(column.to_pylist() for column in table.values.columns), strict=True)]


def _against_facts(path: Path, file: RawFile) -> Iterator[str]:
    """The expected.json of csv_messy and csv_duckdb."""
    known = _facts(path.parent).get(path.name)
    if file.format != "csv" or not known:
        return
    if _family(file.encoding) != _family(known["encoding"]):
        yield f"encoding {file.encoding}, not {known['encoding']}"
    if "delimiter" not in known:
        return
    table = file.tables[0]
    if (file.delimiter or "none") != known["delimiter"] and known["columns"] > 1:
        yield f"delimiter {file.delimiter!r}, not {known['delimiter']!r}"
    if known["header"] is not None and list(table.headers) != [" ".join(text.split()) for text in known["header"]]:
        yield f"header {table.headers}"
    if known["header"] is None and table.header_row and len(table.rows):
        yield f"took {table.headers} for a header"
    if table.values.num_columns != known["columns"]:
        yield f"{table.values.num_columns} columns, not {known['columns']}"
    below = len(table.rows) + len(table.left_out) + (known["header_record"] is None and bool(table.header_row))
    if below != known["data_rows"] + known["blank_records"]:
        yield f"{below} rows below the header, not {known['data_rows'] + known['blank_records']}"


def _family(encoding: str | None) -> str:
    return _FAMILIES.get(encoding or "", encoding or "")


@cache
def _facts(folder: Path) -> dict[str, dict]:
    path = folder / "expected.json"
    return json.loads(path.read_text()) if path.exists() else {}


@cache
def _workbooks(folder: Path) -> dict[str, dict]:
    path = folder / "expected_workbooks.json"
    return json.loads(path.read_text()) if path.exists() else {}


def _against_clean(path: Path, file: RawFile) -> Iterator[str]:
    """The clean copies and parameters of the Pollock collections."""
    clean = path.parent.parent / "clean" / path.name
    if not clean.exists():
        return
    known = json.loads((path.parent.parent / "parameters" / f"{path.name}_parameters.json").read_text())
    if _family(file.encoding) != _family(known["encoding"]):
        yield f"encoding {file.encoding}, not {known['encoding']}"
    if file.delimiter != known["delimiter"]:
        yield f"delimiter {file.delimiter!r}, not {known['delimiter']!r}"
    if file.quote is not None and file.quote != known["quotechar"]:
        yield f"quote {file.quote!r}, not {known['quotechar']!r}"
    header, *body = csv.reader(io.StringIO(clean.read_text(encoding="utf-8"), newline=""))
    table = file.tables[0]
    if table.header_row and list(table.headers) != header:
        yield f"header {table.headers[:3]}"
    width = table.values.num_columns
    if _rows(table) != [row + [""] * (width - len(row)) for row in body]:
        yield f"{len(table.rows)} rows, {len(body)} in the clean copy, or cells differ"


def _against_workbook(path: Path, file: RawFile) -> Iterator[str]:
    known = _workbooks(path.parent).get(path.name)
    if not known:
        return
    if "sheets" not in known:
        if "calamine_error" in known:
            yield "not refused"
        return
    hidden = tuple(sheet["name"] for sheet in known["sheets"] if sheet["visible"] != "Visible")
    if file.hidden_sheets != hidden:
        yield f"hidden sheets {file.hidden_sheets}"
    for sheet in known["sheets"]:
        if sheet["visible"] != "Visible":
            continue
        tables = [table for table in file.tables if table.sheet == sheet["name"]]
        filled = sum(
            len(table.rows) + bool(table.header_row) + sum(left.reason != "empty" for left in table.left_out)
            for table in tables
        )
        # A row of nothing but error cells is empty here; a blank row within a merged header is part of the header.
        merged = len(known.get("merged", {}).get(sheet["name"], ()))
        if not sheet["nonblank_rows"] <= filled <= sheet["nonblank_rows"] + merged:
            yield f"{sheet['name']}: {filled} filled rows, not {sheet['nonblank_rows']}"


def _against_exports(path: Path, file: RawFile) -> Iterator[str]:
    """The counts of rows and columns beside the exports of survey tools."""
    index = path.parent.parent / "index.json"
    if index.exists():
        known = json.loads(index.read_text())[path.parent.name]["files"].get(path.name)
        if isinstance(known, int):
            known = {"": [known, None]}
        shapes = {table.sheet: [len(table.rows) + 1, table.values.num_columns] for table in file.tables}
        for sheet, (rows, columns) in (known or {}).items():
            if sheet not in shapes or shapes[sheet][0] != rows or columns not in (None, shapes[sheet][1]):
                yield f"{sheet or 'table'}: {shapes.get(sheet)}, not {[rows, columns]}"
    if path.parent.parent.name == "odk_central":
        known = _facts(path.parent.parent)[path.parent.name]["files"]
        for table in file.tables:
            expected = known[f"{table.sheet or path.stem}.csv"]
            if len(table.rows) != expected["rows"] or ",".join(table.headers) != expected["header"]:
                yield f"{table.sheet or path.stem}: {len(table.rows)} rows, not {expected['rows']}"


def page(testdata: Path) -> str:
    lines = [
        "# What reading makes of real files",
        "",
        "Made by `python -m tests.reading_results --write`; a test keeps it current. Each file is held to what is known of it:",
        "every row is a response, a header or left out; every value is the one another reader has; encoding, delimiter, header,",
        "rows and columns are the collection's. A line that begins with \"differs\" says where that is not so, and why.",
        "",
    ]
    found = list(results(testdata))
    for collection in COLLECTIONS:
        chosen = [line for line in found if line.file.startswith(f"{collection}/")]
        differ = sum(line.verdict.startswith("differs") for line in chosen)
        refusals = sum(line.was_read == "refused" for line in chosen)
        lines += [
            f"## {collection}", "",
            f"{len(chosen)} files: {len(chosen) - differ - refusals} as they should be, {differ} differ, {refusals} refused.",
            "", "| file | read as | rows × columns | left out | result |", "|---|---|---|---|---|",
        ]
        lines += [
            "| " + " | ".join(_cell(text) for text in (
                line.file.removeprefix(f"{collection}/"), line.was_read, line.tables, line.left_out, line.verdict,
            )) + " |"
            for line in chosen
        ]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    from tests.conftest import TESTDATA

    text = page(TESTDATA)
    if "--write" in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
    print(text)
