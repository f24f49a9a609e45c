"""What an official sees on a phone: who needs attention on the first screen, and how each method judges a figure."""
from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from data.messages import Language, say
from tests.browser.conftest import NARROW, WIDE


def widest(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_first_screen_of_a_phone_says_who_needs_attention(example: str, phone: Page, language: Language) -> None:
    phone.goto(f"{example}/" + ("" if language == "id" else "?lang=en"))
    expect(phone.get_by_role("heading", name=say("overview.some_need", language, needing=2, total=4))).to_be_in_viewport()
    named = phone.get_by_text(say("overview.needing", language, names="Contoh: Lumbung pangan lima desa").rstrip("."))
    expect(named).to_be_in_viewport()
    expect(phone.get_by_text(re.compile("Peringatan lain:|Other warnings:"))).to_be_in_viewport()
    # the first card whole: what is behind, and the way there
    expect(phone.get_by_test_id("stPageLink").filter(has_text=say("overview.open", language)).first).to_be_in_viewport()
    assert widest(phone) <= NARROW[0]


@pytest.mark.parametrize("width", [NARROW, WIDE], ids=["phone", "desk"])
def test_an_opened_figure_shows_each_method_by_name_and_version(example: str, page: Page, width: tuple[int, int]) -> None:
    page.set_viewport_size({"width": width[0], "height": width[1]})
    page.goto(f"{example}/kemitraan?kemitraan=contoh-lumbung-pangan&tema=income")
    page.locator(".st-key-open-income-poverty_by_income").get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    for name in ("Jalur lurus (cara dasbor ini)", "Open SDG 2.4.0", "Bagan Kemajuan SDGs PBB 2023",
                 "Capaian kinerja LKjIP PermenPANRB 8/2021"):
        expect(dialog.get_by_text(name)).to_be_visible()
    expect(dialog.get_by_text("Tidak maju atau mundur")).to_be_visible()
    assert widest(page) <= width[0]
    assert int(dialog.evaluate("box => box.scrollWidth - box.clientWidth")) <= 0
