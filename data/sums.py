"""The sums of a form as arrays: those kept in the store, or scanned from the responses where they are asked by a group.

Each is held in memory until the store changes, so that the next question about the same form finds it.
"""
from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import pyarrow as pa
from duckdb import ColumnExpression, ConstantExpression, DuckDBPyConnection
from numpy.typing import NDArray

from data.instruments.model import Form, Instrument, Kind, table_name
from data.register import rounds_in
from data.store import Store, quoted
from data.totals import has_psus, is_current, listed, of_psus, responses, scanned, summable
from metrics import totals
from metrics.estimation import Codes, Numbers, Strata
from metrics.indicator import Indicator

Thing = TypeVar("Thing")
_HELD_PER_STORE = 48
_KEPT_PSUS = "SELECT round, village, stratum, '' AS category, psu, sums FROM totals.psu WHERE form = ?"
_NO_MOMENTS = "AND round NOT IN (SELECT round FROM totals.moment WHERE form = psu.form)"


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Sums of cells: a code per cell into the names of `Sums` (category -1 is not stated), and `values`: cells x sums x
    indicators."""

    round: Codes
    village: Codes
    category: Codes
    stratum: Codes                       # a code into `Sums.strata`, which are those of all rounds; of `rows`: -1
    psu: Codes                           # only of PSU sums; -1 elsewhere
    values: Numbers


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What all estimates of one form rest on. `moments` has the sums `totals.MOMENTS`, `rows` has `totals.ROWS`."""

    indicators: tuple[Indicator, ...]
    rounds: tuple[str, ...]              # by time
    villages: tuple[str, ...]            # '' is: not known
    categories: tuple[str, ...]          # '' alone where there is no group
    strata: Strata
    stratum_round: Codes
    stratum_name: tuple[str, ...]
    psus_are_inside: NDArray[np.bool_]   # per round: each PSU lies inside one village
    moments: Cells
    rows: Cells


def held(store: Store, cursor: DuckDBPyConnection, key: tuple[Any, ...], make: Callable[[], Thing]) -> Thing:
    """What `make` gives, made once per state of the store that the cursor sees."""
    [(version,)] = cursor.execute("SELECT data_version FROM store_state").fetchall()
    with _lock:
        things = _held.setdefault(store, OrderedDict())
        if (version, *key) in things:
            things.move_to_end((version, *key))
            return things[(version, *key)]
    thing = make()
    with _lock:
        things[(version, *key)] = thing
        while len(things) > _HELD_PER_STORE:
            things.popitem(last=False)
    return thing


_lock = threading.Lock()
_held: WeakKeyDictionary[Store, OrderedDict[tuple[Any, ...], Any]] = WeakKeyDictionary()


def sums(store: Store, cursor: DuckDBPyConnection, instrument: Instrument, form: Form, group: str | None = None) -> Sums:
    """The sums of a form's indicators, all rounds, by the categories of a select_one variable if there is a `group`."""
    return held(store, cursor, ("sums", table_name(instrument.id, form.name), group),
                lambda: _sums(cursor, instrument, form, group))


def psus(store: Store, cursor: DuckDBPyConnection, instrument: Instrument, form: Form, group: str | None = None) -> Cells:
    """The sums y, x, n of every PSU of a form whose rows come in clusters, coded by the names of `sums`."""
    whole = sums(store, cursor, instrument, form, group)
    return held(store, cursor, ("psus", table_name(instrument.id, form.name), group),
                lambda: _psus(cursor, instrument, form, group, whole))


def _sums(cursor: DuckDBPyConnection, instrument: Instrument, form: Form, group: str | None) -> Sums:
    indicators, table = summable(instrument, form), table_name(instrument.id, form.name)
    count = len(indicators)
    strata = cursor.execute(
        "SELECT round, stratum, psus, psu_population, psus_are_inside FROM totals.stratum WHERE form = ? ORDER BY ALL", [table],
    ).df()
    psus = None
    if not count or (group is None and is_current(cursor, instrument, form)):
        moments = _fetched(
            cursor, "SELECT round, village, stratum, '' AS category, sums FROM totals.moment WHERE form = ?", table)
        rows = _fetched(cursor, "SELECT round, village, '' AS category, sums FROM totals.village WHERE form = ?", table)
        psus = _fetched(cursor, f"{_KEPT_PSUS} {_NO_MOMENTS}", table)
    else:
        tables = scanned(cursor, instrument, form, group=group).tables
        moments = tables["moment"].project(
            f"round, village, stratum, category, {listed(totals.MOMENTS, count)} AS sums").to_arrow_table()
        rows = tables["village"].project(
            f"round, village, category, {listed(totals.ROWS, count)} AS sums").to_arrow_table()
    by_time = [each.id for each in rounds_in(cursor)]
    present = set(strata["round"])
    rounds = tuple([each for each in by_time if each in present] + sorted(present - set(by_time)))
    villages = tuple(sorted(rows["village"].unique().to_pylist()))
    categories = _categories(form, group, rows)
    if not count:
        villages, categories = _places(cursor, instrument, form, group)
    inside = strata.groupby("round")["psus_are_inside"].all()
    names = _Names(rounds, villages, categories, pd.MultiIndex.from_frame(strata[["round", "stratum"]]))
    return Sums(
        indicators=tuple(indicators), rounds=rounds, villages=villages, categories=categories,
        strata=Strata(psus=strata["psus"].to_numpy(float), population=strata["psu_population"].to_numpy(float, na_value=np.nan)),
        stratum_round=pd.Index(rounds).get_indexer(strata["round"]), stratum_name=tuple(strata["stratum"]),
        psus_are_inside=np.array([bool(inside[each]) for each in rounds], dtype=bool),
        moments=_with_psus(_cells(moments, names, len(totals.MOMENTS), count), _cells(psus, names, 3, count) if psus else None),
        rows=_cells(rows, names, len(totals.ROWS), count),
    )


