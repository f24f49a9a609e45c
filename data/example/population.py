"""The example's population: every household and member of the 17 villages, in three rounds.

Answers come from thresholds on normal variables with a village, a neighbourhood, a household and a person part, so that
neighbours resemble each other as they do in the field; a person's answers of two rounds resemble each other too.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from data.example.places import LEVELS, PARTNERSHIPS, ROUNDS, TRENDS, VILLAGES

Array = NDArray[np.float64]
Answers = Mapping[str, NDArray[np.object_]]
_ROUNDS = len(ROUNDS)
_LASTING = 0.65                          # how much of a person's part stays from round to round

_HOUSEHOLD_SHARES = {
    "safe_water": 0.70, "sanitation": 0.55, "electricity": 0.965, "cooking_gas": 0.80, "mobile_broadband": 0.66,
    "afraid_at_night": 0.22, "entrusts_house": 0.81, "water_shortage": 0.24, "other_religion_activity": 0.66,
    "other_ethnic_activity": 0.74, "other_religion_friend": 0.83, "other_ethnic_friend": 0.88,
}
_MEMBER_SHARES = {
    "health_insurance": 0.77, "health_complaint": 0.17, "treated": 0.60, "social_activity": 0.62, "mutual_help": 0.47,
    "seeks_work": 0.055, "savings_account": 0.40, "voted": 0.82, "attended_meeting": 0.20, "made_suggestion": 0.08,
}
# Rupiah of a year at the baseline, for the middle of each kind of work.
_EARNINGS = {
    "smallholder": 21e6, "farmer": 37e6, "farm_labourer": 19e6, "trader": 39e6, "labourer": 30e6, "employee": 57e6, "other": 24e6,
}
_WATER_SAFE = {"piped": 0.12, "borehole": 0.34, "protected_well": 0.36, "refill": 0.12, "protected_spring": 0.04, "rain": 0.02}
_WATER_UNSAFE = {"unprotected_well": 0.72, "unprotected_spring": 0.14, "surface": 0.14}
_LIKERT = ("trust_people", "must_be_alert", "people_help", "trust_lending", "solve_together", "feels_left_out")
_REVERSED = {"must_be_alert", "feels_left_out"}
_SATISFIED = ("satisfied_administration", "satisfied_health", "satisfied_education", "satisfied_roads")


@dataclass(frozen=True, kw_only=True)
class Population:
    """By round: `household` has one row per household, `member` one per person with its household's number in `household`.

    Households keep their row number over the rounds; `village` and `neighbourhood` are numbers too.
    """

    household: tuple[pd.DataFrame, ...]
    member: tuple[pd.DataFrame, ...]


def population(seed: int) -> Population:
    """The population that a seed makes: always the same one."""
    draws = _Draws(np.random.default_rng(seed))
    people = _people(draws)
    households, members = _household_answers(draws), _member_answers(draws, people)
    frames = [_frames(draws, people, households, members, at) for at in range(_ROUNDS)]
    return Population(household=tuple(each for each, _ in frames), member=tuple(each for _, each in frames))


class _Draws:
    """The random parts that answers share: where each household lives, how well off it is."""

    def __init__(self, random: np.random.Generator):
        self.random = random
        self.village = np.repeat(np.arange(len(VILLAGES)), [village.households for village in VILLAGES])
        self.neighbourhood = np.concatenate([
            np.sort(random.integers(village.neighbourhoods, size=village.households)) for village in VILLAGES
        ])
        first = np.cumsum([0, *(village.neighbourhoods for village in VILLAGES)])
        self.place = first[self.village] + self.neighbourhood       # the neighbourhood's number among all
        self.places = int(first[-1])
        wealth = 0.3 * random.normal(size=self.places)[self.place] + 0.2 * random.normal(size=len(VILLAGES))[self.village]
        self.wealth = (wealth + np.sqrt(0.87) * random.normal(size=len(self.village)))[:, None]

    def lasting(self, count: int) -> Array:
        """Standard normal values of `count` units in each round, alike from round to round."""
        own = self.random.normal(size=(count, 1))
        return np.sqrt(_LASTING) * own + np.sqrt(1 - _LASTING) * self.random.normal(size=(count, _ROUNDS))

    def of_place(self) -> Array:
        """What households of a village and of a neighbourhood share."""
        village = 0.15 * self.random.normal(size=len(VILLAGES))
        return (village[self.village] + 0.28 * self.random.normal(size=self.places)[self.place])[:, None]

    def shift(self, answer: str) -> Array:
        """What time, partnerships and a village's own level add, by household and round."""
        table = np.zeros((len(VILLAGES), _ROUNDS))
        table[:, 1:] += TRENDS.get(answer, (0.0, 0.0))
        for at, village in enumerate(VILLAGES):
            table[at] += LEVELS.get(village.code, {}).get(answer, 0.0)
            for partnership in PARTNERSHIPS:
                if village.code in partnership.members:
                    table[at, 1:] += partnership.effects.get(answer, (0.0, 0.0))
        return table[self.village]

    def yes(
        self, answer: str, share: Array | float, households: NDArray[np.int64] | None = None, wealth: float = 0.0,
    ) -> NDArray[np.bool_]:
        """Who says yes, in each round: of households, or of members when `households` has the household of each."""
        shared = self.of_place() + wealth * self.wealth
        spread = 0.15**2 + 0.28**2 + wealth**2
        shift = self.shift(answer)
        if households is None:
            return norm.ppf(share) * np.sqrt(1 + spread) + shared + shift + self.lasting(len(self.village)) > 0
        family = 0.5 * self.random.normal(size=(len(self.village), 1))
        spread += 0.5**2
        middle = norm.ppf(share) * np.sqrt(1 + spread)
        return middle + (shared + family + shift)[households] + self.lasting(len(households)) > 0

    def pick(self, shares: Mapping[str, float], count: int) -> NDArray[np.object_]:
        return self.random.choice(np.array(list(shares), dtype=object), p=list(shares.values()), size=count)


