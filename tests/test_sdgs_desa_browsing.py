from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from access.policy import NotAllowed, Role, Viewer
from data.sdgs_desa import adopting
from data.sdgs_desa.browsing import Only, browse
from data.store import Store
from tests import shipped_store


@pytest.fixture
def shipped(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Store]:
    yield from shipped_store.copied(tmp_path_factory, tmp_path)


def test_a_goal_has_its_indicators_in_the_order_of_the_framework(shipped: Store, viewer: Viewer) -> None:
    codes = [each.official.code for each in browse(shipped, viewer, goal=7)]
    assert codes == ["7.1.1", "7.2.1", "7.3.1", "7.3.2", "7.4.1", "7.4.2"]


def test_all_of_both_frameworks_can_be_seen(shipped: Store, viewer: Viewer) -> None:
    assert len(browse(shipped, viewer)) == 386
    assert len(browse(shipped, viewer, framework="2020")) == 66


def test_every_word_must_occur_in_code_name_objective_target_or_pantaus_own_name(shipped: Store, viewer: Viewer) -> None:
    found = browse(shipped, viewer, words="MUSYAWARAH perempuan minimal")
    assert [(each.official.goal, each.official.code) for each in found] == [(5, "5.8.1"), (5, "5.8.2"), (5, "5.8.3"),
                                                                             (16, "16.18.1"), (16, "16.18.2")]
    # the English name of Pantau's indicator leads to the Indonesian wording
    assert [each.official.code for each in browse(shipped, viewer, words="sanitation")] == ["6.2.1"]
    assert browse(shipped, viewer, words="musyawarah xyz") == []


def test_an_entry_names_what_measures_it_and_the_questions_about_it(shipped: Store, viewer: Viewer) -> None:
    (entry,) = browse(shipped, viewer, words="7.1.1", goal=7)
    assert [each.id for each in entry.indicators] == ["service_access.electricity"]
    assert [(each.instrument, each.code, each.is_seen) for each in entry.questions] == [("SDGs Desa rumah tangga", "P408", True)]


def test_a_question_whose_wording_was_not_compared_says_so(shipped: Store, viewer: Viewer) -> None:
    (entry,) = browse(shipped, viewer, words="2.5.8", goal=18)
    assert [(each.code, each.is_seen) for each in entry.questions] == [("2.5.8", True), ("TR06", False)]


def test_only_those_with_a_target_or_measured_can_be_asked_for(shipped: Store, viewer: Viewer) -> None:
    # goal 6: bases none but for two regulations that are to be there; water and sanitation are measured
    assert [each.official.basis for each in browse(shipped, viewer, goal=6, only=Only.WITH_TARGET)] == ["implied", "availability"]
    assert [each.official.code for each in browse(shipped, viewer, goal=6, only=Only.MEASURED)] == ["6.1.1", "6.2.1"]


def test_nothing_of_the_2020_framework_is_taken_for_transcribed(shipped: Store, viewer: Viewer) -> None:
    assert {each.official.is_transcribed for each in browse(shipped, viewer, framework="2020")} == {False}
    assert {each.official.is_transcribed for each in browse(shipped, viewer)} == {True}


def test_an_entry_names_the_partnerships_in_scope_that_adopted_its_target(shipped: Store, viewer: Viewer) -> None:
    for partnership in ("a", "b"):
        adopting.adopt(shipped, viewer, partnership, "service_access.electricity", "2030")
    (entry,) = browse(shipped, viewer, words="7.1.1", goal=7)
    assert entry.adopted_by == ("a", "b")
    narrow = Viewer(name="o", roles=frozenset({Role.OFFICIAL}), partnerships=frozenset({"b"}))
    (entry,) = browse(shipped, narrow, words="7.1.1", goal=7)
    assert entry.adopted_by == ("b",)


def test_a_donor_does_not_browse(shipped: Store) -> None:
    with pytest.raises(NotAllowed):
        browse(shipped, Viewer(name="d", roles=frozenset({Role.DONOR})))
