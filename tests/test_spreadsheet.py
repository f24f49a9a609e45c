"""Texts on their way to a spreadsheet program and back."""
from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from data.spreadsheet import csv_text, of_csv_text


@given(st.text() | st.text(alphabet="'=+-@\t\ra1"))
@example("'=1")
@example("-5")
def test_a_text_for_csv_is_never_a_formula_and_comes_back(text: str) -> None:
    written = csv_text(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert of_csv_text(written) == text


def test_only_what_would_be_computed_gets_an_apostrophe() -> None:
    assert [csv_text(text) for text in ("Desa", "'Aisyiyah", "=1", "'=1", "")] == ["Desa", "'Aisyiyah", "'=1", "''=1", ""]
