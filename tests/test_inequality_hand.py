"""Gini, quantiles and relative poverty on rows that can be counted by hand."""
from __future__ import annotations

import numpy as np
import pytest

from metrics.conditions import Variable
from metrics.indicator import BelowMedian, Gini, Quantile
from metrics.inequality import gini, ordered, quantile, share_up_to, woodruff
from metrics.linearised import linearised
from metrics.poverty import relative_line, relative_poverty

INCOME = Variable("income")


def test_the_median_of_an_odd_number_is_the_middle_value() -> None:
    rows = ordered([3, 1, 2], [1, 1, 1])
    assert [quantile(rows, 0.5, rule)[0] for rule in ("math", "school", "hf7")] == [2, 2, 2]


def test_the_median_of_an_even_number_depends_on_the_rule() -> None:
    # Half of the weight is at or below 2: the smallest such value is 2; half way to the next is 2.5.
    rows = ordered([4, 3, 2, 1], [1, 1, 1, 1])
    assert [quantile(rows, 0.5, rule)[0] for rule in ("math", "school", "hf7")] == [2, 2.5, 2.5]


def test_a_weight_of_three_counts_as_three_rows() -> None:
    # 1, 1, 1, 5, 9: the middle is 1.
    rows = ordered([9, 1, 5], [1, 3, 1])
    assert quantile(rows, 0.5)[0] == 1
    assert quantile(rows, 0.8)[0] == 5
    assert quantile(rows, 0.81)[0] == 9


def test_weights_that_are_not_exact_in_binary_still_reach_a_half() -> None:
    # 0.1 + 0.2 is not 0.3, but three tenths of six tenths are a half.
    rows = ordered([1, 2, 3], [0.1, 0.2, 0.3])
    assert quantile(rows, 0.5)[0] == 2
    assert quantile(rows, 0.5, "school")[0] == 2.5


def test_the_share_up_to_a_value_includes_the_value() -> None:
    share, z = share_up_to(ordered([1, 2, 2, 9], [1, 1, 1, 1]), np.array([2.0]))
    assert share.tolist() == [0.75]
    # (1 - 0.75) / 4 for the three rows within, (0 - 0.75) / 4 for the one above.
    assert z.tolist() == [0.0625, 0.0625, 0.0625, -0.1875]


def test_the_interval_of_a_median_is_read_off_at_the_interval_of_its_share() -> None:
    # Half of 1..10 is at or below 5; 0.5 -/+ 2 * 0.1 are 0.3 and 0.7: the values 3 and 7; se = (7 - 3) / (2 * 2).
    rows = ordered(np.arange(1, 11), np.ones(10))
    share, _ = share_up_to(rows, quantile(rows, 0.5))
    lower, upper, se = woodruff(rows, share, np.array([0.1]), 2.0)
    assert (lower.tolist(), upper.tolist(), se.tolist()) == ([3], [7], [1])


def test_an_interval_that_leaves_the_data_is_none() -> None:
    rows = ordered([1, 2, 3, 4], np.ones(4))
    share, _ = share_up_to(rows, quantile(rows, 0.5))
    lower, upper, se = woodruff(rows, share, np.array([0.3]), 2.0)
    assert np.isnan([lower[0], upper[0], se[0]]).all()


def test_equal_incomes_have_a_gini_of_zero() -> None:
    assert gini(ordered([7, 7, 7], [1, 5, 2]))[0].tolist() == pytest.approx([0])


def test_the_gini_of_four_incomes_by_hand() -> None:
    # Mean absolute difference of 1, 2, 3, 4 over all 16 pairs: 2 * (1+2+3+1+2+1) / 16 = 20/16; over twice the mean: / 5.
    assert gini(ordered([4, 2, 1, 3], np.ones(4)))[0].tolist() == pytest.approx([20 / 16 / 5])


def test_when_one_of_ten_has_all_the_gini_is_nine_tenths() -> None:
    assert gini(ordered([0] * 9 + [50], np.ones(10)))[0].tolist() == pytest.approx([0.9])


def test_the_two_published_forms_differ_by_the_weight_of_a_row() -> None:
    # step: (2 * (3*1 + 6*2) - (1 + 2) * 3) / (6 * 9) - 1 where weights are 3 and values 1, 2:
    # sum of (2r - 1) w x = (5 * 3 * 1) + (11 * 3 * 2) = 81; 81 / (6 * 9) - 1 = 0.5.
    rows = ordered([1, 2], [3, 3])
    assert gini(rows, "step")[0].tolist() == pytest.approx([0.5])
    # trapezoid: 2 * (1.5 * 3 * 1 + 4.5 * 3 * 2) / 54 - 1 = 63 / 54 - 1.
    assert gini(rows, "trapezoid")[0].tolist() == pytest.approx([1 / 6])


def test_incomes_that_sum_to_nothing_have_no_gini() -> None:
    assert np.isnan(gini(ordered([0, 0], [1, 1]))[0][0])
    assert np.isnan(gini(ordered([-5, 1], [1, 1]))[0][0])


def test_half_of_the_median_by_hand() -> None:
    # Median of 1, 4, 6, 8, 100 is 6, the line 3: one of five is below, short of it by (3 - 1) / 3.
    value, weight = [1, 4, 6, 8, 100], np.ones(5)
    line = relative_line(value, weight)
    assert line.value == 3
    by_power = [relative_poverty(value, weight, line, power=power).estimate[0] for power in (0, 1, 2)]
    assert by_power == pytest.approx([1 / 5, 2 / 3 / 5, 4 / 9 / 5])


def test_who_is_at_the_line_is_not_below_it() -> None:
    value, weight = [3, 6, 6], np.ones(3)
    line = relative_line(value, weight)
    assert (line.value, relative_poverty(value, weight, line).estimate.tolist()) == (3, [0])


def test_missing_values_and_weights_leave_a_row_out() -> None:
    value, weight = [1, np.nan, 3, 5, 9, 4], [1, 1, 1, 0, np.nan, 1]
    rows = ordered(value, weight)
    assert rows.value.tolist() == [1, 3, 4]
    assert gini(rows)[1][[1, 3, 4]].tolist() == [0, 0, 0]
    result = linearised(Gini(INCOME), value, weight, np.arange(6), np.zeros(6), 1)
    assert result.influence[[1, 3, 4]].tolist() == [0, 0, 0]


def test_a_row_may_be_in_several_domains_or_in_none() -> None:
    # Domain 0 has 1, 2, 3; domain 1 has 3, 4, 5; the row 100 is in none; domain 2 is empty.
    result = linearised(Quantile(INCOME), [1, 2, 3, 4, 5, 100], np.ones(6), [0, 1, 2, 2, 3, 4], [0, 0, 0, 1, 1, 1], 3)
    np.testing.assert_equal(result.estimate, [2, 4, np.nan])
    assert result.influence.tolist() == pytest.approx([1 / 9, 1 / 9, -2 / 9] * 2)


def test_the_relative_line_of_a_domain_is_that_of_all_rows() -> None:
    # The median of all five is 6; below 3 is the 1 of domain 0, and nobody of domain 1.
    result = linearised(BelowMedian(INCOME), [1, 4, 6, 8, 100], np.ones(5), np.arange(5), [0, 0, 1, 1, 1], 2)
    assert result.estimate.tolist() == [0.5, 0]
