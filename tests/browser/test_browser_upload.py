"""From a dropped file to a completed batch, as an evaluator does it."""
from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from access.policy import person_at_this_machine
from data.instruments import adding
from data.register import changes
from data.store import open_store
from tests import kobo_export, snapshot_store
from tests.browser.conftest import NARROW, PATIENCE_MS, served, settled

HOUSEHOLDS = 100


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app with instruments, villages and rounds, and no data."""
    directory = tmp_path_factory.mktemp("upload") / "store"
    store, viewer = open_store(directory), person_at_this_machine()
    adding.add_shipped(store, viewer)
    for sheet, record in snapshot_store.RECORDS:
        changes.save(store, viewer, sheet, record)
    store.close()
    yield from served(directory)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export in which one household in twenty has a word for its income."""
    file = tmp_path / "ekspor kobo.xlsx"
    file.write_bytes(kobo_export.kobo(households=HOUSEHOLDS, bad_every=20, villages=snapshot_store.VILLAGES))
    return file


def drop(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text(file.name)).to_be_visible(timeout=PATIENCE_MS)


def metric(page: Page, name: str) -> str:
    return page.get_by_test_id("stMetric").filter(has_text=name).get_by_test_id("stMetricValue").inner_text()


def commit(page: Page, rows: int) -> None:
    page.get_by_role("button", name=f"Simpan {rows} baris").click()
    expect(page.get_by_text("Tersimpan sebagai unggahan 1:")).to_be_visible(timeout=PATIENCE_MS)


def choose_round(page: Page, name: str) -> None:
    settled(page)
    page.get_by_role("combobox", name="Dari putaran mana?").click()
    page.get_by_role("option", name=name).click()


def test_an_export_with_bad_cells_goes_from_drop_to_commit_and_its_mended_rejects_complete_it(
    address: str, export: Path, page: Page, tmp_path: Path,
) -> None:
    page.goto(f"{address}/unggah")
    drop(page, export)
    expect(page.get_by_text("ekspor KoboToolbox")).to_be_visible(timeout=PATIENCE_MS)
    choose_round(page, "Survei akhir 2025")
    expect(page.get_by_role("button", name="Simpan 95 baris")).to_be_visible(timeout=PATIENCE_MS)
    assert [metric(page, name) for name in ("Dibaca", "Diterima", "Ditolak", "Dilewati")] == ["100", "95", "5", "0"]
    page.get_by_text("5 × bukan angka").click()
    expect(page.get_by_text(re.compile(r"Baris 21, kolom .*'dua puluh juta' bukan angka"))).to_be_visible(timeout=PATIENCE_MS)

    page.reload()  # the file is still there
    expect(page.get_by_role("button", name="Simpan 95 baris")).to_be_visible(timeout=PATIENCE_MS)
    commit(page, 95)

    with page.expect_download() as downloading:
        page.get_by_role("button", name="Unduh baris yang ditolak").first.click()
    rejects = tmp_path / "ditolak.xlsx"
    downloading.value.save_as(rejects)
    mend(rejects)

    page.get_by_role("button", name="Berkas lain").click()
    drop(page, rejects)
    choose_round(page, "Survei akhir 2025")
    expect(page.get_by_text("Berkas ini melengkapi unggahan 1")).to_be_visible(timeout=PATIENCE_MS)
    commit(page, 5)

    page.get_by_role("button", name="Berkas lain").click()
    line = page.get_by_text("Survei rumah tangga · Survei akhir 2025 · 300 baris diterima, 0 ditolak")
    expect(line).to_be_visible(timeout=PATIENCE_MS)

    settled(page)
    page.get_by_role("button", name="Tarik").first.click()
    expect(page.get_by_text("ditarik")).to_be_visible(timeout=PATIENCE_MS)
    settled(page)
    page.get_by_role("button", name="Pulihkan").click()
    expect(page.get_by_text("ditarik")).to_have_count(0)


