"""A two-stage sample of the population: neighbourhoods within villages, households within neighbourhoods.

Each village is a stratum. The same households are visited in every round; some are away, and who is there stands for them.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.example.places import ROUNDS, VILLAGES
from data.example.population import Population

# Common given names, drawn by number: they name nobody.
NAMES = {
    "male": ("Suparman", "Wagiman", "Sutrisno", "Mulyadi", "Ngatimin", "Sarjono", "Budiono", "Hartoyo", "Ketut", "Made", "Samsul",
             "Rohmat", "Yusuf", "Herman", "Zainal", "Tugiman"),
    "female": ("Sumarni", "Wagiyem", "Suratmi", "Ngatinah", "Sulastri", "Komang", "Siti", "Aminah", "Rohayati", "Endang"),
}
CLUSTERS = 8                             # neighbourhoods drawn in each village
HOUSEHOLDS = 100                         # households drawn in each village, spread over them
_AWAY = 0.03
_INCOME_REFUSED = 0.03
_UNANSWERED = 0.012
# Questions of the household form that need not be answered.
_OPTIONAL = (
    "satisfied_administration", "satisfied_health", "satisfied_education", "satisfied_roads", "other_religion_activity",
    "other_ethnic_activity", "other_religion_friend", "other_ethnic_friend", "afraid_at_night", "entrusts_house", "trust_people",
    "must_be_alert", "people_help", "trust_lending", "solve_together", "feels_left_out",
)


@dataclass(frozen=True, kw_only=True)
class Survey:
    """The answers of one round, clean: one row per household, and per member with its household's row in `parent`."""

    round: str
    household: pd.DataFrame
    member: pd.DataFrame


def surveys(population: Population, seed: int) -> tuple[Survey, ...]:
    """A survey of each round, of the sample that a seed draws."""
    random = np.random.default_rng(seed)
    drawn = _drawn(population.household[0], random)
    return tuple(
        _survey(round.id, household, member, drawn, random)
        for round, household, member in zip(ROUNDS, population.household, population.member, strict=True)
    )


def responses(survey: Survey) -> dict[str, pd.DataFrame]:
    """The rows of a survey as the store's tables have them, without a way through files; for tests that need many samples."""
    household, member = survey.household, survey.member
    own = pd.DataFrame({
        "_round": survey.round, "_batch": 1, "_row": np.arange(len(household)), "_village": household["village"],
        "_weight": household["weight"], "_stratum": household["stratum"], "_psu": household["cluster"],
        "_psu_population": np.nan, "_parent": pd.array([pd.NA] * len(household), dtype="Int64"),
        "_key": household["respondent"], "_uuid": None,
    })
    inherited = own.iloc[member["parent"]].reset_index(drop=True)
    inherited["_parent"] = inherited["_row"].astype("Int64")
    inherited["_row"] = np.arange(len(member))
    return {
        "household": pd.concat([own, household.drop(columns="head_name")], axis=1),
        "member": pd.concat([inherited, member.drop(columns="parent").reset_index(drop=True)], axis=1),
    }


def _drawn(household: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """The sample: the household's row in the population, its neighbourhood's size there, and its share of the village drawn."""
    parts = []
    for at, village in enumerate(VILLAGES):
        here = household.index[household["village"] == at].to_numpy()
        homes = household["neighbourhood"].to_numpy()[here]
        sizes = np.bincount(homes, minlength=village.neighbourhoods)
        inhabited = np.flatnonzero(sizes)
        chosen = np.sort(random.choice(inhabited, CLUSTERS, replace=False))
        wanted = HOUSEHOLDS // CLUSTERS + (np.arange(CLUSTERS) < HOUSEHOLDS % CLUSTERS)
        for neighbourhood, count in zip(chosen, wanted, strict=True):
            living = here[homes == neighbourhood]
            parts.append(pd.DataFrame({
                "household": np.sort(random.choice(living, min(count, len(living)), replace=False)),
                "size": len(living), "drawn_share": CLUSTERS / len(inhabited),
            }))
    return pd.concat(parts, ignore_index=True)


def _survey(
    round: str, household: pd.DataFrame, member: pd.DataFrame, drawn: pd.DataFrame, random: np.random.Generator,
) -> Survey:
    present = drawn[random.random(len(drawn)) >= _AWAY]
    found = household.loc[present["household"]].reset_index(names="household")
    village = found["village"].to_numpy()
    code = pd.Series([VILLAGES[at].code for at in village])
    cluster = code + "-RT" + (found["neighbourhood"] + 1).astype(str).str.zfill(2)
    visited = cluster.groupby(cluster).transform("size").to_numpy()
    weight = present["size"].to_numpy() / visited / present["drawn_share"].to_numpy()
    place = pd.DataFrame({
        "village": code, "stratum": code, "cluster": cluster, "weight": weight.round(4),
        "respondent": code.str[-4:] + "-" + found["household"].astype(str).str.zfill(5),
        "enumerator": [f"P{7 * at % 12 + 1:02d}" for at in village + found["neighbourhood"].to_numpy() % 2],
    })
    place["head_name"] = [
        NAMES[sex][number * 7 % len(NAMES[sex])] for sex, number in zip(found["head_sex"], found["household"], strict=True)
    ]
    answers = found.drop(columns=["household", "village", "neighbourhood"])
    for answer in _OPTIONAL:
        answers[answer] = answers[answer].where(random.random(len(answers)) >= _UNANSWERED)
    row = pd.Series(found.index, index=found["household"])
    people = member[member["household"].isin(row.index)].copy()
    people["parent"] = people["household"].map(row)
    people = people.sort_values("parent", kind="stable").drop(columns="household").reset_index(drop=True)
    refused = random.random(len(found)) < _INCOME_REFUSED
    answers["household_income_year_rp"] = answers["household_income_year_rp"].where(~refused)
    people["income_year_rp"] = people["income_year_rp"].where(~refused[people["parent"]])
    return Survey(round=round, household=pd.concat([place, answers], axis=1), member=people)
