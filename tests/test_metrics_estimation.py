"""Designs small enough to count by hand, and those of R's survey package that hands count badly."""
from __future__ import annotations

import io
import math

import numpy as np
import pandas as pd
import pytest

from metrics import intervals
from metrics.alpha import cronbach
from metrics.conditions import Holds, variable
from metrics.estimation import Lonely
from metrics.indicator import Index, Item, Mean, Ratio, Share, Shortfall, Total, equals
from tests.estimated import Sample, estimated, indicator


def table(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text.strip()), sep=r"\s+", na_values="-")


def one(rows: pd.DataFrame, measure: object, sample: Sample, **more: object) -> pd.Series:
    return estimated(rows, [indicator(measure)], sample, **more).iloc[0]  # type: ignore[arg-type]


CLUSTERS = table("""
    village psu y
    A       1   1
    A       1   3
    A       2   5
    B       3   7
""")


def test_a_mean_of_unweighted_clusters() -> None:
    found = one(CLUSTERS, Mean(variable("y")), Sample(psu="psu"))
    # Mean (1+3+5+7)/4 = 4. z per PSU: (4-8)/4 = -1, (5-4)/4 = 0.25, (7-4)/4 = 0.75; their mean is 0.
    # Variance 3/2 * (1 + 0.0625 + 0.5625) = 2.4375; three PSUs in one stratum leave 2 degrees of freedom.
    assert (found["estimate"], found["df"], found["n"]) == (4, 2, 4)
    assert found["se"] == pytest.approx(math.sqrt(2.4375))


def test_a_psu_without_members_of_the_domain_still_counts() -> None:
    found = estimated(CLUSTERS, [indicator(Mean(variable("y")))], Sample(psu="psu"), group="village").set_index("category")
    # Village A: mean 3. z per PSU: (4-6)/3 = -2/3, (5-3)/3 = 2/3, and 0 of PSU 3, which has nobody of A.
    # Variance 3/2 * (4/9 + 4/9 + 0) = 4/3. Two PSUs of one stratum have members: 1 degree of freedom.
    assert found.loc["A", ["estimate", "df", "psus"]].tolist() == [3, 1, 2]
    assert found.loc["A", "se"] == pytest.approx(math.sqrt(4 / 3))
    # Village B is one PSU: nothing tells how much another would differ.
    assert found.loc["B", "df"] == 0
    assert math.isnan(found.loc["B", "lower"])


def test_a_population_correction_of_a_stratum_wholly_visited_leaves_no_error() -> None:
    rows = table("""
        stratum y population
        s       1 3
        s       2 3
        s       6 3
    """)
    found = one(rows, Mean(variable("y")), Sample(stratum="stratum", population="population"))
    assert (found["estimate"], found["se"]) == (3, 0)


def test_a_population_correction_takes_its_share_off_the_variance() -> None:
    rows = table("""
        y population
        1 4
        3 4
    """)
    # Variance of a mean of two: (1 - 2/4) * s2/n = 0.5 * 2/2 = 0.5.
    assert one(rows, Mean(variable("y")), Sample(population="population"))["se"] == pytest.approx(math.sqrt(0.5))


def test_a_ratio_is_of_totals_not_of_rows() -> None:
    rows = table("""
        w y x
        1 2 1
        3 1 2
    """)
    # (1*2 + 3*1) / (1*1 + 3*2) = 5/7, not the mean of 2 and 1/2.
    assert one(rows, Ratio(variable("y"), variable("x")), Sample(weight="w"))["estimate"] == pytest.approx(5 / 7)


def test_a_skipped_question_is_missing_not_zero() -> None:
    rows = table("""
        water
        piped
        -
        well
        piped
    """)
    found = one(rows, Share(equals(variable("water"), "piped")), Sample(), holds={"water": Holds.TEXT})
    assert (found["estimate"], found["n"], found["asked"]) == (2 / 3, 3, 4)


def test_rows_outside_where_are_not_asked() -> None:
    rows = table("""
        age y
        5   1
        12  0
        -   1
        30  1
    """)
    asked = indicator(Mean(variable("y")), where=variable("age") >= 10)
    found = estimated(rows, [asked], Sample()).iloc[0]
    assert (found["estimate"], found["n"], found["asked"]) == (0.5, 2, 2)


