"""The register workbook: what is written is read back, what changes is shown, what is wrong names its cell."""
from __future__ import annotations

import io
import zipfile
from datetime import date
from random import Random

import pytest
from openpyxl import Workbook, load_workbook

from access.policy import NotAllowed, Role, Viewer
from data import register
from data.errors import UserError
from data.importing.finding import Severity
from data.register import changes, workbook
from data.register.entry import column_label, sheet_label
from data.register.sheets import SHEETS, TARGETS, sheet
from data.store import Store

RECORDS: dict[str, list[dict[str, object]]] = {
    "villages": [
        {"code": "18.02.02.2003", "name": "Sido Rejo", "subdistrict": "Bangun Rejo", "regency": "Kabupaten Lampung Tengah"},
        {"code": "18.02.02.2004", "name": "Cimarias"},
        {"code": "18.02.02.2005", "name": "Bangun Rejo"},
    ],
    "rounds": [
        {"id": "2024", "name": "Survei awal", "kind": "baseline", "starts_on": "2024-03-01", "ends_on": "2024-03-31"},
        {"id": "2025", "name": "Pemantauan", "kind": "routine", "starts_on": "2025-03-01", "ends_on": "2025-03-31"},
    ],
    "partnerships": [
        {"id": "air-bersih", "name": "=Air bersih", "kind": "bilateral", "legal_scope": "community_service security",
         "in_rpjm": True, "starts_on": "2024-06-01", "ends_on": "2027-05-31", "is_example": True},
    ],
    "members": [
        {"partnership": "air-bersih", "village": "18.02.02.2003", "role": "lead", "joined_on": "2024-06-01"},
        {"partnership": "air-bersih", "village": "18.02.02.2004", "role": "member"},
        {"partnership": "air-bersih", "village": "18.02.02.2005", "role": "comparison"},
    ],
    "third_parties": [{"partnership": "air-bersih", "name": "Universitas Contoh", "kind": "university"}],
    "stages": [{"partnership": "air-bersih", "stage": "signing", "done_on": "2024-05-20"}],
    "budget": [
        {"partnership": "air-bersih", "year": 2025, "money_source": "village_fund", "planned_rp": 1.5e8, "realised_rp": 9e7},
    ],
    "targets": [
        {"partnership": "air-bersih", "indicator": "toy.water", "comparison": "at_least", "value": 85.0, "unit": "percent",
         "due_on": "2027-12-31", "basis": "agreement", "source": "Peraturan Bersama 2/2024"},
    ],
    "poverty_lines": [{"regency": "18.02", "round": "2024", "rp_per_person_month": 550_000.0, "source": "BPS"}],
    "price_indices": [{"regency": "18.02", "round": "2024", "index_value": 106.3, "source": "BPS"}],
    "series_breaks": [{"indicator": "toy.water", "broken_on": "2026-01-01", "reason": "Definisi baru"}],
    "settings": [{"name": "min_cell", "value": 6.0}],
}


@pytest.fixture
def filled(store: Store, viewer: Viewer) -> Store:
    changes.apply(store, viewer, workbook.read(store, viewer, workbook.write(RECORDS), "register.xlsx"))
    return store


def edited(content: bytes, sheet_name: str, cell: str, value: object) -> bytes:
    book = load_workbook(io.BytesIO(content))
    book[sheet_label(sheet_name, "id")][cell] = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def address(sheet_name: str, column: str, row: int) -> str:
    at = [each.name for each in sheet(sheet_name).columns].index(column)
    return f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[at]}{row}"


def errors(prepared: changes.Changes) -> list[tuple[str, str | None, str | None]]:
    return [(each.code, each.cell, each.value) for each in prepared.findings if each.severity is Severity.ERROR]


def test_every_table_of_the_register_has_the_columns_of_its_sheet(store: Store) -> None:
    with store.reading() as cursor:
        for each in SHEETS[1:]:      # villages are kept among the areas
            columns = [row[0] for row in cursor.execute(f'DESCRIBE "{each.table}"').fetchall()]
            assert columns == [column.name for column in each.columns], each.name


