"""A snapshot from the page where it is made to the reader who has only its address."""
from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import snapshot_store
from tests.browser.conftest import NARROW, PATIENCE_MS, affirm, served


@pytest.fixture
def address(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[str]:
    """An app with a partnership to publish."""
    shutil.copytree(snapshot_store.filled(tmp_path_factory), tmp_path / "store")
    yield from served(tmp_path / "store")


def test_a_snapshot_is_made_read_verified_and_withdrawn(address: str, page: Page, browser: Browser, tmp_path: Path) -> None:
    page.goto(f"{address}/cuplikan")
    page.get_by_role("textbox", name="Uraian singkat").fill("Sumur bor selesai.")
    page.get_by_role("button", name="Bekukan dan tayangkan").click()
    opening = page.get_by_role("link", name="Buka")
    expect(opening).to_be_visible(timeout=PATIENCE_MS)
    link = str(opening.get_attribute("href"))
    read_alone(browser, link)
    verify_what_was_sent(page, tmp_path / "kiriman.html")

    affirm(page, "Tarik", "Ya, tarik")
    expect(page.get_by_text("tidak ditayangkan")).to_be_visible(timeout=PATIENCE_MS)
    answer = page.goto(link)
    assert answer is not None
    assert answer.status == 410
    expect(page.get_by_role("heading", name="Cuplikan ini tidak ditayangkan lagi")).to_be_visible()


def read_alone(browser: Browser, link: str) -> None:
    """A donor's phone without scripts: one request, no cookie, no complaint, nothing wider than the screen."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": NARROW[0], "height": NARROW[1]})
    reader = context.new_page()
    asked: list[str] = []
    told: list[str] = []
    reader.on("request", lambda request: asked.append(request.url))
    reader.on("console", lambda message: told.append(message.text))
    answer = reader.goto(link)
    assert answer is not None
    assert answer.status == 200
    expect(reader.get_by_role("heading", level=1)).to_have_text(re.compile("Hasil Kemitraan Air Bersih, "))
    expect(reader.get_by_text("Sumur bor selesai.")).to_be_visible()
    assert (asked, told, context.cookies()) == ([link], [], [])
    # The style sheet passed the content security policy.
    assert reader.locator(".chip").first.evaluate("chip => getComputedStyle(chip).borderRadius") == "99px"
    assert reader.locator("html").evaluate("page => page.scrollWidth") == NARROW[0]
    with reader.expect_download() as downloading:
        reader.get_by_role("link", name="Unduh dokumen angka").click()
    assert re.fullmatch(r"pantau-air-bersih-\d{4}-\d\d-\d\d\.json\.gz", downloading.value.suggested_filename)
    reader.get_by_role("link", name="English").click()
    expect(reader.get_by_role("heading", name="What was promised")).to_be_visible()
    context.close()


def verify_what_was_sent(page: Page, sent: Path) -> None:
    """The page saved as a file is recognised, and its figures hold."""
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Unduh halaman").click()
    downloading.value.save_as(sent)
    page.get_by_text("Periksa halaman yang Anda terima").click()
    page.locator("input[type=file]").set_input_files(sent)
    expect(page.get_by_text("Dokumen ini dibuat di sini, dan tidak berubah")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text(re.compile(r"Semua \d+ angkanya masih sama"))).to_be_visible(timeout=PATIENCE_MS)
