"""Real exports of real tools, each with its own form: rows, columns, repeats, and missing against zero."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from data.importing.preparing import Prepared, prepared
from data.instruments.model import Instrument
from data.instruments.workbook import read_kobo
from data.reading import read

VARIANTS = ("xml_both", "labels_both", "xml_summary", "xml_details", "xml_dot_sep")
KOBO = (
    "customer_satisfaction",
    "dietary_needs",
    "geojson_and_selects",
    "grouped_questions",
    "grouped_repeatable",
    "grouped_translated",
    "hxl_grouped_repeatable",
    "literacy_test",
    "long_names",
    "sanitation_report",
    "sanitation_report_external",
    "site_inspection",
)


def form(name: str, survey: str, choices: str = "") -> Instrument:
    """An instrument from lines of `type name label`."""
    rows = [dict(zip(("type", "name", "label"), line.split(maxsplit=2), strict=False)) for line in survey.strip().splitlines()]
    for row in rows:
        row["type"] = row["type"].replace("~", " ")
        row.setdefault("label", row.get("name", ""))
    listed = [
        dict(zip(("list_name", "name", "label"), line.split(maxsplit=2), strict=False)) for line in choices.strip().splitlines()
    ]
    return read_kobo({"survey": rows, "choices": listed}, id_string=name, version="1", title=name)


def imported(path: Path, instrument: Instrument, **more: Any) -> Prepared:
    return prepared(read(path, path.name), instrument, round="r", key=b"k" * 32, **more)


def rows(found: Prepared, form: str) -> list[dict[str, Any]]:
    """A form's accepted rows without the columns of their place."""
    return [{name: value for name, value in row.items() if not name.startswith("_")} for row in found.frames[form].to_pylist()]


def accounts(found: Prepared) -> list[tuple[str, int, int, int, dict[str, int]]]:
    return [(one.form, one.rows_read, one.rows_accepted, one.rows_rejected, dict(one.left_out)) for one in found.forms]


def kobo(testdata: Path, name: str, variant: str, ending: str = "xlsx") -> Prepared:
    folder = testdata / "kobo_formpack" / name
    version = json.loads((folder / "form_versions.json").read_text())[-1]
    instrument = read_kobo(version["content"], id_string=name, version=str(version.get("version")), title=name)
    return imported(folder / f"{name}.{variant}.{ending}", instrument)


@pytest.mark.parametrize("name", KOBO)
def test_the_five_variants_of_a_kobo_form_give_the_same_responses(testdata: Path, name: str) -> None:
    first, *others = [kobo(testdata, name, variant) for variant in VARIANTS]
    for found in others:
        assert {form: frame.to_pylist() for form, frame in found.frames.items()} == {
            form: frame.select(found.frames[form].column_names).to_pylist() for form, frame in first.frames.items()
        }


@pytest.mark.parametrize("name", KOBO)
def test_every_row_of_a_kobo_export_is_accepted_and_every_question_has_its_column(testdata: Path, name: str) -> None:
    index = json.loads((testdata / "kobo_formpack" / "index.json").read_text())[name]["files"]
    for variant in VARIANTS:
        found = kobo(testdata, name, variant)
        expected = [count - 1 for count, _ in index[f"{name}.{variant}.xlsx"].values()]
        assert [(one.rows_read, one.rows_accepted) for one in found.forms] == [(count, count) for count in expected]
        assert [one.absent for one in found.forms] == [()] * len(expected)
        assert {column.rpartition("/")[2].rpartition(".")[2] for one in found.forms for column in one.unmapped} <= {
            "Word at flash",
            "Duration of exercise",
            "Total words attempted",
            "was_there_damage_to_the_site_dupe",
        }, "only a literacy test's clock, and a question that the last version of the form has dropped"


def test_members_belong_to_the_household_the_export_says(testdata: Path) -> None:
    found = kobo(testdata, "grouped_repeatable", "labels_both")
    places = {row["_row"]: row["household_location"] for row in found.frames["grouped_repeatable"].to_pylist()}
    members = [places[row["_parent"]] for row in found.frames["houshold_member_repeat"].to_pylist()]
    assert members[:4] == ["montreal", "marseille", "marseille", "rocky mountains"]
    assert len(members) == 13


