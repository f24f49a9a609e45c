"""What one snapshot may show after another: never a difference of a few responses, whoever subtracts what from what."""
from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.policy import person_at_this_machine
from commands import program
from data import resting, snapshots, totals
from data.errors import UserError
from data.instruments.model import Instrument
from data.messages import say
from data.responses import qualified
from data.resting import Resting
from data.store import Store
from publishing import between, html
from publishing.freeze import freeze, publish
from publishing.verify import read, verify
from tests.driven_pages import opened_page
from tests.results_store import partnership, put, rounds, survey

V1, V2, V3 = "18.02.02.2001", "18.02.02.2002", "18.02.02.2003"
VIEWER = person_at_this_machine()
TABLE = qualified("survey", "survey")


@pytest.fixture
def asked(store: Store) -> Instrument:
    return filled(store)


def filled(store: Store) -> Instrument:
    """One partnership of one village, 20 answers in the first round."""
    rounds(store, VIEWER, "r1", "r2")
    partnership(store, VIEWER, "utara", [V1])
    instrument = survey(
        store, VIEWER, questions={"spent": "integer", "earned": "integer", "desa": "text", "berat": "decimal"},
        design={"village": "desa", "weight": "berat"},
        indicators=[{"id": "x.spent", "kind": "mean", "numerator": "spent"},
                    {"id": "x.earned", "kind": "mean", "numerator": "earned"}],
    )
    put(store, VIEWER, instrument, answers(range(20)))
    return instrument


def answers(numbers: Iterable[int], village: str = V1, **columns: object) -> pd.DataFrame:
    """One answer for each number, all different."""
    ids = list(numbers)
    return pd.DataFrame({"spent": [100 + each for each in ids], "earned": [200 + 3 * each for each in ids],
                         "berat": 1.0, "desa": village, "_village": village, **columns})


def told(store: Store, partnership: str = "utara") -> dict[tuple[str, str], int | None]:
    """How many answers each figure of a snapshot made now is said to rest on; None where it is not shown."""
    document = freeze(store, VIEWER, partnership=partnership, title="x")
    return {(entry["id"], each["round"]): each["n"] for entry in document["indicators"] for each in entry["estimates"]}


def published(store: Store, **facts: object) -> snapshots.Snapshot:
    return publish(store, VIEWER, **{"partnership": "utara", "title": "Utara", **facts})  # type: ignore[arg-type]


def test_one_answer_more_than_in_the_snapshot_before_is_not_shown(store: Store, asked: Instrument) -> None:
    assert told(store) == {("x.spent", "r1"): 20, ("x.earned", "r1"): 20}
    published(store)
    assert told(store) == {("x.spent", "r1"): 20, ("x.earned", "r1"): 20}         # nothing came: nothing to subtract
    put(store, VIEWER, asked, answers([20]))
    with pytest.raises(UserError, match=r"snapshot\.nothing"):
        told(store)                                                                # 21 - 20 would be one person
    put(store, VIEWER, asked, answers([21, 22, 23, 24]))
    assert told(store) == {("x.spent", "r1"): 25, ("x.earned", "r1"): 25}         # 25 - 20 = 5 persons


def test_only_the_figures_that_a_few_changed_are_not_shown(store: Store, asked: Instrument) -> None:
    published(store)
    # five more said what they earned, one of them what they spent
    put(store, VIEWER, asked, answers(range(20, 25), spent=[120, None, None, None, None]))
    assert told(store) == {("x.spent", "r1"): None, ("x.earned", "r1"): 25}


def test_a_new_round_is_shown_whatever_was_published_of_another(store: Store, asked: Instrument) -> None:
    published(store)
    put(store, VIEWER, asked, answers(range(20), _round="r2"))
    assert set(told(store).values()) == {20}


def test_a_withdrawn_snapshot_was_public_all_the_same(store: Store, asked: Instrument) -> None:
    snapshots.withdraw(store, VIEWER, published(store).identity)
    put(store, VIEWER, asked, answers(range(20, 22), spent=[None, None]))
    assert told(store) == {("x.spent", "r1"): 20, ("x.earned", "r1"): None}


