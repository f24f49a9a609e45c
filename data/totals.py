"""The sums that results are computed from: kept in the store, rebuilt in the transaction that changes the responses.

Sums by a group's categories are not kept, nor those for design effects; they are scanned when asked for (`data/sums.py` holds on
to them).
"""
from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from data import blocks
from data.errors import UserError
from data.instruments.kept import kept
from data.instruments.model import Form, Instrument, table_name
from data.scanning import STRATUM, fingerprint, has_psus, responses, scanned, summable
from metrics import totals

KINDS = ("psu", "moment", "squares")


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


def loaded_rounds(cursor: DuckDBPyConnection, instrument: Instrument, form: Form) -> set[str]:
    """The rounds whose sums were scanned elsewhere."""
    table = table_name(instrument.id, form.name)
    return {row[0] for row in cursor.execute("SELECT round FROM totals.loaded WHERE form = ?", [table]).fetchall()}


def keep(
    cursor: DuckDBPyConnection, instrument: Instrument, form: Form, table: Callable[[str], pa.Table], names: list[totals.Names],
    *, again: bool = True,
) -> None:
    """Puts what was scanned into the store; `table` gives each of `scans`. Inside a transaction.

    Of PSUs, or their moments, what is less is kept; but PSUs that span villages as they are, and so also where they cannot be
    scanned `again`, as then the squares.
    """
    own, strata = table_name(instrument.id, form.name), table(STRATUM)
    cursor.execute(
        "INSERT INTO totals.stratum SELECT ?, round, stratum, psus, psu_population, psus_are_inside = 1 FROM strata", [own])
    kinds = [] if not summable(instrument, form) else ["moment"] if not has_psus(form) else ["psu"]
    if kinds == ["psu"] and _are_fewer(strata, table("psu"), names):
        kinds = ["moment"] if again else ["moment", "psu"]
    for kind in kinds if again or not kinds else [*kinds, "squares"]:
        blocks.keep(cursor, own, kind, blocks.of_scan(kind, table(kind), names))


def _are_fewer(strata: pa.Table, psus: pa.Table, names: list[totals.Names]) -> bool:
    """Whether the moments of villages and strata take less room than the sums of their PSUs, and are all that is needed."""
    moments, sums = (
        len({column for name in names for column in name.of(each).values()}) for each in (totals.MOMENTS, totals.PSUS))
    cells = psus.group_by(["round", "village", "stratum"]).aggregate([]).num_rows
    return pc.min(strata["psus_are_inside"]).as_py() == 1 and cells * moments <= psus.num_rows * sums


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
    there = cursor.execute("SELECT DISTINCT round FROM totals.stratum WHERE form = ?", [table]).fetchall()
    loaded = loaded_rounds(cursor, instrument, form)
    gone = [each for (each,) in there if round in (None, each) and each not in loaded]
    cursor.execute("DELETE FROM totals.stratum WHERE form = ? AND list_contains(?::VARCHAR[], round)", [table, gone])
    blocks.forget(cursor, table, gone)


def _rebuild_form(cursor: DuckDBPyConnection, instrument: Instrument, form: Form, round: str | None) -> None:
    forget(cursor, instrument, form, round)
    describe(cursor, instrument, form)
    main = instrument.forms[0]
    if not responses(cursor, instrument, main, round).limit(1).fetchall():
        return
    found = scanned(cursor, instrument, form, round=round)
    keep(cursor, instrument, form, found.table, found.names)