def test_a_filled_workbook_becomes_the_register(filled: Store, viewer: Viewer) -> None:
    assert [each.id for each in register.rounds(filled, viewer)] == ["2024", "2025"]
    (found,) = register.partnerships(filled, viewer)
    assert (found.id, found.name, found.members, found.comparison, found.lead) == (
        "air-bersih", "=Air bersih", ("18.02.02.2003", "18.02.02.2004"), ("18.02.02.2005",), "18.02.02.2003",
    )
    assert (found.legal_scope, found.in_rpjm, found.starts_on) == ("community_service security", True, date(2024, 6, 1))
    assert register.targets(filled, viewer, "air-bersih")[["indicator", "value", "unit"]].to_dict("records") == [
        {"indicator": "toy.water", "value": 85.0, "unit": "percent"},
    ]
    assert register.settings(filled)["min_cell"] == 6


def test_an_exported_register_applied_again_changes_nothing(filled: Store, viewer: Viewer) -> None:
    before = filled.data_version
    prepared = workbook.read(filled, viewer, workbook.export(filled, viewer), "register.xlsx")
    assert (prepared.changes, errors(prepared), prepared.not_named) == ((), [], {})
    assert changes.apply(filled, viewer, prepared) == 0
    assert filled.data_version == before


def test_one_edit_shows_exactly_that_edit(filled: Store, viewer: Viewer) -> None:
    content = edited(workbook.export(filled, viewer), "targets", address("targets", "value", 2), "87,5")
    prepared = workbook.read(filled, viewer, content, "register.xlsx")
    (change,) = prepared.changes
    assert (change.sheet.name, change.columns) == ("targets", ("value",))
    assert (change.before or {})["value"] == 85.0 and (change.after or {})["value"] == 87.5
    assert changes.apply(filled, viewer, prepared) == 1
    assert register.targets(filled, viewer)["value"].tolist() == [87.5]


def test_a_row_is_removed_only_when_marked(filled: Store, viewer: Viewer) -> None:
    content = workbook.export(filled, viewer)
    book = load_workbook(io.BytesIO(content))
    book["Target"].delete_rows(2)
    book["Anggota"].delete_rows(2)
    file = io.BytesIO()
    book.save(file)
    prepared = workbook.read(filled, viewer, file.getvalue(), "register.xlsx")
    assert (prepared.changes, prepared.not_named) == ((), {"members": 1})

    marked = edited(content, "targets", address("targets", "note", 2).replace("L", "M"), "Ya")
    (change,) = workbook.read(filled, viewer, marked, "register.xlsx").changes
    assert change.after is None and change.record == "air-bersih / toy.water / 2027-12-31"


@pytest.mark.parametrize(("sheet_name", "column", "row", "value", "code"), [
    ("members", "village", 3, "18.02.02.2999", "unknown_village"),
    ("members", "village", 3, "Bangun Rejo", "not_an_area"),
    ("members", "partnership", 3, "air-keruh", "unknown_partnership"),
    ("targets", "due_on", 2, None, "missing"),
    ("targets", "unit", 2, None, "missing"),
    ("targets", "due_on", 2, "kapan-kapan", "not_a_date"),
    ("targets", "value", 2, "1.250", "two_ways"),
    ("targets", "value", 2, 850, "not_a_percentage"),
    ("targets", "comparison", 2, "kira-kira", "not_a_choice"),
    ("targets", "comparison", 2, "Antara", "missing"),
    ("targets", "baseline_value", 2, 40, "baseline_incomplete"),
    ("rounds", "ends_on", 2, "1/2/2024", "dates_out_of_order"),
    ("rounds", "id", 2, "Putaran Satu", "not_an_id"),
    ("poverty_lines", "rp_per_person_month", 2, 0, "not_positive"),
    ("poverty_lines", "round", 2, "2031", "unknown_round"),
    ("settings", "value", 2, 1000, "out_of_range"),
    ("settings", "name", 2, "min_sel", "unknown_setting"),
    ("budget", "year", 2, "2025,5", "not_an_integer"),
    ("budget", "planned_rp", 2, -1, "negative"),
    ("partnerships", "in_rpjm", 2, "mungkin", "not_yes_no"),
])
def test_what_is_wrong_names_its_cell_and_the_remedy(
    store: Store, viewer: Viewer, sheet_name: str, column: str, row: int, value: object, code: str,
) -> None:
    cells = [each.name for each in sheet(sheet_name).columns]
    letters = [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "AA", "AB", "AC"]
    cell = f"{letters[cells.index(column)]}{row}"
    prepared = workbook.read(store, viewer, edited(workbook.write(RECORDS), sheet_name, cell, value), "register.xlsx")
    found = [each for each in prepared.findings if each.code == code]
    assert [each.code for each in found] == [code]
    needs_another_cell = {("missing", "comparison"), ("baseline_incomplete", "baseline_value")}
    if (code, column) not in needs_another_cell:
        assert (found[0].cell, found[0].row) == (cell, row)
    for language in ("id", "en"):
        message = found[0].message(language)
        assert sheet_label(sheet_name, language) in message and f"({found[0].cell})" in message
    with pytest.raises(UserError, match=r"register\.has_errors"):
        changes.apply(store, viewer, prepared)
    assert register.rounds(store, viewer) == []


