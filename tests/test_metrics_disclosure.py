"""Nothing that rests on few responses can be had, by looking or by subtracting."""
from __future__ import annotations

import itertools
from unittest import mock

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import subtraction
from metrics.disclosure import Protected, protected, small
from metrics.subtraction import few_told


def column(*numbers: float) -> np.ndarray:
    return np.array(numbers, dtype=float)[:, None]


def areas(*sets: str) -> np.ndarray:
    """Each word says which villages an area has: "110" has the first two of three."""
    return np.array([[letter == "1" for letter in word] for word in sets])


def test_nobody_is_no_secret() -> None:
    assert small(np.array([0.0, 1, 4, 5]), 5).tolist() == [False, True, True, False]


def test_a_single_small_village_takes_the_smallest_other_with_it() -> None:
    # The area has 3 + 20 + 9; shown with 20 and 9 it would tell the 3.
    found = protected(column(3, 20, 9), areas("111"), 5)
    assert found.villages[:, 0].tolist() == [True, False, True]
    assert found.areas[:, 0].tolist() == [False]


def test_two_small_villages_that_are_few_together_take_another_with_them() -> None:
    found = protected(column(2, 2, 30, 12), areas("1111"), 5)
    assert found.villages[:, 0].tolist() == [True, True, False, True]


def test_small_villages_that_are_many_together_need_no_other() -> None:
    found = protected(column(4, 3, 30), areas("111"), 5)
    assert found.villages[:, 0].tolist() == [True, True, False]


def test_two_areas_that_differ_by_few_are_not_both_shown() -> None:
    # 110 lies in 111, and their difference is the village with 3; no village is left to hide behind.
    found = protected(column(20, 30, 3), areas("111", "110"), 5)
    assert found.villages[:, 0].tolist() == [True, False, True]
    assert found.areas[:, 0].tolist() == [False, True]


def test_a_small_category_takes_the_smallest_other_with_it() -> None:
    found = protected(np.array([[30.0, 3, 8]]), areas("1"), 5)
    assert found.villages.tolist() == [[False, True, True]]


def everything_shown(n: np.ndarray, members: np.ndarray, found: Protected, totals: Protected) -> list[np.ndarray]:
    """The cells under each number of all tables: villages and areas, by category and all together."""
    cells = np.arange(n.size).reshape(n.shape)
    shown = []
    for rows, by_category, all_together in ((np.eye(len(n), dtype=bool), found.villages, totals.villages),
                                            (members, found.areas, totals.areas)):
        for number, row in enumerate(rows):
            shown += [cells[row, category] for category in range(n.shape[1]) if not by_category[number, category]]
            shown += [cells[row].ravel()] if not all_together[number, 0] else []
    return shown


def test_partnerships_that_overlap_in_a_small_village_are_not_all_shown() -> None:
    # (110 + 101 - 011) / 2 is the first village, with 3. The two with this village go, and no village beside it: to keep one of
    # them, both other villages would have to go.
    n, members = column(3, 20, 20), areas("110", "011", "101")
    found = protected(n, members, 5)
    assert few_told(everything_shown(n, members, found, found), n.ravel(), 5) is None
    assert (found.villages[:, 0].tolist(), found.areas[:, 0].tolist()) == ([True, False, False], [True, False, True])


def test_a_subdistrict_of_few_is_not_told_by_its_regency_less_the_others() -> None:
    # regency 11111 = 10 + 12 + 9 + 11 + 3; its subdistricts 11000 and 00110 are shown, 00001 is not.
    n, members = column(10, 12, 9, 11, 3), areas("11111", "11000", "00110", "00001")
    found = protected(n, members, 5)
    assert few_told(everything_shown(n, members, found, found), n.ravel(), 5) is None
    assert not found.areas[0, 0]                       # the regency is still shown


def test_a_small_village_is_not_told_by_the_categories_of_its_neighbour() -> None:
    # Together 3 and 9: both totals are withheld, so the neighbour's 5 and 4 must not add up to its 9.
    n, members = np.array([[2.0, 1], [5, 4]]), areas("11")
    found, totals = protected(n, members, 5), protected(n.sum(axis=1, keepdims=True), members, 5)
    assert few_told(everything_shown(n, members, found, totals), n.ravel(), 5) is None


def test_no_more_is_withheld_than_a_small_cell_needs() -> None:
    # The 3 is told by its village and by its category; three cells more make a square, of which every sum has two: the
    # square of 20, 10 and 30 has fewest responses.
    n = np.array([[3.0, 30, 20, 40], [30, 40, 10, 20], [20, 20, 25, 30]])
    found = protected(n, areas("111"), 5)
    assert np.argwhere(found.villages).tolist() == [[0, 0], [0, 2], [1, 0], [1, 2]]
    assert not found.areas.any()


def test_a_category_of_few_in_an_area_takes_another_category_of_the_area_with_it() -> None:
    # In the area 1100 the first category has 2 + 1; the others and the total of that area must not all be shown.
    n, members = np.array([[2.0, 30, 20], [1, 20, 30], [20, 20, 20], [30, 20, 20]]), areas("1111", "1100")
    found, totals = protected(n, members, 5), protected(n.sum(axis=1, keepdims=True), members, 5)
    assert few_told(everything_shown(n, members, found, totals), n.ravel(), 5) is None
    assert found.areas.sum(axis=1).tolist() == [0, 2]


