"""The canonical text of a document, and its identity."""
from __future__ import annotations

import hashlib
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishing import canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXT, inside, max_size=4),
)


def test_keys_are_sorted_nothing_is_spaced_and_letters_stay_letters():
    text = canonical.encode({"b": [1, True, None], "a": {"é": "baris\n\"satu\"", "Z": ""}})
    assert text == '{"a":{"Z":"","é":"baris\\n\\"satu\\""},"b":[1,true,null]}'.encode()


def test_keys_are_sorted_by_utf16_units_not_by_code_points():
    # U+1F600 is written in UTF-16 as D83D DE00, which comes before FB33; as code points it comes after.
    assert list(json.loads(canonical.encode({"\ufb33": 1, "\U0001f600": 2}))) == ["\U0001f600", "\ufb33"]


@pytest.mark.parametrize(("number", "text"), [
    (0.0, "0"), (-0.0, "0"), (1.0, "1"), (-2.5, "-2.5"), (0.1, "0.1"), (0.000001, "0.000001"), (1e-7, "1e-7"),
    (1.5e-7, "1.5e-7"), (1e20, "100000000000000000000"), (1e21, "1e+21"), (1.25e21, "1.25e+21"), (123456.789, "123456.789"),
    (1 / 3, "0.3333333333333333"), (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"), (912000.0, "912000"),
])
def test_a_number_has_one_form(number, text):
    # The right-hand sides are what ECMAScript's String(number) gives.
    assert canonical.encode({"x": number}) == f'{{"x":{text}}}'.encode()


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 2**53 + 1])
def test_what_is_no_exact_number_is_refused(number):
    with pytest.raises(ValueError):
        canonical.encode({"x": number})


@pytest.mark.parametrize("document", [{"x": {1, 2}}, {1: "x"}, {"x": b"bytes"}])
def test_what_json_does_not_have_is_refused(document):
    with pytest.raises(TypeError):
        canonical.encode(document)


@given(st.dictionaries(TEXT, JSON))
def test_any_document_reads_back_and_is_written_the_same_again(document):
    text = canonical.encode(document)
    assert canonical.decode(text) == document


@pytest.mark.parametrize("content", [
    b"[]", b"1", b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1.0}', b'{"a":1}\n', b"{", b'{"a":1,"a":2}', b"\xff", b'{"a":NaN}',
])
def test_bytes_in_another_form_are_no_document(content):
    with pytest.raises(ValueError):
        canonical.decode(content)


def test_the_identity_is_the_sha256_of_the_bytes():
    assert canonical.identity(b'{"a":1}') == hashlib.sha256(b'{"a":1}').hexdigest()
