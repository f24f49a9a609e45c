"""Hidden numbers as links between places: nothing parts few of them from the others."""
from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from metrics.links import Pieces

MIN = 5


def closed(pieces: Pieces) -> bool:
    """Hides paths until all that is linked is one piece; whether there always was one."""
    while (weak := pieces.weak()) is not None:
        if pieces.hide_path(weak):
            return False
    return True


def test_a_few_hidden_between_two_places_take_the_cheapest_other_way_with_them() -> None:
    # 3 hidden from a to b; from a over c to b are 9 + 8, over d 7 + 30.
    a, b, c, d = range(4)
    pieces = Pieces([(a, b), (a, c), (c, b), (a, d), (d, b)], [3, 9, 8, 7, 30], [0], MIN)
    assert closed(pieces)
    assert pieces.hidden == {0, 1, 2}


def test_one_number_is_hidden_rather_than_two_smaller_ones() -> None:
    a, b, c = range(3)
    pieces = Pieces([(a, b), (a, b), (a, c), (c, b)], [3, 50, 6, 6], [0], MIN)
    assert closed(pieces)
    assert pieces.hidden == {0, 1}


def test_many_hidden_together_need_no_other() -> None:
    pieces = Pieces([(0, 1), (0, 1), (0, 1)], [3, 2, 9], [0, 1], MIN)
    assert closed(pieces)
    assert pieces.hidden == {0, 1}


def test_where_no_way_is_left_it_is_said_what_shown_numbers_lead_to() -> None:
    pieces = Pieces([(0, 1), (0, 2), (3, 1)], [3, 9, 8], [0], MIN)
    assert sorted(pieces.hide_path(0)) == [0, 2]


def test_two_halves_that_few_numbers_join_are_parted_by_them() -> None:
    # Each half hangs together by 6 and more; 2 + 2 join them, and no place alone has so few.
    halves = [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)]
    pieces = Pieces([*halves, (0, 3), (1, 4), (2, 5)], [3] * 6 + [2, 2, 20], range(8), MIN)
    assert closed(pieces)
    assert pieces.hidden == set(range(9))


NUMBERS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 9)), min_size=1, max_size=14)


@given(NUMBERS)
def test_every_cut_through_what_is_linked_has_many(numbers: list[tuple[int, int, int]]) -> None:
    ends, n = [(one, other) for one, other, _ in numbers], [float(each) for _, _, each in numbers]
    pieces = Pieces(ends, n, [at for at, each in enumerate(n) if each < MIN], MIN)
    done = closed(pieces)
    for inside in itertools.product((False, True), repeat=6):
        cut = sum(n[at] for at in pieces.hidden if inside[ends[at][0]] != inside[ends[at][1]])
        assert cut == 0 or cut >= MIN or not done


@given(NUMBERS)
def test_no_way_is_said_to_be_left_only_where_all_numbers_hidden_would_not_do(numbers: list[tuple[int, int, int]]) -> None:
    ends, n = [(one, other) for one, other, _ in numbers], [float(each) for _, _, each in numbers]
    pieces = Pieces(ends, n, [at for at, each in enumerate(n) if each < MIN], MIN)
    if not closed(pieces):
        cuts = [sum(each for at, each in enumerate(n) if inside[ends[at][0]] != inside[ends[at][1]])
                for inside in itertools.product((False, True), repeat=6)]
        assert any(0 < cut < MIN for cut in cuts)
