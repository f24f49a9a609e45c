"""Real exports of real tools, each with its own form: rows, columns, repeats, and missing against zero."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from data.importing.mapping import Mapping
from data.importing.preparing import Prepared, prepared
from data.instruments.model import Instrument
from data.instruments.workbook import read_kobo
from data.reading import read
from tests.reading_cases import archive

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
    found = imported(testdata / "odk_ona_exports" / "good.csv", form("pizza", PIZZA, PIZZA_CHOICES))
    first, second = rows(found, "pizza")[:2]
    assert (first["date"], first["pizza_type"], first["favorite_toppings"]) == (None, None, None)
    assert (str(second["date"]), second["pizza_type"], second["favorite_toppings"]) == (
        "2014-09-30",
        "chitown",
        " ".join(TOPPINGS),
    )
    assert [one.rows_rejected for one in found.forms] == [0]


TOPPINGS = ("cheese", "pepperoni", "sausauge", "green_peppers", "mushrooms", "anchovies")
PIZZA = (
    "text name\ninteger age\nselect_one~g gender\nimage photo\ndate date\ngeopoint location\nselect_one~y pizza_fan\n"
    "select_one~p pizza_type\nselect_multiple~t favorite_toppings\ndateTime start_time\ndateTime end_time\ndate today\n"
    "text imei\ntext phonenumber"
)
PIZZA_CHOICES = "g male\ng female\ny yes\ny no\np chitown\np new_york\n" + "\n".join(f"t {one}" for one in TOPPINGS)
PIZZA_DROPPED = [
    ("_location_latitude", "position"),
    ("_location_longitude", "position"),
    ("_location_altitude", "position"),
    ("_location_precision", "position"),
    ("name", "name"),
    ("photo", "file"),
    ("location", "position"),
    ("imei", "device"),
    ("phonenumber", "phone"),
]


def dropped(found: Prepared) -> list[tuple[str, str]]:
    return [(one.column, str(one.reason)) for one in found.personal_data_dropped]


def eaten(ticks: int | None) -> dict[str, Any]:
    """All toppings, or none asked for."""
    joined = None if ticks is None else " ".join(TOPPINGS)
    return {"favorite_toppings": joined} | {f"favorite_toppings__{name}": ticks for name in TOPPINGS}


def test_what_is_broken_in_an_ona_export_is_said_with_its_row_and_what_to_do(testdata: Path) -> None:
    found = imported(testdata / "odk_ona_exports" / "bad.csv", form("pizza", PIZZA, PIZZA_CHOICES))
    assert found.dialect == "ona"
    # Nine rows; four have no day in `today`, the last of these is also the submission of the row before.
    assert accounts(found) == [("pizza", 9, 5, 4, {})]
    assert [(one.absent, one.unmapped) for one in found.forms] == [((), ())]
    assert [one.message("en") for one in found.findings] == [
        *(
            f"Row {row}, column 'today' (V{row}): '{text}' is not a date. Write e.g. 31/12/2023 or 31 December 2023."
            for row, text in ((7, "2014-0900"), (8, "2014-0901"), (9, "2014-0902"), (10, "2014-0903"))
        ),
        "Row 10: the same submission is already in row 9. Remove one of them.",
    ]
    assert found.findings[-1].message("id") == "Baris 10: isian yang sama sudah ada di baris 9. Hapus salah satunya."
    assert dropped(found) == PIZZA_DROPPED
    start, end = datetime(2014, 9, 4, 12, 19, 31), datetime(2014, 9, 4, 12, 24)
    alone = {"age": 10, "gender": "male", "date": None, "pizza_fan": "no", "pizza_type": None, **eaten(None)}
    assert rows(found, "pizza") == [
        {
            **alone,
            "start_time": datetime(2014, 9, 4, 15, 6, 1),
            "end_time": datetime(2014, 9, 4, 15, 7, 17),
            "today": date(2014, 9, 4),
        },
        *(
            {
                "age": age,
                "gender": "male",
                "date": date(2014, 9, day),
                "pizza_fan": fan,
                "pizza_type": "chitown",
                **eaten(1),
                "start_time": start,
                "end_time": end,
                "today": date(2014, 9, today),
            }
            for age, day, fan, today in ((20, 30, "yes", 4), (21, 29, "no", 3), (22, 28, "yes", 2), (23, 27, "no", 1))
        ),
    ]


def test_a_workbook_of_ona_has_no_more_rows_than_answers(testdata: Path) -> None:
    found = imported(testdata / "odk_ona_exports" / "good.xlsx", form("pizza", PIZZA, PIZZA_CHOICES))
    # The sheet claims 1,000 rows of which nine hold something; toppings are blank throughout: nobody was asked.
    assert accounts(found) == [("pizza", 9, 9, 0, {})]
    assert [(one.absent, one.unmapped) for one in found.forms] == [((), ())]
    assert list(found.findings) == []
    assert dropped(found) == PIZZA_DROPPED
    kept = [(row["age"], row["date"], row["pizza_fan"], row["pizza_type"], row["today"]) for row in rows(found, "pizza")]
    assert kept == [
        (10, None, "no", None, date(2014, 9, 4)),
        (20, date(2014, 9, 30), "yes", "chitown", date(2014, 9, 4)),
        (21, date(2014, 9, 29), "no", "chitown", date(2014, 9, 3)),
        (22, date(2014, 9, 28), "yes", "chitown", date(2014, 9, 2)),
        (23, date(2014, 9, 27), "no", "chitown", date(2014, 9, 1)),
        (24, date(2014, 9, 26), "yes", "chitown", date(2014, 9, 1)),
        (25, date(2014, 9, 25), "no", "chitown", date(2014, 9, 1)),
        (26, date(2014, 9, 24), "yes", "chitown", date(2014, 9, 2)),
        (27, date(2014, 9, 23), "no", "chitown", date(2014, 9, 3)),
    ]
    assert [{name: row[name] for name in eaten(None)} for row in rows(found, "pizza")] == [eaten(None)] * 9


def test_each_column_of_dates_is_asked_for_by_itself(testdata: Path) -> None:
    path = testdata / "odk_ona_exports" / "date.csv"
    dates = form("dates", "date today\ntext name\ndate tdate\ndateTime start\ndateTime end\ndateTime now")
    asked = imported(path, dates)
    assert accounts(asked) == [("dates", 2, 0, 2, {})]
    assert [(one.variable, one.chosen, one.decided_by) for one in asked.forms[0].conventions] == [
        ("today", None, "nothing"),
        ("tdate", "month_first", "column"),  # 2/26/2019 leaves no doubt
        ("start", None, "nothing"),
        ("end", None, "nothing"),
        ("now", None, "nothing"),
    ]
    assert [(one.code, one.cell, one.params["first"], one.params["second"]) for one in asked.findings] == [
        ("two_dates", "A2", "2019-01-03", "2019-03-01"),
        ("two_dates", "A3", "2019-01-03", "2019-03-01"),
        ("two_dates", "D2", "2018-12-02", "2018-02-12"),
        ("two_dates", "E2", "2019-12-05", "2019-05-12"),
        ("two_dates", "F2", "2020-12-06", "2020-06-12"),
    ]
    order = dict.fromkeys(("today", "start", "end", "now"), "month_first")
    told = imported(path, dates, chosen=Mapping(conventions={"dates": order}))
    assert accounts(told) == [("dates", 2, 2, 0, {})]
    assert rows(told, "dates") == [
        {
            "today": date(2019, 3, 1),
            "tdate": date(2019, 3, 1),
            "start": datetime(2018, 2, 12, 13, 20),
            "end": datetime(2019, 5, 12, 13, 20),
            "now": datetime(2020, 6, 12, 13, 20),
        },
        {
            "today": date(2019, 3, 1),
            "tdate": date(2019, 2, 26),
            "start": datetime(2019, 5, 1, 8, 13, 3),
            "end": datetime(2018, 3, 1, 8, 13, 3),
            "now": datetime(2019, 3, 11, 16, 0, 51),
        },
    ]


TRANSPORTS = {
    "ambulance": "ambulance",
    "bicycle": "bicycle",
    "boat_canoe": "boat/canoe",
    "bus": "bus",
    "donkey_mule_cart": "donkey/mule/cart",
    "keke_pepe": "keke napep",
    "lorry": "lorry",
    "motorbike": "motorbike",
    "taxi": "taxi",
}


@pytest.mark.parametrize("file", ["transportation.csv", "transportation_labels_only.csv"])
def test_options_whose_labels_have_slashes_are_found_by_path_and_by_label(testdata: Path, file: str) -> None:
    types = "available_transportation_types_to_referral_facility"
    survey = (
        f"begin_group transport\nselect_multiple~t {types}\ntext {types}_other Specify other.\n"
        "begin_group loop_over_transport_types_frequency\n"
        + "".join(
            f"begin_group {name}\nselect_one~f frequency_to_referral_facility Is {label} available daily or weekly?\nend_group\n"
            for name, label in TRANSPORTS.items()
        )
        + "end_group\nend_group"
    )
    listed = "\n".join(f"t {name} {label}" for name, label in {**TRANSPORTS, "other": "Other"}.items())
    found = imported(
        testdata / "odk_ona_exports" / file, form("transportation", survey, f"{listed}\nf daily Daily\nf weekly Weekly")
    )
    assert accounts(found) == [("transportation", 1, 1, 0, {})]
    assert [(one.absent, one.unmapped) for one in found.forms] == [((), ())]
    # False for each option is asked and none of them; n/a is not asked.
    prefix, suffix = "transport_loop_over_transport_types_frequency", "frequency_to_referral_facility"
    assert rows(found, "transportation") == [
        {types: ""}
        | {f"{types}__{name}": 0 for name in (*TRANSPORTS, "other")}
        | {f"{types}_other": None}
        | {f"{prefix}_{name}_{suffix}": None for name in TRANSPORTS}
    ]


def test_of_places_and_paths_only_the_day_is_stored(testdata: Path) -> None:
    path = testdata / "odk_ona_exports" / "GeoLocationForm_2015_01_15_01_28_45.csv"
    found = imported(path, form("places", "date today\ngeopoint location\ngeotrace path\ngeoshape shape"))
    assert accounts(found) == [("places", 4, 4, 0, {})]
    assert rows(found, "places") == [{"today": date(2015, 1, 15)}] * 4
    assert dropped(found) == [*PIZZA_DROPPED[:4], ("location", "position"), ("path", "position"), ("shape", "position")]
    assert "36.78" not in str([frame.to_pylist() for frame in found.frames.values()])


SURVEYCTO = (
    "dateTime starttime\ndateTime endtime\ninteger id\ninteger consent\ntext survey_region\ntext survey_country\n"
    "text survey_city\ninteger age"
)


def test_american_dates_are_asked_for_where_the_column_does_not_tell(testdata: Path) -> None:
    path, instrument = testdata / "surveycto_exports" / "sctomedia_testdata_1_WIDE.csv", form("scto", SURVEYCTO)
    asked = imported(path, instrument)
    assert asked.dialect == "surveycto"
    assert [(one.variable, one.chosen, one.decided_by) for one in asked.forms[0].conventions] == [
        ("starttime", None, "nothing"),
        ("endtime", None, "nothing"),
    ]
    assert {(one.code, str(one.params["first"])[:10], str(one.params["second"])[:10]) for one in asked.findings if one.row} == {
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


def test_a_surveycto_export_under_the_forms_own_name_keeps_zeros_apart_from_blanks(testdata: Path) -> None:
    survey = (
        "text deviceid\ntext subscriberid\ntext simid\ndateTime starttime\ndateTime endtime\ntext devicephonenum\n"
        "integer consent\ntext name\ninteger age\nfile stream_light\ndecimal pct_quiet"
    )
    found = imported(testdata / "surveycto_exports" / "test_data_form.csv", form("scto", survey))
    assert found.dialect == "surveycto"
    assert accounts(found) == [("scto", 5, 5, 0, {})]
    assert found.forms[0].absent == ()
    assert dropped(found) == [
        ("deviceid", "device"),
        ("subscriberid", "device"),
        ("simid", "device"),
        ("devicephonenum", "phone"),
        ("name", "name"),
        ("stream_light", "file"),
    ]
    # Two did not consent: no age was asked. The share of quiet time is 0 in all of them and stays 0.
    assert [(row["consent"], row["age"], round(row["pct_quiet"], 4)) for row in rows(found, "scto")] == [
        (1, 68, 0.0),
        (1, 26, 0.0),
        (0, None, 0.0),
        (1, 25, 0.0),
        (0, None, 0.0),
    ]
    assert [str(row["starttime"])[11:] for row in rows(found, "scto")] == [
        "12:11:39",
        "12:10:08",
        "12:12:25",
        "14:36:51",
        "14:38:11",
    ]


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


LONG = """
text place
select_multiple~w water
begin_repeat member
select_one~s sex
integer age
begin_repeat sickness
text what
integer days
end_repeat
end_repeat
"""
LONG_FILES = {
    "rumah.csv": """SubmissionDate,deviceid,place,water,water_pipe,water_well,SET-OF-member,instanceID,formdef_version,KEY