def test_the_csv_of_kobo_has_no_repeats_and_the_same_main_form(testdata: Path) -> None:
    for name in ("dietary_needs", "grouped_repeatable", "grouped_translated", "literacy_test"):
        for variant in VARIANTS:
            found = kobo(testdata, name, variant, "csv")
            assert list(found.frames) == [name]
            assert rows(found, name) == rows(kobo(testdata, name, variant), name)


def test_asked_and_none_chosen_differs_from_not_asked_in_kobo(tmp_path: Path) -> None:
    # The case of KoboToolbox's own exporter: a truck, a stall, one asked that has neither, one that was not asked.
    path = tmp_path / "eatery.csv"
    path.write_text(
        "name;eatery_type;eatery_type/sit_down;eatery_type/takeaway;_uuid;_index;__version__\n"
        "Taco;takeaway sit_down;1;1;a;1;v\nHarvest;sit_down;1;0;b;2;v\nWololo;;0;0;c;3;v\nPollos;;;;d;4;v\n"
    )
    found = imported(
        path, form("eatery", "text name Nama~usaha\nselect_multiple~t eatery_type Type", "t sit_down Sit\nt takeaway Take")
    )
    assert [(row["eatery_type"], row["eatery_type__takeaway"]) for row in rows(found, "eatery")] == [
        ("sit_down takeaway", 1),
        ("sit_down", 0),
        ("", 0),
        (None, None),
    ]


PERSON = "text name\ninteger age\ntext hometown"
ODK = {
    "should_output_a_simple_flat_table_within_a_zip": (("mytestform", PERSON), {"mytestform": (3, 3, {})}),
    "should_attach_submitter_information_if_present": (("mytestform", PERSON), {"mytestform": (3, 3, {})}),
    "should_attach_review_state_if_present": (
        ("mytestform", PERSON),
        {"mytestform": (2, 0, {"encrypted": 1, "review_rejected": 1})},
    ),
    "should_attach_device_id_if_present": (("mytestform", PERSON), {"mytestform": (1, 0, {"encrypted": 1})}),
    "should_decode_xml_entities_for_output": (("mytestform", PERSON), {"mytestform": (1, 1, {})}),
    "should_list_each_submission_form_version": (("mytestform", PERSON), {"mytestform": (2, 2, {})}),
    "should_handle_single_level_repeats_with_key_parent_key": (
        (
            "singlerepeat",
            "text name\ninteger age\nbegin_group children\nbegin_repeat child\ntext name\ninteger age\nend_repeat\nend_group",
        ),
        {"singlerepeat": (3, 3, {}), "child": (3, 3, {})},
    ),
    "should_not_be_fooled_by_path_prefix_extensions": (
        ("pathprefix", "text name\ntext children-status\nbegin_repeat children\ntext name\nend_repeat"),
        {"pathprefix": (1, 1, {}), "children": (1 + 1, 2, {})},
    ),
    "should_flatten_structures_within_a_table": (
        (
            "structuredform",
            "text name\nbegin_group home\ntext type\nbegin_group address\ntext street\ntext city\nend_group\nend_group",
        ),
        {"structuredform": (3, 3, {})},
    ),
    "briefcase_replicated_test_all_data_types": (
        (
            "all-data-types",
            "text some_string\ninteger some_int\ndecimal some_decimal\ndate some_date\ntime some_time\ndateTime some_date_time\n"
            "geopoint some_geopoint\ngeotrace some_geotrace\ngeoshape some_geoshape\nbarcode some_barcode",
        ),
        {"all-data-types": (1, 1, {})},
    ),
}


@pytest.mark.parametrize("case", ODK)
def test_an_odk_central_zip_imports_with_its_repeats_and_its_reviews(testdata: Path, case: str) -> None:
    (name, survey), expected = ODK[case]
    found = imported(testdata / "odk_central" / case / "export.csv.zip", form(name, survey))
    assert found.dialect == "odk"
    assert {one.form: (one.rows_read, one.rows_accepted, dict(one.left_out)) for one in found.forms} == expected
    assert [one.unmapped for one in found.forms] == [()] * len(found.forms)


