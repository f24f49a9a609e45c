"""What the register held on a day, told by its history."""
from __future__ import annotations

from datetime import date, datetime

import pandas as pd
from duckdb import DuckDBPyConnection

# Days are those of UTC, as the history keeps its times. What was first written down later than the day asked for counts as it
# was first written down: nobody knows that it was ever different. So each target's history is told up to the day asked for, or
# to the end of the first day on which the partnership and indicator had a target at all, whichever is later.
_TOLD = """
    SELECT history.*, known->>'partnership' AS partnership, known->>'indicator' AS indicator
    FROM (SELECT *, coalesce(after, before) AS known FROM register_history WHERE sheet = 'targets') AS history
    QUALIFY changed_at::DATE <= greatest($on, min(changed_at::DATE) OVER (PARTITION BY partnership, indicator))
"""


def targets_on(cursor: DuckDBPyConnection, partnerships: list[str], on: date) -> pd.DataFrame:
    """The targets of the partnerships named as the register held them at the end of a day: as `data.register.targets_in`.

    Called inside a transaction.
    """
    (shape,), = cursor.execute(
        "SELECT json_group_object(column_name, data_type)::VARCHAR FROM duckdb_columns() WHERE table_name = 'target'"
    ).fetchall()
    return cursor.execute(
        f"""WITH told AS ({_TOLD}),
        last AS (SELECT after, partnership FROM told QUALIFY row_number() OVER (PARTITION BY record ORDER BY id DESC) = 1)
        SELECT * FROM (
            SELECT unnest(from_json(after, $shape)) FROM last
            WHERE after IS NOT NULL AND list_contains($partnerships::VARCHAR[], partnership)
        ) ORDER BY partnership, indicator, due_on""",  # noqa: S608 a constant
        {"on": on, "shape": shape, "partnerships": partnerships},
    ).df()


def target_versions(cursor: DuckDBPyConnection, on: date) -> dict[str, tuple[int, datetime]]:
    """How often each target had been written by the end of a day, and when last, by its record. Called inside a transaction."""
    rows = cursor.execute(
        f"SELECT record, count(*), max(changed_at) FROM ({_TOLD}) GROUP BY record", {"on": on},  # noqa: S608 a constant
    ).fetchall()
    return {record: (int(count), changed_at) for record, count, changed_at in rows}
