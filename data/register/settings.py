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


def settings_in(cursor: DuckDBPyConnection) -> dict[str, float]:
    """All settings by name, the default of each where nobody set it; called inside a transaction."""
    known = dict(cursor.execute("SELECT name, value FROM setting").fetchall())
    return {name: float(known.get(name, default)) for name, (default, _, _) in SETTINGS.items()}


def settings(store: Store) -> dict[str, float]:
    """As `settings_in`. They say nothing about anybody, so nobody is asked who wants to know."""
    with store.reading() as cursor:
        return settings_in(cursor)
