"""Rejected rows go out as the evaluator's own sheet, and come back mended."""

from __future__ import annotations

import io
import random
from pathlib import Path

import openpyxl
import pytest

from access.policy import Viewer
from data.errors import UserError
from data.importing import batches, rejects
from data.importing.committing import commit
from data.importing.preparing import prepare
from data.store import Store, open_store
from tests.test_import_commit import HEADER, MEMBERS, NIK, ROWS, VILLAGE, changed, prepare_store, prepared, stored

COLUMNS = "_row, _village, _psu, _key, _uuid, pendapatan, luas, miskin, air, air__pipa, air__sumur, jarak"


@pytest.fixture
def ready(store: Store, viewer: Viewer) -> Store:
    prepare_store(store, viewer)
    return store


def mended(content: bytes, cells: dict[tuple[str, str], object]) -> bytes:
    """A rejects workbook after somebody typed into it: (sheet, cell) to value."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for (sheet, cell), value in cells.items():
        book[sheet][cell] = value
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def import_bytes(store: Store, viewer: Viewer, content: bytes) -> int:
    return commit(store, viewer, prepare(store, viewer, content, "tolak.xlsx", instrument="warga", round="2024"))


def test_a_faulty_cell_is_coloured_and_says_what_to_do(ready: Store, viewer: Viewer) -> None:
    content = rejects.workbook(prepared(ready, viewer, changed(3, "pendapatan", "satu juta")), "id")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["warga"]
    assert [cell.value for cell in sheet[1]] == [
        "nik",
        "desa",
        "pendapatan",
        "luas",
        "miskin",
        "air",
        "air/pipa",
        "air/sumur",
        "jarak",
        "_uuid",
        "_index",
        "_pantau_file",
        "_pantau_row",
        "_pantau_key",
    ]
    assert [cell.value for cell in sheet[2]][:11] == [None, "1802022005", "satu juta", "0,25", "T", None, 0, 0, None, "u2", 2]
    assert sheet["C2"].fill.fgColor.rgb == "00FFC7CE"
    assert sheet["C2"].comment.text == (
        "Baris 3, kolom 'pendapatan' (warga!D3): 'satu juta' bukan angka. Tulis rupiah dalam angka, mis. 1000000."
    )
    assert sheet.max_row == 2


def test_mended_rejects_complete_their_batch_exactly(ready: Store, viewer: Viewer, tmp_path: Path) -> None:
    rows = changed(2, "pendapatan", "banyak")
    rows[3][HEADER.index("miskin")] = "mungkin"
    members = [*MEMBERS[:2], ["tujuh", "warga", 1], MEMBERS[3]]
    first = prepared(ready, viewer, rows, members)
    batch = commit(ready, viewer, first)
    assert [row[0] for row in stored(ready, "_row")] == [3]
    again = mended(rejects.workbook(first, "id"), {("warga", "C2"): "1.500.000", ("warga", "E3"): "tidak", ("anggota", "A3"): 7})
    assert import_bytes(ready, viewer, again) == batch
    other = open_store(tmp_path / "other")
    prepare_store(other, viewer)
    commit(other, viewer, prepared(other, viewer))
    assert [row[:3] + row[4:] for row in stored(ready, COLUMNS)] == [row[:3] + row[4:] for row in stored(other, COLUMNS)]
    assert stored(ready, "_row, _parent, _village, _psu, umur", "anggota") == stored(
        other, "_row, _parent, _village, _psu, umur", "anggota"
    )
    other.close()
    assert batches.batches(ready, viewer)[["id", "files", "rows_read", "rows_accepted", "rows_rejected"]].values.tolist() == [
        [1, 2, 6, 6, 0]
    ]
    assert batches.history(ready, viewer, batch)["event"].tolist() == ["imported", "completed"]


def test_the_respondent_stays_the_same_person_though_the_rejects_do_not_hold_the_identity(
    ready: Store, viewer: Viewer, tmp_path: Path
) -> None:
    first = prepared(ready, viewer, changed(2, "pendapatan", "banyak"))
    commit(ready, viewer, first)
    content = rejects.workbook(first, "id")
    assert NIK[0].encode() not in content
    import_bytes(ready, viewer, mended(content, {("warga", "C2"): 5}))
    again = prepared(ready, viewer, [HEADER, [*ROWS[1][:10], "u9", 1]], [MEMBERS[0]])  # the same person, in a file of its own
    assert [(one.code, one.row, one.params.get("batch")) for one in again.findings if one.form == "warga"] == [
        ("same_respondent_before", 2, 1),
    ]


def test_a_member_whose_household_was_accepted_comes_back_under_it(ready: Store, viewer: Viewer) -> None:
    first = prepared(ready, viewer, members=[*MEMBERS[:2], ["tujuh", "warga", 1], MEMBERS[3]])
    commit(ready, viewer, first)
    content = rejects.workbook(first, "id")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["warga"]
    assert [[cell.value for cell in row][-3:-1] for row in sheet.iter_rows(min_row=2)] == [[first.file.sha256[:16], "2"]]
    import_bytes(ready, viewer, mended(content, {("anggota", "A2"): 7, ("warga", "B2"): "33.02.01.2001"}))
    assert stored(ready, "_row, _parent, _village, umur", "anggota") == [
        (2, 2, "18.02.02.2005", 34),
        (3, 2, "18.02.02.2005", 7),
        (4, 4, "18.02.02.2005", 61),
    ]
    assert len(stored(ready, "_row")) == 3


def test_what_is_still_wrong_comes_back_again(ready: Store, viewer: Viewer) -> None:
    first = prepared(ready, viewer, changed(2, "pendapatan", "banyak"))
    commit(ready, viewer, first)
    second = prepare(
        ready,
        viewer,
        mended(rejects.workbook(first, "id"), {("warga", "C2"): "masih banyak"}),
        "tolak.xlsx",
        instrument="warga",
        round="2024",
    )
    assert [(form.form, form.rows_read, form.rows_accepted, form.rows_rejected) for form in second.forms] == [
        ("warga", 1, 0, 1),
        ("anggota", 2, 0, 2),
    ]
    third = rejects.workbook(second, "id")
    import_bytes(ready, viewer, mended(third, {("warga", "C2"): 1_500_000}))
    assert [row[0] for row in stored(ready, "pendapatan")] == [1_500_000, 750_000, 2_000_000]


def test_a_number_is_read_as_in_the_whole_file_though_its_neighbours_are_gone(ready: Store, viewer: Viewer) -> None:
    rows = changed(2, "pendapatan", "banyak")
    rows[1][HEADER.index("luas")] = "1.250"  # with 0,25 below it: one thousand two hundred and fifty
    first = prepared(ready, viewer, rows)
    commit(ready, viewer, first)
    import_bytes(ready, viewer, mended(rejects.workbook(first, "id"), {("warga", "C2"): 1}))
    assert [row[0] for row in stored(ready, "luas")] == [1250.0, 0.25, 2.0]


def test_text_that_looks_like_a_formula_stays_text(ready: Store, viewer: Viewer) -> None:
    formula = '=HYPERLINK("http://x")'
    content = f"desa,pendapatan,miskin\n18.02.02.2005,1,ya\n18.02.02.2005,2,{formula}\n".encode()
    found = prepare(ready, viewer, content, "warga.csv", instrument="warga", round="2024")
    cell = openpyxl.load_workbook(io.BytesIO(rejects.workbook(found, "id")))["warga"]["C2"]
    assert (cell.data_type, cell.value) == ("s", formula)


def test_rejects_without_their_batch_are_refused(ready: Store, viewer: Viewer) -> None:
    first = prepared(ready, viewer, changed(2, "pendapatan", "banyak"))
    with pytest.raises(UserError) as refused:
        import_bytes(ready, viewer, rejects.workbook(first, "id"))
    assert refused.value.code == "import.rejects_without_batch"


@pytest.mark.parametrize("seed", range(4))
def test_whichever_cells_are_spoiled_the_mended_file_gives_the_batch_that_the_good_file_would_have(
    ready: Store, viewer: Viewer, seed: int
) -> None:
    chance = random.Random(seed)
    rows, members = [list(row) for row in ROWS], [list(row) for row in MEMBERS]
    spoiled = [(rows, row, column) for row in (1, 2, 3) for column in ("pendapatan", "luas", "miskin") if chance.random() < 0.4]
    spoiled += [(members, row, "umur") for row in (1, 2, 3) if chance.random() < 0.4]
    for table, row, column in spoiled:
        table[row][table[0].index(column)] = "???"
    first = prepared(ready, viewer, rows, members)
    if not first.frames["warga"].num_rows:
        rows[1], members[1] = list(ROWS[1]), list(MEMBERS[1])  # a file of which nothing is right is refused as a whole
        first = prepared(ready, viewer, rows, members)
    commit(ready, viewer, first)
    book = openpyxl.load_workbook(io.BytesIO(rejects.workbook(first, "id")))
    for name, good in (("warga", ROWS), ("anggota", MEMBERS)):
        if name in book.sheetnames:
            sheet = book[name]
            header = [cell.value for cell in sheet[1]]
            for cells in sheet.iter_rows(min_row=2):
                number = int(cells[header.index("_pantau_row")].value)
                for cell, column in zip(cells, header, strict=True):
                    if cell.value == "???":
                        cell.value = good[number - 1][good[0].index(column)]
    saved = io.BytesIO()
    book.save(saved)
    if any(form.rows_rejected for form in first.forms):
        import_bytes(ready, viewer, saved.getvalue())
    assert [row[:3] + row[4:] for row in stored(ready, COLUMNS)] == [
        (2, VILLAGE, "1:2", "u1", 1_500_000, 1.5, "ya", "pipa sumur", 1, 1, 30),
        (3, VILLAGE, "1:3", "u2", 750_000, 0.25, "tidak", "", 0, 0, None),
        (4, VILLAGE, "1:4", "u3", 2_000_000, 2.0, "tidak", None, None, None, None),
    ]
    assert stored(ready, "_row, _parent, _village, umur", "anggota") == [
        (2, 2, VILLAGE, 34),
        (3, 2, VILLAGE, 7),
        (4, 4, VILLAGE, 61),
    ]
