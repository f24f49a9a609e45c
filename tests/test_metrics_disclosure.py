"""Nothing that rests on few responses can be had, by looking or by subtracting."""
from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.disclosure import changed_by_few, protected, small


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


def test_two_publications_that_differ_by_few_are_noticed() -> None:
    assert changed_by_few(np.array([20.0, 20, 20]), np.array([20.0, 22, 30]), 5).tolist() == [False, True, False]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 12), min_size=2, max_size=6),
    st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=1, max_size=4),
)
def test_no_area_less_what_is_shown_of_it_leaves_few(counts: list[int], sets: list[list[bool]]) -> None:
    n = np.array(counts, dtype=float)
    members = np.array(sets)[:, :len(counts)]
    found = protected(n[:, None], members, 5)
    shown_villages, shown_areas = ~found.villages[:, 0], ~found.areas[:, 0]
    assert not (shown_villages & small(n, 5)).any()
    wholes = [members[area] for area in np.flatnonzero(shown_areas) if n[members[area]].sum() > 0]
    for whole in wholes:
        for part in [np.zeros(len(n), dtype=bool), *wholes]:
            if (part & ~whole).any() or (part == whole).all():
                continue
            hidden = whole & ~part & ~shown_villages & (n > 0)
            assert not hidden.any() or (hidden.sum() > 1 and n[hidden].sum() >= 5)
