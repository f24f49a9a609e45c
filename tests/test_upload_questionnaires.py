"""Questionnaires on the page Unggah: recognised, compared with the version before, added; what versions changed."""
from __future__ import annotations

from access.policy import Viewer
from data.instruments import adding, kept
from data.store import Store
from tests.school_survey import content
from tests.upload_page import button, dropped, press, unggah, with_a_round, words

SECOND = {
    "| pupils |": "| students |", "| integer      | desks  | Desks ": "| date | built | When was it built? ",
    "| School     | school  | 1 ": "| School     | school  | 2 ",
}


def test_a_new_questionnaire_is_described_and_added(pages_store: Store, viewer: Viewer) -> None:
    page = unggah(unggahan=dropped(viewer, content(), "school.xlsx").key)
    assert "**School** (school, versi 1): 2 formulir, 3 pertanyaan, 0 indikator." in words(page)
    assert button(page, "add_instrument").label == "Tambahkan sebagai instrumen"
    press(page, "add_instrument")
    assert [(each.id, each.version) for each in kept.instruments(pages_store, viewer)] == [("school", "1")]


def test_a_new_version_is_compared_before_it_is_added(pages_store: Store, viewer: Viewer) -> None:
    adding.add(pages_store, viewer, content(), "school.xlsx")
    page = unggah(unggahan=dropped(viewer, content(SECOND), "school.xlsx").key)
    said = words(page)
    assert "Dari versi 1 ke versi 2" in said
    assert "School:\n- Tampaknya berganti nama: pupils menjadi students (How many pupils does the school have?)" in said
    assert "Class:\n- Pertanyaan baru (1): When was it built? (built)\n- Pertanyaan yang hilang (1): Desks (desks)" in said
    assert button(page, "add_instrument").label == "Tambahkan sebagai versi baru"
    assert [each.version for each in kept.versions(pages_store, viewer, "school")] == ["1"]
    press(page, "add_instrument")
    assert [each.version for each in kept.versions(pages_store, viewer, "school")] == ["1", "2"]


def test_a_version_that_changes_no_question_says_so(pages_store: Store, viewer: Viewer) -> None:
    adding.add(pages_store, viewer, content(), "school.xlsx")
    newer = content({"| School     | school  | 1 ": "| School     | school  | 2 "})
    page = unggah(unggahan=dropped(viewer, newer, "school.xlsx").key)
    assert "Tidak ada pertanyaan yang ditambah, hilang, atau berganti nama." in words(page)


def test_the_very_same_questionnaire_is_not_offered_again(pages_store: Store, viewer: Viewer) -> None:
    adding.add(pages_store, viewer, content(), "school.xlsx")
    page = unggah(unggahan=dropped(viewer, content(), "school.xlsx").key)
    assert "Kuesioner ini sudah ada, sama persis." in words(page)
    assert "add_instrument" not in {each.key for each in page.button}


def test_a_question_that_holds_something_else_now_is_refused_before_anything_is_offered(
    pages_store: Store, viewer: Viewer,
) -> None:
    adding.add(pages_store, viewer, content(), "school.xlsx")
    page = unggah(unggahan=dropped(viewer, content({"| integer      | pupils |": "| date | pupils |"}), "school.xlsx").key)
    assert "pupils" in page.error[0].value
    assert "add_instrument" not in {each.key for each in page.button}


def test_beside_an_upload_the_versions_of_its_questionnaire_are_told(pages_store: Store, viewer: Viewer) -> None:
    with_a_round(pages_store, viewer)
    adding.add(pages_store, viewer, content(), "school.xlsx")
    answers = b"pupils,street\n30,Jalan Mawar\n"
    page = unggah(unggahan=dropped(viewer, answers, "sekolah.csv").key, instrument="school", round="awal")
    assert not any("versi: lihat apa yang berubah" in each.label for each in page.expander)
    adding.add(pages_store, viewer, content(SECOND), "school.xlsx")
    page = unggah(unggahan=dropped(viewer, answers, "sekolah.csv").key, instrument="school", round="awal")
    assert "Kuesioner ini sudah memiliki 2 versi: lihat apa yang berubah" in [each.label for each in page.expander]
    assert "Tampaknya berganti nama: pupils menjadi students" in words(page)


def test_a_column_named_as_in_an_older_version_is_offered_as_the_renamed_question(pages_store: Store, viewer: Viewer) -> None:
    with_a_round(pages_store, viewer)
    adding.add(pages_store, viewer, content(), "school.xlsx")
    adding.add(pages_store, viewer, content(SECOND), "school.xlsx")
    upload = dropped(viewer, b"pupils,street\n30,Jalan Mawar\n", "sekolah.csv")
    page = unggah(unggahan=upload.key, instrument="school", round="awal")
    assert "Kolom **pupils** mirip dengan students (kemiripan 100 dari 100)." in words(page)
    press(page, "take-school-pupils")
    assert upload.prepared is not None
    assert upload.prepared.frames["school"]["students"].to_pylist() == [30]


def test_what_would_be_added_can_be_looked_at_without_adding_it(pages_store: Store, viewer: Viewer) -> None:
    offer = adding.offered(pages_store, viewer, content(), "school.xlsx")
    assert (offer.new.id, offer.before) == ("school", None)
    assert kept.instruments(pages_store, viewer) == []
    adding.add(pages_store, viewer, content(), "school.xlsx")
    offer = adding.offered(pages_store, viewer, content(SECOND), "school.xlsx")
    assert offer.before is not None
    assert (offer.before.version, offer.new.version) == ("1", "2")
