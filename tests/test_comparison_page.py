"""Perbandingan on the example survey: every figure shown is the one the results give, and what it says follows from it."""
from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from access.policy import Role, Viewer, person_at_this_machine
from data import formats, results, store, verdicts
from data.indicators import indicators, label
from data.instruments import kept
from data.messages import say
from data.register import changes
from metrics import intervals
from metrics.indicator import Better, Indicator, Mean, Theme, variable
from metrics.significance import Verdict, holm, verdict
from pages.parts import downloads, session
from pages.parts.charts_differences import differences
from tests import results_store
from tests.driven_pages import opened_page

VIEWER = person_at_this_machine()
WATER = "contoh-air-bersih"


def compared(**asked: str) -> AppTest:
    return opened_page("comparison.py", **asked)


def answer(rows: pd.DataFrame, opened: store.Store) -> str:
    """The sentence that the results themselves give."""
    known = indicators(opened, VIEWER)
    rows = rows.assign(p_holm=intervals.holm(rows["p_value"].to_numpy(float)))
    counts = {"better": 0, "worse": 0, "unclear": 0}
    for row in rows.itertuples():
        is_better = (row.estimate > 0) == (known[row.indicator].better == Better.UP)
        if row.p_holm <= 0.05:
            counts["better" if is_better else "worse"] += 1
        elif row.p_holm > 0.05:
            counts["unclear"] += 1
        elif row.se == 0 and pd.isna(row.df) and abs(row.estimate) >= (0.0005 if known[row.indicator].unit == "share" else 1e-12):
            counts["better" if is_better else "worse"] += 1
    return say("comparison.answer", "id", **counts)


@pytest.mark.parametrize(("asked", "rows_of"), [
    ({}, lambda s: results.changes(s, VIEWER, pair=("awal-2024", "akhir-2026"), domains=[WATER])),
    ({"dari": "tengah-2025"}, lambda s: results.changes(s, VIEWER, pair=("tengah-2025", "akhir-2026"), domains=[WATER])),
    ({"jenis": "pembanding", "putaran": "awal-2024"},
     lambda s: results.against_comparison(s, VIEWER, domains=[WATER], rounds=["awal-2024"])),
    ({"jenis": "beda"},
     lambda s: results.difference_in_differences(s, VIEWER, pair=("awal-2024", "akhir-2026"), domains=[WATER])),
    ({"jenis": "kelompok", "kelompok": "sex", "kemitraan": "all"},
     lambda s: results.gaps(s, VIEWER, group="sex", by="all", rounds=["akhir-2026"])),
], ids=["change", "change of other rounds", "comparison", "difference in differences", "groups"])
def test_the_first_sentence_counts_what_is_more_than_chance(asked, rows_of, pages_example: store.Store) -> None:
    page = compared(**{"kemitraan": WATER, **asked})
    rows = rows_of(pages_example)
    sure = answer(rows, pages_example)
    assert page.subheader[0].value == sure
    tested = int(rows["p_value"].notna().sum())
    assert say("comparison.holm", "id", count=tested) in [each.value for each in page.caption]


def test_one_indicator_stands_side_by_side_for_all_partnerships(pages_example: store.Store) -> None:
    page = compared(kemitraan="semua", indikator="service_access.safe_water")
    rows = results.changes(pages_example, VIEWER, pair=("awal-2024", "akhir-2026"), indicators=["service_access.safe_water"])
    [chart] = drawn(page)
    told = [each["text"] for each in chart["layout"]["annotations"]]
    assert len(told) == len(rows) == 4
    for row in rows.itertuples():
        assert any(formats.change(row.estimate, "share", "id") in each for each in told)


def test_holm_counts_only_what_is_shown() -> None:
    # three of one theme: 0.01 * 3 = 0.03, 0.02 * 2 = 0.04, 0.5; with two more it would be 0.05 and 0.08
    rows = comparison_rows(p=[0.01, 0.02, 0.5], estimate=[1.0, -1.0, 1.0])
    known = {each: made(each) for each in rows["indicator"]}
    told = verdicts.judged(rows, known)
    assert dict(zip(told["indicator"], told["p_holm"], strict=True)) == pytest.approx({"a": 0.03, "b": 0.04, "c": 0.5})
    assert dict(zip(told["indicator"], told["verdict"], strict=True)) == {"a": "better", "b": "worse", "c": "unclear"}
    assert list(told["indicator"]) == ["b", "a", "c"]           # worse first
    found = verdicts.tally(told)
    assert (found.better, found.worse, found.unclear, found.tested, found.absent) == (1, 1, 1, 3, 0)