def test_a_multiplier_speaks_of_persons_instead_of_households() -> None:
    rows = table("""
        w members poor
        1 1       0
        2 4       1
    """)
    households = estimated(rows, [indicator(Mean(variable("poor")))], Sample(weight="w")).iloc[0]
    persons = estimated(rows, [indicator(Mean(variable("poor")), multiplier="members")], Sample(weight="w")).iloc[0]
    assert (households["estimate"], persons["estimate"]) == (pytest.approx(2 / 3), pytest.approx(8 / 9))


def test_a_row_without_weight_does_not_count() -> None:
    rows = table("""
        w y
        1 1
        0 9
        1 3
    """)
    found = one(rows, Mean(variable("y")), Sample(weight="w"))
    assert (found["estimate"], found["n"]) == (2, 2)


@pytest.mark.parametrize("power, expected", [(0, 2 / 4), (1, (0.5 + 0.1) / 4), (2, (0.25 + 0.01) / 4)])
def test_poverty_counts_those_below_the_line(power: int, expected: float) -> None:
    rows = table("""
        income line
        50     100
        90     100
        100    100
        300    100
        20     -
    """)
    found = one(rows, Shortfall(variable("income"), variable("line"), power), Sample())
    assert found["estimate"] == pytest.approx(expected)
    assert found["n"] == 4


def test_an_index_needs_half_of_its_items() -> None:
    rows = table("""
        a b c
        5 1 3
        5 - -
        1 2 -
    """)
    items = (Item("a", 1, 5), Item("b", 1, 5, reversed=True), Item("c", 1, 5))
    found = one(rows, Index(items), Sample())
    # Row 1: (100 + 100 + 50)/3 = 250/3. Row 2 has one of three items: out. Row 3: (0 + 75)/2 = 37.5.
    assert found["estimate"] == pytest.approx((250 / 3 + 37.5) / 2)
    assert found["n"] == 2


def test_an_answer_off_the_scale_is_missing() -> None:
    rows = pd.DataFrame({"a": ["5", "dk", "1"], "b": [99, 3, 5]})
    found = one(rows, Index((Item("a", 1, 5), Item("b", 1, 5))), Sample())
    # Row 1: a alone, 100. Row 2: b alone, 50. Row 3: (0 + 100)/2 = 50.
    assert found["estimate"] == pytest.approx(200 / 3)


LONELY = table("""
    h p w  y  x g N
    a 1 10 3  1 m 20
    a 1 12 5  2 f 20
    a 2 9  4  2 m 20
    b 3 20 10 3 m 12
    b 4 21 8  4 f 12
    c 5 15 20 5 m 9
    d 6 8  6  2 f 6
    d 7 7  7  2 f 6
""")
# options(survey.lonely.psu = l); d <- svydesign(id = ~p, strata = ~h, weights = ~w [, fpc = ~N], data = x)
# SE(svymean(~y, d)), SE(svyratio(~y, ~x, d)), SE(svytotal(~y, d)), SE(svyby(~y, ~g, d, svymean)): f, m
OF_R = [
    (None, Lonely.ADJUST, [1.803827077853, 0.430515249855, 306.497960841504, 0.715112627998, 2.667557903138]),
    (None, Lonely.AVERAGE, [0.824259993291, 0.397003717392, 72.489079637327, 0.715112627998, 0.432934882474]),
    (None, Lonely.CERTAINTY, [0.713830093513, 0.343815304658, 62.777384462878, 0.715112627998, 0.353489851305]),
    (None, Lonely.REMOVE, [0.713830093513, 0.343815304658, 62.777384462878, 0.715112627998, 0.353489851305]),
    ("N", Lonely.ADJUST, [1.698576741386, 0.397651645648, 288.926288177452, 0.659433782926, 2.514852251930]),
    ("N", Lonely.AVERAGE, [0.771007683323, 0.362310721661, 68.101884457529, 0.659433782926, 0.406828364377]),
    ("N", Lonely.CERTAINTY, [0.667712240270, 0.313770289022, 58.977961985813, 0.659433782926, 0.332173968538]),
    ("N", Lonely.REMOVE, [0.667712240270, 0.313770289022, 58.977961985813, 0.659433782926, 0.332173968538]),
]


@pytest.mark.parametrize("population, lonely, expected", OF_R)
def test_a_stratum_with_one_psu_is_treated_as_r_does(population: str | None, lonely: Lonely, expected: list[float]) -> None:
    sample = Sample(weight="w", stratum="h", psu="p", population=population)
    asked = [indicator(Mean(variable("y"))), indicator(Ratio(variable("y"), variable("x"))), indicator(Total(variable("y")))]
    whole = estimated(LONELY, asked, sample, lonely=lonely)
    by_sex = estimated(LONELY, asked[:1], sample, lonely=lonely, group="g").set_index("category")
    assert [*whole["se"], by_sex.loc["f", "se"], by_sex.loc["m", "se"]] == pytest.approx(expected, rel=1e-10)
    assert whole["df"].tolist() == [3, 3, 3]
    assert (by_sex.loc["f", "df"], whole["lonely"].tolist(), by_sex.loc["f", "lonely"]) == (1, [True] * 3, False)


