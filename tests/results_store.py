"""A store for tests of results: an instrument from a few lines, responses put where an import would put them."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO

import openpyxl
import pandas as pd

from access.policy import Viewer
from data import totals
from data.instruments.adding import add
from data.instruments.model import Form, Instrument
from data.responses import qualified
from data.store import Store, now

SYSTEM = {"_round": "r1", "_village": None, "_weight": 1.0, "_stratum": "", "_psu": None, "_psu_population": None, "_key": None}


def workbook(sheets: Mapping[str, Sequence[Mapping[str, object]]]) -> bytes:
    """An XLSX with one sheet per entry: a header of the keys, then the rows."""
    book = openpyxl.Workbook()
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        columns = list(dict.fromkeys(key for row in rows for key in row))
        sheet.append(columns)
        for row in rows:
            sheet.append([row.get(column) for column in columns])
    book.remove(book.worksheets[0])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def survey(
    store: Store, viewer: Viewer, *, questions: Mapping[str, str], indicators: Sequence[Mapping[str, object]],
    design: Mapping[str, object] | None = None, choices: Mapping[str, Sequence[str]] | None = None, name: str = "survey",
) -> Instrument:
    """Adds an instrument of one form: `questions` are names and XLSForm types."""
    content = workbook({
        "survey": [{"type": kind, "name": question, "label": question} for question, kind in questions.items()],
        "choices": [{"list_name": listed, "name": choice, "label": choice}
                    for listed, names in (choices or {"none": ["none"]}).items() for choice in names],
        "settings": [{"form_id": name, "form_title": name, "version": "1"}],
        "design": [{"form": name, **(design or {})}],
        "indicators": [
            {"form": name, "theme": "income", "unit": "unit", "better": "up", "label": each["id"], "definition": "", **each}
            for each in indicators
        ],
    })
    return add(store, viewer, content, f"{name}.xlsx")


def put(store: Store, viewer: Viewer, instrument: Instrument, rows: pd.DataFrame, form: Form | None = None) -> int:
    """Responses as one accepted batch per call; `rows` has the form's variables and those of the system columns it needs."""
    form = form or instrument.forms[0]
    whole = rows.reset_index(drop=True)
    for column, value in SYSTEM.items():
        if column not in whole:
            whole[column] = value
    with store.writing(viewer, "test") as cursor:
        batch = int(cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM batch").fetchone()[0])  # type: ignore[index]
        whole["_batch"], whole["_row"] = batch, range(2, len(whole) + 2)
        whole["_psu"] = whole["_psu"].fillna(pd.Series([f"{batch}:{row}" for row in whole["_row"]])).astype(str)
        for round in whole["_round"].unique():
            cursor.execute(
                """INSERT INTO batch (id, instrument, instrument_version, round, dialect, state, personal_data_dropped)
                   VALUES (?, ?, ?, ?, 'plain', 'accepted', '[]')""", [batch, instrument.id, instrument.version, round])
            cursor.execute("INSERT INTO batch_file VALUES (?, 1, 'answers.csv', 'f00d', 1, 'csv', ?, 'local')", [batch, now()])
            part = whole[whole["_round"] == round].assign(_batch=batch)  # noqa: F841 DuckDB finds it by its name
            cursor.execute(f"INSERT INTO {qualified(instrument.id, form.name)} BY NAME SELECT * FROM part")  # noqa: S608
            totals.rebuild(cursor, instrument, round)
            batch += 1
    return batch - 1


def partnership(store: Store, viewer: Viewer, id: str, members: Sequence[str], comparison: Sequence[str] = ()) -> None:
    """A partnership as the register would have it."""
    with store.writing(viewer, "test") as cursor:
        cursor.execute("INSERT INTO partnership (id, name, kind) VALUES (?, ?, 'multilateral')", [id, id.title()])
        for role, villages in (("member", members), ("comparison", comparison)):
            for village in villages:
                cursor.execute(
                    "INSERT INTO partnership_village (partnership, village, role) VALUES (?, ?, ?)", [id, village, role])


def rounds(store: Store, viewer: Viewer, *ids: str) -> None:
    """Rounds in the order given, a year apart."""
    with store.writing(viewer, "test") as cursor:
        for year, id in enumerate(ids, 2021):
            cursor.execute(
                "INSERT INTO round VALUES (?, ?, 'routine', make_date(?, 1, 1), make_date(?, 1, 31))", [id, id, year, year])
