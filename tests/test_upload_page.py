"""The page Unggah, driven from the main script: what it shows of a file, and what it does with it."""
from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl
import pytest

from access.policy import NotAllowed, Role, Viewer
from data import store as stores
from data.importing import batches
from data.instruments import adding, kept
from data.register import rounds
from data.store import Store
from pages.parts.importing import checks, uploads
from pages.parts.importing.rounds import slug
from tests import kobo_export
from tests.upload_page import button, dropped, unggah, with_a_round, words


@pytest.fixture
def ready(pages_store: Store, viewer: Viewer) -> Store:
    return with_a_round(pages_store, viewer)


def test_the_page_says_what_may_be_dropped_and_that_nothing_is_stored_yet(pages_store):
    assert "Tidak ada yang tersimpan sebelum Anda menekan Simpan." in words(unggah())


def test_a_file_is_shown_with_its_rows_findings_and_what_is_personal_and_then_committed(ready, viewer):
    upload = dropped(viewer)
    page = unggah(unggahan=upload.key, round="awal")
    # 60 households, of which every fifth has a word for its income: 12
    assert [(each.label, each.value) for each in page.metric] == [
        ("Dibaca", "60"), ("Diterima", "48"), ("Ditolak", "12"), ("Dilewati", "0")]
    assert "ekspor KoboToolbox" in words(page)
    assert [each.label for each in page.expander][:2] == [
        "**12 × bukan angka** · household\\_income\\_year\\_rp", "**24 × induknya ditolak**"]
    assert "Data pribadi tidak disimpan: 2 kolom" in [each.label for each in page.expander]
    assert batches.batches(ready, viewer).empty
    button(page, "commit").click()
    page.run()
    assert "Tersimpan sebagai unggahan 1: 48 baris diterima, 12 ditolak." in words(page)
    assert batches.batches(ready, viewer)[["round", "rows_accepted", "rows_rejected"]].to_dict("records") == [
        {"round": "awal", "rows_accepted": 48 + 96, "rows_rejected": 12 + 24}]  # two members each


def test_the_same_address_in_another_window_goes_on_where_it_was(ready, viewer):
    upload = dropped(viewer)
    unggah(unggahan=upload.key, round="awal")
    prepared = upload.prepared
    again = unggah(unggahan=upload.key, round="awal")
    assert next(each.value for each in again.metric if each.label == "Diterima") == "48"
    assert upload.prepared is prepared  # looked at once


def test_what_the_indicators_become_is_computed_when_asked(ready, viewer):
    page = unggah(unggahan=dropped(viewer).key, round="awal")
    button(page, "effects").click()
    page.run()
    table = next(each.value for each in page.dataframe if "Sesudah" in each.value.columns)
    water = table[table["Indikator"] == "Rumah tangga dengan sumber air minum terlindung"].iloc[0]
    assert (water["Sebelum"], water["Isian sesudahnya"]) == ("–", "48")
    assert batches.batches(ready, viewer).empty


def test_a_round_is_never_chosen_by_itself(ready, viewer):
    page = unggah(unggahan=dropped(viewer).key)
    assert not page.metric
    assert "Pilih putaran untuk melanjutkan." in words(page)


def test_a_round_is_made_where_it_is_needed(ready, viewer):
    page = unggah(unggahan=dropped(viewer).key)
    page.text_input[0].set_value("Survei akhir 2026")
    next(each for each in page.button if each.label == "Buat putaran").click()
    page.run()
    assert [each.id for each in rounds(ready, viewer)] == ["awal", "survei-akhir-2026"]
    assert page.query_params["round"] in (["survei-akhir-2026"], "survei-akhir-2026")


def test_without_an_instrument_the_ready_made_ones_are_offered(pages_store, viewer):
    page = unggah(unggahan=dropped(viewer).key)
    button(page, "add_shipped").click()
    page.run()
    assert {each.id for each in kept.instruments(pages_store, viewer)} == {"household", "village", "activity"}


def test_a_questionnaire_is_offered_as_an_instrument(pages_store, viewer):
    form = next(path for path in adding.shipped() if path.stem == "village")
    page = unggah(unggahan=dropped(viewer, form.read_bytes(), form.name).key)
    assert "Berkas ini adalah kuesioner (XLSForm), bukan jawaban." in words(page)
    button(page, "add_instrument").click()
    page.run()
    assert [each.id for each in kept.instruments(pages_store, viewer)] == ["village"]


def test_a_file_without_the_instruments_columns_says_so(ready, viewer):
    page = unggah(unggahan=dropped(viewer, b"apa,siapa\n1,2\n", "lain.csv").key, round="awal")
    assert "tidak memiliki kolom instrumen" in words(page)
    assert not page.metric


def test_a_convention_that_the_column_does_not_show_is_asked_and_taken(ready, viewer):
    upload = dropped(viewer, by_hand("interview_date", "03/04/2025"), "buatan sendiri.xlsx")  # 3 April, or 4 March
    page = unggah(unggahan=upload.key, round="awal")
    assert "Isi kolom-kolom ini dapat dibaca dua cara" in words(page)
    control = next(each for each in page.segmented_control if each.key == "convention-household-interview_date")
    control.set_value("month_first")
    page.run()
    assert upload.prepared is not None
    assert set(upload.prepared.frames["household"]["interview_date"].to_pylist()) == {date(2025, 3, 4)}


