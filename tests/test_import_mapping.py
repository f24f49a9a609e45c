"""Columns find their variables by what they are called, in every export's way of saying it; never by likeness unasked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from access.policy import Viewer
from data.errors import UserError
from data.importing.committing import commit
from data.importing.mapping import Mapping, likely
from data.importing.preparing import prepared
from data.instruments.model import Design
from data.instruments.workbook import read_kobo, read_workbook
from data.messages import explain
from data.reading import read
from data.store import Store
from tests.test_import_commit import INSTRUMENT, workbook
from tests.test_import_dialects import form, imported

SURVEY = (
    "begin_group rumah Rumah~tangga\n"
    "integer jumlah_anggota Berapa orang tinggal di rumah ini?\ninteger listrik Ada listrik?\nend_group\n"
    "decimal luas_lahan Luas lahan (ha)"
)


def mapped(tmp_path: Path, header: str, survey: str = SURVEY) -> tuple[dict[str, str], tuple[str, ...], list[tuple[str, str]]]:
    path = tmp_path / "f.csv"
    path.write_text(header + "\n" + ",".join("1" for _ in header.split(",")) + "\n")
    (one,) = imported(path, form("f", survey)).forms
    return dict(one.mapping), one.unmapped, [(offer.column, offer.variable) for offer in one.offers]


@pytest.mark.parametrize(
    "header",
    [
        "jumlah_anggota",
        "rumah/jumlah_anggota",
        "rumah-jumlah_anggota",
        "rumah.jumlah_anggota",
        "rumah::jumlah_anggota",
        "Berapa orang tinggal di rumah ini?",
        "berapa orang tinggal di rumah ini",
        "Rumah tangga/Berapa orang tinggal di rumah ini?",
        "JUMLAH ANGGOTA",
        " Jumlah_Anggota ",
        "lain/rumah/jumlah_anggota",
    ],
)
def test_a_question_is_known_by_its_name_its_path_and_its_label(tmp_path: Path, header: str) -> None:
    assert mapped(tmp_path, f"luas_lahan,{header}")[0] == {"luas_lahan": "luas_lahan", header.strip(): "jumlah_anggota"}


def test_what_is_only_alike_is_offered_and_not_taken(tmp_path: Path) -> None:
    assert mapped(tmp_path, "luas_lahan,jml_anggota,warna") == (
        {"luas_lahan": "luas_lahan"},
        ("jml_anggota", "warna"),
        [("jml_anggota", "jumlah_anggota")],
    )


def test_two_columns_that_claim_one_variable_and_differ_are_both_left_for_the_user(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("luas_lahan,ada listrik,ADA LISTRIK\n1,5,6\n2,7,8\n")
    instrument = form("f", "decimal luas_lahan\ninteger listrik Ada Listrik")
    found = imported(path, instrument)
    assert [(one.code, one.column) for one in found.findings] == [
        ("column_twice", "ada listrik"),
        ("column_twice", "ADA LISTRIK"),
    ]
    assert "listrik" not in found.frames["f"].column_names
    chosen = imported(path, instrument, chosen=Mapping(columns={"f": {"ADA LISTRIK": "listrik"}}))
    assert [row["listrik"] for row in chosen.frames["f"].to_pylist()] == [6, 8]


def test_a_column_is_offered_by_its_name_in_an_older_version_of_the_form(tmp_path: Path) -> None:
    old = form("f", "integer umur_krt Umur kepala rumah tangga\ninteger lahan Luas lahan")
    new = form("f", "integer kk_usia Umur kepala rumah tangga\ninteger lahan Luas lahan")
    path = tmp_path / "f.csv"
    path.write_text("umur_krt,lahan\n40,1\n")
    (one,) = imported(path, new, older=[old]).forms
    assert (one.unmapped, [(offer.column, offer.variable, offer.score) for offer in one.offers]) == (
        ("umur_krt",),
        [("umur_krt", "kk_usia", 100.0)],
    )


def test_two_sheets_that_fit_alike_are_asked_for(tmp_path: Path) -> None:
    rows: list[list[object]] = [["desa", "pendapatan"], ["18.02.02.2005", 5]]
    path = tmp_path / "f.xlsx"
    path.write_bytes(workbook(satu=rows, dua=rows))
    instrument = read_workbook(INSTRUMENT, "warga.xlsx")
    with pytest.raises(UserError) as asked:
        imported(path, instrument)
    assert (asked.value.code, asked.value.params["sheets"]) == ("import.which_sheet", "'satu', 'dua'")
    found = imported(path, instrument, sheet="dua")
    assert (
        [one.sheet for one in found.forms],
        [(one.code, one.sheet) for one in found.findings if one.severity == "warning" and not one.row],
    ) == (
        ["dua"],
        [("table_left_out", "satu"), ("required_absent", "dua")],
    )


def test_members_of_a_plain_workbook_are_linked_by_the_column_both_sheets_have(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    path.write_bytes(
        workbook(
            f=[["no_rumah", "place"], ["A1", "x"], ["A2", "y"]],
            member=[["no_rumah", "age"], ["A2", 30], ["A1", 5], ["A2", 7]],
        )
    )
    found = imported(path, form("f", "text no_rumah\ntext place\nbegin_repeat member\ninteger age\nend_repeat"))
    assert [(row["_parent"], row["age"]) for row in found.frames["member"].to_pylist()] == [(3, 30), (2, 5), (3, 7)]
    assert [(one.code, one.column) for one in found.findings if one.form == "member"] == [("linked_by", "no_rumah")]


def test_a_file_that_has_nothing_of_the_instrument_is_refused_with_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("warna,rasa\nmerah,manis\n")
    with pytest.raises(UserError) as refused:
        imported(path, form("f", SURVEY))
    assert (refused.value.code, refused.value.params["columns"]) == ("import.nothing_matches", "warna, rasa")


def test_the_likeliest_instrument_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("jumlah_anggota,luas_lahan,listrik\n1,2,3\n")
    raw = read(path, path.name)
    assert likely(raw.tables, [form("a", "integer listrik"), form("b", SURVEY), form("c", "text warna")]) == ["b", "a"]


def test_an_opensid_template_maps_by_its_village_column(testdata: Path) -> None:
    survey = [
        {"type": "text", "name": "village", "label": "Kode wilayah desa"},
        {"type": "integer", "name": "sanitasi", "label": "Sanitasi"},
        {"type": "integer", "name": "toilet", "label": "Toilet"},
    ]
    instrument = read_kobo({"survey": survey, "choices": []}, id_string="f", version="1", title="f")
    instrument = replace(instrument, forms=(replace(instrument.forms[0], design=Design(village="village")),))
    path = testdata / "indonesia_forms" / "Format_Upload_Toilet_&_Sanitasi.xlsx"
    found = prepared(read(path, path.name), instrument, round="r", key=b"k" * 32)
    assert dict(found.forms[0].mapping) == {"desa_id": "village", "sanitasi": "sanitasi", "toilet": "toilet"}
    assert (found.forms[0].rows_accepted, found.frames["f"]["_village"][0].as_py()) == (8, "53.06.13.2001")


def test_a_saved_mapping_of_an_older_form_says_nothing_of_variables_that_are_gone(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("luas_lahan,lama\n1,2\n")
    instrument = form("f", SURVEY)
    held = Mapping(columns={"f": {"lama": "sudah_tidak_ada", "luas_lahan": "luas_lahan"}})
    (one,) = imported(path, instrument, saved=held).forms
    assert (dict(one.mapping), one.unmapped) == ({"luas_lahan": "luas_lahan"}, ("lama",))
    with pytest.raises(UserError) as refused:
        imported(path, instrument, chosen=held)
    assert refused.value.code == "import.mapping_variable"


def test_a_file_without_the_weight_its_design_needs_cannot_be_committed_and_says_why(
    store: Store, viewer: Viewer, tmp_path: Path
) -> None:
    instrument = form("f", "decimal bobot\ninteger umur")
    weighted = replace(instrument, forms=(replace(instrument.forms[0], design=Design(weight="bobot")),))
    path = tmp_path / "f.csv"
    path.write_text("umur\n5\n")
    found = imported(path, weighted)
    assert [one.code for one in found.obstacles] == ["design_column_absent"]
    with pytest.raises(UserError) as refused:
        commit(store, viewer, found)
    assert explain(refused.value, "en") == (
        "The file 'f.csv' cannot be stored yet. There is no column for 'bobot', which the sample design of the form 'f' needs. "
        "Add the column, or map it."
    )
