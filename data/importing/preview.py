"""What the indicators would become: the import done on a copy in memory, which is then thrown away."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from duckdb import DuckDBPyConnection

from access.policy import Action, Viewer, require
from data import responses, results
from data.importing.committing import commit
from data.importing.preparing import Prepared
from data.instruments.model import Instrument
from data.store import Store, in_memory, quoted

# Tables no result rests on; some are long.
_NOT_COPIED = frozenset(
    {
        "migration",
        "store_state",
        "audit",
        "finding",
        "batch_event",
        "snapshot",
        "document",
        "forum_message",
        "follow_up",
    }
)
FIGURES = ("estimate", "lower", "upper", "n")


def preview(store: Store, viewer: Viewer, prepared: Prepared) -> pd.DataFrame:
    """One row per indicator of the instrument, over all rows of the round: indicator, then `before_` and `after_` estimate,
    lower, upper and n (NaN where there is none). Nothing of the store is changed.
    """
    require(viewer, Action.IMPORT)
    indicators = [each.id for each in prepared.instrument.indicators]
    if not indicators:
        return pd.DataFrame(columns=["indicator", *(f"{when}_{each}" for when in ("before", "after") for each in FIGURES)])
    copy = _copy(store, prepared.instrument, prepared.round)
    try:
        commit(copy, viewer, prepared)
        before, after = (_figures(each, viewer, indicators, prepared.round) for each in (store, copy))
    finally:
        copy.close()
    both = before.add_prefix("before_").join(after.add_prefix("after_"), how="outer")
    return both.reindex([each for each in indicators if each in both.index]).rename_axis("indicator").reset_index()


def _figures(store: Store, viewer: Viewer, indicators: list[str], round: str) -> pd.DataFrame:
    found = results.estimates(store, viewer, indicators=indicators, by="all", rounds=[round])
    return found.set_index("indicator")[list(FIGURES)].astype(float)


def _copy(store: Store, instrument: Instrument, round: str) -> Store:
    """A store in memory with the register, and of the responses only this instrument's in this round."""
    copy = in_memory()
    with store.reading() as cursor, copy.reading() as target:
        names = cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' AND table_type = 'BASE TABLE'"
        ).fetchall()
        for (name,) in names:
            if name not in _NOT_COPIED:
                _taken(cursor, target, f"main.{quoted(name)}", "true")
        for form in instrument.forms:
            own = responses.qualified(instrument.id, form.name)
            responses.ensure_table(target, instrument, form)
            _taken(cursor, target, own, "_round = ?", [round])
        target.commit()
    return copy


def _taken(source: DuckDBPyConnection, target: DuckDBPyConnection, table: str, where: str, params: Sequence[str] = ()) -> None:
    rows = source.sql(f"SELECT * FROM {table} WHERE {where}", params=list(params)).to_arrow_table()  # noqa: S608 quoted
    target.register("incoming", rows)
    target.execute(f"DELETE FROM {table}")  # noqa: S608 quoted
    target.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")  # noqa: S608 quoted
    target.unregister("incoming")
