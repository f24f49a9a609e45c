"""Indikator: categories reconciled with their whole, counts over rounds, alpha beside an index; what is withheld stays so."""
from __future__ import annotations

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from access.policy import Role, Viewer, person_at_this_machine
from data import formats, indices, results, store
from data.messages import say
from pages.parts import session
from tests.driven_pages import opened_page
from tests.results_store import put, rounds, survey

VIEWER = person_at_this_machine()
OFFICIAL = Viewer(name="camat", roles=frozenset({Role.OFFICIAL}))
PEOPLE = pd.DataFrame({
    "sex": ["woman"] * 65 + ["man"] * 50 + [None] * 5, "hours": [2.0] * 120, "_village": "18.02.02.2001",
    "a": ["1", "5"] * 60, "b": ["1", "4"] * 60, "desa": "a",
})


@pytest.fixture
def opened(pages_store: store.Store) -> store.Store:
    """120 people in a first round, 118 in a second."""
    rounds(pages_store, VIEWER, "jan", "feb")
    instrument = survey(
        pages_store, VIEWER,
        questions={"sex": "select_one sex", "hours": "decimal", "a": "select_one scale", "b": "select_one scale", "desa": "text"},
        choices={"sex": ["woman", "man"], "scale": ["1", "2", "3", "4", "5"]}, design={"village": "desa"},
        indicators=[{"id": "p.hours", "kind": "total", "numerator": "hours", "over_time": "flow"},
                    {"id": "p.so_far", "kind": "total", "numerator": "hours", "over_time": "cumulative"},
                    {"id": "p.stock", "kind": "total", "numerator": "hours", "over_time": "stock"},
                    {"id": "p.index", "kind": "index", "numerator": "a b", "unit": "score_100"}],
    )
    put(pages_store, VIEWER, instrument, PEOPLE.assign(_round="jan"))
    put(pages_store, VIEWER, instrument, PEOPLE.iloc[:118].assign(_round="feb"))
    return pages_store


def page(**asked: str) -> AppTest:
    return opened_page("indicator.py", **{"per": "all", **asked})


def texts(run: AppTest) -> list[str]:
    return [each.value.replace("\\", "") for each in (*run.markdown, *run.caption, *run.info)]


def test_categories_add_up_to_their_whole_on_the_page(opened: store.Store) -> None:
    shown = texts(page(indikator="p.hours", kelompok="sex", putaran="jan"))
    assert "Isian: 120 = woman 65 + man 50 + tidak disebut 5" in shown
    assert "p.hours: 240 = woman 130 + man 100 + tidak disebut 10" in shown    # two hours each


def test_what_a_reconciliation_would_tell_is_withheld_from_an_official(
    opened: store.Store, monkeypatch: pytest.MonkeyPatch,
) -> None:
    # In the second round 3 did not say; the smaller category goes with them.
    monkeypatch.setattr(session, "viewer", lambda: OFFICIAL)
    shown = texts(page(indikator="p.hours", kelompok="sex", putaran="feb"))
    assert "Isian: 118 = woman 65 + man – + tidak disebut –" in shown
    assert say("reason.complementary", "id") in shown


def test_a_flow_is_summed_over_the_rounds_and_a_cumulative_count_is_not(opened: store.Store) -> None:
    for indicator, says, total in (("p.hours", "flow", 240 + 236), ("p.so_far", "cumulative", 236)):
        run = page(indikator=indicator)
        assert say(f"explore.sum.{says}", "id", first="jan", last="feb") in texts(run)
        run.session_state["sum-table"] = True
        run.run()
        assert run.table[-1].value["Nilai"].tolist() == [f"{total}\u00a0unit"]


def test_a_stock_is_not_summed_and_the_page_says_why(opened: store.Store) -> None:
    assert say("estimate.sum_of_stock", "id", indicator="p.stock") in texts(page(indikator="p.stock"))


def test_alpha_stands_beside_an_index_with_what_it_says(opened: store.Store) -> None:
    run = page(indikator="p.index", putaran="jan")
    [found] = [each for each in indices.alphas(opened, VIEWER).to_dict("records") if each["round"] == "jan"]
    two = {name: formats.number(found[name], "id", decimals=2) for name in ("alpha", "lower", "upper")}
    sentence = say("explore.alpha", "id", **two, items=2, n="120")
    assert two["alpha"] == "0,98"                         # 2 * (1 - (1 + 9/16) / (49/16)) = 48/49
    assert f"{sentence} {say('explore.alpha.good', 'id')}" in texts(run)
    run.session_state["trace"] = True
    run.run()
    assert texts(run).count(f"{sentence} {say('explore.alpha.good', 'id')}") == 2
    assert not any("Alfa" in each for each in texts(page(indikator="p.hours")))


def test_an_opened_figure_says_how_sure_it_is(opened: store.Store) -> None:
    run = page(indikator="p.index", putaran="jan")
    run.session_state["trace"] = True
    run.run()
    [facts] = [each.value.iloc[:, 0].to_dict() for each in run.table if say("parts.trace.formula", "id") in each.value.index]
    # 60 of 120 have 0 and 60 have 87.5: the mean is 43.75, and its standard error the root of 43.75**2 / 119.
    expected = {
        "Galat baku": formats.distance(43.75 / 119 ** 0.5, "score_100", "id"),
        "Rancangan contoh": "120 isian tanpa klaster dalam 1 strata; derajat bebas 119",
        "Efek rancangan": "1,00: seteliti contoh acak sederhana berisi 120 isian",
        "Ditanya, tetapi tidak terjawab": formats.value(0.0, "share", "id"),
    }
    assert {name: facts[name].replace("\\", "") for name in expected} == expected


def test_alpha_of_few_is_not_told_to_an_official(opened: store.Store) -> None:
    with opened.writing(VIEWER, "test") as cursor:
        cursor.execute("INSERT INTO setting (name, value) VALUES ('min_cell', 119)")
    found = indices.alphas(opened, OFFICIAL).set_index("round")
    assert found.loc["jan", "n"] == 120                   # enough
    assert found.loc["feb", ["alpha", "lower", "upper", "n"]].isna().all()


def test_the_trace_of_what_is_withheld_tells_an_official_nothing(
    opened: store.Store, monkeypatch: pytest.MonkeyPatch,
) -> None:
    with opened.writing(VIEWER, "test") as cursor:
        cursor.execute("INSERT INTO setting (name, value) VALUES ('min_cell', 119)")
    monkeypatch.setattr(session, "viewer", lambda: OFFICIAL)
    run = page(indikator="p.hours", putaran="feb")
    run.session_state["trace"] = run.session_state["dots-table"] = True
    run.run()
    assert results.estimates(opened, OFFICIAL, indicators=["p.hours"], by="all", rounds=["feb"])["reason"].tolist() == ["too_few"]
    sent = [str(each.proto) for each in run.main]
    assert not [each for each in sent if "118" in each or "236" in each]
    assert list(run.table[-1].value.index) == [say("parts.trace.formula", "id")]