def test_those_who_did_not_say_hide_a_small_category_without_another() -> None:
    # 30, 3 and 8 who did not say, who stand in no table: the total less the 30 tells of 11.
    n = np.array([[30.0, 3, 8]])
    found = protected(n, areas("1"), 5, unshown=[2])
    assert (found.villages.tolist(), found.areas.tolist()) == ([[False, True, True]], [[False, True, True]])


TABLES = st.integers(1, 4).flatmap(lambda categories: st.lists(
    st.lists(st.integers(0, 12), min_size=categories, max_size=categories), min_size=2, max_size=8))
SETS = st.lists(st.lists(st.booleans(), min_size=8, max_size=8), min_size=1, max_size=6)


@settings(max_examples=400, deadline=None)
@given(TABLES, SETS, st.booleans(), st.integers(2, 6), st.booleans())
def test_nothing_that_is_shown_can_be_combined_to_tell_of_few(
    counts: list[list[int]], sets: list[list[bool]], has_all: bool, min_cell: int, last_is_unshown: bool,
) -> None:
    n = np.array(counts, dtype=float)
    members = np.array([*sets, [has_all] * 8])[:, :len(counts)]
    unshown = [n.shape[1] - 1] if last_is_unshown and n.shape[1] > 1 else []
    found = protected(n, members, min_cell, unshown=unshown)
    totals = protected(n.sum(axis=1, keepdims=True), members, min_cell)
    with mock.patch.object(subtraction, "_MOST_SETS", 10**6):  # search, however long, and assume nothing
        assert few_told(everything_shown(n, members, found, totals), n.ravel(), min_cell) is None
    assert (found.villages >= small(n, min_cell)).all()
    assert (found.areas >= small(members.astype(float) @ n, min_cell)).all()


def tells_of_few(published: np.ndarray, n: np.ndarray, min_cell: float) -> bool:
    """Of sums x blocks."""
    return few_told([np.flatnonzero(each) for each in published], n.astype(float), min_cell) is not None


def sums(*rows: str) -> np.ndarray:
    """Each word says over which blocks of responses a published sum is."""
    return areas(*rows)


def test_two_publications_tell_of_the_response_added_between_them() -> None:
    # 20 were published, then 20 + 1; with 5 added nobody is told of.
    assert tells_of_few(sums("10", "11"), np.array([20, 1]), 5)
    assert not tells_of_few(sums("10", "11"), np.array([20, 5]), 5)
    assert not tells_of_few(sums("11", "11"), np.array([20, 1]), 5)         # the same twice tells nothing more


def test_three_overlapping_areas_tell_of_what_each_pair_of_them_shares() -> None:
    # A + C - B = 2 * v1: no area lies inside another, and v1 has 3.
    pairs = sums("110", "011", "101")
    assert tells_of_few(pairs, np.array([3, 20, 20]), 5)
    assert not tells_of_few(pairs[:2], np.array([3, 20, 20]), 5)
    assert not tells_of_few(pairs, np.array([5, 20, 20]), 5)


def test_an_area_less_all_of_its_parts_but_one_tells_of_that_one() -> None:
    assert tells_of_few(sums("111", "100", "010"), np.array([20, 30, 3]), 5)


def test_the_difference_of_two_single_responses_is_told_too() -> None:
    assert tells_of_few(sums("101", "110"), np.array([20, 1, 1]), 5)        # one left, one came
    assert not tells_of_few(sums("101", "110"), np.array([20, 3, 3]), 5)


BLOCKS = st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(BLOCKS, st.lists(st.integers(1, 7), min_size=5, max_size=5))
def test_whatever_adding_and_subtracting_gives_is_found(rows: list[list[bool]], counts: list[int]) -> None:
    published, n = np.array(rows), np.array(counts, dtype=float)
    found = False
    for coefficients in itertools.product((-2, -1, 0, 1, 2), repeat=len(rows)):
        about = (np.array(coefficients) @ published.astype(int)) != 0
        found |= bool(about.any() and n[about].sum() < 5)
    assert tells_of_few(published, n, 5) or not found


@settings(max_examples=150, deadline=None)
@given(BLOCKS, st.lists(st.integers(1, 7), min_size=5, max_size=5))
def test_what_is_found_can_be_computed(rows: list[list[bool]], counts: list[int]) -> None:
    # for some set of blocks with fewer than 5, the other blocks alone have fewer independent sums
    published, n = np.array(rows, dtype=float), np.array(counts, dtype=float)
    rank = np.linalg.matrix_rank(published)
    can = False
    for size in range(1, 5):
        for chosen in itertools.combinations(range(5), size):
            if n[list(chosen)].sum() < 5:
                can |= bool(np.linalg.matrix_rank(np.delete(published, chosen, axis=1)) < rank)
    assert tells_of_few(published.astype(bool), n, 5) == can