def test_answers_corrected_or_taken_away_are_told_by_a_difference_too(store: Store, asked: Instrument) -> None:
    put(store, VIEWER, asked, answers(range(20, 26), earned=[None] * 6))           # 26 spent, 20 earned
    published(store)
    with store.writing(VIEWER, "test") as cursor:
        cursor.execute(f"UPDATE {TABLE} SET spent = 999 WHERE spent = 101")  # noqa: S608
        rebuild(cursor, asked)
    assert told(store) == {("x.spent", "r1"): None, ("x.earned", "r1"): 20}        # one spent something else
    with store.writing(VIEWER, "test") as cursor:
        cursor.execute(f"UPDATE {TABLE} SET spent = 101 WHERE spent = 999")  # noqa: S608
        cursor.execute(f"DELETE FROM {TABLE} WHERE spent = 125")  # noqa: S608
        rebuild(cursor, asked)
    assert told(store) == {("x.spent", "r1"): None, ("x.earned", "r1"): 20}        # 26 - 25; nobody's earnings left


def test_many_who_answer_alike_are_counted_one_by_one(store: Store, asked: Instrument) -> None:
    put(store, VIEWER, asked, answers([500] * 10))
    published(store)
    put(store, VIEWER, asked, answers([500] * 4))
    with pytest.raises(UserError, match=r"snapshot\.nothing"):
        told(store)
    put(store, VIEWER, asked, answers([500]))
    assert set(told(store).values()) == {35}


def test_the_same_answers_sent_in_again_are_the_same_answers(store: Store, asked: Instrument) -> None:
    published(store)
    with store.writing(VIEWER, "test") as cursor:
        cursor.execute("UPDATE batch SET state = 'withdrawn'")
        rebuild(cursor, asked)
    put(store, VIEWER, asked, answers(reversed(range(21))))
    with pytest.raises(UserError, match=r"snapshot\.nothing"):
        told(store)                                                                # another batch, one person more


def test_weighting_anew_tells_nobody(store: Store, asked: Instrument) -> None:
    published(store)
    with store.writing(VIEWER, "test") as cursor:
        cursor.execute(f"UPDATE {TABLE} SET berat = 2, _weight = 2 WHERE spent < 103")  # noqa: S608
        rebuild(cursor, asked)
    assert set(told(store).values()) == {20}


def test_a_village_of_few_that_joins_is_not_told_by_the_wider_partnership(store: Store, asked: Instrument) -> None:
    put(store, VIEWER, asked, answers(range(100, 103), V2))
    put(store, VIEWER, asked, answers(range(200, 210), V3))
    published(store)
    join(store, V2)
    with pytest.raises(UserError, match=r"snapshot\.nothing"):
        told(store)                                                                # 23 - 20 = 3 of the second village
    join(store, V3)
    assert set(told(store).values()) == {33}                                       # 33 - 20 = 13


def test_the_person_is_told_before_anything_is_published(store: Store, asked: Instrument) -> None:
    published(store)
    put(store, VIEWER, asked, answers(range(20, 25), spent=[120, None, None, None, None]))
    with pytest.raises(UserError) as refused:
        published(store)
    assert (refused.value.code, refused.value.params) == ("snapshot.hides", {"count": 1, "figures": [("x.spent", "r1")]})
    assert len(snapshots.snapshots(store, VIEWER)) == 1
    made = published(store, may_hide=True)
    document, _ = read(snapshots.document(store, VIEWER, made.identity), "x")
    spent = document["indicators"][0]
    assert spent["id"] == "x.spent"
    [estimate] = spent["estimates"]
    assert {name: value for name, value in estimate.items() if value is not None} == {
        "round": "r1", "withheld": True, "reason": "between_snapshots", "covered": 1, "expected": 1}
    assert (spent["baseline"], spent["change"], spent["due"], spent["confidence"], spent["status"]) == (
        None, None, None, None, "not_enough_data")
    assert say("reason.between_snapshots", "id").split(",")[0] in html.render(document, "id")
    assert verify(store, VIEWER, document).holds                                   # hidden it was, and hidden it stays
    # what was not shown is nothing that a later snapshot could be taken from
    assert [each.figure for each in resting.published(store, VIEWER)].count(("partnership", "x.spent", "r1")) == 1


