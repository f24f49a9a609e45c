"""What the register says: rounds, partnerships with their villages, targets, parameters."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
from duckdb import DuckDBPyConnection

from access.policy import Action, Viewer, require, sees_partnership
from data.errors import UserError
from data.store import Store

# Members of today, in every round: a change of members never looks like a change of results.
_PRESENT = """
    SELECT partnership, village, role, joined_on FROM partnership_village
    WHERE (left_on IS NULL OR left_on >= $on) AND (joined_on IS NULL OR joined_on <= $on)
"""


@dataclass(frozen=True, kw_only=True)
class Round:
    """One wave of data collection."""

    id: str
    name: str
    kind: str
    starts_on: date
    ends_on: date

    @property
    def measured_on(self) -> date:
        """The day its estimates speak of: the middle of the period."""
        return self.starts_on + (self.ends_on - self.starts_on) / 2


@dataclass(frozen=True, kw_only=True)
class Partnership:
    """A partnership as the register has it; None is not known. `members` and `comparison` are the present villages,
    the lead among the members. The other fields are as the sheet `partnerships` describes them."""

    id: str
    name: str
    kind: str
    members: tuple[str, ...]
    comparison: tuple[str, ...]
    lead: str | None = None
    parties: str | None = None
    field: str | None = None
    subfield: str | None = None
    legal_scope: str | None = None
    scope: str | None = None
    purpose: str | None = None
    stage: str | None = None
    state: str | None = None
    body: str | None = None
    body_decree: str | None = None
    agreement_kind: str | None = None
    agreement_number: str | None = None
    agreement_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    financing: str | None = None
    dispute_clause: str | None = None
    rights_duties: str | None = None
    in_rpjm: bool | None = None
    in_rkp: bool | None = None
    assembly_on: date | None = None
    review_on: date | None = None
    report_every_months: int | None = None
    last_report_on: date | None = None
    is_example: bool | None = None
    note: str | None = None


def rounds(store: Store, viewer: Viewer) -> list[Round]:
    """All rounds, by time."""
    require(viewer, Action.SEE_RESULTS)
    with store.reading() as cursor:
        return rounds_in(cursor)


def rounds_in(cursor: DuckDBPyConnection) -> list[Round]:
    """As `rounds`, inside a transaction."""
    rows = cursor.execute("SELECT id, name, kind, starts_on, ends_on FROM round ORDER BY starts_on, ends_on, id").fetchall()
    return [Round(id=row[0], name=row[1], kind=row[2], starts_on=row[3], ends_on=row[4]) for row in rows]


def known_round(cursor: DuckDBPyConnection, id: str) -> Round:
    """The round of an id; called inside a transaction. Raises `UserError` naming the rounds there are."""
    known = rounds_in(cursor)
    for each in known:
        if each.id == id:
            return each
    raise UserError("register.unknown_round", round=id, known=", ".join(each.id for each in known) or "-")


def partnerships(store: Store, viewer: Viewer, *, on: date | None = None) -> list[Partnership]:
    """The partnerships in the viewer's scope, by name, with the villages that are members on a day (today)."""
    require(viewer, Action.SEE_RESULTS)
    with store.reading() as cursor:
        return [each for each in partnerships_in(cursor, on=on) if sees_partnership(viewer, each.id, each.members)]


def partnerships_in(cursor: DuckDBPyConnection, *, on: date | None = None) -> list[Partnership]:
    """All partnerships, in nobody's scope; called inside a transaction."""
    villages: dict[str, list[tuple[str, str]]] = {}
    for partnership, village, role in memberships(cursor, on=on):
        villages.setdefault(partnership, []).append((village, role))
    found = cursor.execute("SELECT * FROM partnership ORDER BY name, id")
    columns = [column[0] for column in found.description or ()]
    result = []
    for row in found.fetchall():
        record = dict(zip(columns, row, strict=True))
        own = villages.get(record["id"], [])
        result.append(Partnership(
            **record,
            members=tuple(village for village, role in own if role != "comparison"),
            comparison=tuple(village for village, role in own if role == "comparison"),
            lead=next((village for village, role in own if role == "lead"), None),
        ))
    return result


def partnership(store: Store, viewer: Viewer, id: str, *, on: date | None = None) -> Partnership:
    """One partnership. Raises `UserError` when there is none of that id in the viewer's scope."""
    for each in partnerships(store, viewer, on=on):
        if each.id == id:
            return each
    raise UserError("register.unknown_partnership", partnership=id)


def memberships(cursor: DuckDBPyConnection, *, on: date | None = None) -> list[tuple[str, str, str]]:
    """Partnership, village and role of each village that is present on a day (today), in order.

    Called inside a transaction. A village present twice has the role of its last joining.
    """
    rows = cursor.execute(
        f"SELECT partnership, village, role FROM ({_PRESENT})"  # noqa: S608 a constant
        " ORDER BY partnership, village, joined_on NULLS FIRST",
        {"on": on or date.today()},
    ).fetchall()
    last = {(partnership, village): role for partnership, village, role in rows}
    return [(*pair, role) for pair, role in last.items()]


def targets(store: Store, viewer: Viewer, partnership: str | None = None) -> pd.DataFrame:
    """One row per partnership, indicator and due date, of the partnerships in the viewer's scope: the sheet `targets`."""
    require(viewer, Action.SEE_RESULTS)
    seen = [each.id for each in partnerships(store, viewer) if partnership in (None, each.id)]
    with store.reading() as cursor:
        return targets_in(cursor, seen)


def targets_in(cursor: DuckDBPyConnection, partnerships: list[str]) -> pd.DataFrame:
    """As `targets`, of the partnerships named; called inside a transaction."""
    return cursor.execute(
        "SELECT * FROM target WHERE list_contains(?::VARCHAR[], partnership) ORDER BY partnership, indicator, due_on",
        [partnerships],
    ).df()


def poverty_lines(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """One row per regency and round: regency, round, rp_per_person_month, source. Called inside a transaction."""
    return cursor.execute("SELECT * FROM poverty_line ORDER BY regency, round").df()


def price_indices(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """One row per regency and round: regency, round, index_value, source. Called inside a transaction."""
    return cursor.execute("SELECT * FROM price_index ORDER BY regency, round").df()
