"""The price index of a regency and round makes rupiah of different rounds comparable."""
from __future__ import annotations

import pandas as pd
import pytest

from access.policy import Viewer
from data.formula import formula
from data.instruments import kept
from data.register import changes
from data.results import estimates
from data.store import Store
from tests.results_store import put, survey

REAL = {"id": "home.real", "kind": "mean", "numerator": "income / price_index * 100", "unit": "rp_per_month"}


@pytest.fixture
def asked(store: Store, viewer: Viewer) -> Store:
    for id, day in (("r1", "2024-01-01"), ("r2", "2026-01-01")):
        changes.save(store, viewer, "rounds", {"id": id, "name": id, "kind": "routine", "starts_on": day, "ends_on": day})
    instrument = survey(store, viewer, questions={"income": "decimal"}, indicators=[REAL])
    put(store, viewer, instrument, pd.DataFrame([
        {"_round": round, "_village": village, "income": income} for round, village, income in (
            ("r1", "18.02.02.2001", 1000.0), ("r1", "18.02.02.2001", 3000.0), ("r1", "18.03.01.2001", 2000.0),
            ("r2", "18.02.02.2001", 1200.0), ("r2", "18.02.02.2001", 3600.0), ("r2", "18.03.01.2001", 2000.0),
        )
    ]))
    return store


def index(store: Store, viewer: Viewer, regency: str, round: str, value: float) -> None:
    assert not changes.save(store, viewer, "price_indices", {
        "regency": regency, "round": round, "index_value": value, "source": "BPS"}).has_errors


def test_incomes_are_divided_by_the_index_of_their_regency_and_round(asked: Store, viewer: Viewer) -> None:
    for regency, round, value in (("18.02", "r1", 100), ("18.02", "r2", 120), ("18.03", "r1", 100), ("18.03", "r2", 125)):
        index(asked, viewer, regency, round, value)
    found = estimates(asked, viewer, by="all")
    # 1000, 3000, 2000; then 1200/1.2, 3600/1.2, 2000/1.25: prices ate what one regency gained and the other's income too
    assert dict(zip(found["round"], found["estimate"], strict=True)) == {
        "r1": pytest.approx((1000 + 3000 + 2000) / 3), "r2": pytest.approx((1000 + 3000 + 1600) / 3)}


def test_without_an_index_nothing_is_computed_and_the_reason_is_said(asked: Store, viewer: Viewer) -> None:
    index(asked, viewer, "18.02", "r1", 100)
    first, second = estimates(asked, viewer, by="all").sort_values("round").to_dict("records")
    assert (first["estimate"], first["n"]) == (2000.0, 2)        # the other regency has no index
    assert second["reason"] == "no_parameter"
    assert pd.isna(second["estimate"])


def test_the_formula_names_it_in_words(asked: Store, viewer: Viewer) -> None:
    found = kept.instrument(asked, viewer, "survey")
    assert "indeks harga kabupaten/kota" in formula(found.indicators[0], found.forms[0], "id").words
