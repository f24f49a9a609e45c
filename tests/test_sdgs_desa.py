from __future__ import annotations

import pandas as pd
import pytest

from access.policy import Viewer
from data import register, sdgs_desa
from data.errors import UserError
from data.instruments.adding import add_shipped
from data.register import changes
from data.register.sheets import COMPARISONS
from data.store import Store
from metrics.catalogue import INDICATORS


def test_there_are_eighteen_goals_and_all_indicators_of_the_2025_framework() -> None:
    goals = sdgs_desa.goals()
    assert goals["goal"].tolist() == list(range(1, 19))
    counts = sdgs_desa.framework("2025").groupby("goal").size()
    # as the regulation's annex counts them, goal by goal
    assert counts.tolist() == [22, 7, 33, 26, 23, 11, 6, 26, 10, 12, 22, 16, 16, 11, 18, 45, 26, 56]


def test_a_code_is_unique_within_its_goal_and_only_there() -> None:
    rows = sdgs_desa.framework("2025")
    assert not rows.duplicated(["goal", "code"]).any()
    assert rows.duplicated(["code"]).any()


def test_every_row_says_its_source_and_the_basis_of_its_target() -> None:
    rows = pd.concat([sdgs_desa.framework("2025"), sdgs_desa.framework("2020")])
    assert (rows["source"] != "").all()
    assert set(rows["basis"]) == {"none", "stated", "implied", "availability"}
    assert (rows.loc[rows["basis"] == "none", ["target_text", "comparison", "value"]] == "").all(axis=None)
    assert set(rows["comparison"]) <= {"", *COMPARISONS}
    assert (sdgs_desa.survey_items()["confidence"].isin(["seen", "unverified"])).all()


def test_every_shipped_indicator_that_names_an_official_one_names_one_that_exists() -> None:
    named = [key for each in INDICATORS for key in (each.sdgs, *each.also_sdgs) if key is not None]
    assert len(named) > 20
    assert [key for key in named if sdgs_desa.official(key) is None] == []


def test_a_partnership_adopts_an_official_target_with_its_basis(store: Store, viewer: Viewer) -> None:
    add_shipped(store, viewer)
    changes.save(store, viewer, "partnerships", {"id": "a", "name": "A", "kind": "bilateral"})
    adopted = sdgs_desa.adopt(store, viewer, "a", "participation.women_at_planning", "2030")
    assert not adopted.has_errors
    row = register.targets(store, viewer, "a").iloc[0]
    assert (row["comparison"], row["value"], row["unit"], row["basis"]) == ("at_least", 30.0, "percent", "official_stated")
    assert row["source"] == "SDGs Desa 2025, 5/5.8.1: minimal 30%"


def test_an_indicator_without_an_official_target_cannot_adopt_one(store: Store, viewer: Viewer) -> None:
    add_shipped(store, viewer)
    changes.save(store, viewer, "partnerships", {"id": "a", "name": "A", "kind": "bilateral"})
    with pytest.raises(UserError, match=r"register\.no_official_target"):
        sdgs_desa.adopt(store, viewer, "a", "service_access.safe_water", "2030")
