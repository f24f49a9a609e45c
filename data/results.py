"""The question pages ask: indicators x domains x rounds, for this viewer -> estimates, and how sure we are of them."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from access.policy import Action, Viewer, may, require
from data import breaks, protecting
from data.asking import measured, placed, questions
from data.combining import Combination, between_categories, between_rounds, members_less_comparison
from data.comparing import Compared, compared
from data.domains import By, Domains, with_comparison
from data.domains import domains as domains_of
from data.errors import UserError
from data.measuring import Measured, Question
from data.place import Place
from data.register import settings_in
from data.squares import simple_variance
from data.store import Store
from metrics import intervals
from metrics.indicator import Indicator

COLUMNS = (
    "indicator", "by", "domain", "group", "category", "round", "estimate", "se", "lower", "upper", "n", "psus", "strata", "df",
    "reliability", "withheld", "reason", "covered", "expected", "missing_share", "has_lonely_psu",
)
DESIGN_EFFECT = ("deff", "n_effective")
_WHOLE = ("n", "psus", "strata", "df", "covered", "expected")


def estimates(
    store: Store, viewer: Viewer, *, indicators: Sequence[str] | None = None, by: By = "partnership",
    domains: Sequence[str] | None = None, group: str | None = None, rounds: Sequence[str] | None = None, on: date | None = None,
    design_effects: bool = False,
) -> pd.DataFrame:
    """One row per indicator, domain, category and round that has data: `COLUMNS`, and `DESIGN_EFFECT` where asked for.

    All indicators, domains and rounds where none are named. With a `group` (a select_one variable of the indicators'
    form) one row per category. A partnership is its members of a day (today), in every round. Shares are 0 to 1. A withheld
    estimate is NaN and says why in `reason`.
    Raises `UserError` for an unknown indicator or group.
    """
    require(viewer, Action.SEE_RESULTS)
    with store.reading() as cursor:
        frames = []
        for question in questions(cursor, indicators, group):
            place = placed(store, cursor, question, lambda whole: domains_of(cursor, viewer, by, whole, domains, on=on))
            for part in measured(store, cursor, question, place):
                columns = _columns(store, cursor, viewer, question, part)
                if design_effects:
                    columns |= _design_effects(store, cursor, question, part)
                columns = protecting.without_telling_errors(viewer, question.form, columns)
                frames.append(_frame(question, by, place, part.indicators, columns, rounds))
    return _in_order(frames, indicators, (*COLUMNS, *DESIGN_EFFECT) if design_effects else COLUMNS)


def changes(
    store: Store, viewer: Viewer, *, pair: tuple[str, str], indicators: Sequence[str] | None = None, by: By = "partnership",
    domains: Sequence[str] | None = None, group: str | None = None, on: date | None = None,
) -> pd.DataFrame:
    """One row per indicator, domain and category with data in both rounds: the second round less the first.

    The columns of `estimates`, `round` being "A:B", and `p_value`, of the hypothesis that nothing changed, and `p_holm`, the
    same for someone who looks at the whole answer. A partnership is its members of a day (today). n and PSUs are those of both
    rounds. There is no change across a break of the series.
    Raises `UserError` for a round that has no data anywhere.
    """
    require(viewer, Action.SEE_RESULTS)
    seen: set[str] = set()

    def terms(place: Place) -> Combination | None:
        seen.update(place.sums.rounds)
        return between_rounds(place, pair)

    frame = compared_frame(store, viewer, indicators, by, group,
                      lambda cursor, whole: domains_of(cursor, viewer, by, whole, domains, on=on), terms)
    for round in pair:
        if seen and round not in seen:
            raise UserError("estimate.unknown_round", round=round, known=", ".join(sorted(seen)))
    return _unbroken(store, frame, pair)


def gaps(
    store: Store, viewer: Viewer, *, group: str, indicators: Sequence[str] | None = None, by: By = "partnership",
    domains: Sequence[str] | None = None, rounds: Sequence[str] | None = None,
) -> pd.DataFrame:
    """One row per indicator, domain, round and category but the first: the category less the first one, as `changes`.

    `category` is "A:B", A being the group's first category.
    """
    require(viewer, Action.SEE_RESULTS)
    frame = compared_frame(store, viewer, indicators, by, group,
                      lambda cursor, whole: domains_of(cursor, viewer, by, whole, domains), between_categories)
    return _of_rounds(frame, rounds)


def against_comparison(
    store: Store, viewer: Viewer, *, indicators: Sequence[str] | None = None, domains: Sequence[str] | None = None,
    rounds: Sequence[str] | None = None,
) -> pd.DataFrame:
    """One row per indicator, partnership with comparison villages, and round: its members less those, as `changes`."""
    require(viewer, Action.SEE_RESULTS)
    frame = compared_frame(store, viewer, indicators, "partnership", None,
                      lambda cursor, whole: with_comparison(cursor, viewer, whole, domains), members_less_comparison)
    return _of_rounds(frame, rounds)


def difference_in_differences(
    store: Store, viewer: Viewer, *, pair: tuple[str, str], indicators: Sequence[str] | None = None,
    domains: Sequence[str] | None = None,
) -> pd.DataFrame:
    """One row per indicator and partnership with comparison villages: its members' change less theirs, as `changes`."""
    require(viewer, Action.SEE_RESULTS)
    frame = compared_frame(store, viewer, indicators, "partnership", None,
                      lambda cursor, whole: with_comparison(cursor, viewer, whole, domains),
                      lambda place: members_less_comparison(place, pair))
    return _unbroken(store, frame, pair)


