"""From a file to responses in the store: what lands, what is refused, what can be undone."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest

from access.policy import Viewer
from data import totals
from data.errors import UserError
from data.importing import batches
from data.importing.committing import commit
from data.importing.preparing import Prepared, prepare
from data.instruments.adding import add
from data.register import changes
from data.store import Store, open_store

SURVEY = """
type | name | label::Indonesia (id) | label::English (en) | required | relevant | constraint | constraint_message::Indonesia (id)
text | nama | Nama responden | Respondent's name | | | |
text | nik | NIK | Identity number | | | |
text | desa | Kode desa | Village code | yes | | |
integer | pendapatan | Pendapatan | Income | | | . >= 0 | Pendapatan tidak boleh negatif.
decimal | luas | Luas lahan | Land | | | |
select_one yn | miskin | Miskin? | Poor? | | | |
select_multiple air | air | Sumber air | Water | | | |
integer | jarak | Jarak ke sumur | Distance to the well | yes | selected(${air}, 'sumur') | |
begin_repeat | anggota | Anggota | Members | | | |
integer | umur | Umur | Age | yes | | . < 120 | Umur paling banyak 119.
end_repeat | | | | | | |
"""
CHOICES = """
list_name | name | label::Indonesia (id) | label::English (en)
yn | ya | Ya | Yes
yn | tidak | Tidak | No
air | pipa | Air pipa | Piped
air | sumur | Sumur | Well
"""
SETTINGS = """
form_id | form_title | version | default_language
warga | Warga | 1 | Indonesia (id)
"""
DESIGN = """
form | village | respondent
warga | desa | nik
"""
VILLAGE = "18.02.02.2005"


def workbook(**sheets: str | list[list[object]]) -> bytes:
    """A workbook from text tables, or from rows of cells."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        if isinstance(rows, str):
            rows = [[cell.strip() or None for cell in line.split("|")] for line in rows.strip().splitlines()]
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


INSTRUMENT = workbook(survey=SURVEY, choices=CHOICES, settings=SETTINGS, design=DESIGN)
NIK = ["1802024501010001", "1802021212800002", "1802020303900003"]
HEADER = ["nama", "nik", "desa", "pendapatan", "luas", "miskin", "air", "air/pipa", "air/sumur", "jarak", "_uuid", "_index"]
ROWS: list[list[object]] = [
    HEADER,
    ["Siti Aminah", NIK[0], VILLAGE, "1.500.000", "1,5", "Ya", "pipa sumur", 1, 1, 30, "u1", 1],
    ["Budi Santoso", NIK[1], "1802022005", "750rb", "0,25", "T", "", 0, 0, None, "u2", 2],
    ["Agus Wijaya", NIK[2], "1802022005", "2 juta", "2", "tidak", None, None, None, None, "u3", 3],
]
MEMBERS: list[list[object]] = [
    ["umur", "_parent_table_name", "_parent_index"],
    [34, "warga", 1],
    [7, "warga", 1],
    [61, "warga", 3],
]


@pytest.fixture
def ready(store: Store, viewer: Viewer) -> Store:
    prepare_store(store, viewer)
    return store


def prepare_store(store: Store, viewer: Viewer) -> None:
    add(store, viewer, INSTRUMENT, "warga.xlsx")
    for sheet, row in (
        ("villages", {"code": VILLAGE, "name": "Contoh", "subdistrict": "Contoh", "regency": "Contoh", "province": "Contoh"}),
        ("rounds", {"id": "2024", "name": "2024", "kind": "baseline", "starts_on": "2024-01-01", "ends_on": "2024-12-31"}),
    ):
        saved = changes.save(store, viewer, sheet, row)
        assert not saved.has_errors, saved


GOOD = workbook(warga=ROWS, anggota=MEMBERS)


def prepared(store: Store, viewer: Viewer, rows: list[list[object]] = ROWS, members: list[list[object]] = MEMBERS) -> Prepared:
    content = GOOD if rows is ROWS and members is MEMBERS else workbook(warga=rows, anggota=members)
    return prepare(store, viewer, content, "warga.xlsx", instrument="warga", round="2024")


def changed(row: int, column: str, value: object) -> list[list[object]]:
    """The good rows with one cell changed; rows count as in the sheet."""
    rows = [list(each) for each in ROWS]
    rows[row - 1][HEADER.index(column)] = value
    return rows


def stored(store: Store, columns: str, form: str = "warga") -> list[tuple[object, ...]]:
    with store.reading() as cursor:
        return cursor.execute(f"SELECT {columns} FROM responses.warga_{form} ORDER BY _row").fetchall()  # noqa: S608


