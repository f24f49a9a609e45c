"""The example's population, its sample and its files."""
from __future__ import annotations

import json
import zipfile
from io import BytesIO

import numpy as np
import pandas as pd
import pytest

from data.example import making, truth
from data.example.offices import activities, profiles
from data.example.places import PARTNERSHIPS, ROUNDS, VILLAGES
from data.example.population import Population, population
from data.example.register import PLANTED, records
from data.example.sample import responses, surveys
from data.instruments.adding import shipped
from data.instruments.workbook import read_workbook
from metrics.indicator import Better, Gini, Indicator, Mean, Quantile, Ratio, Share, Theme, equals, is_in, variable

SIZES = [village.households for village in VILLAGES]


@pytest.fixture(scope="module")
def people() -> Population:
    return population(1)


def unpacked(content: bytes) -> dict[str, bytes]:
    """What is in a workbook, however it was compressed; in a register, without the day it was written on."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "docProps/core.xml"}


@pytest.mark.slow
def test_the_generator_makes_the_files_that_are_shipped():
    made = dict(making.files())
    assert sorted(made) == sorted(path.name for path in making.FILES.iterdir())
    for name, content in made.items():
        kept = (making.FILES / name).read_bytes()
        assert content == kept if name == making.TRUTH else unpacked(content) == unpacked(kept), name


def test_a_seed_always_makes_the_same_population(people: Population):
    again = population(1)
    for at in range(len(ROUNDS)):
        pd.testing.assert_frame_equal(people.household[at], again.household[at])
        pd.testing.assert_frame_equal(people.member[at], again.member[at])


def test_every_household_has_a_head_and_the_members_it_counts(people: Population):
    for household, member in zip(people.household, people.member, strict=True):
        assert (member.groupby("household").size() == household["members"]).all()
        assert (member[member["relation"] == "head"].groupby("household").size() == 1).sum() == sum(SIZES)
        totals = member.groupby("household")["income_year_rp"].sum()
        assert (totals == household["household_income_year_rp"]).all()


def test_a_question_is_answered_only_where_it_is_asked(people: Population):
    member = people.member[0]
    assert member.loc[member["age"] < 10, ["mutual_help", "works", "voted", "income_year_rp"]].isna().all(axis=None)
    assert member.loc[member["health_complaint"] == "no", "treated"].isna().all()
    assert (member["main_job"].notna() == (member["works"] == "yes")).all()


def test_answers_are_choices_that_the_questions_have(people: Population):
    instrument = read_workbook(*next((path.read_bytes(), path.name) for path in shipped() if path.stem == "household"))
    for form, frame in (("household", people.household[2]), ("member", people.member[2])):
        for question in instrument.form(form).variables:
            if question.choices and question.name in frame:
                assert set(frame[question.name].dropna()) <= {choice.name for choice in question.choices}, question.name


def test_a_sample_has_eight_clusters_of_each_village_and_the_same_in_every_round(people: Population):
    drawn = surveys(people, 3)
    for survey in drawn:
        clusters = survey.household.groupby("village")["cluster"].nunique()
        assert clusters.to_dict() == dict.fromkeys((village.code for village in VILLAGES), 8)
    assert len({frozenset(survey.household["cluster"]) for survey in drawn}) == 1


def test_weights_stand_for_every_household(people: Population):
    """Of 12 samples: the mean of the sum of weights is the number of households, within four standard errors."""
    sums = np.array([surveys(people, seed)[0].household["weight"].sum() for seed in range(12)])
    assert abs(sums.mean() - sum(SIZES)) < 4 * sums.std(ddof=1) / np.sqrt(len(sums))


def test_responses_have_the_columns_of_the_store(people: Population):
    frames = responses(surveys(people, 3)[0])
    household, member = frames["household"], frames["member"]
    assert list(household.columns[:11]) == list(member.columns[:11]) == [
        "_round", "_batch", "_row", "_village", "_weight", "_stratum", "_psu", "_psu_population", "_parent", "_key", "_uuid",
    ]
    parents = household.set_index("_row").loc[member["_parent"]]
    assert (parents["_weight"].to_numpy() == member["_weight"].to_numpy()).all()
    assert "head_name" not in household


def indicator(measure: object, **settings: object) -> Indicator:
    return Indicator(
        id="x", form="x", theme=Theme.INCOME, measure=measure, better=Better.UP, unit="share",  # type: ignore[arg-type]
        counts="", leaves_out="", **settings,  # type: ignore[arg-type]
    )


FRAME = pd.DataFrame({
    "village": ["a", "a", "a", "b"],
    "water": ["piped", "well", None, "piped"],
    "toilet": ["own", None, "none", "own"],
    "income": [10.0, 30.0, np.nan, 50.0],
    "members": [2, 3, 1, 5],
})


@pytest.mark.parametrize(("measure", "settings", "expected"), [
    (Share(equals(variable("water"), "piped")), {}, {"a": 1 / 2, "b": 1.0}),
    # The second's toilet and the third's water are not known; the third is no all the same, having no toilet.
    (Share(equals(variable("water"), "piped") & is_in(variable("toilet"), "own")), {}, {"a": 1 / 3, "b": 1.0}),
    (Mean(variable("income")), {}, {"a": 20.0, "b": 50.0}),
    (Mean(variable("income")), {"where": equals(variable("water"), "well")}, {"a": 30.0}),
    (Mean(variable("income")), {"multiplier": "members"}, {"a": (2 * 10 + 3 * 30) / 5, "b": 50.0}),
    (Ratio(variable("income"), variable("members")), {}, {"a": 40 / 5, "b": 10.0}),
])
def test_the_truth_of_an_indicator_is_its_arithmetic(measure: object, settings: dict[str, object], expected: dict[str, float]):
    declared = indicator(measure, **settings)
    sums = truth.village_sums(declared, FRAME)
    assert sums is not None
    assert {village: truth.of_sums(declared, sums, [village]) for village in sums.index} == pytest.approx(expected)


def test_the_truth_of_a_median_and_of_inequality_counts_persons():
    """The persons of a and b have 10, 10, 30, 30, 30, 50, 50, 50, 50, 50: the fifth of ten has 30.
    Gini = 2 * (1*10 + 2*10 + 3*30 + 4*30 + 5*30 + 6*50 + 7*50 + 8*50 + 9*50 + 10*50) / (10 * 360) - 11 / 10."""
    both = ["a", "b"]
    assert truth.of_rows(indicator(Quantile(variable("income")), multiplier="members"), FRAME, both) == 30
    assert truth.of_rows(indicator(Gini(variable("income")), multiplier="members"), FRAME, both) == pytest.approx(
        2 * 2390 / 3600 - 1.1)


def test_offices_never_count_more_women_or_poor_than_were_present():
    for frame in (*profiles(5), *activities(5)):
        held = frame[frame["present"].notna()]
        assert (held["present_women"] <= held["present"]).all()
        assert (held["present_poor"] <= held["present"]).all()


def test_an_activity_is_hosted_by_a_village_of_one_partnership_alone():
    members = [code for partnership in PARTNERSHIPS for code in partnership.members]
    for frame in activities(5):
        assert {members.count(code) for code in frame["village"]} == {1}


def test_everything_invented_says_so():
    register = records()
    assert all(str(row["name"]).startswith("Contoh: ") and row["is_example"] for row in register["partnerships"])
    assert all("ontoh" in str(row["source"]) for name in ("targets", "poverty_lines") for row in register[name])


def test_the_truth_file_names_what_was_planted():
    told = json.loads((making.FILES / making.TRUTH).read_text(encoding="utf-8"))
    assert [tuple(each.values()) for each in told["planted"]["attention"]] == list(PLANTED)
    assert {each["what"] for found in told["dirt"].values() for each in found} == {
        "amount_as_typed", "village_without_dots", "village_mistyped", "age_out_of_range", "age_in_words",
        "months_out_of_range", "sent_twice",
    }
