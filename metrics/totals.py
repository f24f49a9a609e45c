"""Responses -> sums: one scan, on any engine that narwhals speaks.

A frame has, beside the form's variables, `_round, _village, _stratum, _psu, _psu_population, _weight`. For indicator
number k (its place in the list given) a row that counts has `y` and `x`, and the sums are, per PSU:

    y = sum(w*y)    x = sum(w*x)    n = rows that count    e = rows that were asked

A row counts where its weight (times the multiplier) is above zero, `where` holds, and `y` and `x` are known; it was asked
where `where` holds. From the PSU sums follow the moments of a village and stratum, which add over villages, and are all
that a variance needs as long as PSUs lie inside villages.
"""
from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import reduce
from typing import Any

import narwhals as nw

from metrics.conditions import Condition, Expression, Holds, divides, variables
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


@dataclass(frozen=True, kw_only=True)
class Names:
    """The columns of one indicator's sums. Indicators with an equal sum share its column."""

    y: str
    x: str
    n: str
    e: str
    wyy: str
    wxy: str
    wxx: str
    w: str
    above: str                           # of rows: y,
    below: str | None                    # and x where it is not 1


def names(indicators: Sequence[Indicator], complete: Set[str] = frozenset()) -> list[Names]:
    """What the columns of `psu_sums` are called. `complete` are the variables known to be missing in no row: what rests on
    them alone counts the same rows, and is summed once for all."""
    first: dict[Hashable, int] = {}
    found = []
    for k, indicator in enumerate(indicators):
        measure = indicator.measure
        above: Measure | Expression = measure
        below: Expression | None = None
        if isinstance(measure, Mean | Total):
            above = measure.value
        if isinstance(measure, Ratio):
            above, below = measure.numerator, measure.denominator
        asked = (indicator.multiplier, indicator.where)
        counts = (asked, *(part for part in (above, below) if part is not None and _can_be_missing(part, complete)))

        def one(sum: str, *of: Hashable, k: int = k) -> str:
            return f"{sum}{first.setdefault((sum, *of), k)}"

        y, w = one("y", counts, above), one("w", counts)
        found.append(Names(
            y=y, w=w, n=one("n", counts), e=one("e", asked), x=w if below is None else one("x", counts, below),
            wyy=y if isinstance(measure, Share) else one("wyy", counts, above),
            wxy=y if below is None else one("wxy", counts, above, below), wxx=w if below is None else one("wxx", counts, below),
            above=one("above", above), below=None if below is None else one("below", below),
        ))
    return found


def psu_sums(
    frame: Frame, indicators: Sequence[Indicator], holds: Mapping[str, Holds], *, has_psus: bool, group: str | None = None,
    complete: Set[str] = frozenset(),
) -> Frame:
    """One row per round, village, stratum, PSU and category of `group`: the sums above, and those of `ROWS`, by their `names`.
    Without PSUs, one per row given."""
    keys = {
        "round": nw.col("_round"),
        "village": nw.col("_village").fill_null(""),
        "stratum": nw.col("_stratum"),
        "category": nw.col(group) if group else nw.lit(""),
    }
    if has_psus:
        keys["psu"] = nw.col("_psu")
    answers: dict[str, nw.Expr] = {}     # what a row answered,
    counts: dict[str, nw.Expr] = {}      # the weight it counts with, null where it does not,
    sums: dict[str, nw.Expr] = {}        # and what it adds
    for indicator, name in zip(indicators, names(indicators, complete), strict=True):
        asked, counted = f"asked_{name.e}", f"counted_{name.n}"
        if asked not in answers:
            answers[asked] = _weight(indicator, holds)
        if not {name.above, name.below} <= {None, *answers}:
            y, x = contribution(indicator.measure, holds)
            answers |= {name.above: y} if x is None else {name.above: y, str(name.below): x}
        known = ~nw.col(name.above).is_null()
        if name.below is not None:
            known = known & ~nw.col(name.below).is_null()
        counts[counted] = nw.when(known).then(nw.col(asked))
        sums |= _summands(name, nw.col(asked), nw.col(counted))
    # In steps, so that what several sums take is built and computed once.
    answered = frame.select(**keys, **answers)
    summands = answered.select(*keys, *answers, **counts).select(*keys, **sums)
    return summands.group_by(*keys).agg(*(nw.col(name).sum() for name in sums)) if has_psus else summands


