"""What pages share: language and filters in the address, chips, downloads, faults."""
from __future__ import annotations

import io
import logging
from datetime import date

import pandas as pd
import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from pages.parts import downloads
from pages.parts.faults import tell


def language_page() -> None:
    import streamlit as st

    from pages.parts import session
    from pages.parts.words import say

    session.settle_language()
    session.language_switch()
    st.write(say("status.achieved"))


def test_indonesian_is_the_default_and_needs_nothing_in_the_address() -> None:
    page = AppTest.from_function(language_page).run()
    assert (page.markdown[0].value, dict(page.query_params)) == ("Tercapai", {})


def test_a_link_carries_its_language_and_the_switch_changes_it() -> None:
    page = AppTest.from_function(language_page)
    page.query_params["lang"] = "en"
    page.run()
    assert page.markdown[0].value == "Achieved"
    page.get_by_key("language_switch").set_value("id").run()
    assert (page.markdown[0].value, dict(page.query_params)) == ("Tercapai", {})


def test_the_language_outlives_a_page_change_that_clears_the_address() -> None:
    page = AppTest.from_function(language_page)
    page.query_params["lang"] = "en"
    page.run()
    del page.query_params["lang"]
    page.run()
    assert (page.markdown[0].value, dict(page.query_params)) == ("Achieved", {"lang": "en"})


def test_an_unknown_language_is_indonesian() -> None:
    page = AppTest.from_function(language_page)
    page.query_params["lang"] = "xx"
    page.run()
    assert (page.markdown[0].value, dict(page.query_params)) == ("Tercapai", {})


def choices_page() -> None:
    import streamlit as st

    from pages.parts import address

    names = {"a": "Air", "b": "Beras", "c": "Cabai"}
    chosen = address.choose("satu", "Satu", list(names), names.__getitem__)
    some = address.choose_some("banyak", "Banyak", list(names), names.__getitem__)
    st.write(f"{chosen}|{'+'.join(some)}")


@pytest.mark.parametrize(("asked", "shown"), [
    ({}, "a|"),
    ({"satu": "b", "banyak": ["a", "c"]}, "b|a+c"),
    ({"satu": "nothing", "banyak": ["nothing", "c"]}, "a|c"),
])
def test_a_filter_comes_from_the_address_and_what_it_does_not_know_is_left_out(asked: dict[str, str], shown: str) -> None:
    page = AppTest.from_function(choices_page)
    for key, value in asked.items():
        page.query_params[key] = value
    page.run()
    assert page.markdown[0].value == shown


def test_a_choice_goes_into_the_address_by_its_id_and_the_default_leaves_it() -> None:
    page = AppTest.from_function(choices_page).run()
    page.get_by_key("satu").set_value("b").run()
    assert (page.markdown[0].value, dict(page.query_params)) == ("b|", {"satu": "b"})
    page.get_by_key("banyak").set_value(["a", "b"]).run()
    assert dict(page.query_params) == {"satu": "b", "banyak": ["a", "b"]}
    page.get_by_key("satu").set_value("a").run()
    page.get_by_key("banyak").set_value([]).run()
    assert (page.markdown[0].value, dict(page.query_params)) == ("a|", {})


def chips_page() -> None:
    import streamlit as st

    from pages.parts import chips

    st.write(chips.status("needs_attention", is_certain=False))
    st.write(chips.status("no_target", is_certain=False))
    st.write(chips.counts({"achieved": 2, "needs_attention": 1}))
    st.write(chips.reliability("usable") + chips.reliability("care"))


def test_a_chip_has_a_word_and_an_icon_beside_its_colour() -> None:
    page = AppTest.from_function(chips_page).run()
    assert [each.value for each in page.markdown] == [
        ":orange-badge[:material/error: Perlu perhatian · belum pasti]",
        ":gray-badge[:material/flag: Target belum ditetapkan]",
        ":orange-badge[:material/error: 1 perlu perhatian] :green-badge[:material/check_circle: 2 tercapai]",
        ":gray-badge[:material/warning: Pakai dengan hati-hati]",
    ]


def test_a_download_keeps_numbers_and_lets_no_text_become_a_formula() -> None:
    frame = pd.DataFrame({"Nama": ["=1+1", "Air\x07"], "Nilai": [0.5, float("nan")], "Tanggal": [date(2025, 1, 2)] * 2})
    sheet = load_workbook(io.BytesIO(downloads.workbook(frame, "Air: [1]"))).active
    assert sheet is not None
    assert sheet.title == "Air   1 "
    assert [[cell.value for cell in row] for row in sheet.iter_rows(max_col=2)] == [
        ["Nama", "Nilai"], ["=1+1", 0.5], ["Air ", None]]
    assert sheet["A2"].data_type == "s"


def test_a_fault_is_logged_without_what_a_respondent_answered(caplog: pytest.LogCaptureFixture) -> None:
    answer = "Siti Aminah"

    def read_cell() -> None:
        raise ValueError(f"Conversion of {answer} failed")

    with caplog.at_level(logging.ERROR):
        try:
            read_cell()
        except ValueError as error:
            assert tell(error) is True
    assert "ValueError" in caplog.text
    assert "read_cell" in caplog.text
    assert "Siti" not in caplog.text