def by_hand(variable: str, text: str) -> bytes:
    """A table of households that no survey tool wrote, with the same text in one column."""
    book = openpyxl.load_workbook(io.BytesIO(kobo_export.kobo(households=6, faults=False)))
    del book["member"]
    sheet = book["household"]
    for cells in [cells for cells in sheet.columns if str(cells[0].value).startswith("_")][::-1]:
        sheet.delete_cols(cells[0].column)
    for cells in sheet.columns:
        if str(cells[0].value).rpartition("/")[2] == variable:
            for cell in cells[1:]:
                cell.value = text
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_file_no_longer_kept_is_said_to_be_gone(ready):
    assert "Berkas tadi sudah tidak ada." in words(unggah(unggahan="tidak-ada"))


def test_batches_are_withdrawn_and_restored_from_the_list(ready, viewer):
    upload = dropped(viewer)
    page = unggah(unggahan=upload.key, round="awal")
    button(page, "commit").click()
    page.run()
    uploads.forget(upload)
    page = unggah()
    assert "Survei rumah tangga · Survei awal · 144 baris diterima, 36 ditolak" in words(page)
    button(page, "withdraw-1").click()
    page.run()
    assert list(batches.batches(ready, viewer)["state"]) == ["withdrawn"]
    button(page, "restore-1").click()
    page.run()
    assert list(batches.batches(ready, viewer)["state"]) == ["accepted"]


def test_in_english_the_page_is_english(ready, viewer):
    page = unggah(unggahan=dropped(viewer).key, round="awal", lang="en")
    assert [each.label for each in page.metric] == ["Read", "Accepted", "Rejected", "Left out"]


def test_a_kept_file_is_its_owners_alone(viewer):
    upload = dropped(viewer, b"a,b\n1,2\n", "a.csv")
    assert uploads.find(viewer, upload.key) is upload
    assert uploads.find(Viewer(name="lain", roles=viewer.roles), upload.key) is None
    uploads.forget(upload)
    assert uploads.find(viewer, upload.key) is None


def test_kept_files_give_way_when_old_or_too_many(viewer, monkeypatch):
    first, second = (dropped(viewer, f"a,b\n{n},2\n".encode(), "a.csv") for n in (1, 2))
    monkeypatch.setattr(uploads, "MOST_BYTES", 15)
    third = dropped(viewer, b"a,b\n3,2\n", "a.csv")  # three of eight bytes each
    assert [uploads.find(viewer, each.key) is not None for each in (first, second, third)] == [False, False, True]
    later = stores.now() + uploads.LIFE + timedelta(seconds=1)
    monkeypatch.setattr(uploads, "now", lambda: later)
    assert uploads.find(viewer, third.key) is None


def test_who_may_not_import_may_not_leave_a_file():
    with pytest.raises(NotAllowed):
        uploads.keep(Viewer(name="camat", roles=frozenset({Role.OFFICIAL})), b"a,b\n1,2\n", "a.csv")


def test_a_file_that_cannot_be_read_says_why_and_is_given_up(ready, viewer):
    upload = dropped(viewer, b"PK\x03\x04 broken", "rusak.xlsx")
    page = unggah(unggahan=upload.key)
    assert "rusak.xlsx" in page.error[0].value
    assert not page.selectbox
    assert [each.label for each in page.file_uploader] == ["Berkas survei atau kuesioner"]  # another can be dropped at once
    button(page, "another").click()
    page.run()
    assert uploads.find(viewer, upload.key) is None
    assert [each.label for each in page.file_uploader] == ["Berkas survei atau kuesioner"]


@pytest.mark.parametrize(("name", "id"), [
    ("Survei awal 2025", "survei-awal-2025"), ("  Évaluasi – Akhir!  ", "evaluasi-akhir"), ("…", ""),
])
def test_a_rounds_id_is_made_from_its_name(name, id):
    assert slug(name) == id


def test_the_report_names_errors_before_warnings_and_stops_at_its_bound(ready, viewer, monkeypatch):
    upload = dropped(viewer)
    unggah(unggahan=upload.key, round="awal")
    assert upload.prepared is not None
    levels = list(checks.report(upload.prepared)["Tingkat"])
    assert levels == sorted(levels, key=["kesalahan", "peringatan", "keterangan"].index)
    assert len(levels) == upload.prepared.problems.num_rows
    monkeypatch.setattr(checks, "MOST_REPORTED", 36)  # 12 words for incomes, and 24 members of those households
    assert list(checks.report(upload.prepared)["Tingkat"]) == ["kesalahan"] * 36


def test_a_shipped_questionnaire_and_its_forms_are_named_in_the_readers_language(ready, viewer):
    page = unggah(unggahan=dropped(viewer).key, round="awal", lang="en")
    assert list(page.dataframe[0].value["Form"]) == ["Household survey", "Household members"]
