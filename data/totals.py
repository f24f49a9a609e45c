"""The sums that results are computed from: kept in the store, rebuilt in the transaction that changes the responses.

Sums by a group's categories are not kept; they are scanned when asked for (`data/sums.py` holds on to them).
"""
from __future__ import annotations

import hashlib
from collections.abc import Sequence

import narwhals as nw
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from data.instruments.kept import kept
from data.instruments.model import Form, Instrument, holds, table_name
from data.store import quoted
from metrics import totals
from metrics.indicator import Indicator

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

    Where an indicator was declared anew, the form's other rounds are rebuilt too.
    """
    for form in instrument.forms:
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


def strata(cursor: DuckDBPyConnection, instrument: Instrument, round: str | None) -> DuckDBPyRelation:
    """The strata of an instrument's sample, as of its main form: a PSU without repeats still counts."""
    main = instrument.forms[0]
    frame = nw.from_native(responses(cursor, instrument, main, round))
    return totals.strata(frame, has_psus=has_psus(main)).to_native()


def psu_sums(
    cursor: DuckDBPyConnection, instrument: Instrument, form: Form, indicators: Sequence[Indicator], *,
    round: str | None = None, group: str | None = None,
) -> totals.Frame:
    """The sums per PSU, on hand for more than one use: a table of this cursor's own where there are PSUs."""
    frame = nw.from_native(responses(cursor, instrument, form, round))
    sums = totals.psu_sums(frame, indicators, holds(form), has_psus=has_psus(form), group=group)
    if not has_psus(form):
        return sums
    scanned = sums.to_native()  # noqa: F841 DuckDB finds it by its name
    cursor.execute("CREATE OR REPLACE TEMP TABLE scanned_psu AS SELECT * FROM scanned")
    cursor.complete()
    return nw.from_native(cursor.table("scanned_psu"))


def listed(names: Sequence[str], count: int) -> str:
    """SQL for one list of the columns `<name><k>`, all indicators of a name together."""
    return "list_value(" + ", ".join(quoted(f"{name}{k}") for name in names for k in range(count)) + ")"


def _rebuild_form(cursor: DuckDBPyConnection, instrument: Instrument, form: Form, round: str | None) -> None:
    table, indicators = table_name(instrument.id, form.name), summable(instrument, form)
    for kind in ("stratum", "psu", "moment", "village"):
        cursor.execute(f"DELETE FROM totals.{kind} WHERE form = $form AND ($round IS NULL OR round = $round)",  # noqa: S608
                       {"form": table, "round": round})
    cursor.execute("INSERT OR REPLACE INTO totals.layout VALUES (?, ?, ?)",
                   [table, [each.id for each in indicators], fingerprint(instrument, form)])
    strata_now = strata(cursor, instrument, round)  # noqa: F841 DuckDB finds these by their names
    cursor.execute(
        "INSERT INTO totals.stratum SELECT ?, round, stratum, psus, psu_population, psus_are_inside = 1 FROM strata_now", [table])
    if not indicators:
        return
    count, sums = len(indicators), psu_sums(cursor, instrument, form, indicators, round=round)
    moments_now = totals.moments(sums, count).to_native()  # noqa: F841
    rows_now = totals.rows(sums, indicators).to_native()  # noqa: F841
    statements = [
        f"INSERT INTO totals.moment SELECT ?, round, village, stratum, {listed(totals.MOMENTS, count)} FROM moments_now",  # noqa: S608
        f"INSERT INTO totals.village SELECT ?, round, village, {listed(totals.ROWS, count)} FROM rows_now",  # noqa: S608
    ]
    if has_psus(form):
        statements.append(
            f"INSERT INTO totals.psu SELECT ?, round, village, stratum, psu, {listed('yxn', count)} FROM scanned_psu")  # noqa: S608
    for statement in statements:
        cursor.execute(statement, [table])
