"""How numbers, intervals and dates read."""
from __future__ import annotations

from datetime import date

import pytest

from data import formats
from data.messages import Language

NAN = float("nan")


@pytest.mark.parametrize(("x", "unit", "indonesian", "english"), [
    (0.453, "share", "45,3 %", "45.3%"),
    (0.0, "share", "0,0 %", "0.0%"),
    (1_253_417.2, "rp", "Rp 1.253.000", "Rp 1,253,000"),
    (99_499.6, "rp", "Rp 99.500", "Rp 99,500"),
    (-2_500_000.0, "rp", "−Rp 2.500.000", "−Rp 2,500,000"),
    (63.42, "score_100", "63,4", "63.4"),
    (70.0, "score_100", "70,0", "70.0"),
    (12.0, "count", "12", "12"),
    (1_250_000.0, "count", "1.250.000", "1,250,000"),
    (3.456, "count", "3,46", "3.46"),
    (34.56, "count", "34,6", "34.6"),
    (-0.001, "score_100", "0,0", "0.0"),
    (NAN, "share", "–", "–"),
    (None, "rp", "–", "–"),
])
def test_amounts_read_as_people_here_write_them(x: float | None, unit: str, indonesian: str, english: str) -> None:
    assert [formats.amount(x, unit, language).replace("\u00a0", " ") for language in ("id", "en")] == [indonesian, english]


def test_a_unit_of_an_own_instrument_speaks_for_itself() -> None:
    assert formats.value(12.5, "karung per hektare", "id") == "12,5\u00a0karung per hektare"


@pytest.mark.parametrize(("lower", "upper", "unit", "words"), [
    (0.4122, 0.4987, "share", "antara 41 % dan 50 %"),       # 8.65 points wide: whole percents
    (0.4122, 0.4187, "share", "antara 41,2 % dan 41,9 %"),   # 0.65 points wide: tenths
    (60.12, 66.81, "score_100", "antara 60 dan 67"),
    (60.12, 60.81, "score_100", "antara 60,1 dan 60,8"),
    (1_104_300.0, 1_396_800.0, "rp", "antara Rp 1.104.000 dan Rp 1.397.000"),
    (-1.5, 2.5, "count", "antara −2 dan 2"),
    (NAN, NAN, "share", "–"),
])
def test_an_interval_has_no_more_decimals_than_its_width_deserves(lower: float, upper: float, unit: str, words: str) -> None:
    assert formats.interval(lower, upper, unit, "id").replace("\u00a0", " ") == words


def test_a_change_of_a_share_is_in_percentage_points() -> None:
    read = [formats.change(x, unit, "id").replace("\u00a0", " ")
            for x, unit in [(0.0815, "share"), (-0.0421, "share"), (0.0, "share"), (-150_000.0, "rp"),
                          (5.04, "score_100"), (NAN, "share")]]
    assert read == ["+8,2 poin persen", "−4,2 poin persen", "0,0 poin persen", "−Rp 150.000", "+5,0 poin", "–"]


@pytest.mark.parametrize(("language", "words"), [("id", "12 Maret 2025"), ("en", "12 March 2025")])
def test_a_date_names_its_month(language: Language, words: str) -> None:
    assert formats.day(date(2025, 3, 12), language) == words
    assert formats.day(None, language) == "–"
