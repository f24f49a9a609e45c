"""From an estimate back to what it was computed from: formula, sums, rows left out and why, files."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw
import pandas as pd
from duckdb import DuckDBPyConnection

from access.policy import Action, Viewer, require
from data.asking import place_of, questions
from data.domains import By
from data.errors import UserError
from data.formula import Formula, formula
from data.instruments.model import holds
from data.known_totals import Adjustment, adjustments, group_of
from data.measuring import Question
from data.messages import Language, say
from data.results import estimates
from data.scanning import has_psus, responses
from data.store import Store
from metrics.expressions import truth, value
from metrics.indicator import BelowMedian, Gini, Indicator, Quantile, Ratio, Total
from metrics.totals import contribution


@dataclass(frozen=True, kw_only=True)
class BatchUsed:
    batch: int
    file_name: str
    sha256: str
    rows: int                            # of the domain and round


@dataclass(frozen=True, kw_only=True)
class Adjusted:
    """The known totals of the form and round, and between which numbers they multiply the weights where they are used."""

    is_used: bool
    grouped_by: str
    groups: int
    sources: tuple[str, ...]
    lowest: float
    highest: float


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How sure the sample makes an estimate; None is what it cannot tell. The standard error is in the unit of the estimate.

    The effective n is how many responses of a simple random sample would tell as much. `missing_share` is the part of those
    asked who are not among the n.
    """

    se: float | None
    psus: int
    strata: int
    df: int | None
    deff: float | None
    n_effective: float | None
    missing_share: float | None
    has_lonely_psu: bool
    has_psus: bool                       # whether responses come in clusters; else each is one by itself
    is_census: bool


@dataclass(frozen=True, kw_only=True)
class Trace:
    """`y` and `x` are the weighted sums of the formula, None where it has none. Rows = n + those left out.

    `adjusted` says which known totals there are, used or not; None where there are none.
    `left_out` counts rows by reason (words `estimate.left_out.<reason>`). All counts and sums are None or empty where the
    estimate is withheld from the viewer, `reason` saying why.
    """

    formula: str
    symbols: str
    y: float | None
    x: float | None
    n: int | None
    left_out: Mapping[str, int]
    batches: tuple[BatchUsed, ...]
    sampling: Sampling | None
    adjusted: Adjusted | None
    withheld: bool
    reason: str | None


def trace(
    store: Store, viewer: Viewer, *, indicator: str, by: By, domain: str, round: str, group: str | None = None,
    category: str | None = None, language: Language = "id",
) -> Trace:
    """Where one estimate comes from. Raises `UserError` where there is no such estimate for this viewer."""
    require(viewer, Action.SEE_RESULTS)
    row = estimates(store, viewer, indicators=[indicator], by=by, domains=[domain], group=group, rounds=[round],
                    design_effects=True)
    if group is not None:
        row = row[row["category"] == category]
    if row.empty:
        raise UserError("estimate.nothing_to_trace", indicator=indicator, domain=domain, round=round)
    withheld, reason = bool(row["withheld"].iloc[0]), row["reason"].iloc[0]
    with store.reading() as cursor:
        [question] = questions(cursor, [indicator], group)
        [declared] = question.indicators
        words = formula(declared, question.form, language)
        known = adjustments(cursor, question.instrument, question.form).get(round)
        used = {round: known} if known is not None and known.is_used else {}
        if used:
            words = Formula(words=f"{words.words} {say('estimate.formula.adjusted', language)}",
                            symbols=f"{words.symbols}, w = d·N / Σ d")
        if withheld and reason in {"too_few", "complementary"}:
            return Trace(formula=words.words, symbols=words.symbols, y=None, x=None, n=None, left_out={}, batches=(),
                         sampling=None, adjusted=_adjusted(known), withheld=True, reason=reason)
        place = place_of(store, cursor, viewer, question, by, [domain])
        villages = [place.sums.villages[code] for code in place.domains.village]
        rows = _rows(cursor, question, declared, round, villages, category, used)
        batches = cursor.execute(
            """SELECT batch, first(name ORDER BY number), first(sha256 ORDER BY number), any_value(rows)
               FROM (SELECT unnest(?::BIGINT[]) AS batch, unnest(?::BIGINT[]) AS rows) JOIN batch_file USING (batch)
               GROUP BY batch ORDER BY batch""", [list(rows.batches), list(rows.batches.values())],
        ).fetchall()
    needs_rows = isinstance(declared.measure, Quantile | Gini | BelowMedian)
    return Trace(
        formula=words.words, symbols=words.symbols, y=None if needs_rows else rows.y,
        x=None if needs_rows or isinstance(declared.measure, Total) else rows.x, n=rows.n, left_out=rows.left_out,
        batches=tuple(BatchUsed(batch=each[0], file_name=each[1], sha256=each[2], rows=each[3]) for each in batches),
        sampling=None if withheld or not rows.n else _sampling(row.iloc[0], question), adjusted=_adjusted(known),
        withheld=withheld, reason=reason,
    )