def _people(draws: _Draws) -> pd.DataFrame:
    """Every person who lives there in some round: household, relation, sex, age at the baseline, the round of entry."""
    random, count = draws.random, len(draws.village)
    head_age = np.clip(random.normal(46, 13, count).round(), 21, 82)
    is_man = random.random(count) < 0.87
    has_spouse = random.random(count) < np.where(is_man, 0.92, 0.04)
    children = random.poisson(np.where(head_age < 60, 1.65, 0.7))
    has_parent = random.random(count) < 0.08
    number = np.arange(count)
    of_child = np.repeat(number, children)
    newborn = {at: (head_age < 43) & has_spouse & (random.random(count) < 0.075 * at) for at in (1, 2)}
    parts = [
        _part(number, "head", np.where(is_man, "male", "female"), head_age),
        _part(number[has_spouse], "spouse", np.where(is_man, "female", "male")[has_spouse],
              np.clip((head_age - random.normal(3, 4, count)).round(), 18, 80)[has_spouse]),
        _part(of_child, "child", _sexes(random, len(of_child)),
              np.floor(random.random(len(of_child)) * np.clip(head_age[of_child] - 19, 1, 30))),
        _part(number[has_parent], "parent", _sexes(random, int(has_parent.sum())), np.clip(head_age + 25, 50, 92)[has_parent]),
        *(
            _part(number[born], "child", _sexes(random, int(born.sum())), np.full(int(born.sum()), -float(at)), at)
            for at, born in newborn.items()
        ),
    ]
    return pd.concat(parts).sort_values("household", kind="stable", ignore_index=True)


def _part(household: NDArray[np.int64], relation: str, sex: NDArray[np.object_], age: Array, enters: int = 0) -> pd.DataFrame:
    return pd.DataFrame({"household": household, "relation": relation, "sex": sex, "age": age.astype(int), "enters": enters})


