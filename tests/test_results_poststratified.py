"""Estimates that agree with known totals, against R survey's `postStratify` and by properties."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from access.policy import Viewer
from data import results
from data.instruments.model import Instrument
from data.known_totals import known_totals
from data.messages import explain
from data.register.cells import entry_of
from data.register.changes import remove, save
from data.register.sheets import sheet
from data.results import against_comparison, changes, difference_in_differences, gaps
from data.store import Store
from data.tracing import Adjusted, trace
from tests.results_store import partnership, put, rounds, survey
from tests.test_results_r_survey import CHOICES, INDICATORS, QUESTIONS, schools

estimates = partial(results.estimates, design_effects=True)

MORE_QUESTIONS = {**QUESTIONS, "comp_imp": "select_one answer", "meals": "integer"}
MORE = [
    *INDICATORS,
    {"id": "school.gap", "kind": "mean", "numerator": "shortfall"},
    {"id": "school.count", "kind": "total", "numerator": "1"},
    {"id": "school.inequality", "kind": "gini", "numerator": "enroll"},
]
TYPES = {"E": 4421, "H": 755, "M": 1018}


def enter(store: Store, viewer: Viewer, grouped_by: str, totals: Mapping[str, float], *, round: str = "r1") -> None:
    """Known totals of the form `survey`, as the register takes them."""
    for category, total in totals.items():
        found = save(store, viewer, "known_totals", {
            "instrument": "survey", "form": "survey", "round": round, "grouped_by": grouped_by, "category": category,
            "total": total, "source": "Dapodik"})
        assert [finding for finding in found.findings if finding.severity == "error"] == []


def of_clusters(testdata: Path, year: str = "99") -> pd.DataFrame:
    """apiclus1 as responses; the shortfall below 650 as an answer of its own."""
    rows, raw = schools(testdata, "apiclus1", year), pd.read_csv(testdata / "r_survey" / "apiclus1.csv")
    more = {"comp_imp": raw["comp.imp"], "meals": raw["meals"], "shortfall": ((650 - rows["api"]) / 650).clip(lower=0)}
    return rows.assign(_psu=rows["district"], **more)


@pytest.fixture
def clusters(store: Store, viewer: Viewer, testdata: Path) -> Instrument:
    # d <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1)
    instrument = survey(store, viewer, questions={**MORE_QUESTIONS, "shortfall": "decimal"}, choices=CHOICES, indicators=MORE,
                        design={"weight": "pw", "psu": "district", "psu_population": "fpc", "village": "district"})
    rounds(store, viewer, "r1", "r2")
    put(store, viewer, instrument, of_clusters(testdata).assign(_round="r1"))
    return instrument


@pytest.fixture
def both_rounds(store: Store, viewer: Viewer, testdata: Path, clusters: Instrument) -> Instrument:
    """The second round leaves out district 637; odd districts are members, even ones comparison villages."""
    first, second = of_clusters(testdata), of_clusters(testdata, "00")
    put(store, viewer, clusters, second[second["district"] != "637"].assign(_round="r2"))
    villages = sorted(set(first["_village"]))
    odd = [code for code in villages if int(code[-1]) % 2]
    partnership(store, viewer, "odd", odd, [code for code in villages if code not in odd])
    enter(store, viewer, "stype", TYPES)
    enter(store, viewer, "stype", {"E": 4500, "H": 760, "M": 1000}, round="r2")
    return clusters


def pair(frame: pd.DataFrame) -> list[list[float]]:
    return frame[["estimate", "se"]].to_numpy(float).tolist()


# g <- postStratify(d, ~stype, data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018)))
@pytest.mark.usefixtures("clusters")
def test_estimates_equal_r(store: Store, viewer: Viewer) -> None:
    enter(store, viewer, "stype", TYPES)
    found = estimates(store, viewer, by="all").set_index("indicator")
    expected = {
        "school.api": [606.452380375786, 24.6991545146224],          # svymean(~api99, g, deff = TRUE)
        "school.pupils": [3680892.94511905, 406292.636294802],       # svytotal(~enroll, g, deff = TRUE)
        "school.tested": [0.847989789518013, 0.00718825862540332],   # svyratio(~api.stu, ~enroll, g, deff = TRUE)
        "school.met_target": [0.861807817088728, 0.0222314948519717],
        "school.api_of_high_schools": [595.714285714286, 41.7640003379948],
        "school.gap": [0.108498948428961, 0.0278842245511951],       # of those below 650, as the poverty gap is
        "school.median": [615, 38.9316105281608],                    # svyquantile(~api99, g, 0.5, qrule = "math")
    }
    for id, numbers in expected.items():
        assert found.loc[id, ["estimate", "se"]].tolist() == pytest.approx(numbers, rel=1e-9), id
    assert found.loc["school.median", ["lower", "upper"]].tolist() == [520, 687]
    # svyciprop(~I(sch.wide == "Yes"), g, method = "logit")
    assert found.loc["school.met_target", ["lower", "upper"]].tolist() == pytest.approx(
        [0.806904339213643, 0.902977479752741], rel=1e-9)
    deffs = found.loc[["school.api", "school.pupils", "school.tested"], "deff"].tolist()
    assert deffs == pytest.approx([9.13395315452878, 4.40394460715577, 3.32711736719762], rel=1e-9)
    assert found["df"].tolist() == [14, 14, 14, 14, 7, 14, 14, 14, 14]
    assert found["n"].tolist() == [183, 183, 183, 183, 14, 183, 183, 183, 183]


@pytest.mark.usefixtures("clusters")
def test_domains_equal_r(store: Store, viewer: Viewer) -> None:
    """A PSU without schools of the domain still adds the mean of its groups, taken off."""
    enter(store, viewer, "stype", TYPES)
    asked = {"by": "all", "group": "sch_wide"}
    # svyby(~api99, ~sch.wide, g, svymean); svyby(~enroll, ..., svytotal); svyby(~api.stu, denominator = ~enroll, ..., svyratio)
    expected = {
        "school.api": [[604.798726388275, 25.1402340117169], [616.765061622831, 28.6947554200071]],
        "school.pupils": [[3155659.588888889, 399539.559901600], [525233.356230159, 130877.024391397]],
        "school.tested": [[0.847433335021021, 0.00711732843363098], [0.851333029143574, 0.01068287428155506]],
    }
    for id, numbers in expected.items():
        found = estimates(store, viewer, indicators=[id], **asked)  # type: ignore[arg-type]
        assert found["category"].tolist() == ["Yes", "No"]
        assert pair(found) == [pytest.approx(each, rel=1e-9) for each in numbers]
    assert estimates(store, viewer, indicators=["school.api"], **asked)["df"].tolist() == [14, 9]  # type: ignore[arg-type]
    # svyquantile(~api99, subset(g, sch.wide == "Yes"), 0.5, qrule = "math")
    median = estimates(store, viewer, indicators=["school.median"], **asked).iloc[0]  # type: ignore[arg-type]
    assert median[["estimate", "lower", "upper", "se"]].tolist() == pytest.approx([615, 513, 687, 40.5634744425149], rel=1e-9)
    # svyby(~api99, ~stype, g, svymean): the categories of the known totals themselves
    by_type = estimates(store, viewer, indicators=["school.api"], by="all", group="stype")
    assert pair(by_type) == [pytest.approx(each, rel=1e-9) for each in (
        [607.791666666667, 22.8166003822091], [608.6, 32.5606413459762], [595.714285714286, 41.7640003379948])]


@pytest.mark.usefixtures("clusters")
def test_a_gap_equals_r(store: Store, viewer: Viewer) -> None:
    # svycontrast(svytotal(~yA + A + yB + B, g), quote(yB/B - yA/A)), A and B being sch.wide No and Yes
    enter(store, viewer, "stype", TYPES)
    found = gaps(store, viewer, group="sch_wide", indicators=["school.api"], by="all")
    assert found["category"].tolist() == ["Yes:No"]
    assert pair(found) == [pytest.approx([11.9663352345565, 20.0705843691678], rel=1e-9)]


@pytest.mark.usefixtures("both_rounds")
def test_comparisons_equal_r(store: Store, viewer: Viewer) -> None:
    """Both rounds in one design; postStratify(dj, ~cell, ...) with a cell for each round and type."""
    api = ["school.api"]
    found = changes(store, viewer, pair=("r1", "r2"), indicators=["school.api", "school.pupils"], by="all")
    assert pair(found) == [pytest.approx(each, rel=1e-9) for each in (
        [34.3650308691141, 2.7796119510523], [19214.737351934, 29729.8054283024])]
    did = difference_in_differences(store, viewer, pair=("r1", "r2"), indicators=api)
    assert pair(did) == [pytest.approx([-4.38327648560789, 5.06518429186752], rel=1e-9)]
    # of the second round alone
    against = against_comparison(store, viewer, indicators=api, rounds=["r2"])
    assert pair(against) == [pytest.approx([48.4913619736579, 41.5661272952931], rel=1e-9)]


@pytest.mark.usefixtures("clusters")
def test_crossed_groups_and_bands_equal_r(store: Store, viewer: Viewer) -> None:
    # postStratify(d, ~stype + sch.wide, as.data.frame(xtabs(~stype + sch.wide, apipop)))
    enter(store, viewer, "stype sch_wide", {"E No": 472, "H No": 334, "M No": 266, "E Yes": 3949, "H Yes": 421, "M Yes": 752})
    assert pair(estimates(store, viewer, indicators=["school.api"], by="all")) == [
        pytest.approx([608.64686291489, 23.8818269422047], rel=1e-9)]
    by_improvement = estimates(store, viewer, indicators=["school.api"], by="all", group="comp_imp")
    assert pair(by_improvement) == [pytest.approx(each, rel=1e-9) for each in (
        [599.607087019889, 24.1401011989760], [628.231139778146, 27.3759429257149])]


@pytest.mark.usefixtures("clusters")
def test_bands_of_a_number_equal_r(store: Store, viewer: Viewer) -> None:
    # band <- cut(meals, c(-1, 24, 49, 200)); postStratify(d, ~band, ... Freq = c(2000, 1500, 2694))
    enter(store, viewer, "meals", {"0-24": 2000, "25-49": 1500, "50+": 2694})
    assert pair(estimates(store, viewer, indicators=["school.api"], by="all")) == [
        pytest.approx([620.972850188348, 10.6764318166762], rel=1e-9)]


@pytest.fixture
def strata(store: Store, viewer: Viewer, testdata: Path) -> Instrument:
    """Rows that are PSUs themselves: svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat)."""
    instrument = survey(store, viewer, questions=MORE_QUESTIONS, choices=CHOICES, indicators=INDICATORS,
                        design={"weight": "pw", "stratum": "stype", "psu_population": "fpc", "village": "district"})
    rounds(store, viewer, "r1")
    rows, raw = schools(testdata, "apistrat", "00"), pd.read_csv(testdata / "r_survey" / "apistrat.csv")
    put(store, viewer, instrument, rows.assign(_stratum=rows["stype"], comp_imp=raw["comp.imp"], meals=raw["meals"]))
    enter(store, viewer, "sch_wide", {"No": 1072, "Yes": 5122})
    return instrument


@pytest.mark.usefixtures("strata")
def test_rows_that_are_psus_themselves_equal_r(store: Store, viewer: Viewer) -> None:
    found = estimates(store, viewer, by="all").set_index("indicator")
    expected = {
        "school.api": [662.203029450444, 9.27254389990780], "school.pupils": [3689885.67765931, 125625.233337521],
        "school.tested": [0.836891148956666, 0.00785282142860083], "school.median": [668, 13.1840557881618],
    }
    for id, numbers in expected.items():
        assert found.loc[id, ["estimate", "se"]].tolist() == pytest.approx(numbers, rel=1e-9), id
    assert found.loc["school.api", "deff"] == pytest.approx(1.16954391421962, rel=1e-9)
    asked = {"by": "all", "group": "comp_imp"}
    assert pair(estimates(store, viewer, indicators=["school.api"], **asked)) == [pytest.approx(each, rel=1e-9) for each in (  # type: ignore[arg-type]
        [676.388192767165, 11.7013638677884], [635.276328361037, 15.7459928556124])]
    assert pair(estimates(store, viewer, indicators=["school.pupils"], **asked)) == [pytest.approx(each, rel=1e-9) for each in (  # type: ignore[arg-type]
        [2095947.33914648, 127527.405489307], [1593938.33851282, 136572.897092175])]
    # Categories of one group have a covariance, though no school is in both.
    assert pair(gaps(store, viewer, group="comp_imp", indicators=["school.api"], by="all")) == [
        pytest.approx([-41.1118644061277, 19.7033366799391], rel=1e-9)]


@pytest.mark.usefixtures("clusters")
def test_the_total_of_a_group_is_the_known_one_without_error(store: Store, viewer: Viewer) -> None:
    enter(store, viewer, "stype", TYPES)
    found = estimates(store, viewer, indicators=["school.count"], by="all", group="stype")
    assert found["category"].tolist() == ["E", "M", "H"]
    assert found["estimate"].tolist() == pytest.approx([4421, 1018, 755], rel=1e-12)
    assert found["se"].tolist() == [0, 0, 0]


@pytest.mark.usefixtures("clusters")
def test_parts_add_up_to_the_whole(store: Store, viewer: Viewer) -> None:
    enter(store, viewer, "stype", TYPES)
    whole = estimates(store, viewer, indicators=["school.pupils"], by="all")["estimate"].iloc[0]
    for asked in ({"by": "all", "group": "sch_wide"}, {"by": "village"}, {"by": "all", "group": "stype"}):
        parts = estimates(store, viewer, indicators=["school.pupils"], **asked)["estimate"]  # type: ignore[arg-type]
        assert parts.sum() == pytest.approx(whole, rel=1e-12)


@pytest.mark.usefixtures("clusters")
def test_totals_that_the_weights_give_already_change_no_estimate(store: Store, viewer: Viewer, testdata: Path) -> None:
    before = estimates(store, viewer, by="all")
    rows = of_clusters(testdata)
    enter(store, viewer, "stype", rows.groupby("stype")["pw"].sum().to_dict())
    after = estimates(store, viewer, by="all")
    assert after["estimate"].tolist() == pytest.approx(before["estimate"].tolist(), rel=1e-12)
    count = {"before": before, "after": after}
    se = {when: frame.set_index("indicator").loc["school.count", "se"] for when, frame in count.items()}
    assert se["before"] > 1000
    assert se["after"] == 0              # how many schools there are is known now


@pytest.mark.usefixtures("clusters")
def test_without_the_totals_all_is_as_before(store: Store, viewer: Viewer) -> None:
    before = estimates(store, viewer, by="all")
    enter(store, viewer, "stype", TYPES)
    assert estimates(store, viewer, by="all")["estimate"].tolist() != before["estimate"].tolist()
    for category in TYPES:
        remove(store, viewer, "known_totals", {
            "instrument": "survey", "form": "survey", "round": "r1", "grouped_by": "stype", "category": category})
    pd.testing.assert_frame_equal(estimates(store, viewer, by="all"), before)
    assert known_totals(store, viewer) == []


def test_weights_on_another_scale_give_the_same(store: Store, viewer: Viewer, testdata: Path) -> None:
    instrument = survey(store, viewer, questions={**MORE_QUESTIONS, "shortfall": "decimal"}, choices=CHOICES, indicators=MORE,
                        design={"weight": "pw", "psu": "district", "village": "district"})
    rounds(store, viewer, "r1", "r2")
    rows = of_clusters(testdata).assign(_psu_population=None)
    for round, scale in (("r1", 1), ("r2", 7)):
        put(store, viewer, instrument, rows.assign(_round=round, _weight=rows["_weight"] * scale))
        enter(store, viewer, "stype", TYPES, round=round)
    found = estimates(store, viewer, by="all")
    first, second = (found[found["round"] == round] for round in ("r1", "r2"))
    for column in ("estimate", "se", "lower", "upper", "deff"):
        assert second[column].to_numpy(float) == pytest.approx(first[column].to_numpy(float), rel=1e-9, nan_ok=True), column


def test_a_hand_countable_village_sample(store: Store, viewer: Viewer) -> None:
    """Two villages of 30 and 10 households; 3 and 2 were asked."""
    instrument = survey(store, viewer, questions={"kode": "text", "income": "integer"}, design={"village": "kode"},
                        indicators=[{"id": "i.mean", "kind": "mean", "numerator": "income"},
                                    {"id": "i.sum", "kind": "total", "numerator": "income"}])
    rounds(store, viewer, "r1")
    a, b = "18.02.02.2001", "18.02.02.2002"
    put(store, viewer, instrument, pd.DataFrame({"_village": [a, a, a, b, b], "income": [1, 2, 3, 8, 4]}))
    enter(store, viewer, "village", {a: 30, b: 10})
    mean, total = (row for _, row in estimates(store, viewer, by="all").iterrows())
    # Means 2 and 6: (30*2 + 10*6) / 40 = 3, and 120 in all.
    assert (mean["estimate"], total["estimate"]) == pytest.approx((3, 120))
    # A household of the first stands for 10, of the second for 5, and z is its distance from the mean of its village:
    # -10, 0, 10, 10, -10; they add up to 0, squared to 400. With 5 households as PSUs: 5/4 * 400 = 500.
    assert (mean["se"], total["se"]) == pytest.approx((500 ** 0.5 / 40, 500 ** 0.5))
    village = estimates(store, viewer, indicators=["i.mean"], by="village")
    assert village["estimate"].tolist() == [2, 6]
    # Of a village alone: -10/30, 0, 10/30: 5/4 * 200/900; and 10/10, -10/10: 5/4 * 2.
    assert village["se"].tolist() == pytest.approx([(5 / 4 * 200 / 900) ** 0.5, 2.5 ** 0.5])


@pytest.mark.usefixtures("clusters")
def test_the_trace_says_what_the_weights_agree_with(store: Store, viewer: Viewer, testdata: Path) -> None:
    asked = {"indicator": "school.pupils", "by": "all", "domain": "all", "round": "r1", "language": "en"}
    assert trace(store, viewer, **asked).adjusted is None  # type: ignore[arg-type]
    enter(store, viewer, "stype", TYPES)
    found = trace(store, viewer, **asked)  # type: ignore[arg-type]
    assert found.y == pytest.approx(3680892.94511905, rel=1e-9)
    assert found.formula.endswith("is adjusted so that those of its group add up to the known total (N).")
    # Each school stands for 33.847: 144 E, 14 H, 25 M.
    weight = of_clusters(testdata)["pw"].iloc[0]
    assert found.adjusted == Adjusted(is_used=True, grouped_by="stype", groups=3, sources=("Dapodik",), lowest=pytest.approx(
        4421 / 144 / weight), highest=pytest.approx(755 / 14 / weight))


@pytest.mark.usefixtures("clusters")
def test_totals_that_do_not_cover_every_response_are_not_used_and_say_why(
    store: Store, viewer: Viewer, testdata: Path,
) -> None:
    from_50 = int((of_clusters(testdata)["meals"] >= 50).sum())
    before = estimates(store, viewer, by="all")
    for grouped_by, totals, problems in (
        ("stype", {"E": 4421, "H": 755}, [("estimate.not_adjusted.no_total", {"categories": ("M",)})]),
        ("stype sch_wide", {"E Yes": 1, "E No": 1, "M Yes": 1, "M No": 1, "H Yes": 1},
         [("estimate.not_adjusted.no_total", {"categories": ("H No",)})]),
        ("meals", {"0-24": 2000, "25-49": 1500, "200+": 10}, [
            ("estimate.not_adjusted.in_no_group", {"rows": from_50, "grouped_by": "meals"}),
            ("estimate.not_adjusted.no_rows", {"categories": ("200+",)})]),
    ):
        enter(store, viewer, grouped_by, totals)
        [found] = known_totals(store, viewer)
        assert (found.is_used, [(each.code, each.params) for each in found.problems]) == (False, problems)
        assert all(explain(problem, "id") for problem in found.problems)
        pd.testing.assert_frame_equal(estimates(store, viewer, by="all"), before)
        adjusted = trace(store, viewer, indicator="school.api", by="all", domain="all", round="r1").adjusted
        assert adjusted is not None and not adjusted.is_used
        for category in totals:
            remove(store, viewer, "known_totals", {"instrument": "survey", "form": "survey", "round": "r1",
                                                   "grouped_by": grouped_by, "category": category})


def test_a_village_nobody_visited_is_left_out(store: Store, viewer: Viewer) -> None:
    instrument = survey(store, viewer, questions={"kode": "text", "income": "integer"}, design={"village": "kode"},
                        indicators=[{"id": "i.sum", "kind": "total", "numerator": "income"}])
    rounds(store, viewer, "r1")
    a, b, c = (f"18.02.02.200{number}" for number in (1, 2, 3))
    put(store, viewer, instrument, pd.DataFrame({"_village": [a, a, b, b], "income": [1, 3, 4, 6]}))
    enter(store, viewer, "village", {a: 20, b: 10, c: 50})
    [found] = known_totals(store, viewer)
    assert (found.is_used, found.unvisited) == (True, (c,))
    assert [(group.category, group.total, group.rows, group.weight) for group in found.groups] == [(a, 20, 2, 2), (b, 10, 2, 2)]
    assert [group.category for group in found.small] == [a, b]
    # 20 * 2 + 10 * 5
    assert estimates(store, viewer, by="all")["estimate"].tolist() == pytest.approx([90])


def test_only_rounds_with_known_totals_are_adjusted(store: Store, viewer: Viewer, testdata: Path, clusters: Instrument) -> None:
    before = estimates(store, viewer, by="all")
    put(store, viewer, clusters, of_clusters(testdata, "00").assign(_round="r2"))
    enter(store, viewer, "stype", TYPES, round="r2")
    found = estimates(store, viewer, by="all")
    first = found[found["round"] == "r1"].reset_index(drop=True)
    pd.testing.assert_frame_equal(first, before, check_exact=False, rtol=1e-12)
    # The change takes the covariance of a round with its design weights and one with known totals.
    change = changes(store, viewer, pair=("r1", "r2"), indicators=["school.api"], by="all").iloc[0]
    levels = found[found["indicator"] == "school.api"]["estimate"].tolist()
    assert change["estimate"] == pytest.approx(levels[1] - levels[0])
    assert 0 < change["se"] < 10         # 24.2 and 24.7 alone


@pytest.mark.parametrize(("grouped_by", "category", "code"), [
    ("stype", "E", None),
    ("colour", "red", "not_groupable"),
    ("stype", "X", "not_a_category"),
    ("stype", "E Yes", "other_number_of_words"),
    ("meals", "many", "not_a_band"),
    ("meals", "20-10", "not_a_band"),
    ("village", "18.02.02", "not_a_village_code"),
    ("village", "1802022001", "not_a_village_code"),
])
@pytest.mark.usefixtures("clusters")
def test_a_group_that_the_form_does_not_have_is_refused(
    store: Store, viewer: Viewer, grouped_by: str, category: str, code: str | None,
) -> None:
    found = save(store, viewer, "known_totals", {
        "instrument": "survey", "form": "survey", "round": "r1", "grouped_by": grouped_by, "category": category, "total": 5,
        "source": "s"})
    assert [finding.code for finding in found.findings] == ([code] if code else [])
    assert all(finding.message(language) for finding in found.findings for language in ("id", "en"))


@pytest.mark.usefixtures("clusters")
def test_totals_that_contradict_others_are_refused(store: Store, viewer: Viewer) -> None:
    given = {"instrument": "survey", "form": "survey", "round": "r1", "source": "s"}
    enter(store, viewer, "meals", {"0-24": 10})
    for grouped_by, category, total, code in (
        ("meals", "20-30", 5, "bands_overlap"), ("stype", "E", 5, "other_grouping"), ("meals", "25+", 0, "not_positive"),
    ):
        found = save(store, viewer, "known_totals", {**given, "grouped_by": grouped_by, "category": category, "total": total})
        assert code in [finding.code for finding in found.findings]
        assert found.has_errors
    unknown = save(store, viewer, "known_totals", {
        **given, "form": "member", "grouped_by": "sex", "category": "female", "total": 5})
    assert [(finding.code, finding.severity) for finding in unknown.findings] == [("no_such_form", "warning")]


def test_a_band_that_excel_made_a_date_is_named() -> None:
    _, [found] = entry_of(sheet("known_totals"), {"category": datetime(2024, 5, 14)})
    assert (found.code, found.message("en").count("Format the cell as Text")) == ("band_is_date", 1)


@pytest.mark.usefixtures("clusters")
def test_gini_and_its_design_effect_equal_r(store: Store, viewer: Viewer) -> None:
    """svytotal(~z, d, deff = TRUE) of the linearised values z, which convey's svygini takes too."""
    asked = {"indicators": ["school.inequality"], "by": "all"}
    plain, [of_no] = estimates(store, viewer, **asked).iloc[0], [  # type: ignore[arg-type]
        row for _, row in estimates(store, viewer, group="sch_wide", **asked).iterrows() if row["category"] == "No"]  # type: ignore[arg-type]
    enter(store, viewer, "stype", TYPES)
    adjusted = estimates(store, viewer, **asked).iloc[0]  # type: ignore[arg-type]
    for row, numbers in (
        (plain, [0.30717359371287, 0.0343480301121967, 2.72194450790387]),
        (of_no, [0.29145903910557, 0.0391312999211044, 1.14132774422755]),          # of subset(d, sch.wide == "No")
        (adjusted, [0.33766415638646, 0.0257013122361157, 1.79037832937614]),       # of g
    ):
        assert row[["estimate", "se", "deff"]].tolist() == pytest.approx(numbers, rel=1e-9)
        assert row["n_effective"] == pytest.approx(row["n"] / row["deff"])


