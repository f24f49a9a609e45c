"""Breaks of series: days from which an indicator is measured differently, so that nothing is compared across them."""
from __future__ import annotations

import pandas as pd
from duckdb import DuckDBPyConnection

from data.register import rounds_in
from metrics import intervals

_FIGURES = ("estimate", "se", "lower", "upper", "p_value")


def broken_between(cursor: DuckDBPyConnection, pair: tuple[str, str]) -> set[str]:
    """The indicators whose series breaks between two rounds, whichever comes first. Called inside a transaction."""
    days = sorted(each.measured_on for each in rounds_in(cursor) if each.id in pair)
    if len(days) < 2:
        return set()
    return {indicator for (indicator,) in cursor.execute(
        "SELECT indicator FROM series_break WHERE ? < broken_on AND broken_on <= ?", days).fetchall()}


def without(frame: pd.DataFrame, broken: set[str]) -> pd.DataFrame:
    """Comparisons of rounds, those across a break without figures and with the reason; Holm over the others."""
    across = frame["indicator"].isin(broken)
    if not across.any():
        return frame
    kept = frame.assign(**{name: frame[name].mask(across) for name in _FIGURES})
    kept["reason"] = kept["reason"].mask(across, "series_break")
    return kept.assign(p_holm=intervals.holm(kept["p_value"].to_numpy(float)))