def _sexes(random: np.random.Generator, count: int) -> NDArray[np.object_]:
    return np.where(random.random(count) < 0.51, "male", "female").astype(object)


def _household_answers(draws: _Draws) -> dict[str, NDArray[np.object_]]:
    """Answers by name: an array of households by rounds."""
    random, count = draws.random, len(draws.village)
    wealth = {"safe_water": 0.35, "sanitation": 0.55, "electricity": 0.4, "cooking_gas": 0.45, "mobile_broadband": 0.45}
    yes = {answer: draws.yes(answer, share, wealth=wealth.get(answer, 0.0)) for answer, share in _HOUSEHOLD_SHARES.items()}
    safe, unsafe = draws.pick(_WATER_SAFE, count)[:, None], draws.pick(_WATER_UNSAFE, count)[:, None]
    toilet = random.random((count, 1))
    poor_toilet = np.select([toilet < 0.62, toilet < 0.8, toilet < 0.86], ["own", "shared", "public"], "none")
    found: dict[str, NDArray[np.object_]] = {
        "drinking_water": np.where(yes["safe_water"], safe, unsafe),
        "water_shortage_months": np.where(yes["water_shortage"], 1 + random.binomial(5, 0.35, (count, _ROUNDS)), 0),
        "toilet": np.where(yes["sanitation"], np.where(toilet < 0.9, "own", "shared"), poor_toilet),
        "sewage": np.where(
            yes["sanitation"], np.where(toilet < 0.97, "septic_tank", "treatment"), np.where(toilet < 0.7, "pit", "water"),
        ),
        "lighting": np.where(yes["electricity"], np.where(toilet < 0.96, "pln", "non_pln"), "lamp"),
        "cooking": np.where(yes["cooking_gas"], "gas", np.where(toilet < 0.04, "electricity", "wood")),
    }
    found["sewage"] = np.where(found["toilet"] == "none", np.array(None, dtype=object), found["sewage"])
    strongly = random.random((count, _ROUNDS)) < 0.25
    for answer, said in yes.items():
        if answer.startswith("other_"):
            agree, disagree = np.where(strongly, "strongly_agree", "agree"), np.where(strongly, "strongly_disagree", "disagree")
            found[answer] = np.where(said, agree, disagree)
        elif answer in {"mobile_broadband", "afraid_at_night", "entrusts_house"}:
            found[answer] = _words(said)
    return found | _scales(draws)


def _scales(draws: _Draws) -> dict[str, NDArray[np.object_]]:
    """Answers from 1 to 5, as text: what items of one scale share makes them agree with each other."""
    count = len(draws.village)
    found = {}
    for items, middle, answer in ((_LIKERT, 3.55, "index"), (_SATISFIED, 3.35, "satisfaction")):
        common = draws.of_place() * 1.2 + 0.75 * draws.lasting(count) + draws.shift(answer) / 25
        for item in items:
            value = np.clip(np.rint(middle + common + 0.85 * draws.lasting(count)), 1, 5).astype(int)
            found[item] = (6 - value if item in _REVERSED else value).astype(str).astype(object)
    for item in _SATISFIED:
        found[item] = np.where(draws.random.random((count, _ROUNDS)) < 0.06, "not_used", found[item])
    return found


