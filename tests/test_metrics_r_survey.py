"""Every result of R's survey package that the engine has a feature for, to 1e-6 relative; and none of the wrong ones."""
from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from metrics import intervals
from metrics.conditions import And, Condition, equals, variable
from metrics.indicator import Indicator, Mean, Ratio, Share, Total
from tests.estimated import Sample, estimated, indicator

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "testdata" / "r_survey"
CASES: list[dict[str, Any]] = json.loads((REFERENCE / "reference_dev.json").read_text())["cases"] if REFERENCE.is_dir() else []
RIGHT = [case for case in CASES if not case["id"].startswith("WRONG_")]
WRONG = [case for case in CASES if case["id"].startswith("WRONG_")]

# What the engine does not have, and why. None of these cases post-stratifies: test_results_poststratified.py holds R's answers
# to `postStratify` on the same files.
NOT_COVERED = {
    r"#(likelihood|asin|beta)$": "other intervals of a share; the engine has one, the logit, and for 0 and 1 the exact one",
    r"#score$": "the interval of a quantile by inverting a test; the engine has Woodruff's",
    r"_quant#": "quantiles are held against the same file in test_inequality_r.py",
}


def why_not(case: dict[str, Any]) -> str | None:
    return next((why for pattern, why in NOT_COVERED.items() if re.search(pattern, case["id"])), None)


COVERED = [case for case in RIGHT if why_not(case) is None]


def rows_of(case: dict[str, Any]) -> pd.DataFrame:
    rows = pd.read_csv(REFERENCE / case["data"])
    rows.columns = [name.replace(".", "_") for name in rows.columns]
    for stype in "EHM":
        rows[f"is_{stype}"] = (rows["stype"] == stype).astype(int)
    return rows


def sample_of(design: str) -> Sample:
    def named(argument: str) -> str | None:
        found = re.search(rf"{argument}=~(\w+)", design)
        return found.group(1) if found and found.group(1) != "1" else None

    return Sample(weight=named("weights") or "pw", stratum=named("strata"), psu=named("id"), population=named("fpc"))


def question(case: dict[str, Any]) -> tuple[Indicator, str | None, str]:
    """The indicator a case asks for, the group it is by, and the category."""
    term, statistic = str(case.get("term", "")).replace(".", "_"), case["statistic"]
    where: Condition | None = None
    category, group = "", None
    by = re.search(r"svyby\(.*?,\s*~([\w.+]+),", case["r_call"])
    if by:
        names, parts = by.group(1).replace(".", "_").split("+"), case["term"].split(":")[0].split(".")
        if len(names) == 1:
            group, category = names[0], parts[0]
        else:
            where = And(tuple(equals(variable(name), part) for name, part in zip(names, parts, strict=True)))
        term = case["term"].split(":")[1] if ":" in case["term"] else re.search(r"svyby\(~([\w.]+)", case["r_call"]).group(1)  # type: ignore[union-attr]
        term = term.replace(".", "_")
    if "ratio" in statistic:
        return indicator(Ratio(variable("api_stu"), variable("enroll")), where=where), group, category
    if "total" in statistic:
        return indicator(Total(variable(term.replace("stype", "is_"))), where=where), group, category
    if statistic == "proportion":
        name, choice = re.fullmatch(r"(\w+?)(Yes|No)", term).groups()  # type: ignore[union-attr]
        return indicator(Share(equals(variable(name), choice))), None, ""
    if statistic == "proportion_ci":
        name, choice = re.search(r"I\(([\w.]+)=='(\w+)'\)", case["r_call"]).groups()  # type: ignore[union-attr]
        if "subset" in case["r_call"]:
            where = equals(variable("comp_imp"), "Yes")
        return indicator(Share(equals(variable(name.replace(".", "_")), choice)), where=where), None, ""
    if statistic == "mean_subpop":
        where = equals(variable("stype"), "H")
    return indicator(Mean(variable(term)), where=where), group, category


@pytest.mark.skipif(not CASES, reason="R's results are not on this machine")
@pytest.mark.parametrize("case", COVERED, ids=lambda case: case["id"])
def test_an_estimate_equals_r(case: dict[str, Any]) -> None:
    asked, group, category = question(case)
    found = estimated(rows_of(case), [asked], sample_of(case["design"]), group=group)
    row = found[found["category"] == category].iloc[0]
    of_part = group is not None or asked.where is not None
    assert row["estimate"] == pytest.approx(case["estimate"], rel=1e-6)
    assert row["se"] == pytest.approx(case["se"], rel=1e-6)
    if not of_part:
        assert row["df"] == case["degf"]
    if "degf_subset" in case:
        assert row["df"] == case["degf_subset"]
    if "deff" in case:
        # Against a simple random sample with replacement R leaves out the part of the population that was not drawn.
        unsampled = 1 - row["n"] / row["x"] if "replace" in case["r_call"] else 1
        assert row["deff"] * unsampled == pytest.approx(case["deff"], rel=1e-6)
    estimate, se, df = (np.array([number]) for number in (row["estimate"], row["se"], float(case["degf"])))
    if "ci95_t" in case:
        assert np.ravel(intervals.t_interval(estimate, se, df)) == pytest.approx(case["ci95_t"], rel=1e-6)
        assert np.ravel(intervals.t_interval(estimate, se, np.array([np.inf]))) == pytest.approx(case["ci95_normal"], rel=1e-6)
    if case.get("method") in {"logit", "xlogit"}:
        assert [row["lower"], row["upper"]] == pytest.approx(case["ci95"], rel=1e-6)
    if case.get("method") == "mean":
        assert np.ravel(intervals.t_interval(estimate, se, df)) == pytest.approx(case["ci95"], rel=1e-6)


@pytest.mark.skipif(not CASES, reason="R's results are not on this machine")
@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["id"])
def test_no_tempting_wrong_answer_is_given(case: dict[str, Any]) -> None:
    rows = rows_of(case)
    if "strat" in case["id"]:
        sample = Sample(weight="pw", stratum="stype", population="fpc")
        row = estimated(rows, [indicator(Mean(variable("api00")))], sample).iloc[0]
        assert row["estimate"] != pytest.approx(case["estimate"], rel=1e-3)
        assert row["se"] != pytest.approx(case["se"], rel=1e-3)
    else:
        asked = indicator(Mean(variable("api00")), where=equals(variable("stype"), "H"))
        row = estimated(rows, [asked], Sample(weight="pw", psu="dnum")).iloc[0]
        assert row["se"] != pytest.approx(case["se"], rel=1e-3)
        assert row["se"] == pytest.approx(case["right_se_nofpc"], rel=1e-6)


@pytest.mark.skipif(not CASES, reason="R's results are not on this machine")
def test_every_case_is_covered_or_says_why_not() -> None:
    left_out = {case["id"]: why_not(case) for case in RIGHT if why_not(case)}
    assert len(RIGHT) == 90
    assert len(COVERED) == 90 - len(left_out)
    # 3 other intervals of each of 4 shares, and 18 quantiles.
    assert len(left_out) == 3 * 4 + 18
