"""Corrections on the page Unggah: found by row or respondent, made with a reason, seen, carried to another store."""
from __future__ import annotations

from functools import cache

import pytest
from streamlit.testing.v1 import AppTest

from access.policy import Role, Viewer
from data.errors import UserError
from data.importing import answers, corrections
from data.importing.committing import commit
from data.importing.preparing import prepare
from data.store import Store, open_store
from tests import kobo_export
from tests.upload_page import button, press, unggah, with_a_round, words

HOUSEHOLDS = 6


@cache
def export() -> bytes:
    """Always the same file: a workbook that is saved twice differs."""
    return kobo_export.kobo(households=HOUSEHOLDS, faults=False)


def with_a_batch(store: Store, viewer: Viewer) -> Store:
    with_a_round(store, viewer)
    commit(store, viewer, prepare(store, viewer, export(), "ekspor.xlsx", instrument="household", round="awal"))
    return store


@pytest.fixture
def ready(pages_store: Store, viewer: Viewer) -> Store:
    return with_a_batch(pages_store, viewer)


def field(page: AppTest, kind: str, start: str):
    """The widget of a kind whose key begins so."""
    return next(each for each in getattr(page, kind) if (each.key or "").startswith(start))


def found(page: AppTest, *, row: int, variable: str) -> None:
    """Looks up an answer of the main form."""
    field(page, "number_input", "correct_row").set_value(row)
    page.run()
    field(page, "selectbox", "correct_variable").set_value(variable)
    page.run()
    assert not page.exception, page.exception[0].message


def save(page: AppTest, *, why: str) -> None:
    field(page, "text_input", "why-").set_value(why)
    next(each for each in page.button if each.label == "Simpan koreksi").click()
    page.run()
    assert not page.exception, page.exception[0].message


def entries(store: Store, viewer: Viewer) -> list[tuple[object, ...]]:
    table = corrections.corrections(store, viewer, 1)
    return list(table[["form", "row", "variable", "old", "new", "why", "made_by"]].itertuples(index=False, name=None))


def test_a_batch_is_opened_from_the_list_and_left_again(ready):
    page = unggah()
    press(page, "open-1")
    assert "Belum ada koreksi pada unggahan ini." in words(page)
    assert page.dataframe[0].value[["Formulir", "Dibaca", "Diterima"]].values.tolist() == [
        ["Survei rumah tangga", 6, 6], ["Anggota rumah tangga", 12, 12]]  # two members each
    press(page, "all_uploads")
    assert [each.label for each in page.file_uploader] == ["Berkas survei atau kuesioner"]


def test_an_answer_is_found_by_its_row_and_corrected_with_a_reason(ready, viewer):
    now = answers.answers(ready, viewer, 1, "household", 3)["drinking_water"]
    page = unggah(batch="1")
    found(page, row=3, variable="drinking_water")
    names = {choice.name: choice.labels["id"] for each in kobo_export.forms()[0].variables if each.name == "drinking_water"
             for choice in each.choices}
    assert f"Jawaban sekarang: **{names[str(now)]}**" in words(page)
    other = next(name for name in names if name != now)
    field(page, "selectbox", "new-").set_value(other)
    save(page, why="ditanyakan lagi")
    assert entries(ready, viewer) == [("household", 3, "drinking_water", now, other, "ditanyakan lagi", "local")]
    assert "Koreksi yang tersimpan: 1." in words(page)
    listed = next(each.value for each in page.dataframe if "Alasan" in each.value.columns)
    assert listed[["Oleh", "Formulir", "Baris", "Semula", "Menjadi", "Alasan"]].values.tolist() == [
        ["local", "Survei rumah tangga", 3, names[str(now)], names[other], "ditanyakan lagi"]]


def test_what_a_correction_moves_is_shown(ready, viewer):
    every = [answers.answers(ready, viewer, 1, "household", row)["lighting"] for row in range(2, 2 + HOUSEHOLDS)]
    lit = [each in {"pln", "non_pln"} for each in every]
    assert not all(lit)
    page = unggah(batch="1")
    found(page, row=2 + lit.index(False), variable="lighting")
    field(page, "selectbox", "new-").set_value("pln")
    save(page, why="salah catat")
    assert "Indikator yang berubah untuk seluruh putaran ini: 1." in words(page)
    moved = next(each.value for each in page.dataframe if "Sesudah" in each.value.columns)
    assert moved.values.tolist() == [[  # all weigh the same
        "Rumah tangga berpenerangan listrik", percent(sum(lit) / HOUSEHOLDS), percent((sum(lit) + 1) / HOUSEHOLDS)]]


def percent(share: float) -> str:
    return f"{100 * share:.1f}\u00a0%".replace(".", ",")


def test_a_respondents_row_is_found_by_the_identity_as_the_file_has_it(ready, viewer):
    page = unggah(batch="1")
    field(page, "text_input", "correct_respondent").set_value("r7-4")  # the fourth household, in row 5; case does not matter
    page.run()
    assert "Ditemukan di baris 5." in words(page)
    field(page, "text_input", "correct_respondent").set_value("R7-99")
    page.run()
    assert "tidak memiliki baris yang diterima dari responden itu" in words(page)