def _member_answers(draws: _Draws, people: pd.DataFrame) -> dict[str, NDArray[np.object_]]:
    """Answers by name: an array of persons by rounds, as if everybody had been asked."""
    home = people["household"].to_numpy()
    age = people["age"].to_numpy()[:, None] + np.arange(_ROUNDS)
    is_woman = (people["sex"] == "female").to_numpy()[:, None]
    school = np.select([age < 7, age < 13, age < 16, age < 19], [0.52, 0.985, 0.94, 0.74], 0.17)
    internet = np.select([age < 13, age < 40, age < 60], [0.42, 0.85, 0.5], 0.14)
    works = np.where(is_woman, np.where(age < 65, 0.5, 0.25), np.where(age < 20, 0.35, np.where(age < 65, 0.93, 0.55)))
    shares: dict[str, Array | float] = dict(_MEMBER_SHARES)
    shares["mutual_help"] = np.where(is_woman, 0.36, 0.58)
    shares["attended_meeting"] = np.where(is_woman, 0.13, 0.27)
    wealth = {"savings_account": 0.4, "treated": 0.2, "health_insurance": 0.15}
    found = {answer: _words(draws.yes(answer, share, home, wealth.get(answer, 0.0))) for answer, share in shares.items()}
    found["attends_school"] = np.where(
        age < 7, _words(draws.yes("early_education", school, home)), _words(draws.yes("schooling", school, home, 0.25)),
    )
    found["internet"] = _words(draws.yes("internet", internet, home, 0.3))
    found["works"] = _words(draws.yes("works", works, home))
    return found | _earnings(draws, home, is_woman)


def _earnings(draws: _Draws, home: NDArray[np.int64], is_woman: NDArray[np.bool_]) -> dict[str, NDArray[np.object_]]:
    """Main work, the better paid the better off the household, and the year's income from it."""
    count = len(home)
    standing = 0.6 * draws.wealth[home][:, 0] + 0.8 * draws.random.normal(size=count)
    kinds = np.array(["farm_labourer", "smallholder", "other", "labourer", "trader", "farmer", "employee"], dtype=object)
    job = kinds[np.searchsorted([-0.85, -0.15, 0.05, 0.35, 0.75, 1.55], standing)][:, None]
    middle = np.vectorize(_EARNINGS.__getitem__, otypes=[float])(job)
    place = 0.05 * draws.random.normal(size=len(VILLAGES))[draws.village][:, None] + draws.shift("income")
    logarithm = 0.16 * draws.wealth[home] + place[home] + 0.42 * draws.lasting(count) - 0.18 * is_woman
    return {
        "main_job": np.repeat(job, _ROUNDS, axis=1),
        "income_year_rp": np.rint(middle * np.exp(logarithm) / 1e5).astype(np.int64) * 100_000,
    }


def _frames(
    draws: _Draws, people: pd.DataFrame, households: Answers, members: Answers, at: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both tables of a round, with an answer only where the questionnaire asks for it."""
    here = (people["enters"] <= at).to_numpy()
    member = people.loc[here, ["household", "relation", "sex"]].assign(age=people["age"] + at)
    for answer, values in members.items():
        member[answer] = values[here, at]
    age, works = member["age"], member["works"] == "yes"
    asked = {
        "attends_school": age.between(3, 24), "treated": member["health_complaint"] == "yes", "internet": age >= 5,
        "social_activity": age >= 10, "mutual_help": age >= 10, "works": age >= 15, "seeks_work": age >= 15,
        "main_job": works & (age >= 15), "income_year_rp": age >= 15,
        **dict.fromkeys(("savings_account", "voted", "attended_meeting", "made_suggestion"), age >= 17),
    }
    # Who heads a household without working lives on rent, remittances or a pension.
    idle = np.where(member["relation"] == "head", (0.35 * member["income_year_rp"]).round(-5), 0)
    member["income_year_rp"] = member["income_year_rp"].where(works, idle)
    for answer, condition in asked.items():
        member[answer] = member[answer].where(condition)
    household = pd.DataFrame({"village": draws.village, "neighbourhood": draws.neighbourhood})
    head = people[people["relation"] == "head"].set_index("household")
    household["head_sex"] = head["sex"]
    grouped = member.groupby("household")
    household["members"] = grouped.size()
    household["household_income_year_rp"] = grouped["income_year_rp"].sum()
    for answer, values in households.items():
        household[answer] = values[:, at]
    return household, member


def _words(yes: NDArray[np.bool_]) -> NDArray[np.object_]:
    return np.where(yes, "yes", "no").astype(object)