def mend(file: Path) -> None:
    """Writes a number wherever a word stood for one."""
    book = openpyxl.load_workbook(file)
    mended = 0
    for sheet in book:
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                if cell.value == kobo_export.BAD:
                    cell.value = 20_000_000
                    mended += 1
    assert mended == HOUSEHOLDS // 20
    book.save(file)


def test_a_refresh_in_any_step_goes_on_where_it_was(address: str, page: Page, tmp_path: Path) -> None:
    book = kobo_export.book(households=HOUSEHOLDS, faults=False, seed=8, villages=snapshot_store.VILLAGES)
    for cell in book["household"][1]:
        if cell.value == "services/drinking_water":
            cell.value = "drinking_watr"
    file = tmp_path / "ekspor awal.xlsx"
    book.save(file)
    page.goto(f"{address}/unggah")

    page.locator("input[type=file]").set_input_files(file)
    page.wait_for_url(re.compile("unggahan="))
    page.reload()  # while it is read
    expect(page.get_by_text("ekspor KoboToolbox")).to_be_visible()
    choose_round(page, "Survei awal 2023")
    page.wait_for_url(re.compile("round=awal"))
    page.reload()  # while it is checked
    expect(page.get_by_role("button", name="Simpan 100 baris")).to_be_visible()

    settled(page)
    page.get_by_role("button", name="Ya, cocokkan").click()
    expect(page.get_by_role("button", name="Ya, cocokkan")).to_have_count(0)
    settled(page)
    page.reload()  # after a column was decided
    expect(page.get_by_text("36 kolom dikenali, 0 tidak.")).to_be_visible()
    expect(page.get_by_role("button", name="Ya, cocokkan")).to_have_count(0)

    settled(page)
    page.get_by_role("button", name="Simpan 100 baris").click()
    page.wait_for_timeout(150)
    page.reload()  # while it is stored
    expect(page.get_by_text("100 baris diterima, 0 ditolak.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("100 baris diterima, 0 ditolak.")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Berkas lain").click()
    expect(page.get_by_text("Survei rumah tangga · Survei awal 2023 · 300 baris diterima, 0 ditolak")).to_have_count(1)


def test_on_a_phone_the_rejected_rows_and_the_report_can_be_taken_away(
    address: str, phone: Page, export: Path, tmp_path: Path,
) -> None:
    export.write_bytes(kobo_export.kobo(households=20, bad_every=5, seed=9, villages=snapshot_store.VILLAGES))
    phone.goto(f"{address}/unggah?round=akhir")
    phone.locator("input[type=file]").set_input_files(export)
    expect(phone.get_by_role("button", name="Simpan 16 baris")).to_be_visible()
    settled(phone)
    for name, sheet, rows in (("Unduh baris yang ditolak", "household", 4), ("Unduh laporan temuan", "Temuan", 4)):
        with phone.expect_download() as downloading:
            phone.get_by_role("button", name=name).tap()
        taken = tmp_path / f"{sheet}.xlsx"
        downloading.value.save_as(taken)
        held = [row for row in openpyxl.load_workbook(taken)[sheet].iter_rows(values_only=True) if kobo_export.BAD in row]
        assert len(held) == rows
    assert phone.evaluate("document.documentElement.scrollWidth") <= NARROW[0]


def test_a_file_that_cannot_be_read_says_why_and_another_can_be_dropped(
    address: str, page: Page, export: Path, tmp_path: Path,
) -> None:
    page.goto(f"{address}/unggah")
    broken = tmp_path / "rusak.xlsx"
    broken.write_bytes(b"PK\x03\x04 this is no workbook")
    page.locator("input[type=file]").set_input_files(broken)
    expect(page.get_by_test_id("stAlert").filter(has_text="rusak.xlsx")).to_be_visible(timeout=PATIENCE_MS)
    settled(page)
    page.locator("input[type=file]").set_input_files(export)
    expect(page.get_by_text("ekspor KoboToolbox")).to_be_visible(timeout=PATIENCE_MS)
