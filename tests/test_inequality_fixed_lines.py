"""Poverty on fixed lines and incomes per person are means and ratios: through the engine's scan, against convey and survey."""
from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from metrics.conditions import Number, variable
from metrics.indicator import Indicator, Mean, Ratio, Share, Shortfall
from tests.estimated import Sample, estimated, indicator

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "testdata" / "poverty_eusilc"
ALL: list[dict[str, Any]] = json.loads((REFERENCE / "reference_poverty.json").read_text())["cases"] if REFERENCE.is_dir() else []
PERSONS = {
    "persons": Sample(weight="rb050", stratum="db040", psu="rb030"),
    "households": Sample(weight="rb050", stratum="db040", psu="db030"),
}
HOMES = Sample(weight="db090", stratum="db040")
LINE, INCOME, PER_HEAD = Number(10000), variable("eqIncome"), variable("pci")
# Other intervals of a share than the logit; `p0le` counts who is at the line, too, and Pantau counts who is below it.
NOT_COVERED = re.compile(r"#(likelihood|asin|beta|p0le)$")
CASES = [case for case in ALL if re.search(r"_abs10000|_as_means|_p0_ci|^hh_(?!person_weighted_gini)", case["id"])]
COVERED = [case for case in CASES if not NOT_COVERED.search(case["id"])]


def measured(case_id: str) -> Indicator:
    """The indicator of a case."""
    if case_id.startswith("hh_"):
        multiplier = "hsize" if "person_weighted" in case_id else None
        if "percapita_ratio" in case_id:
            return indicator(Ratio(variable("hhincome"), variable("hsize")))
        if "poverty" in case_id:
            return indicator(Shortfall(PER_HEAD, Number(8000), 1 if case_id.endswith("#gap") else 0), multiplier=multiplier)
        return indicator(Mean(PER_HEAD), multiplier=multiplier)
    if "_p0_ci" in case_id:
        return indicator(Share(INCOME < 10000))
    power = re.search(r"fgt(\d)_abs|#p(\d)$", case_id)
    assert power, case_id
    return indicator(Shortfall(INCOME, LINE, int(power.group(1) or power.group(2))))


@pytest.mark.parametrize("case", COVERED, ids=lambda case: case["id"])
def test_equals_r(case: dict[str, Any], tables: dict[tuple[str, bool], dict[str, pd.Series]]) -> None:
    region = case["id"].partition("_region#")[2]
    units = case["id"].split("_")[0]
    found = tables[units, bool(region)][f"{signature(measured(case['id']))}|{region}"]
    assert (found["estimate"], found["se"]) == pytest.approx((case["estimate"], case["se"]), rel=1e-6)
    if "degf" in case and not region:  # of a region R states those of the whole design, Pantau the region's own
        assert found["df"] == case["degf"]
    if case.get("method") in ("logit", "xlogit"):
        assert [found["lower"], found["upper"]] == pytest.approx(case["ci95"], rel=1e-6)


def signature(asked: Indicator) -> str:
    return f"{asked.measure!r}|{asked.multiplier}"


@pytest.fixture(scope="module")
def tables() -> dict[tuple[str, bool], dict[str, pd.Series]]:
    """Estimates by units and whether by region, each scanned once: by measure and region."""
    rows = {name: pd.read_csv(REFERENCE / "eusilc.csv") for name in PERSONS}
    rows["hh"] = pd.read_csv(REFERENCE / "eusilc_households.csv")
    found: dict[tuple[str, bool], dict[str, pd.Series]] = {}
    for units, sample in {**PERSONS, "hh": HOMES}.items():
        of_units = [measured(case["id"]) for case in COVERED if case["id"].startswith(f"{units}_")]
        asked = {signature(each): each for each in of_units}
        for by_region in (False, True):
            table = estimated(rows[units], list(asked.values()), sample, group="db040" if by_region else None)
            names = list(asked)
            found[units, by_region] = {
                f"{names[int(row['indicator'])]}|{row['category'] if by_region else ''}": row for _, row in table.iterrows()
            }
    return found


def test_each_case_is_covered_or_named() -> None:
    if not ALL:
        pytest.skip("the collection of real files is not on this machine")
    assert (len(CASES), len(COVERED)) == (95, 87)


@pytest.mark.parametrize("survey", ["wbpip_ABC_2000_income.csv.gz", "wbpip_DEF_2000_consumption.csv.gz"])
def test_mean_welfare_is_the_world_bank_s(survey: str, testdata: Path) -> None:
    expected = json.loads((testdata / "poverty_wbpip" / "expected.json").read_text())[survey]
    rows = pd.read_csv(testdata / "poverty_wbpip" / survey)
    found = estimated(rows, [indicator(Mean(variable("welfare")))], Sample(weight="weight"))
    assert found["estimate"][0] == pytest.approx(expected["mean"], rel=1e-9)
