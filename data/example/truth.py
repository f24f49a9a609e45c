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
from metrics.indicator import Index, Indicator, Mean, Ratio, Share, Shortfall, Total

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
            if (sums := village_sums(indicator, forms[indicator.form])) is None:
                continue
            for (by, domain), villages in domains().items():
                above, below = sums.reindex(villages).sum(min_count=1)
                value = above if isinstance(indicator.measure, Total) else above / below if below else np.nan
                if pd.notna(value):
                    rows.append((indicator.id, by, domain, round.id, float(value)))
    return pd.DataFrame(rows, columns=["indicator", "by", "domain", "round", "value"])


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
            scores = pd.DataFrame({item.variable: _score(frame[item.variable], item.lowest, item.highest, item.reversed) for item in items})
            return scores.mean(axis=1).where(scores.notna().sum(axis=1) * 2 >= len(items)), one
    return None


def _score(answers: pd.Series, lowest: float, highest: float, is_reversed: bool) -> pd.Series:
    score = (pd.to_numeric(answers, errors="coerce") - lowest) / (highest - lowest) * 100
    return 100 - score if is_reversed else score


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
            return _COMPARE[operator](frame[name], value).astype(float).where(frame[name].notna())
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
    household = household.assign(village=codes[household["village"].to_numpy()])
    return {"household": household, "member": member.assign(village=household["village"].to_numpy()[member["household"].to_numpy()])}