def test_the_page_says_which_figures_and_publishes_when_asked_again(pages_store: Store) -> None:
    instrument = filled(pages_store)
    published(pages_store)
    put(pages_store, VIEWER, instrument, answers(range(20, 25), spent=[120, None, None, None, None]))
    page = opened_page("snapshots.py")
    press = next(each for each in page.button if each.label == say("snapshot.page.publish", "id"))
    press.click().run()
    assert not page.exception
    assert [each.value for each in page.warning] == [say("snapshot.hides", "id", count=1)]
    assert any(each.value.endswith("- x.spent (r1)") for each in page.markdown)
    assert len(snapshots.snapshots(pages_store, VIEWER)) == 1
    next(each for each in page.button if each.label == say("snapshot.page.publish", "id")).click().run()
    assert not page.exception
    assert len(snapshots.snapshots(pages_store, VIEWER)) == 2


def test_the_command_asks_too(store: Store, asked: Instrument, capsys: pytest.CaptureFixture[str]) -> None:
    published(store)
    put(store, VIEWER, asked, answers(range(20, 25), spent=[120, None, None, None, None]))
    place = str(store.directory)
    store.close()
    create = ["snapshot", "create", "--store", place, "--partnership", "utara"]
    assert program.main(create, serve=lambda args: 2) == 1
    assert say("snapshot.hides", "id", count=1) in capsys.readouterr().err
    assert program.main([*create, "--hide"], serve=lambda args: 2) == 0


def test_the_figure_before_a_status_takes_the_status_with_it(store: Store, asked: Instrument) -> None:
    put(store, VIEWER, asked, answers(range(20), _round="r2"))
    published(store)
    put(store, VIEWER, asked, answers([20], earned=[None]))                        # in the first round, which is no baseline
    document = freeze(store, VIEWER, partnership="utara", title="x")
    spent, earned = document["indicators"]
    assert [each["n"] for each in spent["estimates"]] == [None, 20]
    assert (spent["change"], earned["change"] is None) == (None, False)


def resting_on(scope: str, *numbers: int) -> Resting:
    return Resting(figure=(scope, "x", "r"), contributions=np.array(sorted(numbers), dtype=np.uint64))


def test_three_snapshots_of_overlapping_partnerships_are_taken_together() -> None:
    one, two, three = range(3), range(10, 30), range(40, 60)
    a, b, c = (resting_on("partnership", *first, *second) for first, second in ((one, two), (two, three), (one, three)))
    assert between.hidden([b], [a], 5) == between.hidden([c], [a], 5) == frozenset()
    assert between.hidden([c], [a, b], 5) == {("partnership", "x", "r")}           # (a + c - b) / 2 is over 3


def test_comparison_villages_are_given_up_before_members() -> None:
    before = [resting_on("partnership", *range(20)), resting_on("comparison", *range(40, 60))]
    own = [resting_on("partnership", *range(26)), resting_on("comparison", *range(40, 61))]
    assert between.hidden(own, before, 5) == {("comparison", "x", "r")}


def test_of_other_people_nothing_can_be_subtracted() -> None:
    assert between.hidden([resting_on("partnership", *range(20))], [resting_on("partnership", *range(30, 51))], 5) == frozenset()


@given(st.lists(st.sets(st.integers(0, 11), min_size=5), min_size=1, max_size=4))
def test_no_two_published_sets_ever_differ_by_a_few(sets: list[set[int]]) -> None:
    earlier: list[Resting] = []
    seen: list[set[int]] = []
    for each in sets:
        own = resting_on("partnership", *sorted(each))
        if not between.hidden([own], earlier, 5):
            earlier.append(own)
            seen.append(each)
    assert seen[0] == sets[0]
    assert not [(a, b) for a in seen for b in seen if 0 < len(a ^ b) < 5]


def rebuild(cursor, instrument: Instrument) -> None:
    for round in ("r1", "r2"):
        totals.rebuild(cursor, instrument, round)


def join(store: Store, village: str) -> None:
    with store.writing(VIEWER, "test") as cursor:
        cursor.execute("INSERT INTO partnership_village (partnership, village, role) VALUES ('utara', ?, 'member')", [village])