def test_a_multiplier_multiplies_what_rows_add_and_not_what_is_known(store: Store, viewer: Viewer, testdata: Path) -> None:
    # svyratio(~I(api99 * enroll), ~enroll, g): pupils instead of schools, while schools are what is known
    instrument = survey(
        store, viewer, questions={**MORE_QUESTIONS, "shortfall": "decimal"}, choices=CHOICES,
        indicators=[{"id": "pupil.api", "kind": "mean", "numerator": "api", "multiplier": "enroll"}],
        design={"weight": "pw", "psu": "district", "psu_population": "fpc", "village": "district"})
    rounds(store, viewer, "r1")
    put(store, viewer, instrument, of_clusters(testdata))
    enter(store, viewer, "stype", TYPES)
    assert pair(estimates(store, viewer, by="all")) == [pytest.approx([597.371662442979, 29.1203434235208], rel=1e-9)]


@pytest.mark.parametrize(("single_psu", "errors"), [
    # options(survey.lonely.psu = ...); svydesign(id = ~dnum, strata = ~h, ...), h being dnum %/% 100: 4 of 8 strata have one PSU
    (0, [22.8176671788114, 486684.340634981, 38.7180374286202]),    # adjust: mean, total, mean of high schools
    (1, [29.6011689574579, 682645.344991926]),    # average; a domain's is over the strata it has rows in, R's over all
    (3, [20.9311873008672, 482703.152589221, 37.8316185476187]),    # remove
])
def test_strata_with_one_psu_equal_r(
    store: Store, viewer: Viewer, testdata: Path, single_psu: int, errors: list[float],
) -> None:
    instrument = survey(store, viewer, questions={**MORE_QUESTIONS, "shortfall": "decimal"}, choices=CHOICES, indicators=MORE,
                        design={"weight": "pw", "psu": "district", "stratum": "stype", "village": "district"})
    rounds(store, viewer, "r1")
    rows = of_clusters(testdata).assign(_psu_population=None)
    put(store, viewer, instrument, rows.assign(_stratum=(rows["district"].astype(int) // 100).astype(str)))
    enter(store, viewer, "stype", TYPES)
    assert not save(store, viewer, "settings", {"name": "single_psu", "value": single_psu}).has_errors
    found = estimates(store, viewer, by="all").set_index("indicator")
    names = ["school.api", "school.pupils", "school.api_of_high_schools"]
    assert found.loc[names, "se"].tolist()[:len(errors)] == pytest.approx(errors, rel=1e-9)
    assert found.loc[names, "has_lonely_psu"].all()


def test_a_round_whose_sums_were_loaded_is_not_adjusted(
    store: Store, viewer: Viewer, testdata: Path, clusters: Instrument,
) -> None:
    enter(store, viewer, "stype", TYPES)
    with store.writing(viewer, "test") as cursor:
        cursor.execute("INSERT INTO totals.loaded VALUES ('survey_survey', 'r1', 'spark', 'x', current_timestamp::TIMESTAMP)")
    [found] = known_totals(store, viewer)
    assert [problem.code for problem in found.problems] == ["estimate.not_adjusted.loaded"]
