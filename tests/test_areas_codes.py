from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.policy import Viewer
from commands import program
from data import area_tables, areas
from data.area_tables import Taken
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
    first = area_tables.import_table(store, viewer, TABLE, "kode.csv")
    second = area_tables.import_table(store, viewer, gzip.compress(TABLE.replace(b"Bangun Rejo", b"Bangunrejo")), "kode.csv.gz")
    assert (first, second) == (
        Taken(areas=3, added=3, renamed=0, revived=0, retired=0), Taken(areas=3, added=0, renamed=1, revived=0, retired=0),
    )
    assert areas.names(store, viewer, ["18.02.02.2005", "18", "99"]) == {"18.02.02.2005": "Bangunrejo", "18": "Lampung"}
    with store.reading() as cursor:
        assert areas.known_villages(cursor) == {"18.02.02.2005"}


OLD = b"""kode,nama
18,Lampung
18.02.02.2001,Purwodadi
18.02.02.2002,Sido Dadi
18.02.02.2003,Sido Rejo
33,Jawa Tengah
33.02.01.2001,Lumbir
"""
NEW = b"""kode,nama
18,Lampung
18.02.02.2001,Purwodadi
18.02.02.2003,Sidorejo
18.02.30.2001,Sido Dadi
"""


def validity(store: Store) -> dict[str, tuple[date | None, date | None]]:
    with store.reading() as cursor:
        rows = cursor.execute("SELECT code, valid_from, valid_to FROM area WHERE level = 'village' ORDER BY code").fetchall()
    return {code: (start, end) for code, start, end in rows}


def test_codes_that_a_newer_table_lacks_are_no_longer_valid_and_never_deleted(store: Store, viewer: Viewer) -> None:
    area_tables.import_table(store, viewer, OLD, "2019.csv", in_force_from=date(2019, 10, 8))
    taken = area_tables.import_table(store, viewer, NEW, "2025.csv", in_force_from=date(2025, 4, 25))
    assert taken == Taken(areas=4, added=1, renamed=1, revived=0, retired=1)
    assert validity(store) == {
        "18.02.02.2001": (None, None),
        "18.02.02.2002": (None, date(2025, 4, 24)),
        "18.02.02.2003": (None, None),
        "18.02.30.2001": (date(2025, 4, 25), None),
        "33.02.01.2001": (None, None),      # a province the newer table does not speak of
    }
    assert areas.areas(store, viewer, level="village", within="18")["code"].tolist() == [
        "18.02.02.2001", "18.02.02.2003", "18.02.30.2001",
    ]
    with store.reading() as cursor:
        before, after = areas.codes_in_use(cursor, date(2024, 6, 1)), areas.codes_in_use(cursor, date(2025, 6, 1))
    assert (before.retired, after.retired) == ({}, {"18.02.02.2002": areas.Retired(name="Sido Dadi", since=date(2025, 4, 25))})
    assert (before.named["sidodadi"], after.named["sidodadi"]) == (("18.02.02.2002", "18.02.30.2001"), ("18.02.30.2001",))
    again = area_tables.import_table(store, viewer, OLD, "2026.csv", in_force_from=date(2026, 1, 1))
    assert again == Taken(areas=6, added=0, renamed=1, revived=1, retired=1)
    assert validity(store)["18.02.02.2002"] == (None, None)


def test_a_part_of_a_table_retires_nothing(store: Store, viewer: Viewer) -> None:
    part = b"kode,nama\n18.02.02.2001,Purwodadi\n"
    area_tables.import_table(store, viewer, OLD, "2019.csv")
    with pytest.raises(UserError) as error:
        area_tables.import_table(store, viewer, part, "part.csv", in_force_from=date(2025, 1, 1))
    assert (error.value.code, error.value.params) == ("area.not_whole", {"name": "part.csv", "lacking": 2, "known": 3})
    assert area_tables.import_table(store, viewer, part, "part.csv").retired == 0
    assert set(validity(store).values()) == {(None, None)}


