"""The sums that results are computed from: kept in the store, rebuilt in the transaction that changes the responses.

Sums by a group's categories are not kept; they are scanned when asked for (`data/sums.py` holds on to them).
"""
from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

import narwhals as nw
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from data.errors import UserError
from data.instruments.kept import kept
from data.instruments.model import Form, Instrument, holds, table_name
from data.store import quoted
from metrics import totals
from metrics.indicator import Indicator

TABLES = ("stratum", "psu", "moment", "village")
Hold = Callable[[totals.Frame], totals.Frame]

# Raised when the sums of unchanged definitions change their meaning.
_VERSION = 1
_RESPONSES = """
    SELECT response.*, poverty_line.rp_per_person_month AS poverty_line
    FROM responses.{table} AS response
    JOIN batch ON batch.id = response._batch AND batch.state = 'accepted'
    LEFT JOIN poverty_line ON poverty_line.round = response._round AND poverty_line.regency = left(response._village, 5)
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


def psu_sums(
    cursor: DuckDBPyConnection, instrument: Instrument, form: Form, indicators: Sequence[Indicator], *,
    round: str | None = None, group: str | None = None,
) -> totals.Frame:
    """The sums per PSU, on hand for more than one use: a table of this cursor's own where there are PSUs."""
    frame = nw.from_native(responses(cursor, instrument, form, round))
    sums = totals.psu_sums(frame, indicators, holds(form), has_psus=has_psus(form), group=group)
    return _holding(cursor)(sums) if has_psus(form) else sums


def listed(names: Sequence[str], count: int) -> str:
    """SQL for one list of the columns `<name><k>`, all indicators of a name together."""
    return "list_value(" + ", ".join(quoted(f"{name}{k}") for name in names for k in range(count)) + ")"


def scans(frames: Mapping[str, totals.Frame], instrument: Instrument, form: Form, hold: Hold) -> dict[str, totals.Frame]:
    """The tables kept of a form, by their names in the schema `totals`, to be scanned from frames of responses by form.

    `hold` gives a frame that is computed once though it is used more than once; the engine knows how.
    """
    main, indicators = instrument.forms[0], summable(instrument, form)
    # As of the main form: a PSU without repeats still counts.
    found = {"stratum": totals.strata(frames[main.name], has_psus=has_psus(main))}
    if not indicators:
        return found
    sums = totals.psu_sums(frames[form.name], indicators, holds(form), has_psus=has_psus(form))
    if has_psus(form):
        sums = found["psu"] = hold(sums)
    return found | {"moment": totals.moments(sums, len(indicators)), "village": totals.rows(sums, indicators)}


def keep(cursor: DuckDBPyConnection, instrument: Instrument, form: Form, scanned: Mapping[str, DuckDBPyRelation]) -> None:
    """Puts what was scanned by `scans` into the store. Inside a transaction."""
    table, count = table_name(instrument.id, form.name), len(summable(instrument, form))
    kept_as = {
        "stratum": "round, stratum, psus, psu_population, psus_are_inside = 1",
        "moment": f"round, village, stratum, {listed(totals.MOMENTS, count)}",
        "village": f"round, village, {listed(totals.ROWS, count)}",
        "psu": f"round, village, stratum, psu, {listed('yxn', count)}",
    }
    for name, relation in scanned.items():  # noqa: B007 DuckDB finds the relation by its name
        cursor.execute(f"INSERT INTO totals.{name} SELECT ?, {kept_as[name]} FROM relation", [table])  # noqa: S608


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
    wanted = {each.name: each for each in (main, form)}
    frames = {name: nw.from_native(responses(cursor, instrument, each, round)) for name, each in wanted.items()}
    scanned = scans(frames, instrument, form, _holding(cursor))
    keep(cursor, instrument, form, {name: frame.to_native() for name, frame in scanned.items()})


def _holding(cursor: DuckDBPyConnection) -> Hold:
    def hold(sums: totals.Frame) -> totals.Frame:
        scanned = sums.to_native()  # noqa: F841 DuckDB finds it by its name
        cursor.execute("CREATE OR REPLACE TEMP TABLE scanned_psu AS SELECT * FROM scanned")
        cursor.complete()
        return nw.from_native(cursor.table("scanned_psu"))
    return hold