"Sep 18, 2018 12:11:39 PM",d1,a,pipe well,1,1,uuid:k1/member,uuid:k1,7,uuid:k1
"Sep 18, 2018 12:12:39 PM",d1,b,well,0,1,uuid:k2/member,uuid:k2,7,uuid:k2
"Sep 18, 2018 12:13:39 PM",d1,c,,,,uuid:k3/member,uuid:k3,7,uuid:k3
""",
    "rumah-member.csv": """sex,age,SET-OF-sickness,PARENT_KEY,KEY,SET-OF-member
f,41,uuid:k2/member[1]/sickness,uuid:k2,uuid:k2/member[1],uuid:k2/member
m,30,uuid:k1/member[1]/sickness,uuid:k1,uuid:k1/member[1],uuid:k1/member
f,0,uuid:k1/member[2]/sickness,uuid:k1,uuid:k1/member[2],uuid:k1/member
m,9,uuid:k9/member[1]/sickness,uuid:k9,uuid:k9/member[1],uuid:k9/member
""",
    "rumah-member-sickness.csv": """what,days,PARENT_KEY,KEY,SET-OF-sickness
batuk,3,uuid:k1/member[2],uuid:k1/member[2]/sickness[1],uuid:k1/member[2]/sickness
demam,,uuid:k2/member[1],uuid:k2/member[1]/sickness[1],uuid:k2/member[1]/sickness
""",
}


def test_surveycto_long_files_are_linked_by_their_keys_and_not_by_their_order(tmp_path: Path) -> None:
    path = tmp_path / "rumah.zip"
    path.write_bytes(archive({name: text.encode() for name, text in LONG_FILES.items()}))
    found = imported(path, form("rumah", LONG, "s m\ns f\nw pipe\nw well"))
    assert found.dialect == "surveycto"
    assert [(one.form, one.rows_read, one.rows_accepted, one.rows_rejected, one.unmapped) for one in found.forms] == [
        ("rumah", 3, 3, 0, ()),
        ("member", 4, 3, 1, ()),
        ("sickness", 2, 2, 0, ()),
    ]
    assert [(one.code, one.form, one.row) for one in found.findings if one.severity == "error"] == [("orphan", "member", 5)]
    assert [(row["_uuid"], row["place"], row["water"], row["water__pipe"]) for row in found.frames["rumah"].to_pylist()] == [
        ("k1", "a", "pipe well", 1),
        ("k2", "b", "well", 0),
        ("k3", "c", None, None),
    ]
    assert [(row["_row"], row["_parent"], row["sex"], row["age"]) for row in found.frames["member"].to_pylist()] == [
        (2, 3, "f", 41),
        (3, 2, "m", 30),
        (4, 2, "f", 0),
    ]
    assert [(row["_parent"], row["what"], row["days"]) for row in found.frames["sickness"].to_pylist()] == [
        (4, "batuk", 3),
        (2, "demam", None),
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
