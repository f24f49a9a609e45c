"""Responses -> sums: one scan, on any engine that narwhals speaks.

A frame has, beside the form's variables, `_round, _village, _stratum, _psu, _psu_population, _weight`. For indicator
number k (its place in the list given) a row that counts has `y` and `x`, and the sums are, per PSU:

    y = sum(w*y)    x = sum(w*x)    n = rows that count    e = rows that were asked

A row counts where its weight (times the multiplier) is above zero, `where` holds, and `y` and `x` are known; it was asked
where `where` holds. From the PSU sums follow the moments of a village and stratum, which add over villages, and are all
that a variance needs as long as PSUs lie inside villages.

Indicators with an equal sum share its column, so a table of sums goes with the `Names` of its columns.
"""
from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import reduce
from typing import Any

import narwhals as nw

from metrics.conditions import Condition, Expression, Holds, divides, variables
from metrics.expressions import truth, value
from metrics.indicator import Index, Indicator, Item, Mean, Measure, Ratio, Share, Shortfall, Total

Frame = nw.LazyFrame[Any]
Add = Callable[[Frame, Sequence[str], Sequence[str]], Frame]

# Per PSU and indicator, as above.
PSUS = ("y", "x", "n", "e")
# Per village and stratum and indicator: of its PSUs, the sums of y, x, their products, n and e, and how many have rows that
# count.
MOMENTS = ("y", "x", "yy", "xy", "xx", "psus", "n", "e")
# Per village and indicator: sums over rows of w*y*y, w*x*y, w*x*x and w, for the design effect.
SQUARES = ("wyy", "wxy", "wxx", "w")


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
    """The columns of one indicator's sums, and in a scan those of what a row answered."""

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
    unsure: tuple[str, ...]              # which of these a row can lack

    @property
    def yy(self) -> str:
        return f"{self.y}_{self.y}"

    @property
    def xy(self) -> str:
        return f"{self.x}_{self.y}"

    @property
    def xx(self) -> str:
        return f"{self.x}_{self.x}"

    @property
    def psus(self) -> str:
        return f"psus_{self.n}"

    def of(self, sums: Sequence[str]) -> dict[str, str]:
        """The column of each of some sums."""
        return {each: getattr(self, each) for each in sums}


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
        unsure = [part for part in (above, below) if part is not None and _can_be_missing(part, complete)]
        counts = (asked, *unsure)

        def one(sum: str, *of: Hashable, k: int = k) -> str:
            return f"{sum}{first.setdefault((sum, *of), k)}"

        y, w, rows_asked, rows = one("y", counts, above), one("w", counts), one("e", asked), {above: one("above", above)}
        if below is not None:
            rows[below] = one("below", below)
        found.append(Names(
            y=y, w=w, x=w if below is None else one("x", counts, below), e=rows_asked,
            n=one("n", counts) if unsure else rows_asked,
            wyy=y if isinstance(measure, Share) else one("wyy", counts, above),
            wxy=y if below is None else one("wxy", counts, above, below), wxx=w if below is None else one("wxx", counts, below),
            above=rows[above], below=None if below is None else rows[below], unsure=tuple(rows[part] for part in unsure),
        ))
    return found


def added(rows: Frame, keys: Sequence[str], maxima: Sequence[str] = ()) -> Frame:
    """One row per value of the keys, with the sum of every other column, but the largest of the `maxima`."""
    others = [name for name in rows.collect_schema().names() if name not in keys]
    return rows.group_by(*keys).agg(*(nw.col(name).max() if name in maxima else nw.col(name).sum() for name in others))