def test_other_codes_of_an_area_are_kept_by_whose_they_are(store: Store, viewer: Viewer) -> None:
    area_tables.import_table(store, viewer, OLD, "2019.csv")
    bps = b"kode_bps,kode,nama\n1805020001,18.02.02.2001,Purwodadi\n1805020002.0,1802022002,Sido Dadi\n"
    assert area_tables.import_aliases(store, viewer, bps, "bps.csv") == 2
    assert area_tables.import_aliases(store, viewer, b"kode,kode_lama\n18.02.02.2003,18.02.01.2009\n", "lama.csv") == 1
    with store.reading() as cursor:
        assert areas.codes_in_use(cursor, date(2025, 1, 1)).aliases == {
            areas.Alias.BPS: {"1805020001": "18.02.02.2001", "1805020002": "18.02.02.2002"},
            areas.Alias.FORMER: {"1802012009": "18.02.02.2003"},
        }


@pytest.mark.parametrize(("content", "code", "params"), [
    (b"kode,nama\n18.02.02.2001,Purwodadi\n", "area.no_alias_column", {}),
    (b"kode,kode_bps\n18.02.02.2001,satu\n", "area.not_an_alias", {"row": 2, "value": "satu"}),
    (b"kode,kode_bps\n18.02.02.2009,1805020001\n", "area.alias_unknown", {"row": 2, "value": "18.02.02.2009"}),
    (b"kode,kode_bps\n18.02.02.2001,1805020001\n18.02.02.2002,1805020001\n", "area.alias_twice",
     {"row": 3, "value": "1805020001", "first": 2}),
])
def test_other_codes_are_refused_whole_and_say_where(
    store: Store, viewer: Viewer, content: bytes, code: str, params: dict[str, object],
) -> None:
    area_tables.import_table(store, viewer, OLD, "2019.csv")
    with pytest.raises(UserError) as error:
        area_tables.import_aliases(store, viewer, content, "bps.csv")
    assert (error.value.code, error.value.params) == (code, {"name": "bps.csv", **params})


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
        area_tables.import_table(store, viewer, content, "kode.csv")
    assert (error.value.code, error.value.params) == (code, {"name": "kode.csv", **params})
    assert areas.names(store, viewer, ["18"]) == {}


def test_the_national_table_of_2025_comes_in_whole(store: Store, viewer: Viewer, testdata: Path) -> None:
    file = testdata / "kode_wilayah" / "kode_wilayah_2025.csv.gz"
    assert area_tables.import_table(store, viewer, file.read_bytes(), file.name).areas == 91_599
    assert len(areas.areas(store, viewer, level="village", within="18.02.02")) == 17
    # 38 provinces, 514 regencies and cities, 7,285 subdistricts, as the decree counts them
    assert [len(areas.areas(store, viewer, level=level)) for level in ("province", "regency", "subdistrict")] == [38, 514, 7285]


def test_the_commands_say_what_a_table_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new, bps = tmp_path / "2019.csv", tmp_path / "2025.csv", tmp_path / "bps.csv"
    old.write_bytes(OLD)
    new.write_bytes(NEW)
    bps.write_bytes(b"kode,kode_bps\n18.02.02.2001,1805020001\n")

    def run(*arguments: str) -> str:
        assert program.main(["areas", *arguments, "--store", str(tmp_path / "store")], serve=lambda args: 0) == 0
        return capsys.readouterr().out.strip()

    assert run("import", str(old)) == "6 wilayah dari 2019.csv sudah dimasukkan."
    assert run("import", str(new), "--in-force-from", "2025-04-25") == (
        "4 wilayah dari 2025.csv sudah dimasukkan: 1 baru, 1 berganti nama, 0 berlaku kembali, 1 tidak berlaku lagi."
    )
    assert run("aliases", str(bps), "--json") == '{"aliases": 1}'
