"""Estimates of forms with known totals: sums by PSU and group, scanned from the responses when asked for, and then held.

Forms without known totals never come here. Rounds whose totals cannot be used are among the others, with their design weights.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
from duckdb import DuckDBPyConnection

from data.instruments.model import holds, table_name
from data.known_totals import Adjustment, adjustments, group_of
from data.measuring import Measured, Off, Question, covered, error, limits
from data.place import Place
from data.scanning import fingerprint, has_psus, responses
from data.store import Store, quoted
from data.sums import Cells, Sums, coded, held
from metrics import intervals
from metrics.codes import Codes, Numbers, summed
from metrics.conditions import Number
from metrics.estimation import precision, ratios
from metrics.indicator import Better, Indicator, Theme, Total
from metrics.poststratification import Parts, Poststrata, expected, gathered, taken_off
from metrics.totals import PSUS, SQUARES, Names, names, psu_sums

_EVERY_ROW = Indicator(id="", form="", theme=Theme.INCOME, measure=Total(Number(1.0)), better=Better.UP, unit="", counts="",
                       leaves_out="")
_BETWEEN, _NOT_STATED = "\x1f", "\x1e"


@dataclass(frozen=True, kw_only=True)
class Grouped:
    """Sums with the new weights, cells x sums x indicators: y, x and n of `cells`, `SQUARES` of `rows`; `poststratum` is that of
    each cell."""

    cells: Cells
    values: Numbers
    poststratum: Codes
    poststrata: Poststrata
    rows: Cells
    squares: Numbers


def used(store: Store, cursor: DuckDBPyConnection, question: Question) -> dict[str, Adjustment]:
    """The known totals that the form's estimates agree with, by round."""
    found = held(store, cursor, ("adjustments", table_name(question.instrument.id, question.form.name)),
                 lambda: adjustments(cursor, question.instrument, question.form))
    return {round: each for round, each in found.items() if each.is_used}


def from_groups(
    store: Store, cursor: DuckDBPyConnection, question: Question, place: Place, totals: Mapping[str, Adjustment],
) -> Measured:
    """All indicators of the form that sums can answer, as `from_sums`, agreeing with known totals."""
    whole, form = place.sums, question.form
    grouped = held(store, cursor, ("grouped", table_name(question.instrument.id, form.name), question.group),
                   lambda: _grouped(cursor, question, whole, totals))
    is_total = np.array([isinstance(each.measure, Total) for each in whole.indicators])
    parts, y, x, present = _parts(place, grouped)
    estimate, slope, scale = ratios(y, x, present, is_total=is_total)

    count = len(whole.indicators)
    with np.errstate(invalid="ignore"):
        z = np.nan_to_num((parts.z[:, :count] - slope[parts.owner] * parts.z[:, count:]) * scale[parts.owner])
    parts = replace(parts, z=z)
    units, off = gathered(parts), Off(expected=expected(parts, grouped.poststrata), poststrata=grouped.poststrata)
    linear = taken_off(units, off.expected, off.poststrata)
    how_sure = precision([linear], estimate.shape, whole.strata, lonely=place.lonely)
    owner, cell = place.owned(whole.rows.cells)
    n, asked = (summed(each, owner, place.owners, cell) for each in (whole.rows.n, whole.rows.asked))
    row_owner, row = place.owned(grouped.rows)
    sums = dict(zip(SQUARES, np.moveaxis(_added(grouped.squares, row_owner, place.owners, row), 1, 0), strict=True))
    se, df = error(form, estimate, how_sure)
    lower, upper = limits(form, whole.indicators, estimate, se, df, n)
    return Measured(
        place=place, indicators=whole.indicators, estimate=estimate, ratio=slope, scale=scale,
        units=units, off=off, visited=grouped.cells, psus=how_sure.psus, strata=how_sure.strata,
        has_lonely_psu=how_sure.has_lonely_psu,
        se=se, df=df, lower=lower, upper=upper, n=n, asked=asked, y=y, x=x,
        simple=intervals.simple_variance(n, y=y, x=x, is_total=is_total, **sums),
        covered=covered(place, owner, whole.rows.cells.village[cell], whole.rows.n[cell]), village_counts=whole.rows,
    )