def test_a_village_cannot_be_in_a_partnership_twice_at_once(filled: Store, viewer: Viewer) -> None:
    again = {"partnership": "air-bersih", "village": "18.02.02.2003", "role": "member", "joined_on": "2026-01-01"}
    assert [code for code, _, _ in errors(changes.save(filled, viewer, "members", again))] == ["overlapping_terms"]
    left = {"partnership": "air-bersih", "village": "18.02.02.2003", "joined_on": "2024-06-01", "left_on": "2025-12-31"}
    assert errors(changes.save(filled, viewer, "members", left)) == []
    assert errors(changes.save(filled, viewer, "members", again)) == []
    found = register.partnership(filled, viewer, "air-bersih", on=date(2026, 6, 1))
    assert found.members == ("18.02.02.2003", "18.02.02.2004") and found.lead is None     # it came back as a plain member


def test_a_record_that_others_use_stays(filled: Store, viewer: Viewer) -> None:
    prepared = changes.remove(filled, viewer, "partnerships", {"id": "air-bersih"})
    assert [code for code, _, _ in errors(prepared)] == ["still_used"]
    assert len(register.partnerships(filled, viewer)) == 1


def test_every_change_is_in_the_history(filled: Store, viewer: Viewer) -> None:
    key = {"partnership": "air-bersih", "indicator": "toy.water", "due_on": "2027"}
    changes.save(filled, viewer, "targets", key | {"value": 90})
    changes.remove(filled, viewer, "targets", key)
    with filled.reading() as cursor:
        rows = cursor.execute(
            "SELECT viewer, record, before->>'value', after->>'value' FROM register_history WHERE sheet = 'targets' ORDER BY id"
        ).fetchall()
    record = "air-bersih / toy.water / 2027-12-31"
    assert rows == [("local", record, None, "85.0"), ("local", record, "85.0", "90.0"), ("local", record, "90.0", None)]


def test_a_difference_prepared_on_an_older_register_is_refused(filled: Store, viewer: Viewer) -> None:
    content = edited(workbook.export(filled, viewer), "targets", address("targets", "value", 2), 87)
    prepared = workbook.read(filled, viewer, content, "register.xlsx")
    key = {"partnership": "air-bersih", "indicator": "toy.water", "due_on": "2027"}
    changes.save(filled, viewer, "targets", key | {"value": 90})
    with pytest.raises(UserError, match=r"register\.changed_meanwhile"):
        changes.apply(filled, viewer, prepared)
    assert register.targets(filled, viewer)["value"].tolist() == [90.0]


def test_headings_may_be_english_or_machine_names_and_in_any_order(store: Store, viewer: Viewer) -> None:
    book = Workbook()
    page = book.active
    page.title = "Rounds"
    page.append([column_label("rounds", "ends_on", "en"), "id", "Nama *\nName", "Jenis", "starts_on", "Warna"])
    page.append(["31 Maret 2024", 2024, "Awal", "Survei awal", "1/3/2024", "biru"])
    file = io.BytesIO()
    book.save(file)
    prepared = workbook.read(store, viewer, file.getvalue(), "rounds.xlsx")
    assert [(each.code, each.severity, each.cell) for each in prepared.findings] == [("unknown_column", Severity.WARNING, "F1")]
    changes.apply(store, viewer, prepared)
    assert register.rounds(store, viewer) == [
        register.Round(id="2024", name="Awal", kind="baseline", starts_on=date(2024, 3, 1), ends_on=date(2024, 3, 31)),
    ]


