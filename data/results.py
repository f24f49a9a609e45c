"""The question pages ask: indicators x domains x rounds, for this viewer -> estimates, and how sure we are of them."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from access.policy import Action, Viewer, may, require
from data.domains import By, Domains, domains
from data.errors import UserError
from data.instruments.kept import kept
from data.instruments.model import Form, Instrument, Kind
from data.register import setting
from data.store import Store
from data.sums import Cells, Sums, psus, sums
from metrics import disclosure, intervals, totals
from metrics.estimation import Codes, Levels, Moments, Numbers, Precision, levels, precision, summed
from metrics.indicator import Indicator, Share, Total

COLUMNS = (
    "indicator", "by", "domain", "group", "category", "round", "estimate", "se", "lower", "upper", "n", "psus", "strata", "df",
    "reliability", "withheld", "reason", "covered", "expected", "deff", "n_effective", "missing_share", "has_lonely_psu",
)
_WHOLE = ("n", "psus", "strata", "df", "covered", "expected")


def estimates(
    store: Store, viewer: Viewer, *, indicators: Sequence[str] | None = None, by: By = "partnership",
    domains: Sequence[str] | None = None, group: str | None = None, rounds: Sequence[str] | None = None,
) -> pd.DataFrame:
    """One row per indicator, domain, category and round that has data: `COLUMNS`.

    All indicators, domains and rounds where none are named. With a `group` (a select_one variable of the indicators'
    form) one row per category. Shares are 0 to 1. A withheld estimate is NaN and says why in `reason`.
    Raises `UserError` for an unknown indicator or group.
    """
    require(viewer, Action.SEE_RESULTS)
    with store.reading() as cursor:
        parts = [
            _estimated(store, cursor, viewer, question, by, domains, rounds)
            for question in questions(cursor, indicators, group)
        ]
    return _in_order(parts, indicators)


@dataclass(frozen=True, kw_only=True)
class Question:
    """Some indicators of one form, by a group or not."""

    instrument: Instrument
    form: Form
    group: str | None
    indicators: tuple[Indicator, ...]


def questions(cursor: DuckDBPyConnection, indicators: Sequence[str] | None, group: str | None) -> list[Question]:
    """The indicators asked for, form by form. Raises `UserError` for one that does not exist, or a group that none has."""
    instruments = kept(cursor)
    known = {each.id for instrument in instruments for each in instrument.indicators}
    for identity in indicators or ():
        if identity not in known:
            raise UserError("estimate.unknown_indicator", indicator=identity, known=", ".join(sorted(known)) or "-")
    found, groups = [], set()
    for instrument in instruments:
        for form in instrument.forms:
            own = tuple(each for each in instrument.indicators
                        if each.form == form.name and (indicators is None or each.id in indicators))
            can = {variable.name for variable in form.variables if variable.kind is Kind.SELECT_ONE}
            if own:
                groups |= can
            if own and (group is None or group in can):
                found.append(Question(instrument=instrument, form=form, group=group, indicators=own))
    if group is not None and not found and known:
        raise UserError("estimate.unknown_group", group=group, known=", ".join(sorted(groups)) or "-")
    return found


def _estimated(
    store: Store, cursor: DuckDBPyConnection, viewer: Viewer, question: Question, by: By, only: Sequence[str] | None,
    rounds: Sequence[str] | None,
) -> pd.DataFrame:
    whole = sums(store, cursor, question.instrument, question.form, question.group)
    asked = domains(cursor, viewer, by, whole.villages, only)
    place = Place(sums=whole, domains=asked)
    if not place.owners or not whole.indicators:
        return pd.DataFrame(columns=list(COLUMNS))
    is_total = np.array([isinstance(each.measure, Total) for each in whole.indicators])
    level = levels(moments(store, cursor, question, place), place.owners, is_total=is_total)
    how_sure = precision(level.linear, place.owners, whole.strata)
    found = _measured(cursor, question, place, level, how_sure, is_total)
    found["withheld"], found["reason"] = _withheld(cursor, viewer, question, place, found)
    return _frame(question, by, place, found, rounds)


@dataclass(frozen=True, kw_only=True)
class Place:
    """How domains, rounds and categories are numbered: owner = (domain * rounds + round) * categories + category."""

    sums: Sums
    domains: Domains

    @property
    def shape(self) -> tuple[int, int, int]:
        return len(self.domains.names), len(self.sums.rounds), len(self.sums.categories)

    @property
    def owners(self) -> int:
        return int(np.prod(self.shape))

    def owned(self, cells: Cells) -> tuple[Codes, Codes]:
        """Owner and cell of every cell that lies in a domain, once for each of its domains."""
        by_village = np.argsort(self.domains.village, kind="stable")
        sorted_village = self.domains.village[by_village]
        first, after = (np.searchsorted(sorted_village, cells.village, side=side) for side in ("left", "right"))
        length = after - first
        cell = np.repeat(np.arange(len(cells.village)), length)
        pair = by_village[np.repeat(first - np.cumsum(length) + length, length) + np.arange(length.sum())]
        _, rounds, categories = self.shape
        return (self.domains.domain[pair] * rounds + cells.round[cell]) * categories + cells.category[cell], cell


def moments(store: Store, cursor: DuckDBPyConnection, question: Question, place: Place) -> Moments:
    """The moments of every owner and stratum: added over villages, or over PSUs in rounds where those span villages."""
    whole, strata = place.sums, len(place.sums.strata.psus)
    owner, cell = place.owned(whole.moments)
    inside = whole.psus_are_inside[whole.moments.round[cell]]
    owner, cell = owner[inside], cell[inside]
    both, values = _merged(owner, whole.moments.stratum[cell], strata, whole.moments.values[cell])
    if not whole.psus_are_inside.all():
        units = psus(store, cursor, question.instrument, question.form, question.group)
        owner, cell = place.owned(units)
        spanning = ~whole.psus_are_inside[units.round[cell]]
        owner, cell = owner[spanning], cell[spanning]
        unit, unit_of = np.unique(
            np.stack([owner * strata + units.stratum[cell], units.psu[cell]]), axis=1, return_inverse=True)
        y, x, n = np.moveaxis(_summed(units.values[cell], unit_of, unit.shape[1]), 1, 0)
        squares = np.stack([y, x, y * y, x * y, x * x, (n > 0).astype(float)], axis=1)
        more, more_values = _merged(unit[0] // strata, unit[0] % strata, strata, squares)
        both, values = np.concatenate([both, more]), np.concatenate([values, more_values])
    owner, stratum = both // strata, both % strata
    return Moments(owner=owner, stratum=stratum, **dict(zip(totals.MOMENTS, np.moveaxis(values, 1, 0), strict=True)))


def _merged(owner: Codes, stratum: Codes, strata: int, values: Numbers) -> tuple[Codes, Numbers]:
    both, place = np.unique(owner * strata + stratum, return_inverse=True)
    return both, _summed(values, place, len(both))


def _summed(values: Numbers, code: Codes, count: int) -> Numbers:
    """As `summed`, of cells x sums x indicators."""
    return summed(values.reshape(len(values), -1), code, count).reshape(count, *values.shape[1:])


def _measured(
    cursor: DuckDBPyConnection, question: Question, place: Place, level: Levels, how_sure: Precision, is_total: np.ndarray,
) -> dict[str, np.ndarray]:
    """Everything known of each owner and indicator, before anything is withheld: arrays owners x indicators."""
    owner, cell = place.owned(place.sums.rows)
    rows = _summed(place.sums.rows.values[cell], owner, place.owners)
    n, asked, wyy, wxy, wxx, w = np.moveaxis(rows, 1, 0)
    estimate, y, x = level.estimate, level.y, level.x
    if question.form.design.census:
        variance, df = np.where(np.isnan(estimate), np.nan, 0.0), np.full(estimate.shape, np.nan)
    else:
        variance, df = how_sure.variance, how_sure.df
    se = np.sqrt(variance)
    lower, upper = _intervals(question, place, estimate, se, df, n)
    simple = intervals.simple_variance(n, w, wyy, wxy, wxx, y, x, is_total)
    with np.errstate(invalid="ignore", divide="ignore"):
        deff = np.where(simple > 0, variance / simple, np.nan)
        missing = np.where(asked > 0, 1 - n / asked, np.nan)
        effective = np.where(deff > 0, n / deff, np.nan)
    covered, expected = _coverage(place, owner, cell)
    return {
        "estimate": estimate, "se": se, "lower": lower, "upper": upper, "n": n, "asked": asked, "psus": how_sure.psus,
        "strata": how_sure.strata, "df": df, "covered": covered, "expected": expected, "deff": deff, "n_effective": effective,
        "missing_share": missing, "has_lonely_psu": how_sure.has_lonely_psu,
        "reliability": intervals.reliability(
            estimate, se, lower, upper, care=setting(cursor, "rse_care"), unreliable=setting(cursor, "rse_unreliable")),
    }


def _intervals(
    question: Question, place: Place, estimate: Numbers, se: Numbers, df: Numbers, n: Numbers,
) -> tuple[Numbers, Numbers]:
    if question.form.design.census:
        return estimate, estimate
    lower, upper = intervals.t_interval(estimate, se, df)
    is_share = np.array([isinstance(each.measure, Share) for each in place.sums.indicators])
    nothing, everything = is_share & (estimate < 1e-12), is_share & (estimate > 1 - 1e-12)
    inside = intervals.logit_interval(estimate, se, df)
    at_edge = intervals.one_sided(everything, n, df)
    lower, upper = (np.where(is_share, within, outer) for within, outer in zip(inside, (lower, upper), strict=True))
    edge = nothing | everything
    return np.where(edge, at_edge[0], lower), np.where(edge, at_edge[1], upper)


def _coverage(place: Place, owner: Codes, cell: Codes) -> tuple[Numbers, Numbers]:
    """How many of a domain's villages have rows that count, in any category; and how many it should have. NaN without villages."""
    has, rounds, categories = place.shape
    domain_round = owner // categories
    pair, at = np.unique(np.stack([domain_round, place.sums.rows.village[cell]]), axis=1, return_inverse=True)
    known = np.array([village != "" for village in place.sums.villages])[pair[1]]
    counts = (summed(place.sums.rows.values[cell][:, 0], at, pair.shape[1]) > 0) & known[:, None]
    covered = summed(counts.astype(float), pair[0], has * rounds).repeat(categories, axis=0)
    expected = place.domains.expected.astype(float).repeat(rounds * categories)[:, None]
    expected = np.where(expected < 0, covered, expected)
    return np.where(expected > 0, covered, np.nan), np.where(expected > 0, expected, np.nan)