def test_children_in_an_odk_zip_are_found_by_their_parents_key(testdata: Path) -> None:
    (name, survey), _ = ODK["should_handle_single_level_repeats_with_key_parent_key"]
    found = imported(
        testdata / "odk_central" / "should_handle_single_level_repeats_with_key_parent_key" / "export.csv.zip", form(name, survey)
    )
    assert [(row["_row"], row["_parent"], row["age"]) for row in found.frames["child"].to_pylist()] == [
        (2, 3, 4),
        (3, 3, 6),
        (4, 4, 2),
    ]


def test_values_of_every_odk_type_are_as_written(testdata: Path) -> None:
    (name, survey), _ = ODK["briefcase_replicated_test_all_data_types"]
    (row,) = rows(
        imported(testdata / "odk_central" / "briefcase_replicated_test_all_data_types" / "export.csv.zip", form(name, survey)),
        name,
    )
    assert {key: str(value) for key, value in row.items()} == {
        "some_string": "Hola",
        "some_int": "123",
        "some_decimal": "123.456",
        "some_date": "2018-04-26",
        "some_time": "08:56:00",
        "some_date_time": "2018-04-26 08:56:00",
        "some_barcode": "000049499094",
    }


def test_odk_writes_zero_where_nothing_was_asked_and_the_summary_tells(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(
        "SubmissionDate,q,q/a,q/b,KEY,FormVersion\n2024-01-01T00:00:00.000Z,a,1,0,k1,\n2024-01-01T00:00:00.000Z,,0,0,k2,\n"
    )
    found = imported(path, form("f", "select_multiple~t q", "t a A\nt b B"))
    assert rows(found, "f") == [{"q": "a", "q__a": 1, "q__b": 0}, {"q": None, "q__a": None, "q__b": None}]


def test_odk_options_that_the_form_does_not_have_are_said(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("SubmissionDate,q1,q1/x,q1/y,q1/z,KEY,FormVersion\n2024-01-01T00:00:00.000Z,a b,0,0,0,k1,\n")
    found = imported(path, form("f", "select_multiple~t q1", "t x X\nt y Y\nt z Z"))
    assert [(one.code, one.cell, one.value) for one in found.findings] == [("not_choice", "B2", "a b")]


BROWSERS = "w firefox\nw chrome\nw ie\nw safari"
TUTORIAL = (
    "text name\ninteger age\nimage picture\ninteger has_children\nbegin_repeat children\ntext childs_name\n"
    "integer childs_age\nend_repeat\ngeopoint gps\nselect_multiple~w web_browsers"
)


@pytest.mark.parametrize(("file", "read_rows"), [("tutorial_w_repeats.csv", 1), ("tutorial_w_repeats_flattened.csv", 2)])
def test_ona_repeats_become_rows_whether_they_stand_sideways_or_lengthways(testdata: Path, file: str, read_rows: int) -> None:
    found = imported(testdata / "odk_ona_exports" / file, form("tutorial", TUTORIAL, BROWSERS))
    assert accounts(found)[0][:4] == ("tutorial", read_rows, 1, 0)
    assert rows(found, "children") == [{"childs_age": 12}, {"childs_age": 5}]
    assert [row["_parent"] for row in found.frames["children"].to_pylist()] == [2, 2]
    assert [(one.column, str(one.reason)) for one in found.personal_data_dropped if one.form == "children"][-1][1] == "name"
    assert rows(found, "tutorial")[0]["web_browsers"] is None, "n/a is not asked"


def test_ona_truth_words_are_ticks_and_na_is_missing(testdata: Path) -> None:
    toppings = "cheese pepperoni sausauge green_peppers mushrooms anchovies"
    pizza = form(
        "pizza",
        "text name\ninteger age\nselect_one~g gender\nimage photo\ndate date\ngeopoint location\nselect_one~y pizza_fan\n"
        "select_one~p pizza_type\nselect_multiple~t favorite_toppings\ndateTime start_time\ndateTime end_time\ndate today",
        "g male\ng female\ny yes\ny no\np chitown\np new_york\n" + "\n".join(f"t {one}" for one in toppings.split()),
    )
    found = imported(testdata / "odk_ona_exports" / "good.csv", pizza)
    first, second = rows(found, "pizza")[:2]
    assert (first["date"], first["pizza_type"], first["favorite_toppings"]) == (None, None, None)
    assert (str(second["date"]), second["pizza_type"], second["favorite_toppings"]) == ("2014-09-30", "chitown", toppings)
    assert [one.rows_rejected for one in found.forms] == [0]


SURVEYCTO = (
    "dateTime starttime\ndateTime endtime\ninteger id\ninteger consent\ntext survey_region\ntext survey_country\n"
    "text survey_city\ninteger age"
)


def test_american_dates_are_asked_for_where_the_column_does_not_tell(testdata: Path) -> None:
    from data.importing.mapping import Mapping

    path, instrument = testdata / "surveycto_exports" / "sctomedia_testdata_1_WIDE.csv", form("scto", SURVEYCTO)
    asked = imported(path, instrument)
    assert asked.dialect == "surveycto"
    assert [(one.variable, one.chosen, one.decided_by) for one in asked.forms[0].conventions] == [
        ("starttime", None, "nothing"),
        ("endtime", None, "nothing"),
    ]
    assert {(one.code, one.params["first"][:10], one.params["second"][:10]) for one in asked.findings if one.row} == {
        ("two_dates", "2019-11-09", "2019-09-11"),
    }
    told = imported(
        path, instrument, chosen=Mapping(conventions={"scto": {"starttime": "month_first", "endtime": "month_first"}})
    )
    assert [str(row["starttime"]) for row in rows(told, "scto")][:2] == ["2019-09-11 15:00:38", "2019-09-11 15:01:47"]


def test_surveycto_months_by_name_need_no_asking_and_device_numbers_stay_out(testdata: Path) -> None:
    survey = (
        "text deviceid\ndateTime starttime\ndateTime endtime\ninteger consent\ntext name\ninteger age\ndecimal pct_conversation"
    )
    found = imported(testdata / "surveycto_exports" / "test_data_form_WIDE.csv", form("scto", survey))
    assert [(str(row["starttime"]), row["age"]) for row in rows(found, "scto")][:2] == [
        ("2018-09-18 12:11:39", 68),
        ("2018-09-18 12:10:08", 26),
    ]
    assert {(one.variable, str(one.reason)) for one in found.personal_data_dropped} == {("deviceid", "device"), ("name", "name")}


def test_surveycto_wide_repeats_become_rows(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("SubmissionDate,place,sex_1,age_1,sex_2,age_2,formdef_version,KEY\nx,a,m,30,f,5,1,k1\nx,b,f,41,,,1,k2\n")
    found = imported(path, form("wide", "text place\nbegin_repeat member\nselect_one~s sex\ninteger age\nend_repeat", "s m\ns f"))
    assert rows(found, "wide") == [{"place": "a"}, {"place": "b"}]
    assert [(row["_parent"], row["sex"], row["age"]) for row in found.frames["member"].to_pylist()] == [
        (2, "m", 30),
        (2, "f", 5),
        (3, "f", 41),
    ]


def test_google_forms_join_ticked_boxes_with_commas(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text(
        'Stempel waktu,Dari mana air minum?,Berapa orang di rumah?\n01/02/2024 8:00:00,"Air pipa, Mata air, terlindung",4\n'
        "01/02/2024 8:05:00,,3\n"
    )
    found = imported(
        path,
        form(
            "g",
            "select_multiple~w water Dari mana air minum?\ninteger people Berapa orang di rumah?",
            "w piped Air pipa\nw spring Mata air, terlindung",
        ),
    )
    assert found.dialect == "google_forms"
    assert [(row["water"], row["people"]) for row in rows(found, "g")] == [("piped spring", 4), (None, 3)]
