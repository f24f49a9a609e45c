"""What holds for Gini, quantiles and relative poverty whatever the incomes."""
from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from metrics.conditions import Variable
from metrics.indicator import BelowMedian, Gini, Quantile
from metrics.inequality import gini, ordered, quantile
from metrics.linearised import linearised

INCOME = Variable("income")
MEASURES = (Gini(INCOME), Quantile(INCOME), BelowMedian(INCOME, 0.6))

incomes = st.lists(st.tuples(st.integers(1, 1000), st.integers(1, 9)), min_size=3, max_size=40).filter(
    lambda rows: len({value for value, _ in rows}) > 2,
)


def everybody(measure: Gini | Quantile | BelowMedian, value: np.ndarray, weight: np.ndarray) -> tuple[float, np.ndarray]:
    n = len(value)
    result = linearised(measure, value, weight, np.arange(n), np.zeros(n), 1)
    return float(result.estimate[0]), result.influence + result.slope[0] * result.line_influence


@given(incomes)
def test_gini_lies_between_nothing_and_one(rows: list[tuple[int, int]]) -> None:
    value, weight = np.array(rows, dtype=float).T
    assert -1e-12 <= gini(ordered(value, weight))[0][0] < 1


@given(incomes, st.integers(2, 50))
def test_another_currency_changes_only_what_is_in_money(rows: list[tuple[int, int]], rate: int) -> None:
    value, weight = np.array(rows, dtype=float).T
    for measure in MEASURES:
        estimate, influence = everybody(measure, value, weight)
        converted, its_influence = everybody(measure, value * rate, weight)
        assert_allclose(converted, estimate * (rate if isinstance(measure, Quantile) else 1), rtol=1e-9, atol=1e-12)
        assert_allclose(its_influence, influence, rtol=1e-6, atol=1e-9)


@given(incomes, st.sampled_from([0.1, 1 / 3, 2, 1000]))
def test_the_scale_of_the_weights_changes_nothing(rows: list[tuple[int, int]], factor: float) -> None:
    value, weight = np.array(rows, dtype=float).T
    for measure in MEASURES:
        estimate, influence = everybody(measure, value, weight)
        scaled, its_influence = everybody(measure, value, weight * factor)
        assert_allclose(scaled, estimate, rtol=1e-9, atol=1e-12)
        assert_allclose(its_influence, influence, rtol=1e-6, atol=1e-9)


@given(incomes)
def test_a_row_of_weight_three_is_three_rows(rows: list[tuple[int, int]]) -> None:
    value, weight = np.array(rows, dtype=float).T
    repeats = weight.astype(int)
    for measure in (Gini(INCOME), Quantile(INCOME), Quantile(INCOME, 0.2)):
        estimate, influence = everybody(measure, value, weight)
        repeated, its_influence = everybody(measure, np.repeat(value, repeats), np.ones(repeats.sum()))
        assert_allclose(repeated, estimate, rtol=1e-9, atol=1e-12)
        summed = np.bincount(np.repeat(np.arange(len(value)), repeats), its_influence)
        assert_allclose(summed, influence, rtol=1e-6, atol=1e-9)


@given(incomes, st.data())
def test_giving_from_richer_to_poorer_lowers_the_gini(rows: list[tuple[int, int]], data: st.DataObject) -> None:
    """Pigou and Dalton's principle, between two persons of one weight who do not change places."""
    value = np.sort(np.array([income for income, _ in rows], dtype=float))
    poorer = data.draw(st.integers(0, len(value) - 2))
    richer = data.draw(st.integers(poorer + 1, len(value) - 1))
    given_away = (value[richer] - value[poorer]) / 4
    after = value.copy()
    after[poorer] += given_away
    after[richer] -= given_away
    before_gini, after_gini = (gini(ordered(incomes_, np.ones(len(value))))[0][0] for incomes_ in (value, after))
    assert after_gini <= before_gini + 1e-12
    if given_away > 0:
        assert after_gini < before_gini


@given(incomes)
def test_the_order_of_rows_changes_nothing(rows: list[tuple[int, int]]) -> None:
    value, weight = np.array(rows, dtype=float).T
    shuffled = np.random.default_rng(1).permutation(len(value))
    for measure in MEASURES:
        estimate, influence = everybody(measure, value, weight)
        again, its_influence = everybody(measure, value[shuffled], weight[shuffled])
        assert_allclose(again, estimate, rtol=1e-12, atol=1e-12)
        assert_allclose(its_influence, influence[shuffled], rtol=1e-9, atol=1e-12)


@given(incomes)
def test_influences_on_a_domain_sum_to_nothing(rows: list[tuple[int, int]]) -> None:
    """An estimator that does not depend on the scale of the weights has influences that cancel out."""
    value, weight = np.array(rows, dtype=float).T
    for measure in (Gini(INCOME), Quantile(INCOME)):
        assert_allclose(everybody(measure, value, weight)[1].sum(), 0, atol=1e-9)


@given(incomes)
def test_an_influence_is_what_a_little_more_weight_does(rows: list[tuple[int, int]]) -> None:
    """The Gini's linearised value is its derivative by the row's weight."""
    value, weight = np.array(rows, dtype=float).T
    _, influence = everybody(Gini(INCOME), value, weight)
    step = 1e-6
    for row in range(len(value)):
        up, down = weight.copy(), weight.copy()
        up[row] += step
        down[row] -= step
        change = (gini(ordered(value, up))[0][0] - gini(ordered(value, down))[0][0]) / (2 * step)
        assert_allclose(influence[row], weight[row] * change, rtol=1e-4, atol=1e-6)


@given(st.lists(st.tuples(st.integers(1, 1000), st.integers(1, 9), st.integers(-1, 3)), min_size=1, max_size=60))
def test_many_domains_in_one_pass_are_each_domain_alone(rows: list[tuple[int, int, int]]) -> None:
    value, weight, domain = np.array(rows, dtype=float).T
    domain = domain.astype(int)
    together = ordered(value, weight, domain, 4)
    for probability, rule in ((0.5, "math"), (0.5, "school"), (0.3, "hf7")):
        alone = [quantile(ordered(value[domain == d], weight[domain == d]), probability, rule)[0] for d in range(4)]
        assert_allclose(quantile(together, probability, rule), alone, rtol=1e-12)
    estimate, z = gini(together)
    for d in range(4):
        its_estimate, its_z = gini(ordered(value[domain == d], weight[domain == d]))
        assert_allclose(estimate[d], its_estimate[0], rtol=1e-9, atol=1e-12)
        assert_allclose(z[domain == d], its_z, rtol=1e-9, atol=1e-12)
