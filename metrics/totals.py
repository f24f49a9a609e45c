"""Responses -> sums: one scan, on any engine that narwhals speaks.

A frame has, beside the form's variables, `_round, _village, _stratum, _psu, _psu_population, _weight`. For indicator
number k (its place in the list given) a row that counts has `y` and `x`, and the sums are, per PSU:

    y<k> = sum(w*y)    x<k> = sum(w*x)    n<k> = rows that count    e<k> = rows that were asked

A row counts where its weight (times the multiplier) is above zero, `where` holds, and `y` and `x` are known; it was asked
where `where` holds. From the PSU sums follow the moments of a village and stratum, which add over villages, and are all
that a variance needs as long as PSUs lie inside villages.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import narwhals as nw

from metrics.conditions import Expression, Holds
from metrics.expressions import truth, value
from metrics.indicator import Index, Indicator, Item, Mean, Measure, Ratio, Share, Shortfall, Total

Frame = nw.LazyFrame[Any]

# Per village and stratum and indicator: the moments of its PSUs, and how many of them have rows that count.
MOMENTS = ("y", "x", "yy", "xy", "xx", "psus")
# Per village and indicator: rows, and sums over rows of w*y*y, w*x*y, w*x*x and w, for the design effect.
ROWS = ("n", "asked", "wyy", "wxy", "wxx", "w")


def by_sums(indicators: Sequence[Indicator]) -> list[Indicator]:
    """Those that sums can answer; the others need the rows in order (see metrics/linearised.py)."""
    return [each for each in indicators if isinstance(each.measure, Mean | Share | Ratio | Total | Shortfall | Index)]


def contribution(measure: Measure, holds: Mapping[str, Holds]) -> tuple[nw.Expr, nw.Expr | None]:
    """What a row adds, before its weight: `y`, and `x` where that is not 1. Null where it is not known."""
    match measure:
        case Mean(of) | Total(of):
            return value(of), None
        case Share(condition):
            return _number(truth(condition, holds)), None
        case Ratio(above, below):
            return value(above), value(below)
        case Shortfall(of, line, power):
            return _shortfall(of, line, power), None
        case Index(items):
            return index_score(items, holds), None
    raise TypeError(measure)


def index_score(items: Sequence[Item], holds: Mapping[str, Holds]) -> nw.Expr:
    """The mean of the answered items, each as 0 to 100; null where fewer than half are answered."""
    scores = [item_score(item, holds) for item in items]
    answered = reduce(nw.Expr.__add__, (_number(~score.is_null()) for score in scores))
    total = reduce(nw.Expr.__add__, (score.fill_null(0.0) for score in scores))
    return nw.when(answered * 2 >= len(items)).then(total / nw.when(answered > 0).then(answered))


def item_score(item: Item, holds: Mapping[str, Holds]) -> nw.Expr:
    """An answer as 0 to 100, null where it is not on the item's scale. A choice is read by its name, a whole number."""
    if holds[item.variable] is Holds.NUMBER:
        answer = nw.col(item.variable).cast(nw.Float64)
        answer = nw.when((answer >= item.lowest) & (answer <= item.highest)).then(answer)
    else:
        points = range(int(item.lowest), int(item.highest) + 1)
        answer = nw.lit(None, nw.Float64)
        for point in points:
            answer = nw.when(nw.col(item.variable) == str(point)).then(nw.lit(float(point))).otherwise(answer)
    score = (answer - item.lowest) * (100 / (item.highest - item.lowest))
    return 100 - score if item.reversed else score


def psu_sums(
    frame: Frame, indicators: Sequence[Indicator], holds: Mapping[str, Holds], *, has_psus: bool, group: str | None = None,
) -> Frame:
    """One row per round, village, stratum, PSU and category of `group`: the sums above. Without PSUs, one per row given."""
    keys = {
        "round": nw.col("_round"),
        "village": nw.col("_village").fill_null(""),
        "stratum": nw.col("_stratum"),
        "category": nw.col(group) if group else nw.lit(""),
    }
    if has_psus:
        keys["psu"] = nw.col("_psu")
    answers: dict[str, nw.Expr] = {}
    columns: dict[str, nw.Expr] = {}
    for k, indicator in enumerate(indicators):
        answers |= _answered(k, indicator, holds)
        columns |= _weighted(k, indicator)
    # In two steps, so that an indicator's expression is built once and not again in each of its sums.
    weighted = frame.select(**keys, **answers).select(*keys, **columns)
    return weighted.group_by(*keys).agg(*(nw.col(name).sum() for name in columns)) if has_psus else weighted


def _answered(k: int, indicator: Indicator, holds: Mapping[str, Holds]) -> dict[str, nw.Expr]:
    """What an indicator makes of one row: the weight where it was asked, `y`, and `x` where that is not 1."""
    y, x = contribution(indicator.measure, holds)
    weight = nw.col("_weight")
    if indicator.multiplier:
        weight = weight * nw.col(indicator.multiplier).cast(nw.Float64)
    asked = weight > 0
    if indicator.where:
        asked = asked & truth(indicator.where, holds)
    columns = {f"weight{k}": nw.when(asked).then(weight), f"y{k}": y}
    return columns if x is None else columns | {f"x{k}": x}


