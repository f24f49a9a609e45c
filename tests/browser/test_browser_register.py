"""A partnership is made in the browser, from its name to a status that follows its target."""
from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from access.policy import person_at_this_machine
from data.example.loading import load
from data.store import open_store
from tests.browser.conftest import served, settled


@pytest.fixture
def own(tmp_path: Path):
    """The address of an app with the example that this test may change."""
    store = open_store(tmp_path / "store")
    load(store, person_at_this_machine())
    store.close()
    yield from served(tmp_path / "store")


def pick(page: Page, label: str, option: str) -> None:
    settled(page)
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(option)
    expect(page.get_by_role("option", name=option).first).to_be_visible()
    box.press("Enter")
    expect(box).to_have_value(re.compile(re.escape(option), re.IGNORECASE))


def saved(page: Page) -> None:
    settled(page)
    page.get_by_role("button", name="Simpan").click()
    settled(page)
    expect(page.get_by_test_id("stAlertContainer")).to_have_count(0)


def test_a_partnership_gets_members_an_agreement_and_a_target_and_its_status_follows_the_target(own: str, page: Page) -> None:
    page.goto(f"{own}/daftar")
    page.get_by_text("Tambah kemitraan").click()
    page.get_by_role("textbox", name="Nama *").fill("Air bersih Purwodadi dan Sido Dadi")
    pick(page, "Jenis *", "Bilateral")
    page.get_by_role("textbox", name="Nomor naskah").fill("02/PB/2024")
    saved(page)

    expect(page.get_by_role("heading", level=1, name="Air bersih Purwodadi dan Sido Dadi")).to_be_visible()
    for village in ("Purwodadi", "Sido Dadi"):
        page.get_by_text("Tambah", exact=True).click()
        pick(page, "Desa *", village)
        pick(page, "Peran *", "Anggota")
        saved(page)
        expect(page.get_by_test_id("stExpander").filter(has_text=village).first).to_be_visible()
        page.reload()

    page.goto(f"{own}/target?kemitraan=air-bersih-purwodadi-dan-sido-dadi")
    for value, status in (("1", "Tercapai"), ("99,9", "Perlu perhatian")):
        page.goto(f"{own}/target?kemitraan=air-bersih-purwodadi-dan-sido-dadi")
        if status == "Tercapai":
            page.get_by_text("Tambah", exact=True).click()
            pick(page, "Indikator *", "sanitasi aman")
            pick(page, "Perbandingan *", "Paling sedikit")
            page.get_by_role("spinbutton", name="day, Tahun atau tanggal target").click()
            page.keyboard.type("31122027")
            pick(page, "Dasar *", "Ditetapkan sendiri")
            page.get_by_role("textbox", name="Sumber *").fill("Musyawarah antardesa")
        else:
            page.get_by_text("sanitasi aman").first.click()
        settled(page)
        page.get_by_role("textbox", name="Nilai", exact=True).fill(value)
        saved(page)
        page.goto(f"{own}/kemitraan?kemitraan=air-bersih-purwodadi-dan-sido-dadi")
        expect(page.get_by_test_id("stMarkdown").filter(has_text=re.compile(status)).first).to_be_visible()
