"""From a form's responses to sums, in one scan by the engine: what the sums are of, and the tables that a scan gives."""
from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from data import blocks
from data.instruments.model import Form, Instrument, Kind, holds, table_name
from data.responses import TYPES
from data.store import quoted
from metrics import totals
from metrics.indicator import Indicator, variables

STRATUM = "stratum"
Hold = Callable[[totals.Frame], totals.Frame]

# Raised when the sums of unchanged definitions change their meaning.
_VERSION = 2
# What is asked of a million rows costs time: no join that is not needed, and of batches only those that do not count.
_RESPONSES = """
    SELECT response.*{columns}
    FROM responses.{table} AS response {joins}
    WHERE response._batch NOT IN (SELECT id FROM batch WHERE state != 'accepted')
"""
_PARAMETER_OF = {"poverty_line": "rp_per_person_month", "price_index": "index_value"}


def fingerprint(instrument: Instrument, form: Form) -> str:
    """Of what the sums of a form depend on beside its responses."""
    measured = [(each.id, each.measure, each.where, each.multiplier) for each in summable(instrument, form)]
    return hashlib.sha256(repr((_VERSION, has_psus(form), measured)).encode()).hexdigest()


def summable(instrument: Instrument, form: Form) -> list[Indicator]:
    """The form's indicators that sums can answer, in the order of their sums."""
    return totals.by_sums([each for each in instrument.indicators if each.form == form.name])


def has_psus(form: Form) -> bool:
    """Whether rows come in clusters: by the design, or because they are the repeats of one response."""
    return form.design.psu is not None or form.parent is not None


def responses(cursor: DuckDBPyConnection, instrument: Instrument, form: Form, round: str | None = None) -> DuckDBPyRelation:
    """The rows of a form that count: of accepted batches, with the parameters that its indicators rest on beside them."""
    own = [each for each in instrument.indicators if each.form == form.name]
    rests_on = {name for each in own for name in variables(each)}
    needed = {name: column for name, column in _PARAMETER_OF.items() if name in rests_on}
    query = _RESPONSES.format(
        table=quoted(table_name(instrument.id, form.name)),
        columns="".join(f", {name}.{column} AS {name}" for name, column in needed.items()),
        joins=" ".join(f"LEFT JOIN {name} ON {name}.round = response._round AND {name}.regency = left(response._village, 5)"
                       for name in needed),
    )
    cursor.complete()
    return cursor.sql(query) if round is None else cursor.sql(f"{query} AND response._round = $round", params={"round": round})


def scans(
    frames: Mapping[str, totals.Frame], instrument: Instrument, form: Form, hold: Hold, *, group: str | None = None,
    complete: Set[str] = frozenset(), has_population: bool = True, add: totals.Add = totals.added,
) -> dict[str, totals.Frame]:
    """The strata and the kinds of sums of a form, to be scanned from frames of responses by form.

    `hold` gives a frame that is computed once though it is used more than once; the engine knows how. `complete` are variables
    known to be missing in no row; without `has_population` no row has a `_psu_population`. `add` adds up rows.
    """
    main, indicators = instrument.forms[0], summable(instrument, form)
    found = {}
    # As of the main form: a PSU without repeats still counts.
    psus = totals.units(frames[main.name])

    def sums(of: Sequence[str], *, by_psu: bool) -> totals.Frame:
        return totals.psu_sums(
            frames[form.name], indicators, holds(form), has_psus=by_psu, group=group, complete=complete, sums=of,
            has_population=has_population, add=add)

    if indicators:
        of_psus = sums(totals.PSUS, by_psu=has_psus(form))
        if has_psus(form):
            of_psus = found["psu"] = hold(of_psus)
            if form.name == main.name:
                psus = of_psus if has_population else of_psus.with_columns(population=nw.lit(None, nw.Float64))
        found["moment"] = totals.moments(of_psus, indicators, complete, group)
        found["squares"] = totals.squares(sums(totals.SQUARES, by_psu=False), indicators, complete, group)
    return found | {STRATUM: totals.strata(psus, has_psus=has_psus(main))}


@dataclass(frozen=True, kw_only=True)
class Scanned:
    """What `scans` gives of the store's responses, each table computed when it is first asked for; the sums of PSUs are there."""

    cursor: DuckDBPyConnection
    queries: Mapping[str, str]
    round: str | None
    names: list[totals.Names]
    is_main: bool                        # whether the form is the main one, with the PSUs of the whole design
    _tables: dict[str, pa.Table] = field(default_factory=dict)
    _blocks: dict[str, blocks.Block] = field(default_factory=dict)

    def table(self, name: str) -> pa.Table:
        if name not in self._tables and name == STRATUM and self.is_main and "psu" in self.queries:
            self._tables[name] = _strata(self.block("psu").texts, self.table("psu"))
        if name not in self._tables:
            # What rests on the sums of PSUs has no parameter.
            query = self.queries[name]
            params = {"round": self.round} if "$round" in query else None
            self.cursor.complete()
            self._tables[name] = self.cursor.sql(query, params=params).to_arrow_table()
        return self._tables[name]

    def block(self, kind: str) -> blocks.Block:
        if kind not in self._blocks:
            self._blocks[kind] = blocks.of_scan(kind, self.table(kind), self.names)
        return self._blocks[kind]


