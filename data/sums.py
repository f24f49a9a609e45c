"""The sums of a form as arrays: those kept in the store, or scanned from the responses where they are asked by a group.

Each is held in memory until the store changes, so that the next question about the same form finds it.
"""
from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from data import blocks
from data.blocks import Block
from data.instruments.model import Form, Instrument, Kind, table_name
from data.register import rounds_in
from data.store import Store, quoted
from data.totals import STRATUM, has_psus, is_current, responses, scanned, summable
from metrics.estimation import Codes, Columns, Numbers, Strata
from metrics.indicator import Indicator

Thing = TypeVar("Thing")
_HELD_PER_STORE = 48


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Where sums or rows belong: a code for each into the names of `Sums`; category -1 is not stated."""

    round: Codes
    village: Codes
    category: Codes
    stratum: Codes                       # a code into `Sums.strata`, which are those of all rounds; -1 of what has none
    psu: Codes                           # -1 of what is not of one PSU


@dataclass(frozen=True, kw_only=True)
class Part:
    """Sums of one kind: of single PSUs the sums `totals.PSUS` and `psus`, or `totals.MOMENTS` of several."""

    cells: Cells
    sums: Mapping[str, Columns]


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Rows that count and rows that were asked, by cell of round, village and category: cells x indicators."""

    cells: Cells
    n: Numbers
    asked: Numbers


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What all estimates of one form rest on. The sums of a round are all in one part."""

    indicators: tuple[Indicator, ...]
    rounds: tuple[str, ...]              # by time
    villages: tuple[str, ...]            # '' is: not known
    categories: tuple[str, ...]          # '' alone where there is no group
    strata: Strata
    stratum_round: Codes
    stratum_name: tuple[str, ...]
    psus_are_inside: NDArray[np.bool_]   # per round: each PSU lies inside one village
    parts: tuple[Part, ...]
    rows: Counts


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


def psus(store: Store, cursor: DuckDBPyConnection, instrument: Instrument, form: Form, group: str | None = None) -> Part:
    """The sums of every PSU of a form whose rows come in clusters, coded by the names of `sums`."""
    whole = sums(store, cursor, instrument, form, group)
    return held(store, cursor, ("psus", table_name(instrument.id, form.name), group),
                lambda: _psus(cursor, instrument, form, group, whole))


def squares(store: Store, cursor: DuckDBPyConnection, instrument: Instrument, form: Form, group: str | None = None) -> Part:
    """The sums `totals.SQUARES` of a form's villages, coded by the names of `sums`."""
    whole = sums(store, cursor, instrument, form, group)
    return held(store, cursor, ("squares", table_name(instrument.id, form.name), group),
                lambda: _part_of(_with_scanned(cursor, instrument, form, group, whole, "squares"), whole))


def _sums(cursor: DuckDBPyConnection, instrument: Instrument, form: Form, group: str | None) -> Sums:
    indicators, table = summable(instrument, form), table_name(instrument.id, form.name)
    if group is None and is_current(cursor, instrument, form):
        strata = cursor.execute(
            "SELECT round, stratum, psus, psu_population, psus_are_inside FROM totals.stratum WHERE form = ?", [table]).df()
        moments, of_psus = (blocks.kept(cursor, table, kind) for kind in ("moment", "psu"))
        of_psus = _without(of_psus, {round for each in moments for round in each.rounds or ()})
    else:
        found = scanned(cursor, instrument, form, group=group)
        strata = found.table(STRATUM).to_pandas()
        moments = [found.block("moment")] if indicators and not has_psus(form) else []
        of_psus = [found.block("psu")] if indicators and has_psus(form) else []
    strata = strata.sort_values(["round", "stratum"])
    by_time = [each.id for each in rounds_in(cursor)]
    present = set(strata["round"])
    rounds = tuple([each for each in by_time if each in present] + sorted(present - set(by_time)))
    kinds = [(valid := [_valid(each) for each in found], _texts(valid), found) for found in (moments, of_psus) if found]
    if indicators:
        villages = tuple(sorted({each for _, texts, _ in kinds for each in texts["village"].names}))
        named = [each for _, texts, _ in kinds for each in texts["category"].names] if group else []
        categories = _categories(form, group, named)
    else:
        villages, categories = _places(cursor, instrument, form, group)
    inside = strata.groupby("round")["psus_are_inside"].all()
    names = _Names(rounds, villages, categories, list(zip(strata["round"], strata["stratum"], strict=True)))
    parts = tuple(_part(valid, _coded(texts, names), found) for valid, texts, found in kinds)
    return Sums(
        indicators=tuple(indicators), rounds=rounds, villages=villages, categories=categories,
        strata=Strata(psus=strata["psus"].to_numpy(float), population=strata["psu_population"].to_numpy(float, na_value=np.nan)),
        stratum_round=pd.Index(rounds).get_indexer(strata["round"]), stratum_name=tuple(strata["stratum"]),
        psus_are_inside=np.array([bool(inside[each]) for each in rounds], dtype=bool),
        parts=parts, rows=_counts(parts, len(indicators)),
    )


