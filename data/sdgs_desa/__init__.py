"""SDGs Desa: the 18 goals, the indicators of the 2025 framework and what is known of the 2020 one, and survey items.

Facts, each row with its source. An official target carries its basis: `stated` in the regulation's wording, `implied` by it,
`availability` (the thing is to be there), or `none`: most indicators of the 2025 framework state no number, and none a year. The
2020 framework has no codes here and is not complete. A code is unique only within its goal: the key is (framework, goal, code).
"""
from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from access.policy import Viewer
from data.errors import UserError
from data.indicators import indicators
from data.register import changes
from data.register.changes import Changes
from data.store import Store

FOLDER = Path(__file__).resolve().parent
_BASES = {"stated": "official_stated", "implied": "official_implied", "availability": "official_availability"}
# A poverty line is per person and month: how many of them an indicator of this unit is compared with.
_MONTHS = {"rp_per_year": 12.0, "rp_per_month": 1.0, "rp_per_person_month": 1.0}


def goals() -> pd.DataFrame:
    """The 18 goals: goal, name_id, name_en, name_id_2025 (the wording of 2025), pillar, color."""
    return _table("goals").astype({"goal": int})


def framework(name: str = "2025", goal: int | None = None) -> pd.DataFrame:
    """The indicators of a framework, "2025" or "2020", of one goal or all; empty text where nothing is known.

    Columns: framework, goal, code, objective_code, objective, indicator, unit, better, target_text (as worded), comparison and
    value (as the register writes targets; empty where the wording gives none), target_year, basis, theme, source, note.
    """
    rows = _table("indicators").astype({"goal": int})
    return rows[(rows["framework"] == name) & ((rows["goal"] == goal) if goal is not None else True)].reset_index(drop=True)


def survey_items() -> pd.DataFrame:
    """Questions of SDGs Desa and national questionnaires; `confidence` says whether the wording was seen or is unverified."""
    return _table("survey_items").copy()


def official(key: tuple[str, int, str] | None) -> dict[str, str] | None:
    """The framework's row for (framework, goal, code), as text; None where there is no such row."""
    if key is None:
        return None
    name, goal, code = key
    rows = framework(name, goal)
    found = rows[rows["code"] == code] if code else rows.iloc[:0]
    return None if found.empty else {str(column): str(value) for column, value in found.iloc[0].items()}


def adopt(store: Store, viewer: Viewer, partnership: str, indicator: str, due_on: str) -> Changes:
    """Gives a partnership the official target of an indicator, by a day that it sets itself.

    Raises `UserError` where the framework states no target that can be compared.
    """
    known = indicators(store, viewer).get(indicator)
    row = official(known.sdgs) if known else None
    if known is None or row is None or row["basis"] == "none" or not row["comparison"]:
        raise UserError("register.no_official_target", indicator=indicator)
    value: float | None = float(row["value"]) if row["value"] else None
    if row["comparison"] == "above_poverty_line":
        value = _MONTHS.get(known.unit, 1.0)
    return changes.save(store, viewer, "targets", {
        "partnership": partnership, "indicator": indicator, "comparison": row["comparison"], "value": value,
        "unit": "percent" if known.unit == "share" else known.unit, "due_on": due_on, "basis": _BASES[row["basis"]],
        "source": f"SDGs Desa {row['framework']}, {row['goal']}/{row['code']}: {row['target_text']}",
    })


@cache
def _table(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8")