def test_a_single_psu_gives_no_standard_error_where_that_is_asked_for() -> None:
    sample = Sample(weight="w", stratum="h", psu="p")
    by_sex = estimated(LONELY, [indicator(Mean(variable("y")))], sample, lonely=Lonely.FAIL, group="g").set_index("category")
    assert math.isnan(by_sex.loc["m", "se"])
    assert by_sex.loc["f", "se"] == pytest.approx(0.715112627998)


def test_one_psu_in_all_gives_no_standard_error() -> None:
    rows = table("""
        psu y
        1   2
        1   4
    """)
    found = one(rows, Mean(variable("y")), Sample(psu="psu"))
    assert found["estimate"] == 3
    assert math.isnan(found["se"])


def test_an_interval_needs_a_degree_of_freedom() -> None:
    assert np.isnan(intervals.t_interval(np.array([1.0]), np.array([0.1]), np.array([0.0]))).all()


def test_a_share_of_none_has_a_one_sided_interval() -> None:
    # 60 responses, each its own PSU: 1 - 0.05**(1/60), the exact bound (the rule of three says 3/60).
    lower, upper = intervals.one_sided(np.array([False, True]), np.array([60.0, 60.0]), np.array([59.0, 59.0]))
    assert lower.tolist() == pytest.approx([0, 0.05 ** (1 / 60)])
    assert upper.tolist() == pytest.approx([1 - 0.05 ** (1 / 60), 1])


def test_few_psus_make_a_one_sided_interval_wider() -> None:
    edge = np.array([False, False])
    _, upper = intervals.one_sided(edge, np.array([60.0, 60.0]), np.array([59.0, 2.0]))
    assert upper[1] > 2 * upper[0]


def test_reliability_follows_the_relative_standard_error() -> None:
    estimate = np.array([100.0, 100, 100, 100, 0, 0, 100])
    se = np.array([25.0, 25.1, 50.1, 0, 1, 0, np.nan])
    lower, upper = estimate - se, estimate + se
    lower[5], upper[5] = 0, 0.3          # a share of 0 with a one-sided interval
    found = intervals.reliability(estimate, se, lower, upper, care=0.25, unreliable=0.5)
    assert found.tolist() == ["usable", "care", "unreliable", "usable", "unreliable", "care", None]


def test_holm_leaves_missing_tests_out() -> None:
    # Three tests: 3*0.01, 2*0.02 (not less than the one before), 1*0.5.
    assert intervals.holm(np.array([0.5, 0.01, np.nan, 0.02])).tolist() == pytest.approx([0.5, 0.03, np.nan, 0.04], nan_ok=True)
    assert intervals.holm(np.array([0.04, 0.03])).tolist() == pytest.approx([0.06, 0.06])


def test_a_p_value_is_of_students_t() -> None:
    # R: 2 * pt(-2, 14)
    assert intervals.p_value(np.array([2.0]), np.array([1.0]), np.array([14.0]))[0] == pytest.approx(0.06528795, rel=1e-6)


def test_alpha_compares_the_spread_of_items_with_that_of_their_sum() -> None:
    answers = np.array([[0.0, 0], [50, 100], [100, 50], [100, 100], [0, np.nan]])
    # Over the four that answered both: variances 6875/3 each, of their sum (0, 150, 150, 200) 7500.
    found = cronbach(answers)
    assert (found.n, found.items) == (4, 2)
    assert found.alpha == pytest.approx(2 / 1 * (1 - 2 * 6875 / 3 / 7500))
    # R: 1 - (1 - alpha) * qf(c(.975, .025), 3, 3)
    assert (found.lower, found.upper) == (pytest.approx(-2.4309294175), pytest.approx(0.9856066068))


def test_alpha_of_items_that_are_copies_is_one() -> None:
    assert cronbach(np.array([[1.0, 1, 1], [5, 5, 5], [3, 3, 3]])).alpha == pytest.approx(1)


def test_there_is_no_alpha_of_one_item() -> None:
    assert math.isnan(cronbach(np.array([[1.0], [5]])).alpha)
