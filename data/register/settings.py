"""Numbers that an evaluator may set, and what they are when nobody has."""
from __future__ import annotations

from duckdb import DuckDBPyConnection

from data.store import Store

# name: (default, lowest, highest)
SETTINGS: dict[str, tuple[float, float, float]] = {
    "min_cell": (5, 1, 100),                 # a cell resting on fewer responses is withheld
    "min_coverage": (0.5, 0, 1),             # share of villages below which an aggregate is withheld
    "rse_care": (0.25, 0.01, 1),             # relative standard error above which an estimate is to be read with care
    "rse_unreliable": (0.50, 0.01, 10),      # and above which it is not reliable
    "single_psu": (0, 0, 4),                 # a stratum with one PSU: 0 adjust, 1 average, 2 certainty, 3 remove, 4 fail
    "sure_from": (0.90, 0.5, 0.999),         # confidence from which a status is certain
    "attention_days": (90, 1, 730),          # how long before its end or review an agreement asks for attention
    "budget_gap": (0.25, 0.01, 1),           # how far spending may lag behind the year, as a share of the year's budget
}


def setting(cursor: DuckDBPyConnection, name: str) -> float:
    """A setting's value, or its default; called inside a transaction. An unknown name is a KeyError."""
    default = SETTINGS[name][0]
    row = cursor.execute("SELECT value FROM setting WHERE name = ?", [name]).fetchone()
    return default if row is None else float(row[0])


def settings(store: Store) -> dict[str, float]:
    """All settings by name. They say nothing about anybody, so nobody is asked who wants to know."""
    with store.reading() as cursor:
        return {name: setting(cursor, name) for name in SETTINGS}