def psu_sums(
    frame: Frame, indicators: Sequence[Indicator], holds: Mapping[str, Holds], *, has_psus: bool, group: str | None = None,
    complete: Set[str] = frozenset(), sums: Sequence[str] = PSUS, has_population: bool = True, add: Add = added,
) -> Frame:
    """One row per round, village, stratum, PSU and category of `group`: `sums`, among `PSUS` and `SQUARES`, by their `names`, and
    with `has_population` the `population` of PSUs. Without PSUs, one per row given. There is no `category` where there is no
    group. Sums are added up by `add`, as `added` does it, but may be null where no row counts."""
    keys = {"round": nw.col("_round"), "village": nw.col("_village").fill_null(""), "stratum": nw.col("_stratum")}
    if group:
        keys["category"] = nw.col(group)
    if has_psus:
        keys["psu"] = nw.col("_psu")
    answers: dict[str, nw.Expr] = {"population": nw.col("_psu_population")} if has_population else {}  # what a row answered,
    summands: dict[str, nw.Expr] = {}    # and what it adds
    for indicator, name in zip(indicators, names(indicators, complete), strict=True):
        asked = f"asked_{name.e}"
        if asked not in answers:
            answers[asked] = _weight(indicator, holds)
        if not {name.above, name.below} <= {None, *answers}:
            y, x = contribution(indicator.measure, holds)
            answers |= {name.above: y} if x is None else {name.above: y, str(name.below): x}
        weight, known = nw.col(asked), [~nw.col(each).is_null() for each in name.unsure]
        counted = nw.when(reduce(nw.Expr.__and__, known)).then(weight) if known else weight
        every = _summands(name, weight, counted)
        summands |= {column: every[column] for column in name.of(sums).values()}
    population = ["population"] if has_population else []
    # In two steps, so that what several sums take is computed once.
    rows = frame.select(**keys, **answers).select(*keys, *population, **summands)
    return add(rows, tuple(keys), population) if has_psus else rows


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


def moments(sums: Frame, indicators: Sequence[Indicator], complete: Set[str] = frozenset(), group: str | None = None) -> Frame:
    """One row per round, village, stratum and category of a group: the `MOMENTS` of each indicator, by their `names`."""
    columns: dict[str, nw.Expr] = {}
    for name in names(indicators, complete):
        y, x, n = nw.col(name.y), nw.col(name.x), nw.col(name.n)
        columns |= {
            name.y: y, name.x: x, name.yy: y * y, name.xy: x * y, name.xx: x * x, name.psus: _one(n > 0), name.n: n,
            name.e: nw.col(name.e),
        }
    return _by_cell(sums, ("round", "village", "stratum"), columns, group)


def squares(sums: Frame, indicators: Sequence[Indicator], complete: Set[str] = frozenset(), group: str | None = None) -> Frame:
    """One row per round, village and category of a group: the `SQUARES` of each indicator, by their `names`."""
    columns = {column: nw.col(column) for name in names(indicators, complete) for column in name.of(SQUARES).values()}
    return _by_cell(sums, ("round", "village"), columns, group)


def _by_cell(sums: Frame, keys: Sequence[str], columns: Mapping[str, nw.Expr], group: str | None) -> Frame:
    keys = (*keys, "category") if group else tuple(keys)
    return added(sums.select(*keys, **columns), keys)


def units(frame: Frame) -> Frame:
    """Where rows belong, as `psu_sums` says it of PSUs."""
    return frame.select(round=nw.col("_round"), village=nw.col("_village").fill_null(""), stratum=nw.col("_stratum"),
                        psu=nw.col("_psu"), population=nw.col("_psu_population"))


def strata(units: Frame, *, has_psus: bool) -> Frame:
    """One row per round and stratum of rows or PSUs: its PSUs, with or without answers; PSUs in its population, null where not
    known; whether each PSU lies inside one village (1 or 0)."""
    keys = ("round", "stratum")
    if has_psus:
        psus = units.select(*keys, "psu", "population", first="village", last="village")
        psus = psus.group_by(*keys, "psu").agg(nw.col("population").max(), nw.col("first").min(), nw.col("last").max())
        psus = psus.select(*keys, "population", inside=_one(nw.col("first") == nw.col("last")))
    else:
        psus = units.select(*keys, "population", inside=nw.lit(1.0))
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
