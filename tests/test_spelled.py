"""Numbers in words."""
from __future__ import annotations

import pytest

from data.spelled import spelled


@pytest.mark.parametrize(("x", "indonesian", "english"), [
    (0, "nol", "zero"),
    (11, "sebelas", "eleven"),
    (15, "lima belas", "fifteen"),
    (21, "dua puluh satu", "twenty-one"),
    (100, "seratus", "one hundred"),
    (219, "dua ratus sembilan belas", "two hundred nineteen"),
    (1_000, "seribu", "one thousand"),
    (1_250, "seribu dua ratus lima puluh", "one thousand two hundred fifty"),
    (1.25, "satu koma dua lima", "one point two five"),
    (11_011, "sebelas ribu sebelas", "eleven thousand eleven"),
    (101_000, "seratus satu ribu", "one hundred one thousand"),
    (2_001_000, "dua juta seribu", "two million one thousand"),
    (3_000_000_007, "tiga miliar tujuh", "three billion seven"),
    (-40.5, "minus empat puluh koma lima", "minus forty point five"),
    (2 * 10**15, "2000000000000000", "2000000000000000"),
])
def test_a_number_is_spelled_as_it_is_said(x, indonesian, english):
    assert (spelled(x, "id"), spelled(x, "en")) == (indonesian, english)
