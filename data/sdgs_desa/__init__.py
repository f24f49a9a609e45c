"""SDGs Desa: the 18 goals, the indicators of the 2025 framework and what is known of the 2020 one, and survey items.

Facts, each row with its source. An official target carries its basis: `stated` in the regulation's wording, `implied` by it,
`availability` (the thing is to be there), or `none`: most indicators of the 2025 framework state no number, and none a year. The
2020 framework has no codes here and is not complete. A code is unique only within its goal: the key is (framework, goal, code).
"""
from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).resolve().parent
FRAMEWORKS = ("2025", "2020")
# Copied from the annexes of the regulation; the rest is known from other places, and nothing of it is shown as official.
TRANSCRIBED = frozenset({"2025"})

Key = tuple[str, int, str]      # framework, goal, code


def goals() -> pd.DataFrame:
    """The 18 goals: goal, name_id, name_en, name_id_2025 (the wording of 2025), pillar, color."""
    return _table("goals").astype({"goal": int})


def framework(name: str = "2025", goal: int | None = None) -> pd.DataFrame:
    """The indicators of a framework, "2025" or "2020", of one goal or all; empty text where nothing is known.

    Columns: framework, goal, code, objective_code, objective, indicator, unit, better, target_text (as worded), comparison and
    value (as the register writes targets; empty where the wording gives none), target_year, basis, theme, source, note (codes of
    `framework.note.<code>`, with a space between).
    """
    rows = _table("indicators").astype({"goal": int})
    return rows[(rows["framework"] == name) & ((rows["goal"] == goal) if goal is not None else True)].reset_index(drop=True)


def survey_items() -> pd.DataFrame:
    """Questions of SDGs Desa and national questionnaires; `confidence` says whether the wording was seen or is unverified.

    `sdgs` names the official indicators a question speaks of, as "framework/goal/code" with a space between.
    """
    return _table("survey_items").copy()


def official(key: Key | None) -> dict[str, str] | None:
    """The framework's row for (framework, goal, code), as text; None where there is no such row."""
    if key is None:
        return None
    name, goal, code = key
    rows = framework(name, goal)
    found = rows[rows["code"] == code] if code else rows.iloc[:0]
    return None if found.empty else {str(column): str(value) for column, value in found.iloc[0].items()}


@cache
def _table(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8")