def poststrata_of(totals: Mapping[str, Adjustment], table: pd.DataFrame, cells: Cells) -> tuple[Codes, Poststrata]:
    """The post-stratum of each row of a table with `round`, `category_of_total` and `weight`, and all of them; -1 is none.

    `cells` are the same rows, coded.
    """
    code = _coded_groups(totals, table)
    inside = (code >= 0) & (table["weight"].to_numpy(float) > 0)
    key = np.stack([code[inside], cells.stratum[inside], cells.psu[inside]]).astype(np.int64)
    same, place = np.unique(key, axis=1, return_inverse=True)
    in_psu = np.bincount(place, table["weight"].to_numpy(float)[inside], minlength=same.shape[1]).astype(float)
    total = np.array([group.total for each in totals.values() for group in each.groups], dtype=float)
    return code, Poststrata(
        total=total, weight=np.bincount(same[0], in_psu, minlength=len(total)).astype(float),
        poststratum=same[0], stratum=same[1], psu=same[2], in_psu=in_psu,
    )


def _coded_groups(totals: Mapping[str, Adjustment], table: pd.DataFrame) -> Codes:
    """The place of each row's group among all groups of all rounds; -1 where it is in none."""
    names = [f"{round} {group.category}" for round, each in totals.items() for group in each.groups]
    return pd.Index(names, dtype="str").get_indexer(pd.Index(table["round"] + " " + table["category_of_total"]))


def _parts(place: Place, grouped: Grouped) -> tuple[Parts, Numbers, Numbers, Numbers]:
    """Per owner, PSU and post-stratum: the sums y and then x, side by side; and y, x and n of each owner."""
    owner, cell = place.owned(grouped.cells)
    cells = grouped.cells
    key = np.stack([owner, cells.stratum[cell], cells.psu[cell], grouped.poststratum[cell]])
    same, at = np.unique(key, axis=1, return_inverse=True)
    y, x, n = np.moveaxis(_added(grouped.values, at, same.shape[1], cell), 1, 0)
    parts = Parts(owner=same[0], stratum=same[1], psu=same[2], poststratum=same[3], z=np.concatenate([y, x], axis=1), present=n)
    return parts, *np.moveaxis(_added(np.stack([y, x, n], axis=1), same[0], place.owners), 1, 0)


def _added(values: Numbers, code: Codes, count: int, row: Codes | None = None) -> Numbers:
    """As `summed`, of cells x sums x indicators."""
    width = int(np.prod(values.shape[1:]))
    return summed(values.reshape(len(values), width), code, count, row).reshape(count, *values.shape[1:])


def _grouped(cursor: DuckDBPyConnection, question: Question, whole: Sums, totals: Mapping[str, Adjustment]) -> Grouped:
    by_psu, of_rows = _scanned(cursor, question, whole, totals)
    plan = names([*whole.indicators, _EVERY_ROW])
    by_psu["weight"] = by_psu[plan[-1].y]
    if "psu" not in by_psu:
        by_psu["psu"] = np.arange(len(by_psu))
    cells = _cells(by_psu, whole)
    poststratum, poststrata = poststrata_of(totals, by_psu, cells)
    factor = np.append(poststrata.factor, 1.0)
    values = _values(by_psu, ("y", "x", "n"), plan[:-1])
    values[:, :2] *= factor[poststratum][:, None, None]
    squares = _values(of_rows, SQUARES, plan[:-1]) * factor[_coded_groups(totals, of_rows)][:, None, None]
    return Grouped(cells=cells, values=values, poststratum=poststratum, poststrata=poststrata, rows=_cells(of_rows, whole),
                   squares=squares)