def _weighted(k: int, indicator: Indicator) -> dict[str, nw.Expr]:
    """The columns of one indicator for one row, from what it was answered; 0 where the row does not count."""
    weight, y = nw.col(f"weight{k}"), nw.col(f"y{k}")
    x = nw.col(f"x{k}") if isinstance(indicator.measure, Ratio) else None
    asked = ~weight.is_null()
    counts = asked & ~y.is_null()
    if x is not None:
        counts = counts & ~x.is_null()

    def here(summand: nw.Expr) -> nw.Expr:
        return nw.when(counts).then(summand).otherwise(0.0)

    columns = {f"y{k}": here(weight * y), f"x{k}": here(weight if x is None else weight * x), f"n{k}": _one(counts)}
    columns[f"e{k}"] = _one(asked)
    if not isinstance(indicator.measure, Share):
        columns[f"wyy{k}"] = here(weight * y * y)
    if x is not None:
        columns |= {f"wxy{k}": here(weight * x * y), f"wxx{k}": here(weight * x * x), f"w{k}": here(weight)}
    return columns


def moments(sums: Frame, count: int) -> Frame:
    """One row per round, village, stratum and category: the `MOMENTS` of indicators 0 to `count` - 1, named `<moment><k>`."""
    columns: dict[str, nw.Expr] = {}
    for k in range(count):
        y, x = nw.col(f"y{k}"), nw.col(f"x{k}")
        columns |= {f"y{k}": y, f"x{k}": x, f"yy{k}": y * y, f"xy{k}": x * y, f"xx{k}": x * x,
                    f"psus{k}": _one(nw.col(f"n{k}") > 0)}
    keys = ("round", "village", "stratum", "category")
    return sums.select(*keys, **columns).group_by(*keys).agg(*(nw.col(name).sum() for name in columns))


def rows(sums: Frame, indicators: Sequence[Indicator]) -> Frame:
    """One row per round, village and category: the `ROWS` of each indicator, named `<sum><k>`."""
    columns: dict[str, str] = {}
    for k, indicator in enumerate(indicators):
        share, ratio = isinstance(indicator.measure, Share), isinstance(indicator.measure, Ratio)
        columns |= {
            f"n{k}": f"n{k}", f"asked{k}": f"e{k}",
            f"wyy{k}": f"y{k}" if share else f"wyy{k}",
            f"wxy{k}": f"wxy{k}" if ratio else f"y{k}",
            f"wxx{k}": f"wxx{k}" if ratio else f"x{k}",
            f"w{k}": f"w{k}" if ratio else f"x{k}",
        }
    sources = list(dict.fromkeys(columns.values()))
    keys = ("round", "village", "category")
    summed = sums.group_by(*keys).agg(*(nw.col(name).sum() for name in sources))
    return summed.select(*keys, **{name: nw.col(source) for name, source in columns.items()})


def strata(frame: Frame, *, has_psus: bool) -> Frame:
    """One row per round and stratum: its PSUs, with or without answers; PSUs in its population, null where not known;
    whether each PSU lies inside one village (1 or 0)."""
    village = nw.col("_village").fill_null("")
    keys = {"round": nw.col("_round"), "stratum": nw.col("_stratum")}
    if has_psus:
        psus = frame.select(**keys, psu="_psu", population="_psu_population", first=village, last=village)
        psus = psus.group_by(*keys, "psu").agg(nw.col("population").max(), nw.col("first").min(), nw.col("last").max())
        psus = psus.select(*keys, "population", inside=_one(nw.col("first") == nw.col("last")))
    else:
        psus = frame.select(**keys, population="_psu_population", inside=nw.lit(1.0))
    return psus.group_by(*keys).agg(
        psus=nw.len(), psu_population=nw.col("population").max(), psus_are_inside=nw.col("inside").min(),
    )


def _shortfall(of: Expression, line: Expression, power: int) -> nw.Expr:
    held, at = value(of), value(line)
    gap = (at - held) / nw.when(at > 0).then(at)
    below = nw.lit(1.0) if power == 0 else reduce(nw.Expr.__mul__, [gap] * power)
    return nw.when(gap > 0).then(below).otherwise(nw.when(~gap.is_null()).then(nw.lit(0.0)))


def _number(test: nw.Expr) -> nw.Expr:
    """1 where true, 0 where false, null where that is not known."""
    return nw.when(test).then(nw.lit(1.0)).otherwise(nw.when(~test).then(nw.lit(0.0)))


def _one(test: nw.Expr) -> nw.Expr:
    """1 where true, 0 elsewhere; a double, because engines sum whole numbers in types of their own."""
    return nw.when(test).then(nw.lit(1.0)).otherwise(nw.lit(0.0))
