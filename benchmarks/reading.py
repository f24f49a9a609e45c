"""Reading files, beside the bare readers of others on the same files in the same run.

What is read here is not yet an import: cleaning, checks and the commit come on top of it.
"""
from __future__ import annotations

import random
import resource
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import duckdb
import fastexcel
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from benchmarks.harness import Line, best, clocked, in_process, peak_mb
from data.reading import read, worker
from data.reading.table import letter

_SHEET_ROWS, _SHEET_COLUMNS = 50_000, 40
_ROWS, _COLUMNS = 1_000_000, 60
_SPREADSHEETML = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def run() -> list[Line]:
    with tempfile.TemporaryDirectory(prefix="pantau-bench-") as folder:
        typed, texts = Path(folder) / "typed.xlsx", Path(folder) / "texts.xlsx"
        write_workbook(typed, is_text=False)
        write_workbook(texts, is_text=True)
        plain, quoted = Path(folder) / "plain.csv", Path(folder) / "quoted.csv"
        table = responses()
        pa.csv.write_csv(table, plain, pa.csv.WriteOptions(quoting_style="none"))
        pa.csv.write_csv(table, quoted, pa.csv.WriteOptions(quoting_style="all_valid", delimiter=";"))
        read(typed, typed.name)      # the process that reads workbooks starts once
        return [*_workbooks(typed, texts), *_texts(plain, quoted)]


def _workbooks(typed: Path, texts: Path) -> Iterator[Line]:
    shape = f"{_SHEET_ROWS:,} × {_SHEET_COLUMNS}"
    for path, what in ((typed, "numbers and words"), (texts, "all cells text, decimals among them")):
        ours = best(lambda path=path: read(path, path.name))
        bare = best(lambda path=path: fastexcel.read_excel(str(path)).load_sheet(0).to_arrow())
        peak, size = in_process("benchmarks.reading", str(path)).split()
        yield Line(
            what=f"XLSX {shape}, {what}", seconds=ours, peer="fastexcel, bare", peer_seconds=bare, goal=0.5,
            peak_mb=float(peak), note=f"a file of {size} MB",
        )
    slow = clocked(lambda: pd.read_excel(typed, engine="openpyxl"))
    yield Line(
        what=f"XLSX {shape}, numbers and words", seconds=best(lambda: read(typed, typed.name)),
        peer="pandas with openpyxl", peer_seconds=slow, goal=4,
    )


def _texts(plain: Path, quoted: Path) -> Iterator[Line]:
    def bare(path: Path) -> None:
        with duckdb.connect() as connection:
            connection.execute("CREATE TABLE t AS SELECT * FROM read_csv(?, all_varchar = true)", [str(path)])

    for path, what in ((plain, "commas"), (quoted, "semicolons, every cell quoted")):
        ours, theirs = best(lambda path=path: read(path, path.name)), best(lambda path=path: bare(path))
        peak, size = in_process("benchmarks.reading", str(path)).split()
        yield Line(
            what=f"CSV {_ROWS:,} × {_COLUMNS}, {what}", seconds=ours, peer="DuckDB read_csv into a table, as text",
            peer_seconds=theirs, goal=1, peak_mb=float(peak), note=f"a file of {size} MB",
        )


def responses() -> pa.Table:
    """Answers as a survey has them: choices, amounts, yes and no, decimals, scales."""
    draw = np.random.default_rng(1)
    kinds = (
        lambda: draw.choice(["ya", "tidak", "tidak_tahu"], _ROWS),
        lambda: draw.integers(0, 5_000_000, _ROWS),
        lambda: draw.integers(0, 2, _ROWS),
        lambda: np.round(draw.uniform(0, 100, _ROWS), 2),
        lambda: draw.choice(["sumur", "ledeng", "sungai", "mata air"], _ROWS),
        lambda: draw.integers(1, 9, _ROWS),
    )
    return pa.table({f"pertanyaan_{index}": pa.array(kinds[index % 6]()) for index in range(_COLUMNS)})


def write_workbook(path: Path, is_text: bool) -> None:
    """An XLSX file without a library: writing one cell by cell would take longer than all that is measured."""
    draw = random.Random(1)
    words = [f"pertanyaan_{index}" for index in range(_SHEET_COLUMNS)]
    words += ["ya", "tidak", "sawah", "kebun", "ternak", *(f"jawaban bebas nomor {index}" for index in range(20_000))]
    letters = [letter(index) for index in range(_SHEET_COLUMNS)]

    def cell(row: int, column: int) -> str:
        place, kind = f"{letters[column]}{row}", column % 10
        if row == 1 or kind < 4 or kind == 8:
            word = column if row == 1 else draw.randrange(40, 45) if kind < 4 else draw.randrange(45, len(words))
            return f'<c r="{place}" t="s"><v>{word}</v></c>'
        if kind == 9 and draw.random() < 0.5:
            return ""
        value = repr(draw.randrange(5_000_000) if kind < 7 else draw.randrange(10**5) / 100 if kind == 7 else draw.random() * 180)
        return f'<c r="{place}" t="str"><v>{value}</v></c>' if is_text else f'<c r="{place}"><v>{value}</v></c>'

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in _parts(words).items():
            book.writestr(name, text)
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet xmlns="{_SPREADSHEETML}"><sheetData>'.encode())
            for row in range(1, _SHEET_ROWS + 2):
                cells = "".join(cell(row, column) for column in range(_SHEET_COLUMNS))
                sheet.write(f'<row r="{row}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")


def _parts(words: list[str]) -> dict[str, str]:
    strings = "".join(f"<si><t>{escape(word)}</t></si>" for word in words)
    override = '<Override PartName="/xl/{}.xml" ContentType="' + _TYPES + '.{}+xml"/>'
    relation = '<Relationship Id="rId{}" Type="' + _RELATIONS + '/{}" Target="{}"/>'
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' + override.format("workbook", "sheet.main")
        + override.format("worksheets/sheet1", "worksheet") + override.format("sharedStrings", "sharedStrings") + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + relation.format(1, "officeDocument", "xl/workbook.xml") + "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{_SPREADSHEETML}" xmlns:r="{_RELATIONS}"><sheets>'
        '<sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + relation.format(1, "worksheet", "worksheets/sheet1.xml") + relation.format(2, "sharedStrings", "sharedStrings.xml")
        + "</Relationships>",
        "xl/sharedStrings.xml": f'<sst xmlns="{_SPREADSHEETML}">{strings}</sst>',
    }


def main() -> None:
    """Print the most memory that reading one file took, here and in the process that reads workbooks, and its size."""
    path = Path(sys.argv[1])
    read(path, path.name)
    worker.stop()
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(round(max(peak_mb(), child)), round(path.stat().st_size / 1e6))


if __name__ == "__main__":
    main()