def _cells(table: pd.DataFrame, whole: Sums) -> Cells:
    keys = [name for name in ("round", "village", "category", "stratum", "psu") if name in table]
    texts = {name: pa.array(table[name].astype(object), pa.string(), from_pandas=True) for name in keys if name != "psu"}
    own = {} if "psu" not in table else {"psu": pa.array(table["psu"].astype(str), pa.string())}
    return coded(pa.table(texts | own), whole)


def _values(table: pd.DataFrame, sums: tuple[str, ...], plan: list[Names]) -> Numbers:
    """Rows x sums x indicators; what does not count is 0."""
    return np.stack([np.nan_to_num(table[[getattr(name, each) for name in plan]].to_numpy(float)) for each in sums], axis=1)


def _scanned(
    cursor: DuckDBPyConnection, question: Question, whole: Sums, totals: Mapping[str, Adjustment],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The sums y, x, n by PSU (by row where rows are PSUs), and `SQUARES` by village, each by the group of known totals too."""
    plan = names([*whole.indicators, _EVERY_ROW])
    query, keys = _query(cursor, question, whole, totals), ["round", "village", "category"]
    if has_psus(question.form):
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE scanned_groups AS {query}")
        query = "FROM scanned_groups"
        keys_of_psus = [*keys, "stratum", "psu"]
    else:
        keys_of_psus = [*keys, "stratum"]
    wanted = [getattr(name, each) for each in ("y", "x", "n") for name in plan]
    by_psu = _fetched(cursor, f"SELECT {_listed(keys_of_psus + wanted)} FROM ({query})")  # noqa: S608 quoted
    sums = ", ".join(f"sum({quoted(each)}) AS {quoted(each)}"
                     for each in dict.fromkeys(getattr(name, each) for each in SQUARES for name in plan))
    of_rows = _fetched(cursor, f"SELECT {_listed(keys)}, {sums} FROM ({query}) GROUP BY ALL")  # noqa: S608 quoted
    return by_psu, of_rows


# The query of a form's sums, by what it depends on: building it takes longer than running it.
_queries: dict[tuple[object, ...], str] = {}


def _query(cursor: DuckDBPyConnection, question: Question, whole: Sums, totals: Mapping[str, Adjustment]) -> str:
    """The sums of `psu_sums`; `category` holds the group of known totals and that of the question."""
    instrument, form, group = question.instrument, question.form, question.group
    groups = tuple((round, each.grouped_by, tuple(group.category for group in each.groups)) for round, each in totals.items())
    key = (fingerprint(instrument, form), table_name(instrument.id, form.name), repr(holds(form)), group, groups)
    if key not in _queries:
        asked = nw.col(group) if group else nw.lit("")
        both = nw.concat_str(group_of(form, totals).fill_null(""), nw.lit(_BETWEEN), asked.fill_null(_NOT_STATED))
        frame = nw.from_native(responses(cursor, instrument, form)).with_columns(_both=both)
        sums = psu_sums(frame, [*whole.indicators, _EVERY_ROW], holds(form), has_psus=has_psus(form), group="_both",
                        sums=(*PSUS, *SQUARES))
        _queries[key] = sums.to_native().sql_query()
    return _queries[key]


def _fetched(cursor: DuckDBPyConnection, query: str) -> pd.DataFrame:
    """The rows, with `category` and `category_of_total` taken apart."""
    cursor.complete()
    table: pd.DataFrame = cursor.sql(query).to_arrow_table().to_pandas()
    code, both = pd.factorize(table["category"])
    of_total, asked = zip(*(each.split(_BETWEEN) for each in both), strict=True) if len(both) else ((), ())
    table["category_of_total"] = np.array(of_total, dtype=object)[code]
    table["category"] = np.array([None if each == _NOT_STATED else each for each in asked], dtype=object)[code]
    return table


def _listed(names: list[str]) -> str:
    return ", ".join(quoted(each) for each in dict.fromkeys(names))
