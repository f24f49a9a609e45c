"""Importing: a CSV of a million rows and 60 columns validated and committed, and a workbook, beside bare readers of them.

`python -m benchmarks importing`. The CSV stands beside DuckDB's own `read_csv` into a table, the workbook beside
fastexcel's bare read and pandas with openpyxl. Each import runs in a process of its own, so that the peak is its own.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import duckdb
import fastexcel
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from access.policy import Viewer, person_at_this_machine
from benchmarks.harness import KILO, Line, best, clocked, in_process, peak_mb
from data.importing.committing import commit
from data.importing.preparing import prepare
from data.instruments.adding import add
from data.register import changes
from data.store import Store, open_store

ROWS, SHEET_ROWS, FEW_ROWS = 1_000_000, 50_000, 200
VILLAGES = [f"18.02.{1 + i % 20:02}.{2001 + i // 20:04}" for i in range(400)]
# name, XLSForm type: 60 columns with the village and the submission's identity; the workbook takes the first 40.
QUESTIONS = [
    *((f"number_{i}", "integer") for i in range(22)),
    *((f"choice_{i}", "select_one kind") for i in range(20)),
    *((f"share_{i}", "decimal") for i in range(12)),
    ("visited_on", "date"),
    ("started_at", "dateTime"),
    ("road", "text"),
    ("remark", "text"),
]


def run() -> list[Line]:
    with tempfile.TemporaryDirectory(prefix="pantau-bench-") as folder:
        text, book = Path(folder) / "survey.csv", Path(folder) / "survey.xlsx"
        pa.csv.write_csv(answers(ROWS, 60), str(text))
        _write_workbook(answers(SHEET_ROWS, 40), book)
        ours = json.loads(in_process("benchmarks.importing", str(text), "60"))
        sheet = json.loads(in_process("benchmarks.importing", str(book), "40"))
        bare = clocked(lambda: _into_table(text, Path(folder) / "bare.duckdb"))
        quick = best(lambda: fastexcel.read_excel(book).load_sheet(0).to_arrow(), 2)
        slow = clocked(lambda: pd.read_excel(book, engine="openpyxl"))
        size = text.stat().st_size / KILO / KILO
        return [
            Line(
                what=f"CSV {ROWS:,} x 60, validated and committed",
                seconds=ours["seconds"],
                peer="DuckDB read_csv into a table",
                peer_seconds=bare,
                goal=1 / 4,
                peak_mb=ours["peak_mb"],
                note=f"memory {ours['peak_mb'] / size:.1f} times the file of {size:.0f} MB; totals rebuilt with it",
            ),
            Line(
                what=f"XLSX {SHEET_ROWS:,} x 40, validated and committed",
                seconds=sheet["seconds"],
                peer="fastexcel, bare read",
                peer_seconds=quick,
                goal=1 / 2,
            ),
            Line(
                what=f"XLSX {SHEET_ROWS:,} x 40, validated and committed",
                seconds=sheet["seconds"],
                peer="pandas with openpyxl, bare read",
                peer_seconds=slow,
                goal=4,
            ),
        ]


def answers(rows: int, columns: int) -> pa.Table:
    """Answers of a survey, the same every time."""
    chance = np.random.default_rng(20)
    days = (np.datetime64("2023-01-01") + chance.integers(0, 300, rows)).astype("datetime64[D]").astype(str)
    made: dict[str, object] = {
        "_uuid": [f"{i:08x}-4a6b" for i in range(rows)],
        "village": np.array(VILLAGES)[chance.integers(0, 400, rows)],
    }
    for name, kind in QUESTIONS[: columns - 2]:
        made[name] = {
            "integer": lambda: np.round(chance.lognormal(13, 0.8, rows)).astype(np.int64),
            "select_one kind": lambda: np.array(list("abcde"))[chance.integers(0, 5, rows)],
            "decimal": lambda: np.round(chance.lognormal(3, 1, rows), 2),
            "date": lambda: days,
            "dateTime": lambda: np.char.add(days, "T08:15:00"),
            "text": lambda: np.array(["baik", "rusak di dua tempat", "perlu jembatan"])[chance.integers(0, 3, rows)],
        }[kind]()
    return pa.table(made)


def _write_workbook(table: pa.Table, path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("survey")
    sheet.append(table.column_names)
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        sheet.append(row)
    book.save(path)


def _into_table(text: Path, database: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute("CREATE TABLE survey AS SELECT * FROM read_csv(?)", [str(text)])


def _instrument(columns: int) -> bytes:
    """The questionnaire of these answers: most of it required, with rules to be checked."""
    book = openpyxl.Workbook()
    survey, choices, settings, design = (book.create_sheet(name) for name in ("survey", "choices", "settings", "design"))
    book.remove(book.worksheets[0])
    survey.append(["type", "name", "label", "required", "constraint"])
    survey.append(["text", "village", "Kode desa", "yes", ""])
    for name, kind in QUESTIONS[: columns - 2]:
        survey.append([kind, name, name, "yes" if kind != "text" else "", ". >= 0" if kind == "integer" else ""])
    choices.append(["list_name", "name", "label"])
    for name in "abcde":
        choices.append(["kind", name, name.upper()])
    settings.append(["form_id", "form_title", "version"])
    settings.append(["survey", "Survey", "1"])
    design.append(["form", "village"])
    design.append(["survey", "village"])
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        book.save(file.name)
        return Path(file.name).read_bytes()


def _measure(path: Path, columns: int) -> dict[str, float]:
    """Seconds from the file to a committed batch, and the most memory the process held beyond what it began with."""
    with tempfile.TemporaryDirectory(prefix="pantau-bench-") as folder:
        store, viewer = open_store(Path(folder)), person_at_this_machine()
        add(store, viewer, _instrument(columns), "survey.xlsx")
        for year in ("2022", "2023"):
            changes.save(store, viewer, "rounds", {
                "id": year, "name": year, "kind": "baseline", "starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31"})
        few = Path(folder) / f"few{path.suffix}"
        if path.suffix == ".xlsx":
            _write_workbook(answers(FEW_ROWS, columns), few)
        else:
            pa.csv.write_csv(answers(FEW_ROWS, columns), str(few))
        _import(store, viewer, few, "2022")  # as in a server, where it is not the first; the peers' libraries are loaded too
        before = peak_mb()
        seconds = clocked(lambda: _import(store, viewer, path, "2023"))
        store.close()
        return {"seconds": seconds, "peak_mb": peak_mb() - before}


def _import(store: Store, viewer: Viewer, path: Path, round: str) -> None:
    prepared = prepare(store, viewer, path, path.name, instrument="survey", round=round)
    commit(store, viewer, prepared)
    assert sum(form.rows_rejected for form in prepared.forms) == 0


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), int(sys.argv[2]))))