def _strata(keys: Mapping[str, blocks.Texts], sums: pa.Table) -> pa.Table:
    """What `totals.strata` gives, from sums of PSUs at hand, several times faster than asking the engine."""
    code = {name: each.code for name, each in keys.items()}
    strata, psus = (len(keys[name].dictionary) for name in ("stratum", "psu"))
    pair = code["round"] * strata + code["stratum"]
    place, same = pd.factorize(pair * psus + code["psu"])
    first = np.empty(len(same), dtype=np.int64)
    first[place[::-1]] = np.arange(len(place))[::-1]
    moves = code["village"] != code["village"][first[place]]
    of_pair, pairs = pd.factorize(pair)
    population = np.full(len(pairs), np.nan)
    if "population" in sums.column_names:
        np.fmax.at(population, of_pair, pc.fill_null(sums["population"], np.nan).to_numpy())
    names = {name: pc.take(keys[name].dictionary, pa.array(codes))
             for name, codes in (("round", pairs // strata), ("stratum", pairs % strata))}
    return pa.table(names | {
        "psus": np.bincount(of_pair[first], minlength=len(pairs)),
        "psu_population": pa.array(population, from_pandas=True),
        "psus_are_inside": 1.0 - np.bincount(of_pair, moves, minlength=len(pairs)).astype(bool),
    })


_PSUS = "scanned_psus"                   # the sums of PSUs, as the cursor knows them


def scanned(
    cursor: DuckDBPyConnection, instrument: Instrument, form: Form, *, round: str | None = None, group: str | None = None,
) -> Scanned:
    """The sums of a form's responses, by the categories of `group`, of one round or of all."""
    complete, has_population = _known(cursor, instrument, form)
    key = (fingerprint(instrument, form), table_name(instrument.id, form.name), repr(holds(form)), group, complete,
           has_population, round is None)
    if key not in _queries:
        _queries[key] = _built(cursor, instrument, form, group, complete, has_population, round)
    found = Scanned(cursor=cursor, queries=_queries[key], round=round,
                    names=totals.names(summable(instrument, form), complete), is_main=form.name == instrument.forms[0].name)
    if "psu" in found.queries:
        cursor.register(_PSUS, found.table("psu"))
    return found


# What `_built` gave, by what it depends on: building the queries of a form takes longer than scanning a hundred thousand rows.
_queries: dict[tuple[object, ...], dict[str, str]] = {}


def _built(
    cursor: DuckDBPyConnection, instrument: Instrument, form: Form, group: str | None, complete: Set[str], has_population: bool,
    round: str | None,
) -> dict[str, str]:
    """The queries of `scans`, with a parameter `round` where they read the responses of one; others read the sums of PSUs."""
    queries: dict[str, str] = {}

    def hold(sums: totals.Frame) -> totals.Frame:
        queries["psu"] = sums.to_native().sql_query()
        cursor.complete()
        cursor.register(_PSUS, sums.to_native().limit(0).to_arrow_table())
        return nw.from_native(cursor.table(_PSUS))

    wanted = {each.name: each for each in (instrument.forms[0], form)}
    frames = {name: nw.from_native(responses(cursor, instrument, each, round)) for name, each in wanted.items()}
    made = scans(frames, instrument, form, hold, group=group, complete=complete, has_population=has_population, add=_added)
    return {name: frame.to_native().sql_query() for name, frame in made.items()} | queries


def _added(rows: totals.Frame, keys: Sequence[str], maxima: Sequence[str]) -> totals.Frame:
    """As `totals.added`, without what narwhals writes around a sum so that it is never null: a tenth of the time of a scan."""
    relation = rows.to_native()
    listed = [f"{'max' if name in maxima else 'sum'}({quoted(name)}) AS {quoted(name)}"
              for name in relation.columns if name not in keys]
    return nw.from_native(relation.aggregate(", ".join([*map(quoted, keys), *listed]), ", ".join(map(quoted, keys))))


def _known(cursor: DuckDBPyConnection, instrument: Instrument, form: Form) -> tuple[frozenset[str], bool]:
    """The variables that measures rest on and that no response of a form lacks; and whether any has a `_psu_population`."""
    stored = {each.name for each in form.variables if each.kind in TYPES and each.kind is not Kind.SELECT_MULTIPLE}
    asked = sorted(stored & {name for indicator in summable(instrument, form) for name in variables(indicator)})
    counts = ", ".join(f"count({name})" for name in ["*", "_psu_population", *map(quoted, asked)])
    [(rows, of_population, *known)] = cursor.execute(
        f"SELECT {counts} FROM responses.{quoted(table_name(instrument.id, form.name))}").fetchall()  # noqa: S608 quoted
    return frozenset(name for name, count in zip(asked, known, strict=True) if count == rows), of_population > 0
