"""Results asked of a store, against R's survey package: estimates, changes, gaps, comparison villages.

The schools of `api` in California: districts are clusters; odd ones play member villages, even ones comparison villages.
"""
from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from access.policy import Viewer
from data.instruments.model import Instrument
from data.results import against_comparison, changes, difference_in_differences, estimates, gaps
from data.store import Store
from tests.results_store import partnership, put, rounds, survey

QUESTIONS = {
    "api": "integer", "api_stu": "integer", "enroll": "integer", "stype": "select_one level", "sch_wide": "select_one answer",
    "district": "text", "pw": "decimal", "fpc": "decimal",
}
CHOICES = {"level": ["E", "M", "H"], "answer": ["Yes", "No"]}
INDICATORS = [
    {"id": "school.api", "kind": "mean", "numerator": "api"},
    {"id": "school.tested", "kind": "ratio", "numerator": "api_stu", "denominator": "enroll"},
    {"id": "school.met_target", "kind": "share", "numerator": "sch_wide = Yes", "unit": "share"},
    {"id": "school.pupils", "kind": "total", "numerator": "enroll"},
    {"id": "school.api_of_high_schools", "kind": "mean", "numerator": "api", "where": "stype = H"},
    {"id": "school.median", "kind": "median", "numerator": "api"},
]


def schools(testdata: Path, name: str, year: str) -> pd.DataFrame:
    rows = pd.read_csv(testdata / "r_survey" / f"{name}.csv")
    rows.columns = [column.replace(".", "_") for column in rows.columns]
    rows = rows.assign(api=rows[f"api{year}"], district=rows["dnum"].astype(str))
    rows["_weight"], rows["_psu_population"] = rows["pw"], rows["fpc"].astype(float)
    rows["_village"] = "18.02.02." + (2000 + rows["dnum"]).astype(str)
    return rows[[*QUESTIONS, "_weight", "_psu_population", "_village"]]


@pytest.fixture
def clusters(store: Store, viewer: Viewer, testdata: Path) -> Instrument:
    """Two rounds that visit the same districts, but for 637 which the second leaves out."""
    instrument = survey(store, viewer, questions=QUESTIONS, choices=CHOICES, indicators=INDICATORS,
                        design={"weight": "pw", "psu": "district", "psu_population": "fpc"})
    rounds(store, viewer, "r1", "r2")
    first, second = schools(testdata, "apiclus1", "99"), schools(testdata, "apiclus1", "00")
    second = second[second["district"] != "637"]
    for round, rows in (("r1", first), ("r2", second)):
        put(store, viewer, instrument, rows.assign(_psu=rows["district"], _round=round))
    villages = sorted(set(first["_village"]))
    odd = [code for code in villages if int(code[-1]) % 2]
    partnership(store, viewer, "odd", odd, [code for code in villages if code not in odd])
    return instrument


def row(frame: pd.DataFrame, **wanted: str) -> pd.Series:
    [found] = [each for _, each in frame.iterrows() if all(each[name] == value for name, value in wanted.items())]
    return found


# d <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1); the year 1999 is round r1.
@pytest.mark.usefixtures("clusters")
def test_estimates_equal_r(store: Store, viewer: Viewer) -> None:
    found = estimates(store, viewer, by="all", rounds=["r1"]).set_index("indicator")
    # svymean(~api99, d), svyratio(~api.stu, ~enroll, d), svytotal(~enroll, d): reference_dev.json, clus1_*
    expected = {
        "school.api": [606.978142076503, 24.2250409061334], "school.tested": [0.849708741724488, 0.00838629716939109],
        "school.pupils": [3404940.13452911, 932235.027041215],
    }
    for id, numbers in expected.items():
        assert found.loc[id, ["estimate", "se"]].tolist() == pytest.approx(numbers, rel=1e-9)
    assert found["df"].tolist() == [14, 14, 14, 14, 7, 14]
    assert found["n"].tolist() == [183, 183, 183, 183, 14, 183]


@pytest.mark.usefixtures("clusters")
def test_a_category_equals_r(store: Store, viewer: Viewer) -> None:
    found = estimates(store, viewer, indicators=["school.api"], by="all", group="stype", rounds=["r2"])
    assert found["category"].tolist() == ["E", "M", "H"]
    assert found["n"].sum() == 172


@pytest.mark.usefixtures("clusters")
def test_a_change_takes_the_covariance_of_rounds_that_share_psus(store: Store, viewer: Viewer) -> None:
    # Both rounds stacked in one design; svycontrast(svyby(~y, ~r, d, svymean, covmat = TRUE), c(-1, 1))
    found = changes(store, viewer, pair=("r1", "r2"), indicators=["school.api"], by="all").iloc[0]
    assert (found["round"], found["df"], found["n"]) == ("r1:r2", 14, 183 + 172)
    assert [found["estimate"], found["se"]] == pytest.approx([35.60325327233, 2.735748262301], rel=1e-10)