def _sampling(row: pd.Series, question: Question) -> Sampling:
    def known(name: str) -> float | None:
        return None if pd.isna(row[name]) else float(row[name])

    df = known("df")
    return Sampling(
        se=known("se"), psus=int(row["psus"]), strata=int(row["strata"]), df=None if df is None else int(df), deff=known("deff"),
        n_effective=known("n_effective"), missing_share=known("missing_share"), has_lonely_psu=bool(row["has_lonely_psu"]),
        has_psus=has_psus(question.form), is_census=question.form.design.census,
    )


def _adjusted(known: Adjustment | None) -> Adjusted | None:
    if known is None:
        return None
    factors = [group.factor for group in known.groups] or [1.0]
    sources = tuple(dict.fromkeys(group.source for group in known.groups))
    return Adjusted(is_used=known.is_used, grouped_by=known.grouped_by, groups=len(known.groups), sources=sources,
                    lowest=min(factors), highest=max(factors))


@dataclass(frozen=True, kw_only=True)
class _Rows:
    y: float
    x: float
    n: int
    left_out: dict[str, int]
    batches: dict[int, int]


def _rows(
    cursor: DuckDBPyConnection, question: Question, indicator: Indicator, round: str, villages: list[str], category: str | None,
    used: Mapping[str, Adjustment],
) -> _Rows:
    own = holds(question.form)
    factor = {group.category: group.factor for each in used.values() for group in each.groups}
    frame = nw.from_native(responses(cursor, question.instrument, question.form, round))
    frame = frame.filter(nw.col("_village").fill_null("").is_in(villages))
    if question.group:
        frame = frame.filter(nw.col(question.group) == category)
    weight = nw.col("_weight")
    if indicator.multiplier:
        weight = weight * nw.col(indicator.multiplier).cast(nw.Float64)
    holds_true = truth(indicator.where, own) if indicator.where else nw.lit(True)
    if isinstance(indicator.measure, Quantile | Gini | BelowMedian):
        y, x = value(indicator.measure.value), None
    else:
        y, x = contribution(indicator.measure, own)
    reason = nw.when(~y.is_null() if x is None else ~y.is_null() & ~x.is_null()).then(nw.lit("")).otherwise(nw.lit("no_answer"))
    if isinstance(indicator.measure, Ratio):
        reason = nw.when(y.is_null() & ~x.is_null()).then(nw.lit("no_numerator")).otherwise(reason)  # type: ignore[union-attr]
    for parameter in indicator.parameters:
        reason = nw.when(nw.col(parameter).is_null()).then(nw.lit("no_parameter")).otherwise(reason)
    reason = nw.when(holds_true.is_null()).then(nw.lit("unknown_whether_asked")).otherwise(reason)
    reason = nw.when(~holds_true).then(nw.lit("not_asked")).otherwise(reason)
    reason = nw.when(weight > 0).then(reason).otherwise(nw.lit("no_weight"))
    counted = frame.select(batch=nw.col("_batch"), reason=reason, group=group_of(question.form, used).fill_null(""),
                           y=weight * y, x=weight if x is None else weight * x)
    found = counted.group_by("batch", "reason", "group").agg(nw.len().alias("rows"), nw.col("y").sum(), nw.col("x").sum())
    y_sum, x_sum = 0.0, 0.0
    left_out: dict[str, int] = {}
    batches: dict[int, int] = {}
    for batch, why, group, rows, y_part, x_part in sorted(found.to_native().fetchall()):
        batches[batch] = batches.get(batch, 0) + rows
        if why:
            left_out[why] = left_out.get(why, 0) + rows
        else:
            y_sum, x_sum = y_sum + factor.get(group, 1.0) * y_part, x_sum + factor.get(group, 1.0) * x_part
    n = sum(batches.values()) - sum(left_out.values())
    return _Rows(y=y_sum, x=x_sum, n=n, left_out=left_out, batches=batches)
