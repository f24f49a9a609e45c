"""Columns and variables on the page Unggah: offered, chosen, set aside, kept, carried as a file; and how columns are written."""
from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import pytest
from streamlit.testing.v1 import AppTest

import app
from access.policy import Viewer
from commands import program
from data.importing import batches, mapping_file
from data.store import Store, open_store
from pages.parts.importing import uploads
from tests import kobo_export
from tests.upload_page import dropped, press, unggah, with_a_round, words

INCOME = "household_income_year_rp"


@pytest.fixture
def ready(pages_store: Store, viewer: Viewer) -> Store:
    return with_a_round(pages_store, viewer)


def table(called: Mapping[str, str] = MappingProxyType({}), *, seed: int = 7) -> bytes:
    """Six households as a plain CSV, some columns called otherwise."""
    book = kobo_export.book(households=6, faults=False, seed=seed)
    rows = [[*row] for row in book["household"].iter_rows(values_only=True)]
    names = [str(name).rpartition("/")[2] for name in rows[0]]
    text = io.StringIO()
    writer = csv.writer(text)
    keep = [index for index, name in enumerate(names) if not name.startswith("_")]
    writer.writerow([called.get(names[index], names[index]) for index in keep])
    writer.writerows([[row[index] for index in keep] for row in rows[1:]])
    return text.getvalue().encode()


def mapped(upload: uploads.Upload) -> dict[str, str]:
    """What the columns of the main form are now."""
    assert upload.prepared is not None
    return dict(upload.prepared.forms[0].mapping)


def edit(page: AppTest, column: str, variable: str | None) -> None:
    """Chooses a variable for a column in the table, and applies it."""
    editor = next(each for each in page.data_editor if each.key == "mapping-household")
    row = list(editor.value["Kolom berkas"]).index(column)
    page.session_state["mapping-household"] = {"edited_rows": {row: {"Variabel": variable}}, "added_rows": [], "deleted_rows": []}
    page.run()
    press(page, "apply-household")


def read(upload: uploads.Upload, variable: str) -> list[float | None] | None:
    """A variable's answers, as they would be stored; None where there is no column for it."""
    assert upload.prepared is not None
    frame = upload.prepared.frames["household"]
    return frame[variable].to_pylist() if variable in frame.column_names else None


def test_a_column_that_is_only_alike_is_offered_with_its_score_and_taken_by_a_press(ready, viewer):
    upload = dropped(viewer, table({"drinking_water": "drinking_watr"}), "tangan.csv")
    page = unggah(unggahan=upload.key, round="awal")
    assert "Kolom **drinking\\_watr** mirip dengan drinking\\_water (kemiripan 96 dari 100)." in words(page)  # 2*13 of 27 letters
    assert "drinking_watr" not in mapped(upload)
    press(page, "take-household-drinking_watr")
    assert mapped(upload)["drinking_watr"] == "drinking_water"
    assert "mirip dengan" not in words(page)


def test_a_column_becomes_the_variable_that_is_chosen_for_it(ready, viewer):
    upload = dropped(viewer, table({INCOME: "uang setahun"}), "tangan.csv")
    page = unggah(unggahan=upload.key, round="awal")
    assert "**Survei rumah tangga**: 35 kolom dikenali, 1 tidak." in words(page)
    assert read(upload, INCOME) is None
    edit(page, "uang setahun", INCOME)
    assert mapped(upload)["uang setahun"] == INCOME
    rows = list(csv.DictReader(io.StringIO(table().decode())))
    assert read(upload, INCOME) == [int(row[INCOME]) for row in rows]
    assert "**Survei rumah tangga**: 36 kolom dikenali, 0 tidak." in words(page)


def test_a_column_can_be_set_aside(ready, viewer):
    upload = dropped(viewer, table(), "tangan.csv")
    page = unggah(unggahan=upload.key, round="awal")
    assert len(read(upload, INCOME) or []) == 6
    edit(page, INCOME, None)
    assert INCOME not in mapped(upload)
    assert read(upload, INCOME) is None


def test_the_columns_to_be_decided_stand_first_with_samples_of_what_they_hold(ready, viewer):
    upload = dropped(viewer, table({INCOME: "uang setahun"}), "tangan.csv")
    editor = unggah(unggahan=upload.key, round="awal").data_editor[0]
    rows = list(csv.DictReader(io.StringIO(table().decode())))
    first = list(dict.fromkeys(row[INCOME] for row in rows))[:3]
    assert editor.value.iloc[0].fillna("").to_dict() == {
        "Kolom berkas": "uang setahun", "Variabel": "", "Contoh isi": ", ".join(first), "Pertanyaan (cara dikenali)": ""}


def test_what_was_mapped_once_is_mapped_in_the_next_export_with_these_columns(ready, viewer):
    upload = dropped(viewer, table({INCOME: "uang setahun"}), "maret.csv")
    page = unggah(unggahan=upload.key, round="awal")
    edit(page, "uang setahun", INCOME)
    press(page, "commit")
    assert list(batches.batches(ready, viewer)["rows_accepted"]) == [6]
    later = dropped(viewer, table({INCOME: "uang setahun"}, seed=8), "april.csv")
    page = unggah(unggahan=later.key, round="awal")
    assert mapped(later)["uang setahun"] == INCOME
    editor = next(each for each in page.data_editor if each.key == "mapping-household")
    how = dict(zip(editor.value["Kolom berkas"], editor.value["Pertanyaan (cara dikenali)"], strict=True))
    assert how["uang setahun"] == "Penghasilan rumah tangga setahun (rupiah) (seperti unggahan lalu)"