def _psus(cursor: DuckDBPyConnection, instrument: Instrument, form: Form, group: str | None, whole: Sums) -> Part:
    assert has_psus(form), "where rows are PSUs themselves, their moments are all there is"
    if len(whole.parts) == 1 and "yy" not in whole.parts[0].sums:
        return whole.parts[0]
    return _part_of(_with_scanned(cursor, instrument, form, group, whole, "psu"), whole)


def _with_scanned(
    cursor: DuckDBPyConnection, instrument: Instrument, form: Form, group: str | None, whole: Sums, kind: str,
) -> list[Block]:
    """The blocks of a kind, of all rounds: those kept, and those of the other rounds scanned."""
    kept = []
    if group is None and is_current(cursor, instrument, form):
        kept = blocks.kept(cursor, table_name(instrument.id, form.name), kind)
    there = {round for each in kept for round in each.rounds or ()}
    if set(whole.rounds) <= there:
        return kept
    return [*kept, *_without([scanned(cursor, instrument, form, group=group).block(kind)], there)]


def _without(found: Iterable[Block], rounds: set[str]) -> list[Block]:
    """The blocks without some rounds."""
    left = [(each, frozenset(each.rounds or each.table["round"].unique().to_pylist()) - rounds) for each in found]
    return [Block(table=each.table, columns=each.columns, rounds=rest) for each, rest in left if rest]


def _part_of(found: Sequence[Block], whole: Sums) -> Part:
    valid = [_valid(each) for each in found]
    return _part(valid, _coded(_texts(valid), _names(whole)), found)


def _part(valid: Sequence[pa.Table], cells: Cells, found: Sequence[Block]) -> Part:
    """Blocks of one kind as one part, from their valid rows. What indicators share in every block they share here."""
    shared: dict[tuple[str, ...], Numbers] = {}

    def joined(columns: tuple[str, ...]) -> Numbers:
        if columns not in shared:
            arrays = [pc.fill_null(table[name], 0.0).to_numpy() for table, name in zip(valid, columns, strict=True)]
            shared[columns] = arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
        return shared[columns]

    sums = {sum: [joined(each) for each in zip(*(block.columns[sum] for block in found), strict=True)]
            for sum in found[0].columns}
    if "n" in sums and "psus" not in sums:
        sums["psus"] = each_once(sums["n"], lambda n: (n > 0).astype(float))
    return Part(cells=cells, sums=sums)


def each_once(columns: Columns, change: Callable[[Numbers], Numbers]) -> list[Numbers]:
    """The columns changed; those that are one array are one again."""
    changed: dict[int, Numbers] = {}
    for each in columns:
        if id(each) not in changed:
            changed[id(each)] = change(each)
    return [changed[id(each)] for each in columns]


def _valid(block: Block) -> pa.Table:
    """The rows of a block that count."""
    if block.rounds is None or set(block.table["round"].unique().to_pylist()) <= block.rounds:
        return block.table
    return block.table.filter(pc.is_in(block.table["round"].cast(pa.string()), pa.array(sorted(block.rounds))))