def test_a_good_file_lands_with_its_values_read_and_its_members_linked(ready: Store, viewer: Viewer) -> None:
    batch = commit(ready, viewer, prepared(ready, viewer))
    assert stored(ready, "_batch, _row, _round, _village, _weight, _uuid, pendapatan, luas, miskin, jarak") == [
        (batch, 2, "2024", VILLAGE, 1.0, "u1", 1_500_000, 1.5, "ya", 30),
        (batch, 3, "2024", VILLAGE, 1.0, "u2", 750_000, 0.25, "tidak", None),
        (batch, 4, "2024", VILLAGE, 1.0, "u3", 2_000_000, 2.0, "tidak", None),
    ]
    assert stored(ready, "_row, _parent, _village, umur", "anggota") == [
        (2, 2, VILLAGE, 34),
        (3, 2, VILLAGE, 7),
        (4, 4, VILLAGE, 61),
    ]


def test_asked_and_none_chosen_is_not_the_same_as_not_asked(ready: Store, viewer: Viewer) -> None:
    commit(ready, viewer, prepared(ready, viewer))
    assert stored(ready, "air, air__pipa, air__sumur") == [("pipa sumur", 1, 1), ("", 0, 0), (None, None, None)]


def test_rows_without_clusters_are_each_their_own(ready: Store, viewer: Viewer) -> None:
    commit(ready, viewer, prepared(ready, viewer))
    assert stored(ready, "_stratum, _psu") == [("", "1:2"), ("", "1:3"), ("", "1:4")]


def test_the_bad_cell_is_named_with_its_place_and_its_remedy_and_only_its_row_is_rejected(ready: Store, viewer: Viewer) -> None:
    found = prepared(ready, viewer, changed(3, "pendapatan", "satu juta"))
    (finding,) = [one for one in found.findings if one.severity == "error"]
    assert finding.message("id") == (
        "Baris 3, kolom 'pendapatan' (warga!D3): 'satu juta' bukan angka. Tulis rupiah dalam angka, mis. 1000000."
    )
    assert finding.message("en") == (
        "Row 3, column 'pendapatan' (warga!D3): 'satu juta' is not a number. Write rupiah in digits, e.g. 1000000."
    )
    assert [(form.form, form.rows_read, form.rows_accepted, form.rows_rejected, form.rows_left_out) for form in found.forms] == [
        ("warga", 3, 2, 1, 0),
        ("anggota", 3, 3, 0, 0),
    ]


@pytest.mark.parametrize(
    ("row", "column", "value", "code", "severity"),
    [
        (2, "desa", "Bangun Rejo", "not_village_code", "error"),
        (2, "desa", "18.02.02.2999", "unknown_village", "error"),
        (2, "desa", "33.02.01.2001", "village_not_in_register", "warning"),
        (2, "desa", None, "required", "error"),
        (2, "pendapatan", "-5", "constraint", "error"),
        (2, "pendapatan", "2,5", "not_whole", "error"),
        (2, "miskin", "mungkin", "not_choice", "error"),
        (2, "miskin", "tidakk", "not_choice_but_like", "error"),
        (2, "air/pipa", "apa", "not_ticked", "error"),
        (2, "air", "pipa", "choices_disagree", "error"),
        (2, "jarak", None, "required", "error"),
        (3, "jarak", "5", "not_relevant", "warning"),
        (3, "_uuid", "u1", "same_submission", "error"),
        (3, "nik", NIK[0], "same_respondent", "error"),
    ],
)
def test_each_fault_is_found_where_it_is(
    ready: Store,
    viewer: Viewer,
    row: int,
    column: str,
    value: object,
    code: str,
    severity: str,
) -> None:
    found = prepared(ready, viewer, changed(row, column, value)).findings
    assert [
        (one.code, str(one.severity), one.row) for one in found if one.row and one.form == "warga" and one.code != "no_village"
    ] == [(code, severity, row)]


def test_members_of_a_rejected_household_wait_with_it(ready: Store, viewer: Viewer) -> None:
    found = prepared(ready, viewer, changed(2, "pendapatan", "banyak"))
    assert [(form.rows_accepted, form.rows_rejected) for form in found.forms] == [(2, 1), (1, 2)]
    assert [(one.code, one.row, one.params["parent"]) for one in found.findings if one.form == "anggota"] == [
        ("parent_rejected", 2, 2),
        ("parent_rejected", 3, 2),
    ]


def test_a_member_without_a_household_is_an_orphan(ready: Store, viewer: Viewer) -> None:
    found = prepared(ready, viewer, members=[*MEMBERS, [20, "warga", 9]])
    assert [(one.code, one.row) for one in found.findings if one.severity == "error"] == [("orphan", 5)]


