"""Makes the example's files: `python -m data.example.making`.

One seed makes the population, one draws the sample; the same seeds always make the same files. `truth.json` holds what the
files cannot say: the true value of each indicator, and what was dirtied on the way.
"""
from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import pandas as pd

from data.example import exports, offices
from data.example.dirt import Dirt, dirtied
from data.example.loading import FILES, REGISTER, file_name
from data.example.places import AS_OF, PARTNERSHIPS, RICH_IN_WATER, ROUNDS, SHORT_OF_WATER
from data.example.population import Population, population
from data.example.register import PLANTED, records
from data.example.sample import surveys
from data.example.truth import truths
from data.instruments.adding import shipped
from data.instruments.model import Instrument
from data.instruments.workbook import read_workbook
from data.register.layout import write
from metrics.catalogue import INDICATORS

POPULATION_SEED, SAMPLE_SEED = 20240301, 6
TRUTH = "truth.json"
_HEADERS: tuple[exports.Headers, ...] = ("names", "labels", "groups")


def files() -> Iterator[tuple[str, bytes]]:
    """Each file's name and content."""
    people = population(POPULATION_SEED)
    profiles, activities = offices.profiles(POPULATION_SEED + 1), offices.activities(POPULATION_SEED + 2)
    forms = {path.stem: read_workbook(path.read_bytes(), path.name) for path in shipped()}
    dirt: dict[str, list[Dirt]] = {}
    for at, (round, survey) in enumerate(zip(ROUNDS, surveys(people, SAMPLE_SEED), strict=True)):
        period = (round.starts_on, round.ends_on)
        clean = exports.sheets(forms["household"], survey.household, survey.member, _HEADERS[at], period, SAMPLE_SEED + at)
        dirty, dirt[round.id] = dirtied(clean, SAMPLE_SEED + at)
        yield file_name("household", round.id), exports.workbook(dirty)
        for instrument, frame in (("village", profiles[at]), ("activity", activities[at])):
            found = exports.sheets(forms[instrument], frame, None, _HEADERS[at], period, SAMPLE_SEED + 10 + at)
            yield file_name(instrument, round.id), exports.workbook(found)
    yield REGISTER, _register(forms)
    yield TRUTH, _truth(people, truths(people, profiles, activities, INDICATORS), dirt)


def _register(forms: dict[str, Instrument]) -> bytes:
    return write(records(), indicators=sorted(indicator.id for form in forms.values() for indicator in form.indicators))


def _truth(people: Population, truth: pd.DataFrame, dirt: dict[str, list[Dirt]]) -> bytes:
    """Values by indicator, domain and round, with six figures: enough to compare with, and a small file."""
    values: dict[str, dict[str, dict[str, float]]] = {}
    for indicator, by, domain, round, value in truth.itertuples(index=False):
        values.setdefault(indicator, {}).setdefault(f"{by}:{domain}", {})[round] = float(f"{value:.6g}")
    content = {
        "about": "Invented. The truth behind the example files: nothing here is about real people or real partnerships.",
        "as_of": AS_OF.isoformat(),
        "households": len(people.household[0]),
        "partnerships": {partnership.id: list(partnership.members) for partnership in PARTNERSHIPS},
        "planted": {
            "attention": [dict(zip(("kind", "partnership", "subject"), each, strict=True)) for each in PLANTED],
            "needs": {"short_of_water": SHORT_OF_WATER, "rich_in_water": RICH_IN_WATER},
        },
        "dirt": {round: [asdict(each) for each in found] for round, found in dirt.items()},
        "values": values,
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def main() -> None:
    FILES.mkdir(exist_ok=True)
    for name, content in files():
        (FILES / name).write_bytes(content)


if __name__ == "__main__":
    main()