def test_the_mapping_taken_from_the_page_does_the_same_on_the_command_line(ready, viewer, tmp_path, capsys):
    content = table({INCOME: "uang setahun"})
    upload = dropped(viewer, content, "tangan.csv")
    page = unggah(unggahan=upload.key, round="awal")
    edit(page, "uang setahun", INCOME)
    assert upload.prepared is not None
    taken, file, other = tmp_path / "household.json", tmp_path / "tangan.csv", tmp_path / "lain"
    taken.write_text(mapping_file.written(upload.prepared.mapping), encoding="utf-8")  # what the page's download hands over
    assert any(each.key == "mapping_file" for each in page.download_button)
    file.write_bytes(content)
    with_a_round(open_store(other), viewer).close()
    arguments = ["import", str(file), "--instrument", "household", "--round", "awal", "--store", str(other), "--json",
                 "--mapping", str(taken)]
    assert program.main(arguments, serve=app.serve) == 0
    said = json.loads(capsys.readouterr().out)["forms"]["household"]
    assert said["mapping"] == mapped(upload)
    assert (said["rows_accepted"], said["unmapped"]) == (6, [])


def weights(*texts: str) -> bytes:
    """A table whose households have these weights, as they were typed."""
    rows = list(csv.reader(io.StringIO(table().decode())))
    at = rows[0].index("weight")
    made = [rows[0], *([*row[:at], text, *row[at + 1:]] for row, text in zip(rows[1:], texts, strict=True))]
    text_ = io.StringIO()
    csv.writer(text_).writerows(made)
    return text_.getvalue().encode()


def control(page: AppTest, variable: str):
    return next(each for each in page.segmented_control if each.key == f"convention-household-{variable}")


def test_a_column_that_tells_how_it_is_written_is_shown_with_an_example_in_words_and_can_be_overridden(ready, viewer):
    # 2.500,5 can only have a decimal comma; so 1.250 is one thousand two hundred fifty
    upload = dropped(viewer, weights("1.250", "2.500,5", "1.250", "1.250", "1.250", "1.250"), "tangan.csv")
    page = unggah(unggahan=upload.key, round="awal")
    assert "'1.250' dibaca 1250 (seribu dua ratus lima puluh)" in words(page)
    assert control(page, "weight").value == "comma"
    assert read(upload, "weight") == [1250.0, 2500.5, 1250.0, 1250.0, 1250.0, 1250.0]
    control(page, "weight").set_value("point")
    page.run()
    # with a decimal point 1.250 is one and a quarter; 2.500,5 can be read one way only
    assert read(upload, "weight") == [1.25, 2500.5, 1.25, 1.25, 1.25, 1.25]
    assert "'1.250' dibaca 1,25 (satu koma dua lima)" in words(page)


def test_a_column_that_does_not_tell_is_asked_with_what_either_answer_means(ready, viewer):
    upload = dropped(viewer, weights(*["1.250"] * 6), "tangan.csv")
    page = unggah(unggahan=upload.key, round="awal")
    assert control(page, "weight").value is None
    assert ("Koma untuk desimal (1.250,5): '1.250' berarti 1250 (seribu dua ratus lima puluh)  \n"
            "Titik untuk desimal (1,250.5): '1.250' berarti 1,25 (satu koma dua lima)") in words(page)
    assert "Pilih dahulu cara membaca angka atau tanggal di atas." in words(page)
    control(page, "weight").set_value("comma")
    page.run()
    assert read(upload, "weight") == [1250.0] * 6


def test_the_answer_about_a_column_is_in_the_mapping_that_is_taken_away(ready, viewer):
    upload = dropped(viewer, weights(*["1.250"] * 6), "tangan.csv")
    page = unggah(unggahan=upload.key, round="awal")
    control(page, "weight").set_value("comma")
    page.run()
    assert upload.prepared is not None
    assert json.loads(mapping_file.written(upload.prepared.mapping))["conventions"]["household"]["weight"] == "comma"


def test_a_date_is_shown_by_the_name_of_its_month(ready, viewer):
    rows = list(csv.reader(io.StringIO(table().decode())))
    at = rows[0].index("interview_date")
    made = [rows[0], *([*row[:at], "25/03/2025", *row[at + 1:]] for row in rows[1:])]
    text = io.StringIO()
    csv.writer(text).writerows(made)
    upload = dropped(viewer, text.getvalue().encode(), "tangan.csv")
    page = unggah(unggahan=upload.key, round="awal")
    assert "'25/03/2025' dibaca 25 Maret 2025" in words(page)
    assert upload.prepared is not None
    assert set(upload.prepared.frames["household"]["interview_date"].to_pylist()) == {date(2025, 3, 25)}
