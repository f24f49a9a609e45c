"""An official target is found, adopted and seen with its status, on a computer and on a phone."""
from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import served, settled

SIDEWAYS = "document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth"


@pytest.fixture
def own(example_directory: Path, tmp_path: Path) -> Iterator[str]:
    """The address of an app with the example that this test may change."""
    shutil.copytree(example_directory, tmp_path / "store")
    yield from served(tmp_path / "store")


def adopts(page: Page, address: str) -> None:
    page.goto(f"{address}/target?bagian=frameworks")
    settled(page)
    page.locator("a[href$='tujuan=7']").click()
    expect(page).to_have_url(re.compile("tujuan=7"))
    expect(page.get_by_text("Persentase Rumah Tangga yang sumber peneranganya menggunakan listrik")).to_be_visible()
    assert page.evaluate(SIDEWAYS) <= 0
    page.get_by_role("link", name="Adopsi target ini").click()
    box = page.get_by_role("checkbox", name="Rumah tangga berpenerangan listrik")
    expect(box).to_be_checked()
    settled(page)
    page.get_by_text("Warga peserta jaminan sosial kesehatan").click()
    settled(page)
    page.get_by_role("spinbutton", name="Tahun tenggat").fill("2030")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Yang akan ditambahkan (2):")).to_be_visible()
    expect(page.get_by_text("Sumber: SDGs Desa 2025, 7/7.1.1: 100%.")).to_be_visible()
    assert page.evaluate(SIDEWAYS) <= 0
    page.get_by_role("button", name="Simpan 2 target").click()
    listed = page.get_by_test_id("stExpander").filter(has_text="Rumah tangga berpenerangan listrik").first
    expect(listed.locator("summary")).to_contain_text("paling sedikit 100 % · 31 Desember 2030 · SDGs Desa: tertulis")
    settled(page)
    page.get_by_text("Adopsi target resmi SDGs Desa").click()
    expect(page.get_by_text("Sudah diadopsi:")).to_be_visible()
    expect(box).to_have_count(0)
    listed.locator("summary").click()
    expect(listed.get_by_text("menurut target versi 1")).to_be_visible()
    assert page.evaluate(SIDEWAYS) <= 0


def test_official_targets_are_adopted_on_a_computer(own: str, page: Page) -> None:
    adopts(page, own)


def test_official_targets_are_adopted_on_a_phone(own: str, phone: Page) -> None:
    adopts(phone, own)
