"""Comparisons as somebody sees them who looks at all of them at once: which are more than chance, and in whose favour."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.formats import SHARE
from metrics import intervals
from metrics.indicator import Indicator
from metrics.significance import Verdict, verdict


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many comparisons say what; `tested` is how many the correction counts, `absent` how many there is no difference of."""

    better: int
    worse: int
    unclear: int
    same: int
    untested: int
    absent: int
    tested: int


def judged(rows: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """Rows of comparisons, of known indicators, with `p_holm` of exactly these, `verdict` and `unit`.

    Those that are surely worse come first, then the surely better, the unclear, and those without a difference; in each
    the surest first. Where everyone was counted, less than a twentieth of a percentage point is no difference.
    """
    rows = rows[rows["indicator"].isin(list(indicators))]
    numbers = {name: rows[name].to_numpy(float, na_value=np.nan) for name in ("estimate", "se", "df", "p_value")}
    p_holm = intervals.holm(numbers["p_value"])
    of_row = [indicators[each] for each in rows["indicator"]]
    differences = [round(x, 3) if se == 0 and each.unit == SHARE else x
                   for x, se, each in zip(numbers["estimate"], numbers["se"], of_row, strict=True)]
    found = [verdict(difference, se, df, p, indicator.better) for difference, se, df, p, indicator in
             zip(differences, numbers["se"], numbers["df"], p_holm, of_row, strict=True)]
    told = rows.assign(p_holm=p_holm, verdict=[str(each) for each in found], unit=[each.unit for each in of_row])
    order = {name: place for place, name in enumerate((Verdict.WORSE, Verdict.BETTER, Verdict.UNCLEAR, Verdict.SAME))}
    rank = [order.get(each, 9) + (9 if np.isnan(x) else 0) for each, x in zip(found, numbers["estimate"], strict=True)]
    return told.assign(rank=rank).sort_values(["rank", "p_value"], kind="stable", ignore_index=True).drop(columns="rank")


def tally(rows: pd.DataFrame) -> Tally:
    """Of rows that are judged."""
    has_difference = rows["estimate"].notna()
    counts = rows.loc[has_difference, "verdict"].value_counts()
    return Tally(absent=int((~has_difference).sum()), tested=int(rows["p_holm"].notna().sum()),
                 **{str(each): int(counts.get(each, 0)) for each in Verdict})
