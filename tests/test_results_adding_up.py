"""Counts over rounds, categories and their whole, and how well an index hangs together."""
from __future__ import annotations

import pandas as pd
import pytest

from access.policy import Role, Viewer
from data.adding_up import parts, sums_over_rounds
from data.errors import UserError
from data.indices import alphas
from data.instruments.model import Instrument
from data.store import Store
from tests.results_store import put, rounds, survey

V1, V2 = "18.02.02.2001", "18.02.02.2002"
OFFICIAL = Viewer(name="camat", roles=frozenset({Role.OFFICIAL}))


@pytest.fixture
def meetings(store: Store, viewer: Viewer) -> Instrument:
    """Three rounds of a village's reports."""
    rounds(store, viewer, "jan", "feb", "mar")
    instrument = survey(
        store, viewer, questions={"held": "integer", "members": "integer", "so_far": "integer", "desa": "text"},
        indicators=[
            {"id": "m.held", "kind": "total", "numerator": "held", "over_time": "flow"},
            {"id": "m.members", "kind": "total", "numerator": "members", "over_time": "stock"},
            {"id": "m.so_far", "kind": "total", "numerator": "so_far", "over_time": "cumulative"},
            {"id": "m.mean", "kind": "mean", "numerator": "held"},
        ], design={"census": "yes", "village": "desa"},
    )
    for round, held, members, so_far in (("jan", 2, 30, 2), ("feb", 3, 31, 5), ("mar", 1, 28, 6)):
        put(store, viewer, instrument, pd.DataFrame({
            "held": [held, 10], "members": [members, 5], "so_far": [so_far, 10], "desa": ["a", "b"],
            "_village": [V1, V2], "_round": round,
        }))
    return instrument


def test_a_flow_is_summed_over_the_rounds_asked_for(store: Store, viewer: Viewer, meetings: Instrument) -> None:
    found = sums_over_rounds(store, viewer, indicator="m.held", rounds=["jan", "feb", "mar"], by="village")
    assert found[["domain", "round", "estimate", "se"]].to_numpy().tolist() == [
        [V1, "jan+feb+mar", 2 + 3 + 1, 0], [V2, "jan+feb+mar", 30, 0],
    ]
    some = sums_over_rounds(store, viewer, indicator="m.held", rounds=["feb", "mar"], by="all")
    assert some[["round", "estimate"]].to_numpy().tolist() == [["feb+mar", 3 + 1 + 20]]


def test_a_cumulative_count_is_its_own_sum(store: Store, viewer: Viewer, meetings: Instrument) -> None:
    found = sums_over_rounds(store, viewer, indicator="m.so_far", rounds=["jan", "feb"], by="village")
    assert found[["domain", "round", "estimate"]].to_numpy().tolist() == [[V1, "feb", 5], [V2, "feb", 10]]


@pytest.mark.parametrize("indicator, code", [("m.members", "estimate.sum_of_stock"), ("m.mean", "estimate.sum_of_level")])
def test_what_does_not_add_up_is_refused_with_the_reason(
    store: Store, viewer: Viewer, meetings: Instrument, indicator: str, code: str,
) -> None:
    with pytest.raises(UserError) as refused:
        sums_over_rounds(store, viewer, indicator=indicator, rounds=["jan", "feb"])
    assert (refused.value.code, refused.value.params) == (code, {"indicator": indicator})


PEOPLE = pd.DataFrame({
    "sex": ["woman"] * 65 + ["man"] * 50 + [None] * 5, "hours": [1.0] * 120, "_village": V1,
    "a": ["1", "5"] * 60, "b": ["1", "4"] * 60,
})


@pytest.fixture
def people(store: Store, viewer: Viewer) -> Instrument:
    rounds(store, viewer, "r1", "r2")
    instrument = survey(
        store, viewer, questions={"sex": "select_one sex", "hours": "decimal", "a": "select_one scale", "b": "select_one scale"},
        choices={"sex": ["woman", "man"], "scale": ["1", "2", "3", "4", "5"]},
        indicators=[{"id": "p.hours", "kind": "total", "numerator": "hours"},
                    {"id": "p.mean", "kind": "mean", "numerator": "hours"},
                    {"id": "p.index", "kind": "index", "numerator": "a b", "unit": "score_100"}],
    )
    put(store, viewer, instrument, PEOPLE)
    return instrument


def test_parts_and_whole_are_reconciled(store: Store, viewer: Viewer, people: Instrument) -> None:
    found = parts(store, viewer, indicator="p.hours", group="sex", by="all", domain="all", round="r1")
    assert found.to_numpy().tolist() == [["woman", 65, 65], ["man", 50, 50], ["", 5, 5], [None, 120, 120]]
    means = parts(store, viewer, indicator="p.mean", group="sex", by="all", domain="all", round="r1")
    assert means.to_numpy().tolist() == [["woman", 65], ["man", 50], ["", 5], [None, 120]]


def test_a_few_who_did_not_say_are_not_told_by_subtraction(store: Store, viewer: Viewer, people: Instrument) -> None:
    put(store, viewer, people, PEOPLE.iloc[:118].assign(_round="r2"))
    # 65 women, 50 men and 3 who did not say: the smaller category goes with them.
    found = parts(store, OFFICIAL, indicator="p.hours", group="sex", by="all", domain="all", round="r2")
    assert found["n"].isna().tolist() == [False, True, True, False]
    assert found["estimate"].isna().tolist() == [False, True, True, False]


def test_alpha_stands_beside_an_index(store: Store, viewer: Viewer, people: Instrument) -> None:
    [found] = alphas(store, viewer).to_dict("records")
    # Two items in step, as 0 and 100 and as 0 and 75: variances v*(1, 9/16), of their sum v*49/16.
    assert found["alpha"] == pytest.approx(2 * (1 - (1 + 9 / 16) / (49 / 16)))
    assert (found["indicator"], found["round"], found["n"], found["items"]) == ("p.index", "r1", 120, 2)