def _weight(indicator: Indicator, holds: Mapping[str, Holds]) -> nw.Expr:
    """The weight of a row that was asked; null for others."""
    weight = nw.col("_weight")
    if indicator.multiplier:
        weight = weight * nw.col(indicator.multiplier).cast(nw.Float64)
    asked = weight > 0
    if indicator.where:
        asked = asked & truth(indicator.where, holds)
    return nw.when(asked).then(weight)


def _summands(name: Names, asked: nw.Expr, weight: nw.Expr) -> dict[str, nw.Expr]:
    """What a row adds to one indicator's sums: null, which sums leave out, where it does not count."""
    y = nw.col(name.above)
    columns = {name.y: weight * y, name.w: weight, name.n: _one(~weight.is_null()), name.e: _one(~asked.is_null())}
    if name.wyy != name.y:
        columns[name.wyy] = weight * y * y
    if name.below is not None:
        x = nw.col(name.below)
        columns |= {name.x: weight * x, name.wxy: weight * x * y, name.wxx: weight * x * x}
    return columns


def moments(sums: Frame, indicators: Sequence[Indicator], complete: Set[str] = frozenset()) -> Frame:
    """One row per round, village, stratum and category: the `MOMENTS` of each indicator, named `<moment><k>`."""
    products: dict[str, nw.Expr] = {}
    columns: dict[str, nw.Expr] = {}
    for k, name in enumerate(names(indicators, complete)):
        y, x = nw.col(name.y), nw.col(name.x)
        squares = {"yy": (f"{name.y}_{name.y}", y * y), "xy": (f"{name.x}_{name.y}", x * y), "xx": (f"{name.x}_{name.x}", x * x)}
        of = {"y": (name.y, y), "x": (name.x, x), **squares, "psus": (f"psus_{name.n}", _one(nw.col(name.n) > 0))}
        products |= dict(of.values())
        columns |= {f"{moment}{k}": nw.col(product) for moment, (product, _) in of.items()}
    keys = ("round", "village", "stratum", "category")
    summed = sums.select(*keys, **products).group_by(*keys).agg(*(nw.col(name).sum() for name in products))
    return summed.select(*keys, **columns)


def rows(sums: Frame, indicators: Sequence[Indicator], complete: Set[str] = frozenset()) -> Frame:
    """One row per round, village and category: the `ROWS` of each indicator, named `<sum><k>`."""
    columns: dict[str, str] = {}
    for k, name in enumerate(names(indicators, complete)):
        columns |= {f"n{k}": name.n, f"asked{k}": name.e, f"wyy{k}": name.wyy, f"wxy{k}": name.wxy, f"wxx{k}": name.wxx,
                    f"w{k}": name.w}
    keys = ("round", "village", "category")
    summed = sums.group_by(*keys).agg(*(nw.col(name).sum() for name in dict.fromkeys(columns.values())))
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


def _can_be_missing(part: Measure | Expression, complete: Set[str]) -> bool:
    """Whether a row can lack what it adds, where `complete` are the variables that no row lacks."""
    tree = part.condition if isinstance(part, Share) else part
    if not isinstance(tree, Condition | Expression):
        return True
    return divides(tree) or not complete >= set(variables(tree))


def _number(test: nw.Expr) -> nw.Expr:
    """1 where true, 0 where false, null where that is not known."""
    return nw.when(test).then(nw.lit(1.0)).otherwise(nw.when(~test).then(nw.lit(0.0)))


def _one(test: nw.Expr) -> nw.Expr:
    """1 where true, 0 elsewhere; a double, because engines sum whole numbers in types of their own."""
    return nw.when(test).then(nw.lit(1.0)).otherwise(nw.lit(0.0))