@pytest.mark.parametrize(("difference", "se", "df", "p", "better", "says"), [
    (0.1, 0.02, 20, 0.001, Better.UP, "better"),
    (0.1, 0.02, 20, 0.001, Better.DOWN, "worse"),
    (-0.1, 0.02, 20, 0.05, Better.DOWN, "better"),               # at most 5 %
    (-0.1, 0.02, 20, 0.051, Better.DOWN, "unclear"),
    (0.1, 0.0, np.nan, np.nan, Better.UP, "better"),             # a census: it is what it is
    (0.0, 0.0, np.nan, np.nan, Better.UP, "same"),
    (0.1, np.nan, 0, np.nan, Better.UP, "untested"),             # one PSU
    (0.0, 0.0, 12, np.nan, Better.UP, "untested"),               # a sample without spread proves nothing
    (np.nan, np.nan, np.nan, np.nan, Better.UP, "untested"),
])
def test_what_a_difference_says(difference, se, df, p, better, says) -> None:
    assert verdict(difference, se, df, p, better) == Verdict(says)


def test_holm_stops_at_the_first_that_fails() -> None:
    # 0.01 * 4 = 0.04 holds; 0.02 * 3 = 0.06 does not, so 0.03 does not either
    assert holm([0.02, 0.01, 0.03, 0.9], 0.05) == [False, True, False, False]


def test_a_difference_is_drawn_in_points_around_nothing() -> None:
    rows = pd.DataFrame({
        "name": ["Air", "Miskin <b>", "Sanitasi"], "words": ["lebih baik", "lebih buruk", "tidak ditampilkan"],
        "estimate": [0.12, 0.05, np.nan], "lower": [0.02, 0.01, np.nan], "upper": [0.22, 0.09, np.nan],
        "verdict": ["better", "worse", "untested"],
    })
    figure = differences(rows, unit="share", language="id")
    zero, better, worse = figure.data
    assert (list(zero.x), list(better.x), list(worse.x)) == ([0, 0], [12.0], [5.0])
    assert list(better.error_x.array) == pytest.approx([10])     # 22 - 12
    assert [better.marker.symbol, worse.marker.symbol] == ["circle", "diamond"]
    assert better.hovertext[0] == "<b>Air</b><br>+12,0\u00a0poin persen<br>antara +2,0 dan +22,0\u00a0poin persen<br>lebih baik"
    assert "Miskin &lt;b&gt;" in worse.hovertext[0]
    assert not any("Sanitasi" in each.text for each in figure.layout.annotations)
    first, last = figure.layout.xaxis.range
    assert first < 0 < 22 < last


@pytest.mark.parametrize(("unit", "difference", "interval", "says"), [
    ("share", 0.1234, (-0.031, 0.04), ("+12,3\u00a0poin persen", "antara −3,1 dan +4,0\u00a0poin persen")),
    ("rp_per_year", -8279000.0, (-1.2e7, -5e5), ("−Rp\u00a08.279.000", "antara −Rp\u00a012.000.000 dan −Rp\u00a0500.000")),
    ("count", -4.0, (-6.0, 2.0), ("−4\u00a0kejadian", "antara −6 dan +2\u00a0kejadian")),
])
def test_differences_are_told_in_their_own_unit(unit, difference, interval, says) -> None:
    assert (formats.change(difference, unit, "id"), formats.change_interval(*interval, unit, "id")) == says


def test_the_table_downloads_as_numbers_and_text_is_never_a_formula() -> None:
    frame = pd.DataFrame({"name": ["=1+1", "Air"], "estimate": [0.25, -0.5]})
    assert downloads.csv(frame).decode("utf-8-sig") == "name,estimate\n'=1+1,0.25\nAir,-0.5\n"


def test_an_empty_store_says_what_to_do(pages_store: store.Store) -> None:
    assert [each.label for each in compared().button] == ["Buka data contoh", "Unggah data saya"]


def test_one_round_and_no_comparison_villages_are_said_with_their_remedy(pages_store: store.Store) -> None:
    results_store.survey(pages_store, VIEWER, questions={"a": "integer"},
                         indicators=[{"id": "x", "kind": "mean", "numerator": "a"}])
    instrument = results_store.survey(pages_store, VIEWER, questions={"b": "integer"}, name="second",
                                      indicators=[{"id": "y", "kind": "mean", "numerator": "b"}])
    assert not changes.save(pages_store, VIEWER, "rounds", {
        "id": "r1", "name": "Awal", "kind": "baseline", "starts_on": "2024-01-01", "ends_on": "2024-01-31"}).has_errors
    results_store.put(pages_store, VIEWER, instrument, pd.DataFrame({"b": [1, 2, 3], "_village": ["18.02.02.2001"] * 3}))
    assert [each.value for each in compared().info] == [say("comparison.one_round", "id")]
    assert [each.value for each in compared(jenis="pembanding").info] == [say("comparison.no_partnerships", "id")]
    assert [each.value for each in compared(jenis="kelompok").info] == [say("comparison.no_groups", "id")]
    results_store.partnership(pages_store, VIEWER, "utara", ["18.02.02.2001"])
    assert [each.value for each in compared(jenis="pembanding").info] == [say("comparison.no_comparison", "id")]


