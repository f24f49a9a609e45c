"""Known totals on Target & parameter: entered in one table, used at once, and why they are not."""
from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from access.policy import Viewer
from data.known_totals import known_totals
from data.register.changes import save
from data.results import estimates
from data.store import Store
from publishing.freeze import freeze
from tests.driven_pages import opened, opened_page

ROUND = "akhir-2026"


@pytest.fixture
def example(example_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    yield from opened(shutil.copytree(example_directory, tmp_path / "store"), monkeypatch)


def section() -> AppTest:
    return opened_page("targets.py", state={"known-enter": True}, bagian="known_totals")


def control(page: AppTest, kind: str, label: str):
    return next(each for each in getattr(page, kind) if each.label == label)


def words(page: AppTest) -> str:
    return "\n".join(str(each.value) for each in (*page.markdown, *page.caption, *page.warning, *page.error))


def enter(page: AppTest, totals: dict[int, float]) -> None:
    """Types totals into lines of the table, and saves."""
    [editor] = page.data_editor
    edited = {row: {"Jumlah sebenarnya": number} for row, number in totals.items()}
    page.session_state[editor.key] = {"edited_rows": edited, "added_rows": [], "deleted_rows": []}
    page.run()
    control(page, "text_input", "Sumber *").set_value("BPS 2026")
    control(page, "button", "Simpan").click().run()
    assert not page.exception


def test_totals_of_sex_and_age_are_entered_in_one_table_and_used(example: Store, viewer: Viewer) -> None:
    page = section()
    control(page, "selectbox", "Yang dihitung").set_value("household member").run()
    control(page, "selectbox", "Putaran").set_value(ROUND).run()
    control(page, "multiselect", "Dikelompokkan menurut").set_value(["sex", "age"]).run()
    assert control(page, "text_input", "Rentang untuk Umur (tahun)").value == "0-14 15-59 60+"
    [editor] = page.data_editor
    assert list(editor.value["Kelompok"]) == [
        "Laki-laki · 0-14", "Laki-laki · 15-59", "Laki-laki · 60+", "Perempuan · 0-14", "Perempuan · 15-59", "Perempuan · 60+"]
    enter(page, dict(enumerate((8000, 17500, 3000, 7700, 17000, 2800))))
    [found] = known_totals(example, viewer)
    assert (found.is_used, found.form, found.grouped_by) == (True, "member", "sex age")
    assert [(group.category, group.total, group.source) for group in found.groups][:2] == [
        ("female 0-14", 7700, "BPS 2026"), ("female 15-59", 17000, "BPS 2026")]
    assert "Dipakai: bobot dikali" in words(section())


def test_a_part_of_the_groups_is_kept_and_the_page_says_what_is_missing(example: Store, viewer: Viewer) -> None:
    before = estimates(example, viewer, indicators=["service_access.internet"], by="all")
    page = section()
    control(page, "selectbox", "Yang dihitung").set_value("household member").run()
    control(page, "selectbox", "Putaran").set_value(ROUND).run()
    control(page, "multiselect", "Dikelompokkan menurut").set_value(["sex"]).run()
    enter(page, {1: 27000})
    said = words(section())
    assert "Belum dipakai. Estimasi memakai bobot rancangan survei saja, karena:" in said
    assert "jumlahnya belum diketahui\\: Laki\\-laki." in said
    after = estimates(example, viewer, indicators=["service_access.internet"], by="all")
    assert after["estimate"].tolist() == before["estimate"].tolist()


def test_another_grouping_takes_the_place_of_the_one_before(example: Store, viewer: Viewer) -> None:
    page = section()
    control(page, "selectbox", "Yang dihitung").set_value("household member").run()
    control(page, "selectbox", "Putaran").set_value(ROUND).run()
    control(page, "multiselect", "Dikelompokkan menurut").set_value(["sex"]).run()
    enter(page, {0: 28000, 1: 27000})
    assert [each.grouped_by for each in known_totals(example, viewer)] == ["sex"]
    control(page, "multiselect", "Dikelompokkan menurut").set_value(["age"]).run()
    assert "Jumlah dengan pengelompokan sebelumnya akan diganti." in words(page)
    enter(page, {0: 15000, 1: 34000, 2: 6000})
    [found] = known_totals(example, viewer)
    assert (found.grouped_by, [group.category for group in found.groups]) == ("age", ["0-14", "15-59", "60+"])


def test_bands_that_overlap_are_refused_with_the_reason(example: Store, viewer: Viewer) -> None:
    page = section()
    control(page, "selectbox", "Yang dihitung").set_value("household member").run()
    control(page, "multiselect", "Dikelompokkan menurut").set_value(["age"]).run()
    control(page, "text_input", "Rentang untuk Umur (tahun)").set_value("0-20, 15+").run()
    enter(page, {0: 15000, 1: 34000})
    assert "tumpang tindih" in words(page)
    assert known_totals(example, viewer) == []


def test_the_trace_of_a_figure_says_how_its_weights_were_adjusted(example: Store, viewer: Viewer) -> None:
    for category, total in (("female", 27000), ("male", 28000)):
        save(example, viewer, "known_totals", {
            "instrument": "household", "form": "member", "round": ROUND, "grouped_by": "sex", "category": category,
            "total": total, "source": "BPS 2026"})
    page = opened_page("indicator.py", state={"trace": True}, indikator="service_access.internet")
    facts = {name: row.iloc[0] for table in page.table for name, row in table.value.iterrows()}
    [women, men] = known_totals(example, viewer)[0].groups
    assert facts["Bobot disesuaikan"].replace("\\", "") == (
        f"2 kelompok menurut Jenis kelamin; sumber: BPS 2026; bobot dikali {women.factor:.2f} sampai {men.factor:.2f}"
    ).replace(".", ",")


def test_a_snapshot_says_which_known_totals_its_figures_agree_with(example: Store, viewer: Viewer) -> None:
    for category, total in (("female", 27000), ("male", 28000)):
        save(example, viewer, "known_totals", {
            "instrument": "household", "form": "member", "round": ROUND, "grouped_by": "sex", "category": category,
            "total": total, "source": "BPS 2026"})
    document = freeze(example, viewer, partnership="contoh-air-bersih", title="Air bersih")
    said = {entry["id"]: entry["definition"]["id"] for entry in document["indicators"]}
    sentence = "Bobot isian disesuaikan dengan jumlah yang diketahui: Survei akhir 2026 (BPS 2026)."
    assert said["service_access.internet"].endswith(sentence)
    assert sentence not in said["service_access.safe_water"]             # of households, whose totals are not known