def _withheld(
    cursor: DuckDBPyConnection, viewer: Viewer, question: Question, place: Place, found: dict[str, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Whether each is withheld, and the reason why there is no estimate."""
    n, covered, expected = found["n"], found["covered"], found["expected"]
    reason = np.full(n.shape, None, dtype=object)
    reason[n == 0] = "no_data"
    for k, indicator in enumerate(place.sums.indicators):
        if indicator.parameters:
            reason[(n[:, k] == 0) & (found["asked"][:, k] > 0), k] = "no_parameter"
    with np.errstate(invalid="ignore"):
        thin = (n > 0) & (covered < setting(cursor, "min_coverage") * expected)
    reason[thin] = "coverage"
    reason[(n > 0) & ~thin & np.isnan(found["se"])] = "single_psu"
    withheld = thin
    if not may(viewer, Action.SEE_SMALL_CELLS) and protects_persons(question.form):
        cells = n.reshape(*place.shape[:2], place.shape[2], n.shape[1])
        small = disclosure.small(n, setting(cursor, "min_cell"))
        beside = disclosure.complementary(small.reshape(cells.shape), cells, axis=2).reshape(n.shape)
        reason[beside], reason[small] = "complementary", "too_few"
        withheld = withheld | small | beside
    return withheld, reason


def protects_persons(form: Form) -> bool:
    """Whether the form's rows are answers of people; a census whose rows have no respondent describes villages or events."""
    return not (form.design.census and form.design.respondent is None)


def _frame(question: Question, by: By, place: Place, found: dict[str, np.ndarray], rounds: Sequence[str] | None) -> pd.DataFrame:
    whole = place.sums
    chosen = np.array([k for k, each in enumerate(whole.indicators) if each in question.indicators], dtype=np.int64)
    domain, round, category = np.unravel_index(np.arange(place.owners), place.shape)
    kept = np.ones(place.owners, dtype=bool) if rounds is None else np.isin(np.array(whole.rounds)[round], list(rounds))
    kept &= np.isin(round, np.unique(whole.rows.round))
    take = np.flatnonzero(kept)[np.lexsort((round[kept], category[kept], domain[kept]))]
    there = np.ones((len(take), len(chosen)), dtype=bool)
    if question.group is not None:
        there = found["asked"][np.ix_(take, chosen)] > 0
    flat = there.T.ravel()
    columns: dict[str, object] = {
        "indicator": pd.Index([whole.indicators[k].id for k in chosen]).repeat(len(take))[flat],
        "by": by,
        "domain": pd.Index(place.domains.names).take(np.tile(domain[take], len(chosen))[flat]),
        "group": question.group,
        "category": pd.Index(whole.categories).take(np.tile(category[take], len(chosen))[flat]) if question.group else None,
        "round": pd.Index(whole.rounds).take(np.tile(round[take], len(chosen))[flat]),
    }
    for name in COLUMNS[6:]:
        columns[name] = np.broadcast_to(found[name], found["n"].shape)[np.ix_(take, chosen)].T.ravel()[flat]
    return shown(pd.DataFrame(columns, index=range(int(flat.sum()))))


def shown(frame: pd.DataFrame) -> pd.DataFrame:
    """With what is withheld taken out, and whole numbers whole."""
    hidden = frame["withheld"].astype(bool)
    for name in ("estimate", "se", "lower", "upper", "deff", "n_effective"):
        frame[name] = frame[name].where(~hidden)
    protected = hidden & frame["reason"].isin(["too_few", "complementary"])
    for name in (*_WHOLE, "missing_share"):
        if name not in {"covered", "expected"}:
            frame[name] = frame[name].where(~protected)
    frame["reliability"] = frame["reliability"].where(~hidden, None)
    frame = frame.astype(dict.fromkeys(_WHOLE, "Int64") | {"withheld": bool, "has_lonely_psu": bool})
    for name in ("group", "category", "reliability", "reason"):
        frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
    return frame


def _in_order(parts: Sequence[pd.DataFrame], indicators: Sequence[str] | None) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    frame = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(COLUMNS))
    if indicators is None or len(filled) < 2:
        return frame
    place = {identity: position for position, identity in enumerate(indicators)}
    return frame.sort_values("indicator", key=lambda ids: ids.map(place), kind="stable", ignore_index=True)
