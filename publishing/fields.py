"""The fields of a document from rows of results and progress: figures rounded, days as ISO text, words in every language."""
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from data.messages import LANGUAGES, has, say
from publishing.document import Baseline, Estimate, Target, Words

DIGITS = 12  # significant digits of a figure: more is noise of the machine that added it up

Row = Mapping[Any, Any]


def estimate(row: Row) -> Estimate:
    is_shown = not row["withheld"]
    return {
        "round": row["round"],
        "estimate": figure(row["estimate"]) if is_shown else None,
        "se": figure(row["se"]) if is_shown else None,
        "lower": figure(row["lower"]) if is_shown else None,
        "upper": figure(row["upper"]) if is_shown else None,
        "n": whole(row["n"]) if is_shown else None,
        "psus": whole(row["psus"]) if is_shown else None,
        "strata": whole(row["strata"]) if is_shown else None,
        "df": whole(row["df"]) if is_shown else None,
        "reliability": text(row["reliability"]) if is_shown else None,
        "withheld": not is_shown,
        "reason": text(row["reason"]),
        "covered": whole(row["covered"]),
        "expected": whole(row["expected"]),
    }


def baseline(row: Row) -> Baseline | None:
    value = figure(row["baseline"])
    if value is None:
        return None
    return {"value": value, "round": text(row["baseline_round"]), "on": day(row["baseline_on"])}


def target(row: Row) -> Target | None:
    comparison = text(row["target_kind"])
    if comparison is None:
        return None
    return {
        "comparison": comparison, "value": figure(row["target"]), "upper_value": figure(row["target_upper"]),
        "due_on": day(row["target_on"]), "basis": text(row["target_basis"]) or "own",
        "source": text(row["target_source"]) or "",
    }


def words(key: str, otherwise: str) -> Words:
    return {language: say(key, language) if has(key, language) else otherwise for language in LANGUAGES}


def figure(value: Any) -> float | None:
    if value is None or value is pd.NA or not math.isfinite(value):
        return None
    return float(f"{value:.{DIGITS}g}")


def whole(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


def text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def day(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date().isoformat()