def _counts(parts: Sequence[Part], count: int) -> Counts:
    """The rows of parts by village, whatever their stratum."""
    keys, n, asked = [np.zeros((3, 0), np.int64)], [np.zeros((0, count))], [np.zeros((0, count))]
    for part in parts:
        cells = part.cells
        villages, categories = (int(codes.max(initial=0)) + 2 for codes in (cells.village, cells.category))
        key = (cells.round * villages + cells.village) * categories + cells.category + 1
        same, place = np.unique(key, return_inverse=True)
        of_n, of_e = (each_once(part.sums[name], lambda each: np.bincount(place, each, len(same)).astype(float))  # noqa: B023
                      for name in ("n", "e"))
        rest, category = np.divmod(same, categories)
        keys.append(np.stack([rest // villages, rest % villages, category - 1]))
        n.append(np.stack(of_n, axis=1))
        asked.append(np.stack(of_e, axis=1))
    round, village, category = np.concatenate(keys, axis=1)
    none = np.full(len(round), -1, dtype=np.int64)
    return Counts(cells=Cells(round=round, village=village, category=category, stratum=none, psu=none),
                  n=np.concatenate(n), asked=np.concatenate(asked))


@dataclass(frozen=True)
class _Names:
    rounds: Sequence[str]
    villages: Sequence[str]
    categories: Sequence[str]
    strata: Sequence[tuple[str, str]]    # round and stratum


def coded(table: pa.Table, whole: Sums) -> Cells:
    """Where rows belong: their round, village, category, and stratum and psu if they have one, by the names of `whole`; -1 is
    none of these."""
    return _coded(_texts([table]), _names(whole))


def _names(whole: Sums) -> _Names:
    strata = [(whole.rounds[round], name) for round, name in zip(whole.stratum_round, whole.stratum_name, strict=True)]
    return _Names(whole.rounds, whole.villages, whole.categories, strata)


@dataclass(frozen=True)
class _Texts:
    """Texts of rows: a code for each into their names, -1 where it is missing."""

    code: Codes
    dictionary: pa.Array

    @property
    def names(self) -> list[str]:
        return self.dictionary.to_pylist()


def _texts(tables: Sequence[pa.Table]) -> dict[str, _Texts]:
    """The keys of tables, one below the other."""
    found = {}
    for name in ("round", "village", "category", "stratum", "psu"):
        if name in tables[0].column_names:
            columns = [each[name] for each in tables]
            if len(columns) > 1 or not pa.types.is_dictionary(columns[0].type):
                chunks = [chunk for column in columns for chunk in column.cast(pa.string()).chunks]
                columns = [pa.chunked_array([pa.chunked_array(chunks, pa.string()).combine_chunks().dictionary_encode()])]
            coded = columns[0].combine_chunks()
            code = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
            found[name] = _Texts(code, coded.dictionary)
    return found


def _coded(texts: Mapping[str, _Texts], names: _Names) -> Cells:
    round = texts["round"]
    none, stratum = np.full(len(round.code), -1, dtype=np.int64), None
    if "stratum" in texts:
        code = {pair: position for position, pair in enumerate(names.strata)}
        own, others = round.names, texts["stratum"].names
        pairs = [code.get((each, other), -1) for each in own for other in others]
        stratum = np.array(pairs, dtype=np.int64).reshape(len(own), len(others))[round.code, texts["stratum"].code]
    return Cells(
        round=_of(round, names.rounds), village=_of(texts["village"], names.villages),
        category=_of(texts["category"], names.categories) if "category" in texts else none + 1,
        stratum=none if stratum is None else stratum, psu=texts["psu"].code if "psu" in texts else none,
    )


def _of(texts: _Texts, names: Sequence[str]) -> Codes:
    """Texts as codes into names; -1 is none of these."""
    place = {name: position for position, name in enumerate(names)}
    return np.array([*(place.get(name, -1) for name in texts.names), -1], dtype=np.int64)[texts.code]


def _places(cursor: DuckDBPyConnection, instrument: Instrument, form: Form, group: str | None) -> tuple[tuple[str, ...], ...]:
    """Villages and categories of a form without sums, from its responses."""
    table = responses(cursor, instrument, form).project(
        f"coalesce(_village, '') AS village, {quoted(group) if group else repr('')} AS category").distinct().to_arrow_table()
    there = table["category"].drop_null().unique().to_pylist()
    return tuple(sorted(table["village"].unique().to_pylist())), _categories(form, group, there)


def _categories(form: Form, group: str | None, there: Iterable[str]) -> tuple[str, ...]:
    """The group's categories that are there, in the order of the variable's choices."""
    if group is None:
        return ("",)
    present = set(there)
    declared = [choice.name for variable in form.variables if variable.name == group and variable.kind is Kind.SELECT_ONE
                for choice in variable.choices]
    return tuple([each for each in declared if each in present] + sorted(present - set(declared)))
