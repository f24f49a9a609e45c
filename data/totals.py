"""The sums that results are computed from: kept in the store, rebuilt in the transaction that changes the responses.

Sums by a group's categories are not kept; they are scanned when asked for (`data/sums.py` holds on to them).
"""
from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

import narwhals as nw
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from data.errors import UserError
from data.instruments.kept import kept
from data.instruments.model import Form, Instrument, Kind, holds, table_name
from data.responses import TYPES
from data.store import quoted
from metrics import totals
from metrics.indicator import Indicator, variables

TABLES = ("stratum", "psu", "moment", "village")
Hold = Callable[[totals.Frame], totals.Frame]

# Raised when the sums of unchanged definitions change their meaning.
_VERSION = 1
_RESPONSES = """
    SELECT response.*, poverty_line.rp_per_person_month AS poverty_line, price_index.index_value AS price_index
    FROM responses.{table} AS response
    JOIN batch ON batch.id = response._batch AND batch.state = 'accepted'
    LEFT JOIN poverty_line ON poverty_line.round = response._round AND poverty_line.regency = left(response._village, 5)
    LEFT JOIN price_index ON price_index.round = response._round AND price_index.regency = left(response._village, 5)
    WHERE $round IS NULL OR response._round = $round
"""


def rebuild(cursor: DuckDBPyConnection, instrument: Instrument, round: str) -> None:
    """Rebuilds the sums of an instrument's forms for a round. Inside a transaction.

    Where an indicator was declared anew, the form's other rounds are rebuilt too. Raises `UserError` for a round whose
    sums were scanned elsewhere and loaded: the responses here would not be all of it.
    """
    for form in instrument.forms:
        if round in loaded_rounds(cursor, instrument, form):
            raise UserError("totals.loaded_round", round=round, instrument=instrument.id)
        _rebuild_form(cursor, instrument, form, round if is_current(cursor, instrument, form) else None)


def rebuild_all(cursor: DuckDBPyConnection) -> None:
    """Rebuilds all sums, after parameters or definitions changed. Inside a transaction."""
    for instrument in kept(cursor):
        for form in instrument.forms:
            _rebuild_form(cursor, instrument, form, None)


def is_current(cursor: DuckDBPyConnection, instrument: Instrument, form: Form) -> bool:
    """Whether the sums kept of a form are those of its indicators as they are declared now."""
    found = cursor.execute(
        "SELECT fingerprint FROM totals.layout WHERE form = ?", [table_name(instrument.id, form.name)],
    ).fetchall()
    return found == [(fingerprint(instrument, form),)]


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
    """The rows of a form that count: of accepted batches, with the parameters beside them."""
    cursor.complete()
    return cursor.sql(_RESPONSES.format(table=quoted(table_name(instrument.id, form.name))), params={"round": round})


def loaded_rounds(cursor: DuckDBPyConnection, instrument: Instrument, form: Form) -> set[str]:
    """The rounds whose sums were scanned elsewhere."""
    table = table_name(instrument.id, form.name)
    return {row[0] for row in cursor.execute("SELECT round FROM totals.loaded WHERE form = ?", [table]).fetchall()}


def listed(sums: Sequence[str], count: int) -> str:
    """SQL for one list of the columns `<sum><k>`, all indicators of a sum together."""
    return _list(f"{name}{k}" for name in sums for k in range(count))


def of_psus(indicators: Sequence[Indicator], complete: Set[str]) -> str:
    """SQL for one list of a PSU's sums: y of all indicators, then x, then n."""
    found = totals.names(indicators, complete)
    return _list(column for columns in zip(*((each.y, each.x, each.n) for each in found), strict=True) for column in columns)


def scans(
    frames: Mapping[str, totals.Frame], instrument: Instrument, form: Form, hold: Hold, *, group: str | None = None,
    complete: Set[str] = frozenset(),
) -> dict[str, totals.Frame]:
    """The tables kept of a form, by their names in the schema `totals`, to be scanned from frames of responses by form.

    `hold` gives a frame that is computed once though it is used more than once; the engine knows how. `complete` are variables
    known to be missing in no row.
    """
    main, indicators = instrument.forms[0], summable(instrument, form)
    # As of the main form: a PSU without repeats still counts.
    found = {"stratum": totals.strata(frames[main.name], has_psus=has_psus(main))}
    if not indicators:
        return found
    sums = totals.psu_sums(frames[form.name], indicators, holds(form), has_psus=has_psus(form), group=group, complete=complete)
    if has_psus(form):
        sums = found["psu"] = hold(sums)
    return found | {"moment": totals.moments(sums, indicators, complete), "village": totals.rows(sums, indicators, complete)}


@dataclass(frozen=True, kw_only=True)
class Scanned:
    """The tables of `scans` from the store's responses; that of PSUs is at hand, a table of the cursor's own."""

    tables: Mapping[str, DuckDBPyRelation]
    complete: Set[str]


def scanned(
    cursor: DuckDBPyConnection, instrument: Instrument, form: Form, *, round: str | None = None, group: str | None = None,
) -> Scanned:
    """The sums of a form's responses, by the categories of `group`, of one round or of all."""
    complete = _complete(cursor, instrument, form)
    key = (fingerprint(instrument, form), table_name(instrument.id, form.name), repr(holds(form)), group, complete)
    if key not in _queries:
        _queries[key] = _built(cursor, instrument, form, group, complete)
    queries, of_round = dict(_queries[key]), {"round": round}
    tables = {}
    if psu := queries.pop("psu", None):
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE scanned_psu AS {psu}", of_round)
        cursor.complete()
        tables["psu"] = cursor.table("scanned_psu")
    for name, query in queries.items():
        tables[name] = cursor.sql(query, params=None if psu and name != "stratum" else of_round)
    return Scanned(tables=tables, complete=complete)


