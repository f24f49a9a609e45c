"""The truth of the example: every indicator computed over the whole population, by plain arithmetic.

Nothing here is shared with the engine but the declarations: sums are pandas', conditions are judged row by row.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

import numpy as np
import pandas as pd

from data.example.places import COMPARISON, PARTNERSHIPS, ROUNDS, VILLAGES
from data.example.population import Population
from metrics.conditions import And, Arithmetic, Comparison, Condition, Expression, In, Number, Variable
from metrics.indicator import BelowMedian, Gini, Index, Indicator, Item, Mean, Quantile, Ratio, Share, Shortfall, Total

_ARITHMETIC: Mapping[str, Callable[[pd.Series, pd.Series], pd.Series]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b.where(b != 0),
}
_COMPARE: Mapping[str, Callable[[pd.Series, pd.Series], pd.Series]] = {
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}


def domains() -> dict[tuple[str, str], tuple[str, ...]]:
    """Each domain of the example, by kind and id, with its villages."""
    found = {("all", "all"): tuple(village.code for village in VILLAGES)}
    found |= {("partnership", partnership.id): partnership.members for partnership in PARTNERSHIPS}
    found |= {("comparison", partnership.id): COMPARISON for partnership in PARTNERSHIPS}
    return found | {("village", village.code): (village.code,) for village in VILLAGES}


def truths(
    population: Population, profiles: Sequence[pd.DataFrame], activities: Sequence[pd.DataFrame], indicators: Sequence[Indicator],
) -> pd.DataFrame:
    """The true value of each indicator, domain and round: columns indicator, by, domain, round, value."""
    rows = []
    for at, round in enumerate(ROUNDS):
        forms = _forms(population, at) | {"village": profiles[at], "activity": activities[at]}
        forms = {name: frame.assign(poverty_line=float(round.poverty_line_rp)) for name, frame in forms.items()}
        for indicator in indicators:
            frame = forms[indicator.form]
            sums = village_sums(indicator, frame)
            for (by, domain), villages in domains().items():
                value = of_sums(indicator, sums, villages) if sums is not None else of_rows(indicator, frame, villages)
                if pd.notna(value):
                    rows.append((indicator.id, by, domain, round.id, float(value)))
    return pd.DataFrame(rows, columns=["indicator", "by", "domain", "round", "value"])


def of_sums(indicator: Indicator, sums: pd.DataFrame, villages: Sequence[str]) -> float:
    """The indicator of some villages, from their sums; NaN where there is none."""
    above, below = sums.reindex(list(villages)).sum(min_count=1)
    return float(above if isinstance(indicator.measure, Total) else above / below if below else np.nan)


def of_rows(indicator: Indicator, frame: pd.DataFrame, villages: Sequence[str]) -> float:
    """A median, a Gini coefficient or a share below part of the median: of the persons of all households, one by one."""
    measure = indicator.measure
    assert isinstance(measure, Quantile | Gini | BelowMedian)
    values = number(measure.value, frame)
    persons = frame[indicator.multiplier] if indicator.multiplier else pd.Series(1, index=frame.index)
    here = frame["village"].isin(villages) & values.notna()
    each = np.sort(np.repeat(values[here].to_numpy(), persons[here].to_numpy()))
    match measure:
        case Quantile(_, probability):
            return float(each[int(np.ceil(probability * len(each))) - 1])
        case Gini():
            rank = np.arange(1, len(each) + 1)
            return float(2 * (rank * each).sum() / (len(each) * each.sum()) - (len(each) + 1) / len(each))
    everybody = np.sort(np.repeat(values.dropna().to_numpy(), persons[values.notna()].to_numpy()))
    line = measure.fraction * everybody[(len(everybody) + 1) // 2 - 1]
    return float((each < line).mean())


def village_sums(indicator: Indicator, frame: pd.DataFrame) -> pd.DataFrame | None:
    """By village, the two sums whose ratio is the indicator; None for a measure that is no ratio of sums."""
    parts = _parts(indicator, frame)
    if parts is None:
        return None
    above, below = parts
    used = above.notna() & below.notna()
    if indicator.where is not None:
        used &= judged(indicator.where, frame) == 1
    times = frame[indicator.multiplier].astype(float) if indicator.multiplier else pd.Series(1.0, index=frame.index)
    sums = pd.DataFrame({"above": above * times, "below": below * times})[used]
    return sums.groupby(frame["village"][used]).sum()


def _parts(indicator: Indicator, frame: pd.DataFrame) -> tuple[pd.Series, pd.Series] | None:
    one = pd.Series(1.0, index=frame.index)
    match indicator.measure:
        case Mean(value) | Total(value):
            return number(value, frame), one
        case Share(condition):
            return judged(condition, frame), one
        case Ratio(above, below):
            return number(above, frame), number(below, frame)
        case Shortfall(value, line, power):
            short = ((number(line, frame) - number(value, frame)) / number(line, frame)).clip(lower=0)
            return (short > 0).astype(float).where(short.notna()) if power == 0 else short**power, one
        case Index(items):
            scores = pd.DataFrame({item.variable: _score(frame[item.variable], item) for item in items})
            return scores.mean(axis=1).where(scores.notna().sum(axis=1) * 2 >= len(items)), one
    return None


def _score(answers: pd.Series, item: Item) -> pd.Series:
    score = (pd.to_numeric(answers, errors="coerce") - item.lowest) / (item.highest - item.lowest) * 100
    return 100 - score if item.reversed else score


def number(tree: Expression, frame: pd.DataFrame) -> pd.Series:
    """The value of an expression in each row, NaN where it is missing."""
    match tree:
        case Variable(name):
            return frame[name].astype(float)
        case Number(value):
            return pd.Series(value, index=frame.index)
        case Arithmetic(operator, left, right):
            return _ARITHMETIC[operator](number(left, frame), number(right, frame))
    raise TypeError(tree)


def judged(tree: Condition, frame: pd.DataFrame) -> pd.Series:
    """1 where a condition holds, 0 where it does not, NaN where that cannot be told; one false part makes `and` false."""
    match tree:
        case And(parts):
            return reduce(_both, (judged(part, frame) for part in parts))
        case In(Variable(name), values):
            return frame[name].isin(values).astype(float).where(frame[name].notna())
        case Comparison(operator, Variable(name), str() as value):
            return (frame[name].eq(value) if operator == "=" else frame[name].ne(value)).astype(float).where(frame[name].notna())
        case Comparison(operator, left, right) if not isinstance(right, str):
            a, b = number(left, frame), number(right, frame)
            return _COMPARE[operator](a, b).astype(float).where(a.notna() & b.notna())
    raise TypeError(tree)


def _both(a: pd.Series, b: pd.Series) -> pd.Series:
    known = (a * b).where(a.notna() & b.notna())
    return known.where(~((a == 0) | (b == 0)), 0.0)


def _forms(population: Population, at: int) -> dict[str, pd.DataFrame]:
    codes = np.array([village.code for village in VILLAGES], dtype=object)
    household, member = population.household[at], population.member[at]
    home = codes[household["village"].to_numpy()]
    return {"household": household.assign(village=home), "member": member.assign(village=home[member["household"].to_numpy()])}
