"""While one visitor sends hostile files, another goes on reading."""
from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS, WIDE, settled

FILES = {
    "csv_named.xlsx": "berisi teks (CSV), bukan buku kerja Excel",
    "dimension_lies_1M_x_16k.xlsx": "jauh lebih besar daripada datanya, atau berkasnya rusak",
    "flat_bomb.zip": "terlalu besar untuk berkas data yang wajar",
    "html_table_named.xls": "adalah halaman web (HTML)",
    "truncated_60pct.xlsx": "rusak atau tidak lengkap",
}
FIGURE = re.compile(r"\d+,\d\s%|Rp\s[\d.]+")
READ = ("kemitraan", "indikator")


@pytest.fixture
def other(browser: Browser) -> Iterator[Page]:
    """Another visitor, with a session of their own."""
    context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, locale="id-ID")
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def shown(page: Page, address: str) -> list[str]:
    """All that a page says once it is drawn, with the figures on it; charts are drawn later and left out."""
    page.goto(address)
    expect(page.get_by_test_id("stMain")).to_contain_text(FIGURE)
    settled(page)
    said = page.get_by_test_id("stMain").get_by_test_id("stMarkdown").all_inner_texts()
    assert any(FIGURE.search(text) for text in said)
    return said


def test_each_hostile_file_is_refused_in_plain_words_while_another_session_reads_its_figures(
    example: str, testdata: Path, page: Page, other: Page,
) -> None:
    before = {path: shown(other, f"{example}/{path}") for path in READ}
    assert {path.name for path in (testdata / "malicious").iterdir()} == {*FILES, "SOURCE.md"}
    page.goto(f"{example}/unggah")
    for name, why in FILES.items():
        page.locator("input[type=file]").set_input_files(testdata / "malicious" / name)
        assert {path: shown(other, f"{example}/{path}") for path in READ} == before
        expect(page.get_by_test_id("stAlert").filter(has_text=name)).to_contain_text(why)
        expect(page.get_by_test_id("stAlert").get_by_text("Maaf, ada yang salah di pihak kami")).to_have_count(0)
        settled(page)
