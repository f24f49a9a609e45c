"""What a difference says once chance is taken into account, one of them or many at once."""
from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from metrics import intervals
from metrics.indicator import Better

ERROR = 0.05  # how often a difference may be told that is none


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    UNCLEAR = "unclear"                  # chance would bring such a difference often enough
    SAME = "same"                        # everyone was counted, and there is none
    UNTESTED = "untested"                # there is no difference, or nobody can tell how sure it is


def verdict(difference: float, se: float, df: float, p_holm: float, better: Better, error: float = ERROR) -> Verdict:
    """What a difference says, `p_holm` being its p-value adjusted for all that are looked at together.

    Where everyone was counted (no standard error, no degrees of freedom) a difference is what it is.
    """
    if np.isnan(difference):
        return Verdict.UNTESTED
    is_counted = se == 0 and np.isnan(df)
    if is_counted and difference == 0:
        return Verdict.SAME
    if np.isnan(p_holm) and not is_counted:
        return Verdict.UNTESTED
    if not is_counted and p_holm > error:
        return Verdict.UNCLEAR
    return Verdict.BETTER if (difference > 0) == (better is Better.UP) else Verdict.WORSE


def holm(p_values: Sequence[float], error: float) -> list[bool]:
    """Which hypotheses to reject so that the chance of rejecting even one true one is at most `error`: Holm's step-down rule."""
    return [bool(each) for each in intervals.holm(np.array(p_values, dtype=float)) <= error]
