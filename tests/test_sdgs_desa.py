from __future__ import annotations

import pandas as pd

from data import sdgs_desa
from data.messages import LANGUAGES, has
from data.register.sheets import COMPARISONS
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


def test_every_note_has_its_words_in_both_languages() -> None:
    rows = pd.concat([sdgs_desa.framework("2025"), sdgs_desa.framework("2020")])
    codes = {code for note in rows["note"] for code in note.split()}
    assert len(codes) > 10
    assert [code for code in sorted(codes) for language in LANGUAGES if not has(f"framework.note.{code}", language)] == []


def test_a_survey_question_speaks_of_official_indicators_that_exist() -> None:
    named = [tuple(name.split("/")) for names in sdgs_desa.survey_items()["sdgs"] for name in names.split()]
    assert len(named) > 50
    assert [key for key in named if sdgs_desa.official((key[0], int(key[1]), key[2])) is None] == []


def test_every_shipped_indicator_that_names_an_official_one_names_one_that_exists() -> None:
    named = [key for each in INDICATORS for key in (each.sdgs, *each.also_sdgs) if key is not None]
    assert len(named) > 20
    assert [key for key in named if sdgs_desa.official(key) is None] == []