def _psus(cursor: DuckDBPyConnection, instrument: Instrument, form: Form, group: str | None, whole: Sums) -> Cells:
    assert has_psus(form), "where rows are PSUs themselves, their moments are all there is"
    count, kept = len(whole.indicators), []
    if group is None and is_current(cursor, instrument, form):
        kept = [_fetched(cursor, _KEPT_PSUS, table_name(instrument.id, form.name))]
    rounds = set(whole.rounds).difference(*(table["round"].unique().to_pylist() for table in kept))
    if rounds:
        found = scanned(cursor, instrument, form, group=group)
        kept.append(found.tables["psu"].filter(ColumnExpression("round").isin(*map(ConstantExpression, sorted(rounds)))).project(
            f"round, village, stratum, category, psu, {of_psus(whole.indicators, found.complete)} AS sums").to_arrow_table())
    return _cells(pa.concat_tables(kept), _names(whole), 3, count)


def _with_psus(moments: Cells, psus: Cells | None) -> Cells:
    """The moments, and those of PSUs taken one by one."""
    if psus is None:
        return moments
    y, x, n = np.moveaxis(psus.values, 1, 0)
    values = np.empty((len(y), len(totals.MOMENTS), y.shape[1]))
    values[:, 0], values[:, 1], values[:, 5] = y, x, n > 0
    for at, (one, other) in enumerate(((y, y), (x, y), (x, x)), 2):
        np.multiply(one, other, out=values[:, at])
    own = replace(psus, values=values, psu=np.full(len(y), -1, dtype=np.int64))
    if not len(moments.values):
        return own
    return Cells(**{each.name: np.concatenate([getattr(moments, each.name), getattr(own, each.name)]) for each in fields(Cells)})


def coded(table: pd.DataFrame, whole: Sums) -> Cells:
    """Where rows belong: their round, village, stratum, psu and category by the names of `whole`; -1 is none of these."""
    return _coded(table, _names(whole), np.zeros((len(table), 0, 0)))


def _names(whole: Sums) -> _Names:
    strata = pd.MultiIndex.from_arrays([[whole.rounds[code] for code in whole.stratum_round], list(whole.stratum_name)])
    return _Names(whole.rounds, whole.villages, whole.categories, strata)


def _fetched(cursor: DuckDBPyConnection, query: str, table: str) -> pa.Table:
    cursor.complete()
    return cursor.sql(query, params=[table]).to_arrow_table()


@dataclass(frozen=True)
class _Names:
    rounds: Sequence[str]
    villages: Sequence[str]
    categories: Sequence[str]
    strata: pd.MultiIndex                # (round, stratum)


def _cells(table: pa.Table, names: _Names, width: int, count: int) -> Cells:
    """Coded by the names; category -1 is none of those named: not stated."""
    values = table["sums"].combine_chunks().flatten().to_numpy().reshape(table.num_rows, width, count)
    return _coded(table.drop_columns("sums").to_pandas(), names, values)


def _coded(table: pd.DataFrame, names: _Names, values: Numbers) -> Cells:
    none = np.full(len(table), -1, dtype=np.int64)
    stratum = none
    if "stratum" in table:
        stratum = names.strata.get_indexer(pd.MultiIndex.from_arrays([table["round"], table["stratum"]]))
    return Cells(
        round=pd.Index(names.rounds).get_indexer(pd.Index(table["round"])),
        village=pd.Index(names.villages).get_indexer(pd.Index(table["village"])),
        category=pd.Index(names.categories).get_indexer(pd.Index(table["category"])), stratum=stratum,
        psu=pd.factorize(table["psu"])[0].astype(np.int64) if "psu" in table else none, values=values,
    )


def _places(cursor: DuckDBPyConnection, instrument: Instrument, form: Form, group: str | None) -> tuple[tuple[str, ...], ...]:
    """Villages and categories of a form without sums, from its responses."""
    table = responses(cursor, instrument, form).project(
        f"coalesce(_village, '') AS village, {quoted(group) if group else repr('')} AS category").distinct().to_arrow_table()
    return tuple(sorted(table["village"].unique().to_pylist())), _categories(form, group, table)


def _categories(form: Form, group: str | None, rows: pa.Table) -> tuple[str, ...]:
    """The group's categories that have rows, in the order of the variable's choices."""
    if group is None:
        return ("",)
    present = set(rows["category"].drop_null().unique().to_pylist())
    declared = [choice.name for variable in form.variables if variable.name == group and variable.kind is Kind.SELECT_ONE
                for choice in variable.choices]
    return tuple([each for each in declared if each in present] + sorted(present - set(declared)))
