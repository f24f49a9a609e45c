"""The example, loaded on the way everyone's files take, says what its truth says."""
from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from access.policy import Viewer, person_at_this_machine
from data import results
from data.example import making, sample
from data.example.places import PARTNERSHIPS, ROUNDS
from data.example.population import population
from data.example.register import records
from data.importing import batches
from data.progress import progress
from data.store import Store, open_store, quoted
from metrics.catalogue import INDICATORS

TRUTH = json.loads((making.FILES / making.TRUTH).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def viewer() -> Viewer:
    return person_at_this_machine()


@pytest.fixture(scope="module")
def example(example_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The loaded example, for this module to read."""
    copy = tmp_path_factory.mktemp("example") / "store"
    shutil.copytree(example_directory, copy)
    store = open_store(copy)
    yield store
    store.close()


def true_value(indicator: str, by: str, domain: str, round: str) -> float | None:
    value = TRUTH["values"].get(indicator, {}).get(f"{by}:{domain}", {}).get(round)
    return None if value is None else float(value)


def with_truth(store: Store, viewer: Viewer, by: str) -> pd.DataFrame:
    """Estimates that have a standard error, beside what they are to be."""
    found = results.estimates(store, viewer, by=by)
    found["true"] = [true_value(row.indicator, by, row.domain, row.round) for row in found.itertuples()]
    return found[found["estimate"].notna() & found["se"].notna() & (found["se"] > 0)]


def test_every_row_is_accounted_for_and_only_dirt_is_rejected(example: Store, viewer: Viewer):
    for batch in batches.batches(example, viewer).itertuples():
        assert batch.rows_read == batch.rows_accepted + batch.rows_rejected + batch.rows_left_out
        dirty = TRUTH["dirt"][batch.round] if batch.instrument == "household" else []
        dirt = [each for each in dirty if each["is_fatal"]]
        found = batches.findings(example, viewer, batch.id)
        errors = found[found["severity"] == "error"]
        rejected = {(row.sheet, row.row) for row in errors[errors["code"] != "parent_rejected"].itertuples()}
        assert rejected == {(each["sheet"], each["row"]) for each in dirt}
        assert batch.rows_rejected == len(rejected) + (errors["code"] == "parent_rejected").sum()


def test_amounts_are_read_as_they_were_meant_however_they_were_typed(example: Store):
    """The sum of all incomes of the accepted rows is that of the clean survey without the rejected rows."""
    surveys = sample.surveys(population(making.POPULATION_SEED), making.SAMPLE_SEED)
    for round, survey in zip(ROUNDS, surveys, strict=True):
        fatal = [each for each in TRUTH["dirt"][round.id] if each["is_fatal"] and each["what"] != "sent_twice"]
        lost_members = {each["row"] - 2 for each in fatal if each["sheet"] == "member"}
        lost_homes = {each["row"] - 2 for each in fatal if each["sheet"] != "member"}
        member = survey.member
        kept = member[~member.index.isin(lost_members) & ~member["parent"].isin(lost_homes)]
        with example.reading() as cursor:
            [(total, count)] = cursor.execute(
                "SELECT sum(income_year_rp), count(income_year_rp) FROM responses.household_member WHERE _round = ?", [round.id],
            ).fetchall()
        assert (total, count) == (kept["income_year_rp"].sum(), kept["income_year_rp"].count())


def test_estimates_are_the_truth_within_their_errors(example: Store, viewer: Viewer):
    """About 95 of 100 intervals hold the truth; fewer of them are of the whole, and they lean on the same households."""
    for by, least in (("all", 0.88), ("partnership", 0.90), ("village", 0.90)):
        found = with_truth(example, viewer, by).dropna(subset=["lower", "upper"])
        assert found["true"].notna().all()
        is_held = (found["lower"] <= found["true"]) & (found["true"] <= found["upper"])
        assert least <= is_held.mean() <= 0.99, by


def test_what_offices_write_down_is_the_truth(example: Store, viewer: Viewer):
    of_offices = [indicator.id for indicator in INDICATORS if indicator.form in {"village", "activity"}]
    found = results.estimates(example, viewer, by="partnership", indicators=of_offices).dropna(subset="estimate")
    assert len(found) > 100
    for row in found.itertuples():
        assert row.estimate == pytest.approx(true_value(row.indicator, "partnership", row.domain, row.round), rel=1e-5)


def implied(target: dict[str, object], partnership: str) -> str:
    """The status that the truth implies, by the straight path from the first round to the due date."""
    indicator = str(target["indicator"])
    first, last = (true_value(indicator, "partnership", partnership, round.id) for round in (ROUNDS[0], ROUNDS[-1]))
    assert first is not None and last is not None
    days = [round.starts_on + (round.ends_on - round.starts_on) / 2 for round in (ROUNDS[0], ROUNDS[-1])]
    due = target["due_on"]
    assert isinstance(due, date)
    share = (days[1] - days[0]).days / (due - days[0]).days
    goal = {"zero": 0.0, "above_poverty_line": float(ROUNDS[-1].poverty_line_rp)}.get(str(target["comparison"]))
    if goal is None:
        goal = float(str(target["value"])) / (100 if target["unit"] == "percent" else 1)
    sign = -1 if target["comparison"] in ("at_most", "zero") else 1
    expected = first + (goal - first) * share
    if sign * last >= sign * goal:
        return "achieved"
    return "on_track" if sign * last >= sign * expected else "needs_attention"


def test_a_status_that_is_certain_is_the_one_the_truth_implies(example: Store, viewer: Viewer):
    found = progress(example, viewer).set_index(["partnership", "indicator"])
    wrong = {}
    for target in records()["targets"]:
        key = (str(target["partnership"]), str(target["indicator"]))
        row, true = found.loc[key], implied(dict(target), key[0])
        if row["is_certain"] and row["status"] != true:
            wrong[key] = (row["status"], true)
    assert wrong == {}


def test_every_status_occurs_and_every_theme_is_promised(example: Store, viewer: Viewer):
    found = progress(example, viewer)
    assert set(found["status"]) == {"achieved", "on_track", "needs_attention", "not_enough_data", "no_target"}
    promised = found[found["target_kind"].notna()]
    themes = promised["indicator"].str.split(".").str[0].groupby(promised["partnership"]).agg(set)
    for partnership in PARTNERSHIPS:
        assert {"income", "service_access", "participation", "cohesion"} <= themes[partnership.id]


def test_names_of_heads_of_household_are_nowhere_in_the_store(example: Store):
    names = [name for names in sample.NAMES.values() for name in names]
    with example.reading() as cursor:
        columns = cursor.execute("""
            SELECT table_schema, table_name, column_name FROM information_schema.columns WHERE data_type = 'VARCHAR'
        """).fetchall()
        assert ("responses", "household_household", "drinking_water") in columns
        holding = [
            (table, column) for schema, table, column in columns
            if cursor.execute(
                f"SELECT count(*) FROM {quoted(schema)}.{quoted(table)} WHERE list_contains(?, {quoted(column)})",  # noqa: S608
                [names],
            ).fetchall() != [(0,)]
        ]
    assert holding == []