def _unbroken(store: Store, frame: pd.DataFrame, pair: tuple[str, str]) -> pd.DataFrame:
    with store.reading() as cursor:
        return breaks.without(frame, breaks.broken_between(cursor, pair))


def compared_frame(
    store: Store, viewer: Viewer, indicators: Sequence[str] | None, by: By, group: str | None,
    domains: Callable[[DuckDBPyConnection, Sequence[str]], Domains], combine: Callable[[Place], Combination | None],
) -> pd.DataFrame:
    """The comparison that `combine` makes of each form's place; forms where it makes none are left out."""
    with store.reading() as cursor:
        frames = []
        for question in questions(cursor, indicators, group):
            place = placed(store, cursor, question, partial(domains, cursor))
            combination = combine(place) if place.owners else None
            if combination is None:
                continue
            for part in measured(store, cursor, question, place):
                found = compared(store, cursor, question, part, combination.terms)
                columns = _columns_compared(_columns(store, cursor, viewer, question, part), part, found, combination)
                columns = protecting.without_telling_errors(viewer, question.form, columns)
                frames.append(_frame(question, by, combination.place, part.indicators, columns, None))
    frame = _in_order(frames, indicators, (*COLUMNS, "p_value"))
    return frame.assign(p_holm=intervals.holm(frame["p_value"].to_numpy(float)))


def _columns_compared(
    levels: dict[str, np.ndarray], part: Measured, found: Compared, combination: Combination,
) -> dict[str, np.ndarray]:
    """As `_columns`, of a comparison: withheld where one of its estimates is, for the first reason among them."""
    owners = combination.owners
    n, asked = part.n[owners].sum(axis=0), part.asked[owners].sum(axis=0)
    withheld = levels["withheld"][owners].any(axis=0)
    reason = np.full(n.shape, None, dtype=object)
    for each in reversed(owners):
        reason = np.where(protecting.has_reason(levels["reason"][each]), levels["reason"][each], reason)
    for each in reversed(owners):
        reason = np.where(levels["withheld"][each], levels["reason"][each], reason)
    with np.errstate(invalid="ignore", divide="ignore"):
        missing = np.where(asked > 0, 1 - n / asked, np.nan)
    return {
        **found.__dict__, "n": n, "reliability": np.full(n.shape, None, dtype=object), "withheld": withheld, "reason": reason,
        "covered": levels["covered"][owners].min(axis=0), "expected": levels["expected"][owners].max(axis=0),
        "missing_share": missing,
    }


def _of_rounds(frame: pd.DataFrame, rounds: Sequence[str] | None) -> pd.DataFrame:
    if rounds is None:
        return frame
    kept = frame[frame["round"].isin(list(rounds))].reset_index(drop=True)
    return kept.assign(p_holm=intervals.holm(kept["p_value"].to_numpy(float)))