def test_a_respondents_several_rows_are_asked_about(ready, viewer):
    page = unggah(batch="1")
    field(page, "selectbox", "correct_form").set_value("member")
    page.run()
    field(page, "text_input", "correct_respondent").set_value("R7-4")
    page.run()
    assert field(page, "selectbox", "correct_which").options == ["8", "9"]  # members 7 and 8, below the header


@pytest.mark.parametrize(("typed", "why", "said"), [
    ("banyak", "salah ketik", "bukan nilai untuk"),
    ("3", " ", "Koreksi harus disertai alasan"),
    ("", "salah ketik", "Tulis jawaban yang benar, atau centang"),
])
def test_a_value_that_cannot_be_read_a_missing_reason_and_an_empty_answer_are_refused(ready, viewer, typed, why, said):
    page = unggah(batch="1")
    found(page, row=3, variable="water_shortage_months")
    field(page, "text_input", "new-").set_value(typed)
    save(page, why=why)
    assert said in words(page)
    assert entries(ready, viewer) == []


def test_that_a_question_should_have_no_answer_is_said_by_a_tick(ready, viewer):
    now = answers.answers(ready, viewer, 1, "household", 3)["water_shortage_months"]
    page = unggah(batch="1")
    found(page, row=3, variable="water_shortage_months")
    field(page, "checkbox", "none-").check()
    save(page, why="tidak ditanyakan")
    assert entries(ready, viewer) == [("household", 3, "water_shortage_months", now, None, "tidak ditanyakan", "local")]


def test_what_is_personal_cannot_be_chosen(ready):
    page = unggah(batch="1")
    field(page, "number_input", "correct_row").set_value(3)
    page.run()
    options = field(page, "selectbox", "correct_variable").options
    assert "Sumber air minum utama" in options
    assert not {"Nama kepala rumah tangga", "Nomor rumah tangga contoh"} & set(options)


def test_a_row_that_was_not_accepted_is_said_to_be_absent(ready):
    page = unggah(batch="1")
    field(page, "number_input", "correct_row").set_value(99)
    page.run()
    assert "tidak memiliki baris 99 yang diterima" in words(page)


def test_corrections_are_taken_to_a_store_with_the_same_file_and_done_once(ready, viewer, tmp_path, monkeypatch):
    corrections.correct(ready, viewer, batch=1, form="household", row=3, variable="water_shortage_months", new="11", why="x")
    carried = corrections.written(ready, viewer, 1).encode()
    other = with_a_batch(open_store(tmp_path / "lain"), viewer)
    other.close()
    monkeypatch.setenv("PANTAU_STORE", str(tmp_path / "lain"))
    page = unggah(batch="1")
    for said in ("Koreksi yang tersimpan: 1.", "Koreksi yang tersimpan: 0."):
        next(each for each in page.file_uploader if each.key == "corrections_dropped").set_value(
            ("koreksi.csv", carried, "text/csv"))
        page.run()
        press(page, "corrections_replay")
        assert said in words(page)
    listed = next(each.value for each in page.dataframe if "Alasan" in each.value.columns)
    assert listed[["Baris", "Menjadi", "Alasan"]].values.tolist() == [[3, "11", "x"]]


@pytest.mark.parametrize("content", [b"apa,siapa\n1,2\n", b"\xff\xfe\x00\xd8"])
def test_a_file_that_holds_no_corrections_is_refused(ready, viewer, content):
    page = unggah(batch="1")
    next(each for each in page.file_uploader if each.key == "corrections_dropped").set_value(("a.csv", content, "text/csv"))
    page.run()
    press(page, "corrections_replay")
    assert "bukan berkas koreksi" in words(page)


def test_an_unknown_batch_is_said_to_be_unknown(ready):
    page = unggah(batch="77")
    assert page.error
    assert not page.dataframe


def test_answers_are_seen_in_the_viewers_villages_only(ready, viewer):
    elsewhere = Viewer(name="lain", roles=frozenset({Role.EVALUATOR}), areas=frozenset({"33"}))
    here = Viewer(name="sini", roles=frozenset({Role.EVALUATOR}), areas=frozenset({"18.02"}))
    assert answers.answers(ready, here, 1, "household", 3) == answers.answers(ready, viewer, 1, "household", 3)
    assert answers.rows_of(ready, elsewhere, 1, "household", "R7-4") == []
    with pytest.raises(UserError):
        answers.answers(ready, elsewhere, 1, "household", 3)


def test_the_history_names_what_happened(ready, viewer):
    corrections.correct(ready, viewer, batch=1, form="household", row=3, variable="water_shortage_months", new="11", why="x")
    page = unggah(batch="1")
    events = next(each.value for each in page.markdown if "diunggah" in each.value).splitlines()
    assert [line.rpartition(": ")[2] for line in events] == ["diunggah", "dikoreksi"]
    press(page, "withdraw-1")
    assert button(page, "restore-1")
