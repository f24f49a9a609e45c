"""One rule for every file that leaves: a text is never a formula, however it begins, and comes back as it was."""
from __future__ import annotations

import io
import re
import zipfile

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell

from access.policy import Viewer
from data.importing import rejects
from data.importing.preparing import prepare
from data.register import changes, listing, workbook
from data.store import Store
from pages.parts import downloads
from tests.test_import_commit import prepare_store

BEGINNINGS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1")


def formulas(content: bytes) -> list[str]:
    """Every formula that stands in a cell of a workbook, as the file has it."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        sheets = [file.read(name).decode() for name in file.namelist() if name.startswith("xl/worksheets/sheet")]
    return [found for sheet in sheets for found in re.findall(r"<f[ >].*?</f>", sheet)]


def found(content: bytes, text: str) -> Cell:
    """The one cell that holds a text."""
    (cell,) = [cell for sheet in load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for cell in row
               if isinstance(cell.value, str) and cell.value.endswith(text)]
    return cell


@pytest.mark.parametrize("text", BEGINNINGS)
def test_a_register_export_holds_no_formula_and_applied_again_changes_nothing(text: str, store: Store, viewer: Viewer) -> None:
    changes.save(store, viewer, "partnerships", {"id": "air", "name": text, "kind": "bilateral", "note": f"{text} dan\r\nlagi"})
    (kept,) = listing.records(store, viewer, "partnerships")
    assert (kept["name"], kept["note"]) == (text.strip(), f"{text.strip()} dan\nlagi")
    content = workbook.export(store, viewer)
    assert formulas(content) == []
    cell = found(content, text.strip())
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    again = workbook.read(store, viewer, content, "register.xlsx")
    assert (again.changes, again.findings) == ((), ())


@pytest.mark.parametrize("text", BEGINNINGS)
def test_a_download_holds_no_formula_in_a_heading_or_a_cell(text: str) -> None:
    frame = pd.DataFrame({text: [text, "biasa"], "Nilai": [-1.5, 2.0]})
    content = downloads.workbook(frame, "Tabel")
    assert formulas(content) == []
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert [(cell.data_type, bool(cell.quotePrefix)) for cell in (sheet["A1"], sheet["A2"], sheet["A3"], sheet["B2"])] == [
        ("s", True), ("s", True), ("s", False), ("n", False)]
    written = pd.read_csv(io.BytesIO(downloads.csv(frame)), lineterminator="\n" if "\r" in text else None)
    assert [str(name).strip() for name in written.columns] == [f"'{text}".strip(), "Nilai"]
    assert written.iloc[:, 0].tolist() == [f"'{text}", "biasa"]
    assert written["Nilai"].tolist() == [-1.5, 2.0]


@pytest.mark.parametrize("text", [text for text in BEGINNINGS if not text[0].isspace()])
def test_rejects_hold_no_formula_and_give_back_what_was_typed(text: str, store: Store, viewer: Viewer) -> None:
    prepare_store(store, viewer)
    content = f"desa,pendapatan,miskin\n18.02.02.2005,1,ya\n18.02.02.2005,2,{text}\n".encode()
    found_wrong = prepare(store, viewer, content, "f.csv", instrument="warga", round="2024")
    back = rejects.workbook(found_wrong, "id")
    assert formulas(back) == []
    cell = found(back, text)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