def test_the_same_file_twice_is_refused_by_its_sha256(ready: Store, viewer: Viewer) -> None:
    first = prepared(ready, viewer)
    commit(ready, viewer, first)
    for again in (lambda: prepared(ready, viewer), lambda: commit(ready, viewer, first)):
        with pytest.raises(UserError) as refused:
            again()
        assert (refused.value.code, refused.value.params["batch"]) == ("import.file_again", 1)
    assert len(stored(ready, "_row")) == 3


def test_a_longer_export_adds_only_what_is_new(ready: Store, viewer: Viewer) -> None:
    commit(ready, viewer, prepared(ready, viewer))
    more = prepared(
        ready,
        viewer,
        [*ROWS, ["Rina", "1802024708950004", VILLAGE, 1, 1, "Ya", "pipa", 1, 0, None, "u4", 4]],
        [*MEMBERS, [5, "warga", 4]],
    )
    assert [(form.rows_read, form.rows_accepted, dict(form.left_out)) for form in more.forms] == [
        (4, 1, {"already_imported": 3}),
        (4, 1, {"already_imported": 3}),
    ]
    commit(ready, viewer, more)
    assert [row[0] for row in stored(ready, "_uuid")] == ["u1", "u2", "u3", "u4"]


def test_an_orphan_is_found_in_an_export_of_which_all_households_are_in_the_store(ready: Store, viewer: Viewer) -> None:
    commit(ready, viewer, prepared(ready, viewer))
    again = prepared(ready, viewer, members=[*MEMBERS, [20, "warga", 9]])
    assert [(form.rows_read, form.rows_accepted, form.rows_rejected, dict(form.left_out)) for form in again.forms] == [
        (3, 0, 0, {"already_imported": 3}),
        (4, 0, 1, {"already_imported": 3}),
    ]
    assert [(one.code, one.row) for one in again.findings if one.severity == "error"] == [("orphan", 5)]


def test_a_withdrawn_batch_is_out_of_the_totals_until_it_is_restored(
    ready: Store, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuilt: list[str] = []
    whole = totals.rebuild
    monkeypatch.setattr(
        totals, "rebuild", lambda cursor, instrument, round: (rebuilt.append(round), whole(cursor, instrument, round))
    )
    batch = commit(ready, viewer, prepared(ready, viewer))
    batches.withdraw(ready, viewer, batch)
    assert batches.batches(ready, viewer)[["id", "state", "rows_accepted"]].values.tolist() == [[batch, "withdrawn", 6]]
    with pytest.raises(UserError) as refused:
        prepared(ready, viewer)
    assert refused.value.code == "import.file_withdrawn"
    batches.restore(ready, viewer, batch)
    assert batches.history(ready, viewer, batch)["event"].tolist() == ["imported", "withdrawn", "restored"]
    assert rebuilt == ["2024"] * 3


def test_a_process_killed_at_any_moment_leaves_all_of_the_batch_or_none(tmp_path: Path, viewer: Viewer) -> None:
    rows = 20_000
    file = tmp_path / "warga.csv"
    file.write_text(
        "desa,pendapatan,miskin,_uuid\n" + "".join(f"{VILLAGE},{1000 + i},ya,u{i}\n" for i in range(rows)), encoding="utf-8"
    )
    directory = tmp_path / "store"
    store = open_store(directory)
    prepare_store(store, viewer)
    store.close()
    script = (
        "import sys; from pathlib import Path; from data.store import open_store\n"
        "from access.policy import person_at_this_machine as me\n"
        "from data.importing.preparing import prepare; from data.importing.committing import commit\n"
        "store = open_store(Path(sys.argv[1]))\n"
        "print('ready', flush=True)\n"
        "commit(store, me(), prepare(store, me(), Path(sys.argv[2]), 'warga.csv', instrument='warga', round='2024'))\n"
        "print('done', flush=True)\n"
    )
    chance = random.Random(7)
    counts = []
    longest = 0.8
    for _ in range(6):
        child = subprocess.Popen(
            [sys.executable, "-c", script, str(directory), str(file)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0, longest))
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        store = open_store(directory)
        with store.reading() as cursor:
            counts.append(
                cursor.execute(
                    "SELECT (SELECT count(*) FROM responses.warga_warga), (SELECT count(*) FROM batch), "
                    "(SELECT count(*) FROM batch_form), "
                    "(SELECT count(*) FROM audit WHERE action = 'import')"
                ).fetchone()
            )
        store.close()
        if counts[-1] == (rows, 1, 1, 1):
            break
    assert set(counts) <= {(0, 0, 0, 0), (rows, 1, 1, 1)}
