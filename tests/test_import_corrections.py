"""A correction is an entry with a reason, laid over the batch; it can be replayed elsewhere."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from access.policy import Viewer
from data.errors import UserError
from data.importing import batches, corrections
from data.importing.committing import commit
from data.store import Store, open_store
from tests.test_import_commit import prepare_store, prepared, stored


@pytest.fixture
def ready(store: Store, viewer: Viewer) -> Store:
    prepare_store(store, viewer)
    commit(store, viewer, prepared(store, viewer))
    return store


def correct(
    store: Store, viewer: Viewer, variable: str, new: str | None, *, form: str = "warga", row: int = 2, why: str = "salah ketik"
) -> None:
    corrections.correct(store, viewer, batch=1, form=form, row=row, variable=variable, new=new, why=why)


def test_an_answer_is_corrected_and_the_entry_says_who_what_and_why(ready: Store, viewer: Viewer) -> None:
    correct(ready, viewer, "pendapatan", "1,6 juta")
    assert [row[0] for row in stored(ready, "pendapatan")] == [1_600_000, 750_000, 2_000_000]
    table = corrections.corrections(ready, viewer, 1)
    assert table[["batch", "form", "row", "variable", "old", "new", "why", "made_by"]].values.tolist() == [
        [1, "warga", 2, "pendapatan", "1500000", "1600000", "salah ketik", "local"],
    ]
    assert batches.history(ready, viewer, 1)["event"].tolist() == ["imported", "corrected"]


def test_all_columns_of_a_question_with_several_answers_change_together(ready: Store, viewer: Viewer) -> None:
    correct(ready, viewer, "air", "Sumur")
    assert stored(ready, "air, air__pipa, air__sumur")[0] == ("sumur", 0, 1)


def test_a_corrected_village_moves_the_household_and_its_members(ready: Store, viewer: Viewer) -> None:
    correct(ready, viewer, "desa", "1802022006")
    assert [row[0] for row in stored(ready, "_village")] == ["18.02.02.2006", "18.02.02.2005", "18.02.02.2005"]
    assert [row[0] for row in stored(ready, "_village", "anggota")] == ["18.02.02.2006", "18.02.02.2006", "18.02.02.2005"]


@pytest.mark.parametrize(
    ("variable", "new", "why", "code"),
    [
        ("pendapatan", "-1", "x", "import.correction_rule"),
        ("pendapatan", "satu", "x", "import.correction_value"),
        ("miskin", "entah", "x", "import.correction_value"),
        ("nik", "1", "x", "import.correction_personal"),
        ("nama", "Siti", "x", "import.correction_personal"),
        ("tidak_ada", "1", "x", "import.correction_variable"),
        ("pendapatan", "1", " ", "import.correction_why"),
        ("desa", "Bangun Rejo", "x", "import.correction_value"),
    ],
)
def test_what_cannot_be_right_changes_nothing(ready: Store, viewer: Viewer, variable: str, new: str, why: str, code: str) -> None:
    before = stored(ready, "*")
    with pytest.raises(UserError) as refused:
        correct(ready, viewer, variable, new, why=why)
    assert refused.value.code == code
    assert stored(ready, "*") == before
    assert corrections.corrections(ready, viewer).empty


def test_corrections_replay_in_another_store_that_has_the_file_and_only_once(
    ready: Store, viewer: Viewer, tmp_path: Path
) -> None:
    correct(ready, viewer, "pendapatan", "1600000")
    correct(ready, viewer, "pendapatan", None, row=3)
    correct(ready, viewer, "umur", "35", form="anggota")
    text = corrections.written(ready, viewer)
    other = open_store(tmp_path / "other")
    prepare_store(other, viewer)
    with pytest.raises(UserError) as refused:
        corrections.replay(other, viewer, text, "koreksi.csv")
    assert refused.value.code == "import.correction_no_batch"
    commit(other, viewer, prepared(other, viewer))
    assert [corrections.replay(other, viewer, text, "koreksi.csv") for _ in range(2)] == [3, 0]
    for form in ("warga", "anggota"):
        assert stored(other, "* EXCLUDE (_key)", form) == stored(ready, "* EXCLUDE (_key)", form)   # each store has its own key
    assert [row[0] for row in stored(other, "pendapatan")] == [1_600_000, None, 2_000_000]
    other.close()


def test_the_file_of_corrections_holds_no_formula_and_gives_every_reason_back(
    ready: Store, viewer: Viewer, tmp_path: Path
) -> None:
    reasons = ['=HYPERLINK("http://a.b","c")', "'=1", "-", "@admin", "'petik'"]
    for at, why in enumerate(reasons):
        correct(ready, viewer, "pendapatan", str(1_600_000 + at), why=why)
    text = corrections.written(ready, viewer)
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    other = open_store(tmp_path / "other")
    prepare_store(other, viewer)
    commit(other, viewer, prepared(other, viewer))
    assert corrections.replay(other, viewer, text, "koreksi.csv") == len(reasons)
    assert corrections.corrections(other, viewer)["why"].tolist() == reasons
    other.close()


def test_a_replay_that_does_not_fit_changes_nothing(ready: Store, viewer: Viewer) -> None:
    correct(ready, viewer, "pendapatan", "1600000")
    text = corrections.written(ready, viewer).replace("1500000,1600000", "1400000,1600001")
    with pytest.raises(UserError) as refused:
        corrections.replay(ready, viewer, text, "koreksi.csv")
    assert refused.value.code == "import.correction_conflict"
    assert [row[0] for row in stored(ready, "pendapatan")] == [1_600_000, 750_000, 2_000_000]