def test_no_change_is_told_across_a_break_of_the_series(example_store: store.Store) -> None:
    pair = ("awal-2024", "akhir-2026")
    before = results.changes(example_store, VIEWER, pair=pair, domains=[WATER]).set_index("indicator")
    made = changes.save(example_store, VIEWER, "series_breaks", {
        "indicator": "service_access.safe_water", "broken_on": "2025-01-01", "reason": "Pertanyaannya diganti"})
    assert not made.has_errors, [finding.message("id") for finding in made.findings]
    after = results.changes(example_store, VIEWER, pair=pair, domains=[WATER]).set_index("indicator")
    broken = after.loc["service_access.safe_water"]
    assert (broken["reason"], np.isnan(broken["estimate"]), np.isnan(broken["p_value"])) == ("series_break", True, True)
    rest = before.index != "service_access.safe_water"
    pd.testing.assert_series_equal(after["estimate"][rest], before["estimate"][rest])
    # one comparison fewer: the smallest p-value is held against one less
    tested = before["p_value"].notna().sum()
    smallest = before["p_value"][rest].idxmin()
    assert after.loc[smallest, "p_holm"] == pytest.approx(before.loc[smallest, "p_value"] * (tested - 1), abs=1e-12)
    later = results.changes(example_store, VIEWER, pair=("tengah-2025", "akhir-2026"), domains=[WATER]).set_index("indicator")
    assert later.loc["service_access.safe_water", "reason"] is None


def test_what_an_official_may_not_see_is_in_no_chart_table_or_download(
    pages_example: store.Store, monkeypatch: pytest.MonkeyPatch,
) -> None:
    official = Viewer(name="camat", roles=frozenset({Role.OFFICIAL}))
    known = indicators(pages_example, VIEWER)
    hidden, shown = (results.gaps(pages_example, who, group="sex", by="partnership", rounds=["akhir-2026"])
                     for who in (official, VIEWER))
    key = ["indicator", "domain", "category"]
    both = hidden.merge(shown, on=key, suffixes=("", "_all"))
    withheld = both[both["withheld"] & both["estimate_all"].notna()]
    chosen = withheld["domain"].mode()[0]                      # the example has small groups, and they could be computed
    monkeypatch.setattr(session, "viewer", lambda: official)
    page = compared(jenis="kelompok", kelompok="sex", kemitraan=chosen)
    page.session_state["unsure"] = page.session_state["comparison-table"] = True
    page.run()
    names = domains_names(pages_example)
    spoken = "\n".join(each for chart in drawn(page) for trace in chart["data"] for each in trace.get("hovertext", ()))
    table = page.table[0].value.replace(r"\\", "", regex=True).set_index("Yang dibandingkan")
    here = both[both["domain"] == chosen]
    for row in here.itertuples():
        first, other = row.category.split(":")
        name = f"{label(known[row.indicator], 'id')}: {names[other]} dibanding {names[first]}"
        if row.withheld:
            assert f"<b>{name}</b>" not in spoken
            assert list(table.loc[name])[:5] == [formats.NONE] * 5     # no difference, interval, n, p
        elif not np.isnan(row.estimate):
            assert f"<b>{name}</b><br>{formats.change(row.estimate, known[row.indicator].unit, 'id')}<br>" in spoken
    assert here["withheld"].any()
    assert hidden.loc[hidden["withheld"], ["estimate", "se", "lower", "upper", "p_value"]].isna().all(axis=None)


def drawn(page: AppTest) -> list[dict]:
    """The charts of a page, as they are sent."""
    return [json.loads(each.proto.spec) for each in page.get("plotly_chart")]


def domains_names(opened: store.Store) -> dict[str, str]:
    """The names of the categories of sex."""
    form = next(each for each in kept.instruments(opened, VIEWER) if each.id == "household").form("member")
    return {choice.name: choice.labels["id"] for variable in form.variables if variable.name == "sex"
            for choice in variable.choices}


def comparison_rows(*, p: list[float], estimate: list[float]) -> pd.DataFrame:
    count = len(p)
    return pd.DataFrame({"indicator": list("abcdef"[:count]), "domain": "u", "estimate": estimate, "se": 0.1, "df": [20] * count,
                         "p_value": p, "reason": None})


def made(id: str) -> Indicator:
    return Indicator(id=id, form="f", theme=Theme.INCOME, measure=Mean(variable("a")), better=Better.UP, unit="count", counts="",
                     leaves_out="")