def _columns(
    store: Store, cursor: DuckDBPyConnection, viewer: Viewer, question: Question, found: Measured,
) -> dict[str, np.ndarray]:
    """The columns of `COLUMNS` that are arrays owners x indicators."""
    place, n = found.place, found.n
    with np.errstate(invalid="ignore", divide="ignore"):
        missing = np.where(found.asked > 0, 1 - n / found.asked, np.nan)
    expected = np.broadcast_to(
        np.repeat(place.domains.expected.astype(float), place.owners // len(place.domains.names))[:, None], n.shape)
    expected = np.where(expected < 0, found.covered, expected)
    known = settings_in(cursor)
    columns = {
        "estimate": found.estimate, "se": found.se, "lower": found.lower, "upper": found.upper, "n": n, "psus": found.psus,
        "strata": found.strata, "df": found.df, "covered": np.where(expected > 0, found.covered, np.nan),
        "expected": np.where(expected > 0, expected, np.nan), "missing_share": missing, "has_lonely_psu": found.has_lonely_psu,
        "reliability": intervals.reliability(
            found.estimate, found.se, found.lower, found.upper,
            care=known["rse_care"], unreliable=known["rse_unreliable"]),
    }
    columns["withheld"], columns["reason"] = _withheld(
        store, cursor, viewer, question, found, columns, known["min_coverage"])
    return columns


def _design_effects(store: Store, cursor: DuckDBPyConnection, question: Question, found: Measured) -> dict[str, np.ndarray]:
    simple = simple_variance(store, cursor, question, found)
    with np.errstate(invalid="ignore", divide="ignore"):
        deff = np.where(simple > 0, found.se ** 2 / simple, np.nan)
        return {"deff": deff, "n_effective": np.where(deff > 0, found.n / deff, np.nan)}


def _withheld(
    store: Store, cursor: DuckDBPyConnection, viewer: Viewer, question: Question, found: Measured,
    columns: dict[str, np.ndarray], min_coverage: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Whether each is withheld, and the reason why there is no estimate."""
    n = found.n
    reason = np.full(n.shape, None, dtype=object)
    reason[n == 0] = "no_data"
    for k, indicator in enumerate(found.indicators):
        if indicator.parameters:
            reason[(n[:, k] == 0) & (found.asked[:, k] > 0), k] = "no_parameter"
    with np.errstate(invalid="ignore"):
        withheld = (n > 0) & (columns["covered"] < min_coverage * columns["expected"])
    reason[withheld] = "coverage"
    reason[(n > 0) & ~withheld & np.isnan(found.se) & ((found.df < 1) | found.has_lonely_psu)] = "single_psu"
    if not may(viewer, Action.SEE_SMALL_CELLS) and protecting.protects_persons(question.form):
        small, beside = protecting.withheld(store, cursor, question, found)
        reason[beside], reason[small] = "complementary", "too_few"
        withheld = withheld | small | beside
    return withheld, reason


def _frame(
    question: Question, by: By, place: Place, indicators: Sequence[Indicator], columns: dict[str, np.ndarray],
    rounds: Sequence[str] | None,
) -> pd.DataFrame:
    """The rows of the question's indicators, by indicator, domain, category and time."""
    whole, asked, n = place.sums, {each.id for each in question.indicators}, columns["n"]
    chosen = np.array([k for k, each in enumerate(indicators) if each.id in asked], dtype=np.int64)
    domain, round, category = np.unravel_index(np.arange(place.owners), place.shape)
    kept = np.ones(place.owners, dtype=bool) if rounds is None else np.isin(np.array(whole.rounds)[round], list(rounds))
    take = np.flatnonzero(kept)[np.lexsort((round[kept], category[kept], domain[kept]))]
    owner, k = np.tile(take, len(chosen)), np.repeat(chosen, len(take))
    if question.group is not None:
        has_rows = n[owner, k] > 0
        owner, k = owner[has_rows], k[has_rows]
    parts: dict[str, object] = {
        "indicator": pd.Index([each.id for each in indicators]).take(k),
        "by": by,
        "domain": pd.Index(place.domains.names).take(domain[owner]),
        "group": np.full(len(owner), question.group, dtype=object),
        "category": np.array(whole.categories if question.group else [None], dtype=object).take(category[owner]),
        "round": pd.Index(whole.rounds).take(round[owner]),
    }
    at = owner * n.shape[1] + k
    for name, values in _shown(columns).items():
        parts[name] = np.broadcast_to(values, n.shape).ravel().take(at)
    parts |= {name: _whole(parts[name]) for name in _WHOLE}
    # What has None for missing stays as it is: pandas would make texts of it, and NaN of None.
    parts |= {name: pd.Series(parts[name], dtype=object) for name in ("group", "category", "reliability", "reason")}
    order = dict.fromkeys([*COLUMNS, *parts])
    return pd.DataFrame({name: parts[name] for name in order}, index=range(len(owner)), copy=False)


def _shown(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """With what is withheld taken out."""
    hidden, reason = columns["withheld"].astype(bool), columns["reason"]
    shown = columns | {"withheld": hidden}
    if hidden.any():
        for name in {"estimate", *protecting.ERRORS} & set(columns):
            shown[name] = np.where(hidden, np.nan, columns[name])
        protected = hidden & ((reason == "too_few") | (reason == "complementary"))
        for name in {*_WHOLE, "missing_share"} - {"covered", "expected"}:
            shown[name] = np.where(protected, np.nan, columns[name])
        shown["reliability"] = columns["reliability"].copy()
        shown["reliability"][hidden] = None
    return shown


def _whole(numbers: object) -> pd.arrays.IntegerArray:
    """Whole numbers as such, NaN as missing."""
    values = np.asarray(numbers, dtype=float)
    missing = np.isnan(values)
    return pd.arrays.IntegerArray(np.where(missing, 0, values).astype(np.int64), missing)


def _in_order(
    frames: Sequence[pd.DataFrame], indicators: Sequence[str] | None, columns: Sequence[str] = COLUMNS,
) -> pd.DataFrame:
    """One frame, as it is shown; the indicators in the order they were asked for."""
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return pd.DataFrame(columns=list(columns))
    whole = filled[0] if len(filled) == 1 else pd.concat(filled, ignore_index=True)
    if indicators is None:
        return whole
    place = {identity: position for position, identity in enumerate(indicators)}
    return whole.sort_values("indicator", key=lambda ids: ids.map(place), kind="stable", ignore_index=True)