def test_a_text_that_looks_like_a_formula_stays_a_text(filled: Store, viewer: Viewer) -> None:
    book = load_workbook(io.BytesIO(workbook.export(filled, viewer)))
    cell = book["Kemitraan"]["B2"]
    assert (cell.value, cell.data_type) == ("=Air bersih", "s")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"kode,nama\n1,2\n"])
def test_what_is_no_workbook_is_refused_plainly(store: Store, viewer: Viewer, content: bytes) -> None:
    with pytest.raises(UserError, match=r"register\.not_a_workbook"):
        workbook.read(store, viewer, content, "x.xlsx")


def test_a_workbook_of_something_else_is_refused(store: Store, viewer: Viewer) -> None:
    file = io.BytesIO()
    Workbook().save(file)
    with pytest.raises(UserError, match=r"register\.no_sheets"):
        workbook.read(store, viewer, file.getvalue(), "x.xlsx")


def test_only_who_may_change_the_register_changes_it(filled: Store) -> None:
    official = Viewer(name="camat", roles=frozenset({Role.OFFICIAL}), areas=frozenset({"18.02.02"}))
    stranger = Viewer(name="camat lain", roles=frozenset({Role.OFFICIAL}), areas=frozenset({"18.02.03"}))
    with pytest.raises(NotAllowed):
        changes.save(filled, official, "settings", {"name": "min_cell", "value": 1})
    assert [each.id for each in register.partnerships(filled, official)] == ["air-bersih"]
    assert register.partnerships(filled, stranger) == [] and register.targets(filled, stranger).empty


def test_the_template_has_every_column_with_its_drop_down(store: Store, viewer: Viewer) -> None:
    book = load_workbook(io.BytesIO(workbook.template(store, viewer)))
    page = book["Target"]
    assert [cell.value.split("\n")[1] for cell in page[1]] == [
        *(column_label("targets", column.name, "en") for column in TARGETS.columns), "Remove",
    ]
    rules = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in page.data_validations.dataValidation if rule.type == "list"}
    choices = rules[address("targets", "comparison", 2)]
    column = choices.split("$")[1]
    assert [cell.value for cell in book["Daftar"][column]][1:] == [
        "Paling sedikit", "Paling banyak", "Lebih dari", "Kurang dari", "Antara", "Nol", "Ada", "Di atas garis kemiskinan",
    ]
    assert rules["A2"] == "'Kemitraan'!$A$2:$A$1000"


def test_a_damaged_workbook_is_read_or_refused_but_never_breaks(store: Store, viewer: Viewer) -> None:
    whole = workbook.write(RECORDS)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    random, outcomes = Random(3), set()
    for _ in range(30):
        name = random.choice([each for each in parts if "sheet" in each or "workbook" in each])
        content = bytearray(parts[name])
        at = random.randrange(len(content))
        content[at:at + random.choice((0, 1, 9))] = random.choice((b"", b"<", b"x", b'<row r="5">', b'<c r="ZZZ9"><v>1</v></c>'))
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for each, old in parts.items():
                archive.writestr(each, bytes(content) if each == name else old)
        try:
            workbook.read(store, viewer, file.getvalue(), "rusak.xlsx")
            outcomes.add("read")
        except UserError as error:
            outcomes.add(error.code)
    assert outcomes <= {"read", "register.not_a_workbook", "register.no_sheets"} and len(outcomes) > 1


def test_a_workbook_with_too_many_rows_is_refused(store: Store, viewer: Viewer) -> None:
    book = Workbook(write_only=True)
    page = book.create_sheet("Putaran")
    for _ in range(20_002):
        page.append(["x"])
    file = io.BytesIO()
    book.save(file)
    with pytest.raises(UserError, match=r"register\.too_many_rows"):
        workbook.read(store, viewer, file.getvalue(), "x.xlsx")


def test_a_member_from_the_start_is_changed_and_removed_by_its_empty_date(filled: Store, viewer: Viewer) -> None:
    key = {"partnership": "air-bersih", "village": "18.02.02.2004", "joined_on": None}
    assert errors(changes.save(filled, viewer, "members", key | {"role": "lead"})) == []
    assert errors(changes.remove(filled, viewer, "members", key)) == []
    assert register.partnership(filled, viewer, "air-bersih").members == ("18.02.02.2003",)
