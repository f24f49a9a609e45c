from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.policy import Viewer
from data import areas
from data.errors import UserError
from data.store import Store


@pytest.mark.parametrize(("cell", "code"), [
    ("18.02.02.2005", "18.02.02.2005"),
    ("1802022005", "18.02.02.2005"),
    ("1802022005.0", "18.02.02.2005"),
    (" 18.02.02 ", "18.02.02"),
    ("180202", "18.02.02"),
    ("1802.0", "18.02"),
    ("18", "18"),
    ("51.07.04.1004", "51.07.04.1004"),
    ("18.02.02.4005", None),    # a village's last part starts with 1, 2 or 3
    ("1802024005", None),
    ("180202005", None),        # nine digits: a leading zero may be lost anywhere, so it is not guessed
    ("18020220051", None),
    ("18.2.2.2005", None),
    ("Bangun Rejo", None),
    ("", None),
    ("١٨", None),               # digits of another script are not a code
])
def test_a_cell_is_a_code_or_it_is_not(cell: str, code: str | None) -> None:
    assert areas.parse_code(cell) == code


VILLAGE = st.from_regex(r"\A[1-9][0-9]\.[0-9]{2}\.[0-9]{2}\.[123][0-9]{3}\Z")


@given(VILLAGE)
def test_dots_and_a_float_tail_do_not_matter(code: str) -> None:
    bare = code.replace(".", "")
    assert areas.parse_code(code) == areas.parse_code(bare) == areas.parse_code(bare + ".0") == code


def test_levels_and_parents_follow_from_the_code() -> None:
    village = "18.02.02.2005"
    codes = ("18", "18.02", "18.02.02", village)
    assert [areas.level(code) for code in codes] == ["province", "regency", "subdistrict", "village"]
    assert [areas.parent(code) for code in ("18", "18.02", village)] == [None, "18", "18.02.02"]
    assert areas.ancestor(village, "regency") == "18.02"


TABLE = b"""kode,nama,tingkat
18,Lampung,provinsi
18.02,Kabupaten Lampung Tengah,kabupaten_kota
18.02.02.2005,Bangun Rejo,desa_kelurahan
"""


def test_a_table_of_codes_can_be_taken_in_twice_and_renames(store: Store, viewer: Viewer) -> None:
    assert areas.import_table(store, viewer, TABLE, "kode.csv") == 3
    assert areas.import_table(store, viewer, gzip.compress(TABLE.replace(b"Bangun Rejo", b"Bangunrejo")), "kode.csv.gz") == 3
    assert areas.names(store, viewer, ["18.02.02.2005", "18", "99"]) == {"18.02.02.2005": "Bangunrejo", "18": "Lampung"}
    with store.reading() as cursor:
        assert areas.known_villages(cursor) == {"18.02.02.2005"}


@pytest.mark.parametrize(("content", "code", "params"), [
    (b"kode,nama\n18,Lampung\nsatu,Dua\n", "area.not_a_code", {"row": 3, "value": "satu"}),
    (b"kode,nama\n18,\n", "area.no_name", {"row": 2, "value": "18"}),
    (b"id,label\n18,Lampung\n", "area.no_columns", {}),
    (b"kode,nama\n", "area.empty", {}),
    (b"\x1f\x8bnot gzip", "area.not_gzip", {}),
    ("kode,nama\n18,Lampúng\n".encode("latin-1"), "area.not_utf8", {}),
])
def test_a_bad_table_is_refused_whole_and_says_where(
    store: Store, viewer: Viewer, content: bytes, code: str, params: dict[str, object],
) -> None:
    with pytest.raises(UserError) as error:
        areas.import_table(store, viewer, content, "kode.csv")
    assert (error.value.code, error.value.params) == (code, {"name": "kode.csv", **params})
    assert areas.names(store, viewer, ["18"]) == {}


def test_the_national_table_of_2025_comes_in_whole(store: Store, viewer: Viewer, testdata: Path) -> None:
    file = testdata / "kode_wilayah" / "kode_wilayah_2025.csv.gz"
    assert areas.import_table(store, viewer, file.read_bytes(), file.name) == 91_599
    assert len(areas.areas(store, viewer, level="village", within="18.02.02")) == 17
    # 38 provinces, 514 regencies and cities, 7,285 subdistricts, as the decree counts them
    assert [len(areas.areas(store, viewer, level=level)) for level in ("province", "regency", "subdistrict")] == [38, 514, 7285]
