"""What of a partnership's papers is there, and the history of its records. Completeness is shown, never enforced."""
from __future__ import annotations

import pandas as pd

from access.policy import Viewer
from data.register.documents import documents
from data.register.reading import partnership as known_partnership
from data.register.reading import targets
from data.register.sheets import PARTNERSHIPS
from data.store import Store

_OPTIONAL = {"note", "is_example", "last_report_on", "financing", "rights_duties", "subfield", "scope"}


def completeness(store: Store, viewer: Viewer, partnership: str) -> pd.DataFrame:
    """One row per thing a complete register has: `what` (a column of the sheet, or lead, member_meetings, targets, budget,
    agreement_file, body_file), and `is_there`."""
    found = known_partnership(store, viewer, partnership)
    with store.reading() as cursor:
        members = cursor.execute(
            "SELECT role, meeting_on FROM partnership_village WHERE partnership = ? AND role <> 'comparison'", [partnership],
        ).fetchall()
        (budget,) = cursor.execute("SELECT count(*) FROM budget WHERE partnership = ?", [partnership]).fetchall()
    kinds = set(documents(store, viewer, partnership)["kind"])
    there = {
        column.name: getattr(found, column.name) is not None
        for column in PARTNERSHIPS.columns if column.name not in _OPTIONAL
    } | {
        "lead": any(role == "lead" for role, _ in members),
        "member_meetings": bool(members) and all(meeting_on is not None for _, meeting_on in members),
        "targets": not targets(store, viewer, partnership).empty,
        "budget": budget[0] > 0,
        "agreement_file": "agreement" in kinds,
        "body_file": "decree" in kinds,
    }
    return pd.DataFrame({"what": list(there), "is_there": list(there.values())})


def history(store: Store, viewer: Viewer, partnership: str) -> pd.DataFrame:
    """Every change of a partnership's records, the latest first: changed_at, viewer, sheet, record, before, after (JSON)."""
    known_partnership(store, viewer, partnership)
    with store.reading() as cursor:
        return cursor.execute(
            "SELECT changed_at, viewer, sheet, record, before, after FROM register_history"
            " WHERE (sheet = 'partnerships' AND record = $id) OR coalesce(after, before)->>'partnership' = $id"
            " ORDER BY id DESC",
            {"id": partnership},
        ).df()
