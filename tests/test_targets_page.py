"""Target & parameter, driven as a person does: every kind of target, its status, its history, official ones adopted."""
from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from access.policy import Viewer, person_at_this_machine
from data import formats, register
from data.areas import names
from data.messages import say
from data.progress import progress
from data.register import changes, listing
from data.store import Store, now, open_store
from pages.parts import forms
from tests import partnership_store
from tests.driven_pages import opened, opened_page, texts

# In the partnership "air", of 40 households each time: water 16, then 26; dry 24, then 14; income 150.5, then 200.5.
INDICATORS: list[dict[str, object]] = [
    {"id": "toy.water", "kind": "share", "numerator": "water = 'yes'", "unit": "share", "sdgs_framework": "2025", "sdgs_goal": 7,
     "sdgs_code": "7.1.1"},
    {"id": "toy.income", "kind": "mean", "numerator": "income", "unit": "rp_per_month"},
    {"id": "toy.some", "kind": "share", "numerator": "income > 0", "unit": "share"},
    {"id": "toy.dry", "kind": "share", "numerator": "water = 'no'", "unit": "share", "better": "down"},
    {"id": "toy.rich", "kind": "share", "numerator": "income > 1000", "unit": "share", "better": "down"},
]
NEW = "target-new-air-0"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with the small survey, to be copied."""
    store, viewer = open_store(tmp_path_factory.mktemp("targets") / "store"), person_at_this_machine()
    partnership_store.surveyed(store, viewer, indicators=INDICATORS)
    changes.save(store, viewer, "poverty_lines", {
        "regency": "18.02", "round": "r2", "rp_per_person_month": 180, "source": "BPS"})
    store.close()
    return store.directory


@pytest.fixture
def surveyed(directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    yield from opened(shutil.copytree(directory, tmp_path / "store"), monkeypatch)


def adding(indicator: str, comparison: str) -> AppTest:
    """The page with the form for a new target, as far as the kind is chosen."""
    page = opened_page("targets.py", kemitraan="air")
    page.session_state["target-add-air"] = True
    page.run()
    page.selectbox(key=f"{NEW}-indicator").select(indicator).run()
    page.selectbox(key=f"{NEW}-{indicator}-comparison").select(comparison).run()
    assert not page.exception
    return page


def saved(page: AppTest, **typed: str) -> AppTest:
    for column, text in {"due_on": "1/1/2028", "source": "Perjanjian", **typed}.items():
        page.text_input(key=f"{NEW}-{column}").input(text)
    page.selectbox(key=f"{NEW}-basis").select("agreement")
    next(each for each in page.button if each.label == "Simpan").click().run()
    assert not page.exception
    return page


@pytest.mark.parametrize(("indicator", "comparison", "typed", "promised", "status"), [
    # January 2026 is half way from January 2024 to January 2028: of 0.40 to 0.995 half way is 0.6975
    ("toy.water", "at_least", {"value": "60"}, "paling sedikit 60\xa0%", "achieved"),
    ("toy.water", "at_least", {"value": "99,5"}, "paling sedikit 99,5\xa0%", "needs_attention"),
    ("toy.water", "more_than", {"value": "65"}, "lebih dari 65\xa0%", "on_track"),       # 0.65 is not more than 0.65
    ("toy.water", "between", {"value": "60", "upper_value": "70"}, "antara 60\xa0% dan 70\xa0%", "achieved"),
    ("toy.water", "between", {"value": "95", "upper_value": "100"}, "antara 95\xa0% dan 100\xa0%", "needs_attention"),
    ("toy.some", "yes", {}, "tersedia", "achieved"),                                      # everyone has some
    ("toy.water", "yes", {}, "tersedia", "needs_attention"),                              # 0.65, and 0.70 was due
    ("toy.dry", "at_most", {"value": "40"}, "paling banyak 40\xa0%", "achieved"),
    ("toy.dry", "less_than", {"value": "35"}, "kurang dari 35\xa0%", "on_track"),         # 0.35 is not less than 0.35
    ("toy.dry", "zero", {}, "nol", "needs_attention"),                                    # 0.35, and 0.30 was due
    ("toy.rich", "zero", {}, "nol", "achieved"),                                          # nobody is rich
    ("toy.income", "above_poverty_line", {}, "di atas garis kemiskinan", "achieved"),     # 200.5 > 180
    ("toy.income", "above_poverty_line", {"value": "12"}, "di atas 12 kali garis kemiskinan", "needs_attention"),
])
def test_every_kind_of_target_is_entered_in_plain_words_and_its_status_follows(
    indicator: str, comparison: str, typed: dict[str, str], promised: str, status: str, surveyed: Store, viewer: Viewer,
) -> None:
    page = saved(adding(indicator, comparison), **typed)
    label = f"**{indicator}**: {promised} · 1 Januari 2028 · Naskah kerja sama"
    assert next(each.label for each in page.expander) == label
    row = progress(surveyed, viewer).query("partnership == 'air' and indicator == @indicator").iloc[0]
    assert row["status"] == status


def test_the_form_asks_only_what_the_kind_needs_with_its_unit(surveyed: Store) -> None:
    def asked(indicator: str, comparison: str) -> list[str]:
        return [each.label for each in adding(indicator, comparison).text_input]

    rest = ["Tahun atau tanggal target *", "Sumber *", "Catatan"]
    share, money = ["Nilai awal (%)", "Tanggal nilai awal"], ["Nilai awal (Rp per bulan)", "Tanggal nilai awal"]
    assert asked("toy.dry", "zero") == [*rest, *share]
    assert asked("toy.water", "at_least") == ["Nilai (%) *", *rest, *share]
    assert asked("toy.water", "between") == ["Batas bawah (%) *", "Batas atas (%) *", *rest, *share]
    assert asked("toy.income", "at_least") == ["Nilai (Rp per bulan) *", *rest, *money]
    assert asked("toy.income", "above_poverty_line") == ["Berapa kali garis kemiskinan", *rest, *money]


def test_only_kinds_in_the_direction_of_the_indicator_are_offered(surveyed: Store) -> None:
    def offered(indicator: str, first: str) -> list[str]:
        return adding(indicator, first).selectbox(key=f"{NEW}-{indicator}-comparison").options

    assert offered("toy.dry", "zero") == ["Paling banyak", "Kurang dari", "Antara", "Nol"]
    assert offered("toy.water", "yes") == ["Paling sedikit", "Lebih dari", "Antara", "Ada"]
    assert offered("toy.income", "at_least") == ["Paling sedikit", "Lebih dari", "Antara", "Di atas garis kemiskinan"]


def test_a_number_that_is_none_is_said_at_its_field_and_nothing_is_saved(surveyed: Store, viewer: Viewer) -> None:
    page = saved(adding("toy.water", "at_least"), value="banyak")
    assert any("'banyak'" in each.value for each in page.error)
    assert register.targets(surveyed, viewer).empty


def test_an_earlier_target_of_the_same_indicator_is_a_milestone(surveyed: Store, viewer: Viewer) -> None:
    for value, year in ((50, "2026"), (80, "2028")):
        changes.save(surveyed, viewer, "targets", {
            "partnership": "air", "indicator": "toy.water", "comparison": "at_least", "value": value, "unit": "percent",
            "due_on": year, "basis": "agreement", "source": "Perjanjian"})
    labels = [each.label for each in opened_page("targets.py", kemitraan="air").expander][:2]
    assert [each.endswith("sasaran antara") for each in labels] == [True, False]


def test_official_targets_are_shown_before_they_are_saved_and_marked_after(surveyed: Store, viewer: Viewer) -> None:
    page = opened_page("targets.py", kemitraan="air", adopsi="toy.water")
    assert page.checkbox(key="adopt-air-toy.water").value is True
    assert "Isi tahun tenggat" in texts(page)
    page.number_input(key="adopt-year-air").set_value(2030).run()
    would = next(each.value for each in page.markdown if "paling lambat" in each.value).replace("\\", "")
    assert "paling sedikit 100\xa0%, paling lambat 31 Desember 2030. Dasar: SDGs Desa: tertulis." in would
    assert "Sumber: SDGs Desa 2025, 7/7.1.1: 100%." in would
    assert register.targets(surveyed, viewer).empty
    page.button(key="adopt-save-air").click().run()
    assert not page.exception
    row = register.targets(surveyed, viewer).iloc[0]
    assert (row["indicator"], row["value"], row["basis"]) == ("toy.water", 100.0, "official_stated")
    after = opened_page("targets.py", kemitraan="air", adopsi="toy.water")
    assert [each.key for each in after.checkbox] == []
    assert "31 Desember 2030" in next(each.value for each in after.markdown if "check:" in each.value)


def test_a_framework_is_browsed_by_goal_by_words_and_by_what_is_measured(surveyed: Store) -> None:
    overview = opened_page("targets.py", bagian="frameworks")
    assert "6 indikator · 1 bertarget · 1 diukur Pantau" in texts(overview)              # goal 7
    goal = opened_page("targets.py", bagian="frameworks", tujuan="7")
    shown = texts(goal)
    assert "Persentase Rumah Tangga yang sumber peneranganya menggunakan listrik" in shown
    assert "Target: **100%** :green-badge[:material/verified: tertulis]" in shown
    assert shown.count("Belum ada target") == 5
    words = texts(opened_page("targets.py", bagian="frameworks", cari="listrik", hanya="measured"))
    assert "1 indikator · 1 bertarget · 1 diukur Pantau" in words
    assert "Tidak ada indikator yang cocok" in opened_page("targets.py", bagian="frameworks", cari="tidakada").info[0].value


def test_what_comes_from_elsewhere_is_never_called_official(surveyed: Store) -> None:
    shown = texts(opened_page("targets.py", bagian="frameworks", kerangka="2020", tujuan="10"))
    assert "Koefisien Gini desa" in shown and "menurut sumber lain" in shown
    assert "tertulis]" not in shown and "tersirat]" not in shown


def test_every_parameter_says_what_it_is_for(surveyed: Store) -> None:
    page = opened_page("targets.py")
    for part in ("rounds", "villages", "poverty_lines", "price_indices", "known_totals", "series_breaks", "settings"):
        page.query_params["bagian"] = part
        page.run()
        assert not page.exception
        assert len(page.caption[0].value) > 40


def test_rounds_and_poverty_lines_are_named_with_their_units_the_latest_first(surveyed: Store) -> None:
    rounds = [each.label for each in opened_page("targets.py", bagian="rounds").expander][:2]
    assert rounds == ["**Tengah** · Survei tengah · 1 Januari 2026 sampai 1 Januari 2026",
                      "**Awal** · Survei awal · 1 Januari 2024 sampai 1 Januari 2024"]
    lines = opened_page("targets.py", bagian="poverty_lines")
    assert next(each.label for each in lines.expander).startswith("**Rp\xa0180\xa0per orang per bulan**")
    assert "Awal" in lines.warning[0].value                     # the first round has no line


def test_settings_are_asked_in_plain_words_and_a_default_given_back_is_not_kept(surveyed: Store, viewer: Viewer) -> None:
    def save(page: AppTest) -> None:
        next(each for each in page.button if each.label == "Simpan").click().run()
        assert not page.exception

    page = opened_page("targets.py", bagian="settings")
    first, second, *_ = [each.label for each in page.number_input]
    assert (first, second) == ("Sel terkecil yang boleh tampil (jawaban)", "Cakupan desa terendah (%)")
    page.number_input(key="setting-min_cell").set_value(10)
    page.number_input(key="setting-min_coverage").set_value(66.5)
    page.selectbox(key="setting-single_psu").select(4)
    save(page)
    defaults = {name: default for name, (default, _, _) in register.SETTINGS.items()}
    assert register.settings(surveyed) == defaults | {"min_cell": 10, "min_coverage": 0.665, "single_psu": 4}
    page = opened_page("targets.py", bagian="settings")
    page.number_input(key="setting-min_cell").set_value(5)
    save(page)
    kept = {record["name"] for record in listing.records(surveyed, viewer, "settings")}
    assert kept == {"min_coverage", "single_psu"}


def test_a_village_that_is_not_known_yet_is_made_known_by_its_code(surveyed: Store, viewer: Viewer) -> None:
    page = opened_page("targets.py", bagian="villages")
    code, name, *_ = page.text_input
    assert (code.label, name.label) == ("Kode desa *", "Nama *")
    code.input("18.02.02.2077")
    name.input("Sumber Agung")
    next(each for each in page.button if each.label == "Simpan").click().run()
    assert not page.exception
    assert [each.value for each in page.error] == []
    assert names(surveyed, viewer, ["18.02.02.2077"]) == {"18.02.02.2077": "Sumber Agung"}


def test_the_history_of_a_target_says_when_and_from_what_to_what(surveyed: Store, viewer: Viewer) -> None:
    for value, source in ((60, "Perjanjian"), (80, "Adendum")):
        changes.save(surveyed, viewer, "targets", {
            "partnership": "air", "indicator": "toy.water", "comparison": "at_least", "value": value, "unit": "percent",
            "due_on": "2028", "basis": "agreement", "source": source})
    page = opened_page("targets.py", kemitraan="air")
    key = forms.fingerprint({"partnership": "air", "indicator": "toy.water", "due_on": date(2028, 12, 31)})
    page.session_state[f"target-{key}"] = True
    page.run()
    today = formats.day(now().date(), "id")
    shown = texts(page).replace("\\", "")
    assert f"- **{today}**: paling sedikit 60\xa0% → paling sedikit 80\xa0%; Sumber: Perjanjian → Adendum" in shown
    assert f"- **{today}**: ditambahkan: paling sedikit 60\xa0%, 31 Desember 2028" in shown
    assert f"menurut target versi 2, berlaku sejak {today}" in shown


def test_what_was_found_can_be_taken_away(surveyed: Store) -> None:
    page = opened_page("targets.py", bagian="frameworks", tujuan="18")
    assert [each.label for each in page.get("download_button")] == [say("parts.download", "id"), say("parts.download_csv", "id")]
