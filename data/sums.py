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
from data.blocks import Block, Texts, texts
from data.instruments.model import Form, Instrument, Kind, table_name
from data.register import rounds_in
from data.scanning import STRATUM, has_psus, responses, scanned, summable
from data.store import Store, quoted
from data.totals import is_current
from metrics.codes import Codes, Numbers, summed
from metrics.estimation import Strata
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
    """Sums of one kind, as metrics/estimation.py takes them: of single PSUs or of several, and n and e while these are counted;
    or `totals.SQUARES`. They are cells x indicators, or x 1 where all indicators have the same."""

    cells: Cells
    sums: Mapping[str, Numbers]


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
    """What `make` gives, made once per state of the store that the cursor sees; what was of an older state is let go."""
    [(version,)] = cursor.execute("SELECT data_version FROM store_state").fetchall()
    with _lock:
        things = _held.setdefault(store, OrderedDict())
        if (version, *key) in things:
            things.move_to_end((version, *key))
            return things[(version, *key)]
        for old in [each for each in things if each[0] < version]:
            del things[old]
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
            "SELECT round, stratum, psus, psu_population, psus_are_inside FROM totals.stratum WHERE form = ?", [table]).fetchall()
        moments, of_psus = (blocks.kept(cursor, table, kind) for kind in ("moment", "psu"))
        of_psus = _without(of_psus, {round for each in moments for round in each.rounds or ()})
    else:
        found = scanned(cursor, instrument, form, group=group)
        strata = [tuple(row.values()) for row in found.table(STRATUM).to_pylist()]
        moments = [found.block("moment")] if indicators and not has_psus(form) else []
        of_psus = [found.block("psu")] if indicators and has_psus(form) else []
    strata.sort(key=lambda row: row[:2])
    by_time = [each.id for each in rounds_in(cursor)]
    present = {round for round, *_ in strata}
    rounds = tuple([each for each in by_time if each in present] + sorted(present - set(by_time)))
    kinds = [(valid := [each.valid for each in found], _keys(found, valid), found) for found in (moments, of_psus) if found]
    if indicators:
        villages = tuple(sorted({each for _, keys, _ in kinds for each in keys["village"].names}))
        named = [each for _, keys, _ in kinds for each in keys["category"].names] if group else []
        categories = _categories(form, group, named)
    else:
        villages, categories = _places(cursor, instrument, form, group)
    names = _Names(rounds, villages, categories, [(round, stratum) for round, stratum, *_ in strata])
    apart = {round for round, *_, is_inside in strata if not is_inside}
    counted = [_part(valid, _coded(keys, names), found) for valid, keys, found in kinds]
    # Rows have been counted then, and are no longer needed beside the sums.
    parts = tuple(Part(cells=each.cells, sums={name: sums for name, sums in each.sums.items() if name not in {"n", "e"}})
                  for each in counted)
    return Sums(
        indicators=tuple(indicators), rounds=rounds, villages=villages, categories=categories,
        strata=Strata(psus=np.array([psus for *_, psus, _, _ in strata], dtype=float),
                      population=np.array([population for *_, population, _ in strata], dtype=float)),
        stratum_round=np.array([rounds.index(round) for round, *_ in strata], dtype=np.int64),
        stratum_name=tuple(name for _, name, *_ in strata),
        psus_are_inside=np.array([each not in apart for each in rounds], dtype=bool),
        parts=parts, rows=_counts(counted, len(indicators)),
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
    valid = [each.valid for each in found]
    return _part(valid, _coded(_keys(found, valid), _names(whole)), found)


def _part(valid: Sequence[pa.Table], cells: Cells, found: Sequence[Block]) -> Part:
    """Blocks of one kind as one part, from their valid rows. What indicators share in every block they share here."""
    sums = {}
    for kind in found[0].columns:
        of_indicators = list(zip(*(block.columns[kind] for block in found), strict=True))
        different = list(dict.fromkeys(of_indicators))
        columns = different if len(different) == 1 else of_indicators
        sums[kind] = _beside([[table[names[at]] for names in columns] for at, table in enumerate(valid)])
    if "n" in sums and "psus" not in sums:
        sums["psus"] = (sums["n"] > 0).astype(float)
    return Part(cells=cells, sums=sums)


def _beside(tables: Sequence[Sequence[pa.ChunkedArray]]) -> Numbers:
    """The columns of tables beside each other, and the tables below each other; where nothing counts a sum is 0."""
    found, start = np.empty((sum(len(columns[0]) for columns in tables), len(tables[0]))), 0
    for columns in tables:
        for piece in pa.table(columns, [str(at) for at in range(len(columns))]).to_batches():
            numbers = [pc.fill_null(each, 0.0) if each.null_count else each for each in piece.columns]
            np.stack([each.to_numpy() for each in numbers], axis=1, out=found[start:start + len(piece)])
            start += len(piece)
    return found


def _keys(found: Sequence[Block], valid: Sequence[pa.Table]) -> Mapping[str, Texts]:
    """The keys of the valid rows of blocks."""
    return found[0].texts if len(found) == 1 and valid[0] is found[0].table else texts(valid)


def _counts(parts: Sequence[Part], count: int) -> Counts:
    """The rows of parts by village, whatever their stratum."""
    keys, n, asked = [np.zeros((3, 0), np.int64)], [np.zeros((0, count))], [np.zeros((0, count))]
    for part in parts:
        cells = part.cells
        villages, categories = (int(codes.max(initial=0)) + 2 for codes in (cells.village, cells.category))
        key = (cells.round * villages + cells.village) * categories + cells.category + 1
        place, same = pd.factorize(key)
        rest, category = np.divmod(same, categories)
        keys.append(np.stack([rest // villages, rest % villages, category - 1]))
        for sums, name in ((n, "n"), (asked, "e")):
            sums.append(np.repeat(found := summed(part.sums[name], place, len(same)), count // found.shape[1], axis=1))
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
    return _coded(texts([table]), _names(whole))


def _names(whole: Sums) -> _Names:
    strata = [(whole.rounds[round], name) for round, name in zip(whole.stratum_round, whole.stratum_name, strict=True)]
    return _Names(whole.rounds, whole.villages, whole.categories, strata)


def _coded(keys: Mapping[str, Texts], names: _Names) -> Cells:
    round = keys["round"]
    none, stratum = np.full(len(round.code), -1, dtype=np.int64), None
    if "stratum" in keys:
        code = {pair: position for position, pair in enumerate(names.strata)}
        own, others = round.names, keys["stratum"].names
        pairs = [code.get((each, other), -1) for each in own for other in others]
        stratum = np.array(pairs, dtype=np.int64).reshape(len(own), len(others))[round.code, keys["stratum"].code]
    return Cells(
        round=_of(round, names.rounds), village=_of(keys["village"], names.villages),
        category=_of(keys["category"], names.categories) if "category" in keys else none + 1,
        stratum=none if stratum is None else stratum, psu=keys["psu"].code if "psu" in keys else none,
    )


def _of(own: Texts, names: Sequence[str]) -> Codes:
    """Texts as codes into names; -1 is none of these."""
    place = {name: position for position, name in enumerate(names)}
    return np.array([*(place.get(name, -1) for name in own.names), -1], dtype=np.int64)[own.code]


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
