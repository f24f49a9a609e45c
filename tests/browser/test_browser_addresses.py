"""Every page has an address of its own, and none is reached around the frame."""
from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from pages.frame import PAGES

ENTRIES = [entry for entries in PAGES.values() for entry in entries]
ADDRESSES = {entry.url_path for entry in ENTRIES}
SCRIPTS = sorted({entry.file.removesuffix(".py") for entry in ENTRIES} - ADDRESSES | {"frame", "parts"})


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.url_path)
def test_a_page_opens_directly_at_its_address(entry, example: str, page: Page) -> None:
    address = "/" if entry.key == "overview" else f"/{entry.url_path}"
    page.goto(example + address)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.get_by_role("radiogroup").get_by_text("English")).to_be_visible()
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(len(ENTRIES))
    assert page.url == example + address
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stAlert").get_by_text("Maaf, ada yang salah di pihak kami")).to_have_count(0)


def test_the_first_page_is_found_by_its_name_too(example: str, page: Page) -> None:
    page.goto(f"{example}/ringkasan?lang=en")
    expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    page.wait_for_url(f"{example}/?lang=en")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(len(ENTRIES))


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_name_of_a_script_is_no_way_around_the_frame(script: str, example: str, page: Page) -> None:
    page.goto(f"{example}/{script}")
    expect(page.get_by_role("heading", level=1, name="Ringkasan")).to_be_visible()
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(len(ENTRIES))


def test_the_language_stays_from_page_to_page_and_in_the_link(example: str, page: Page) -> None:
    page.goto(f"{example}/?lang=en")
    expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Indicator").click()
    expect(page.get_by_role("heading", level=1, name="Indicator")).to_be_visible()
    assert page.url == f"{example}/indikator?lang=en"
    page.get_by_role("radiogroup").get_by_text("Indonesia").click()
    expect(page.get_by_role("heading", level=1, name="Indikator")).to_be_visible()
    page.wait_for_url(f"{example}/indikator")