@pytest.mark.usefixtures("clusters")
def test_a_change_is_the_difference_of_the_levels(store: Store, viewer: Viewer) -> None:
    for by in ("all", "village", "partnership", "comparison"):
        levels = estimates(store, viewer, by=by).pivot(index=["indicator", "domain"], columns="round", values="estimate")  # type: ignore[arg-type]
        found = changes(store, viewer, pair=("r1", "r2"), by=by).set_index(["indicator", "domain"])["estimate"]  # type: ignore[arg-type]
        expected = (levels["r2"] - levels["r1"]).reindex(found.index)
        pd.testing.assert_series_equal(found, expected, check_names=False, rtol=1e-12)


@pytest.mark.usefixtures("clusters")
def test_a_gap_between_categories_takes_the_covariance_within_clusters(store: Store, viewer: Viewer) -> None:
    found = gaps(store, viewer, group="stype", indicators=["school.api"], by="all", rounds=["r1"])
    assert found["category"].tolist() == ["E:M", "E:H"]
    by_level = estimates(store, viewer, indicators=["school.api"], by="all", group="stype", rounds=["r1"])
    levels = by_level.set_index("category")["estimate"]
    assert found["estimate"].tolist() == pytest.approx([levels["M"] - levels["E"], levels["H"] - levels["E"]])


def test_a_gap_equals_r(store: Store, viewer: Viewer, testdata: Path) -> None:
    instrument = survey(store, viewer, questions=QUESTIONS, choices=CHOICES, indicators=INDICATORS,
                        design={"weight": "pw", "psu": "district", "psu_population": "fpc"})
    rows = schools(testdata, "apiclus1", "00")
    put(store, viewer, instrument, rows.assign(_psu=rows["district"]))
    found = gaps(store, viewer, group="stype", indicators=["school.api"], by="all").set_index("category")
    # svycontrast(svyby(~api00, ~stype, d, svymean, covmat = TRUE), c(-1, 1, 0)), H less E; and c(-1, 0, 1), M less E
    assert found.loc["E:H", ["estimate", "se"]].tolist() == pytest.approx([-30.29662698413, 30.02760619185], rel=1e-10)
    assert found.loc["E:M", ["estimate", "se"]].tolist() == pytest.approx([-17.42805555556, 14.33739023422], rel=1e-10)


@pytest.mark.usefixtures("clusters")
def test_members_against_comparison_villages_equal_r(store: Store, viewer: Viewer) -> None:
    # e1 <- design of the second round alone; svycontrast(svyby(~y, ~m, e1, svymean, covmat = TRUE), c(-1, 1))
    found = against_comparison(store, viewer, indicators=["school.api"], rounds=["r2"]).iloc[0]
    assert (found["domain"], found["round"]) == ("odd", "r2")
    assert [found["estimate"], found["se"]] == pytest.approx([50.11331981068, 41.38533367784], rel=1e-10)


@pytest.mark.usefixtures("clusters")
def test_a_difference_in_differences_equals_r(store: Store, viewer: Viewer) -> None:
    # svycontrast(svyby(~y, ~r + m, e, svymean, covmat = TRUE), c(1, -1, -1, 1))
    found = difference_in_differences(store, viewer, pair=("r1", "r2"), indicators=["school.api"]).iloc[0]
    assert [found["estimate"], found["se"]] == pytest.approx([-5.871234787018, 5.163515707793], rel=1e-10)
    assert (found["df"], found["psus"]) == (14, 15)


def test_rounds_without_common_psus_are_independent(store: Store, viewer: Viewer, testdata: Path) -> None:
    instrument = survey(store, viewer, questions=QUESTIONS, choices=CHOICES, indicators=INDICATORS,
                        design={"weight": "pw", "stratum": "stype", "psu_population": "fpc"})
    for round, year in (("r1", "99"), ("r2", "00")):
        rows = schools(testdata, "apistrat", year)
        put(store, viewer, instrument, rows.assign(_stratum=rows["stype"], _round=round))
    found = changes(store, viewer, pair=("r1", "r2"), indicators=["school.api"], by="all").iloc[0]
    # sqrt(SE(svymean(~api99, d))^2 + SE(svymean(~api00, d))^2), d stratified by stype
    assert [found["estimate"], found["se"]] == pytest.approx([32.89251837536, 13.70432095366], rel=1e-10)
    assert found["df"] == 2 * 197
    # svycontrast(svyby(~api00, ~sch.wide, d, svymean, covmat = TRUE), c(-1, 1)): Yes less No; ours is No less Yes
    gap = gaps(store, viewer, group="sch_wide", indicators=["school.api"], by="all", rounds=["r2"]).iloc[0]
    assert [gap["estimate"], gap["se"]] == pytest.approx([-82.78358544219, 21.40005496065], rel=1e-10)
