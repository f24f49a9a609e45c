"""What adds up: counts over rounds, and categories to their whole."""
from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from access.policy import Action, Viewer, require
from data.asking import questions
from data.combining import over_rounds
from data.domains import By
from data.domains import domains as domains_of
from data.errors import UserError
from data.results import COLUMNS, compared_frame, estimates
from data.store import Store
from metrics.indicator import OverTime, Total


def sums_over_rounds(
    store: Store, viewer: Viewer, *, indicator: str, rounds: Sequence[str], by: By = "partnership",
    domains: Sequence[str] | None = None,
) -> pd.DataFrame:
    """One row per domain: what an administrative count adds up to over rounds, as `estimates`; `round` is "A+B".

    A flow is summed over the rounds that have data; of a cumulative count the last of them is the sum already.
    Raises `UserError` for a stock, which is a state at one moment, and for means, shares and indices.
    """
    require(viewer, Action.SEE_RESULTS)
    with store.reading() as cursor:
        [declared] = [each for question in questions(cursor, [indicator], None) for each in question.indicators]
    if declared.over_time is OverTime.CUMULATIVE:
        found = estimates(store, viewer, indicators=[indicator], by=by, domains=domains, rounds=rounds)
        return found.groupby("domain", sort=False).tail(1).reset_index(drop=True)
    if declared.over_time is not OverTime.FLOW or not isinstance(declared.measure, Total):
        kind = "stock" if declared.over_time is OverTime.STOCK else "level"
        raise UserError(f"estimate.sum_of_{kind}", indicator=indicator)
    found = compared_frame(
        store, viewer, [indicator], by, None, lambda cursor, whole: domains_of(cursor, viewer, by, whole, domains),
        lambda place: over_rounds(place, rounds))
    return found[list(COLUMNS)]


def parts(
    store: Store, viewer: Viewer, *, indicator: str, group: str, by: By, domain: str, round: str,
) -> pd.DataFrame:
    """One row per category, then those who did not say which is theirs (category ""), then all (category None): `n`, and
    of a total its `estimate`. The parts add up to the whole; what is withheld is missing, and so is what it would tell.
    """
    asked = {"indicators": [indicator], "by": by, "domains": [domain], "rounds": [round]}
    by_category = estimates(store, viewer, group=group, **asked)[["category", "n", "estimate"]]  # type: ignore[arg-type]
    whole = estimates(store, viewer, **asked)[["n", "estimate"]].assign(category=None)  # type: ignore[arg-type]
    rest = whole.assign(category="", n=whole["n"] - by_category["n"].sum(skipna=False),
                        estimate=whole["estimate"] - by_category["estimate"].sum(skipna=False))
    found = pd.concat([by_category, rest, whole], ignore_index=True).astype({"n": "Int64"})
    with store.reading() as cursor:
        [declared] = [each for question in questions(cursor, [indicator], group) for each in question.indicators]
    return found if isinstance(declared.measure, Total) else found.drop(columns="estimate")