# What `_built` gave, by what it depends on: building the queries of a form takes longer than scanning a hundred thousand rows.
_queries: dict[tuple[object, ...], dict[str, str]] = {}


def _built(
    cursor: DuckDBPyConnection, instrument: Instrument, form: Form, group: str | None, complete: Set[str],
) -> dict[str, str]:
    """The queries of `scans`, with the parameter `round` where they read responses; the others read `scanned_psu`."""
    queries: dict[str, str] = {}

    def hold(sums: totals.Frame) -> totals.Frame:
        queries["psu"] = sums.to_native().sql_query()
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE scanned_psu AS FROM ({queries['psu']}) LIMIT 0", {"round": None})
        cursor.complete()
        return nw.from_native(cursor.table("scanned_psu"))

    wanted = {each.name: each for each in (instrument.forms[0], form)}
    frames = {name: nw.from_native(responses(cursor, instrument, each)) for name, each in wanted.items()}
    made = scans(frames, instrument, form, hold, group=group, complete=complete)
    return {name: frame.to_native().sql_query() for name, frame in made.items()} | queries


def _complete(cursor: DuckDBPyConnection, instrument: Instrument, form: Form) -> frozenset[str]:
    """The variables that measures rest on and that no response of a form lacks."""
    stored = {each.name for each in form.variables if each.kind in TYPES and each.kind is not Kind.SELECT_MULTIPLE}
    asked = sorted(stored & {name for indicator in summable(instrument, form) for name in variables(indicator)})
    if not asked:
        return frozenset()
    known = ", ".join(f"count({quoted(name)}) = count(*)" for name in asked)
    [row] = cursor.execute(f"SELECT {known} FROM responses.{quoted(table_name(instrument.id, form.name))}").fetchall()  # noqa: S608
    return frozenset(name for name, is_complete in zip(asked, row, strict=True) if is_complete)


def keep(
    cursor: DuckDBPyConnection, instrument: Instrument, form: Form, tables: Mapping[str, DuckDBPyRelation], *,
    complete: Set[str] = frozenset(), again: bool = True,
) -> None:
    """Puts what was scanned into the store. Inside a transaction.

    Of PSUs, or their moments, what is less is kept; but PSUs that span villages as they are, and so also where they cannot be
    scanned `again`.
    """
    table, indicators = table_name(instrument.id, form.name), summable(instrument, form)
    kept_as = {"stratum": "round, stratum, psus, psu_population, psus_are_inside = 1"}
    if indicators:
        kept_as |= {
            "psu": f"round, village, stratum, psu, {of_psus(indicators, complete)}",
            "moment": f"round, village, stratum, {listed(totals.MOMENTS, len(indicators))}",
            "village": f"round, village, {listed(totals.ROWS, len(indicators))}",
        }
    if "psu" in tables:
        by_moments = _are_fewer(cursor, tables)
        if not by_moments:
            del kept_as["moment"]
        elif again:
            del kept_as["psu"]
    for name in tables.keys() & kept_as.keys():
        relation = tables[name]  # noqa: F841 DuckDB finds it by its name
        cursor.execute(f"INSERT INTO totals.{name} SELECT ?, {kept_as[name]} FROM relation", [table])  # noqa: S608


def _are_fewer(cursor: DuckDBPyConnection, tables: Mapping[str, DuckDBPyRelation]) -> bool:
    """Whether moments, six numbers a village and stratum, take less room than their PSUs' three, and are all that is needed."""
    [(inside,)] = tables["stratum"].aggregate("min(psus_are_inside)").fetchall()
    [(psus, cells)] = tables["psu"].aggregate("count(*), count(DISTINCT (round, village, stratum))").fetchall()
    return bool(inside) and 2 * cells <= psus


def _list(names: Iterable[str]) -> str:
    return "list_value(" + ", ".join(quoted(name) for name in names) + ")"


def describe(cursor: DuckDBPyConnection, instrument: Instrument, form: Form) -> None:
    """Notes which indicators the sums kept of a form are of. Inside a transaction."""
    cursor.execute("INSERT OR REPLACE INTO totals.layout VALUES (?, ?, ?)", [
        table_name(instrument.id, form.name), [each.id for each in summable(instrument, form)], fingerprint(instrument, form),
    ])


def forget(cursor: DuckDBPyConnection, instrument: Instrument, form: Form, round: str | None) -> None:
    """Drops the sums of a form for a round, or for all but those that were loaded. Inside a transaction.

    Loaded sums are of the indicators as they were declared then, and go with them.
    """
    table = table_name(instrument.id, form.name)
    if not is_current(cursor, instrument, form):
        cursor.execute("DELETE FROM totals.loaded WHERE form = ?", [table])
    for name in TABLES:
        cursor.execute(f"""
            DELETE FROM totals.{name} WHERE form = $form AND ($round IS NULL OR round = $round)
            AND round NOT IN (SELECT round FROM totals.loaded WHERE form = $form)
        """, {"form": table, "round": round})  # noqa: S608


def _rebuild_form(cursor: DuckDBPyConnection, instrument: Instrument, form: Form, round: str | None) -> None:
    forget(cursor, instrument, form, round)
    describe(cursor, instrument, form)
    main = instrument.forms[0]
    if not responses(cursor, instrument, main, round).limit(1).fetchall():
        return
    found = scanned(cursor, instrument, form, round=round)
    keep(cursor, instrument, form, found.tables, complete=found.complete)
