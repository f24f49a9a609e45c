"""What estimates are for: partnerships, their comparison villages, villages, areas, all."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
from duckdb import DuckDBPyConnection

from access.policy import Viewer, sees_partnership, sees_village
from data.register import memberships
from metrics.codes import Codes

By = Literal["partnership", "comparison", "village", "subdistrict", "regency", "all"]
ALL = "all"
AREA_PARTS = {"subdistrict": 3, "regency": 2}


@dataclass(frozen=True, kw_only=True)
class Domains:
    """The domains of a kind that a viewer may see. Domain `domain[i]` has village `village[i]`, a code into the villages
    asked about; `expected` is how many villages each should have, -1 where nobody knows. Partnerships have their members of
    the day `on`, which is today where it is None."""

    names: tuple[str, ...]
    kinds: tuple[By, ...]                # of each domain
    domain: Codes
    village: Codes
    expected: Codes
    on: date | None = None


def domains(
    cursor: DuckDBPyConnection, viewer: Viewer, by: By, villages: Sequence[str], only: Sequence[str] | None = None,
    *, on: date | None = None,
) -> Domains:
    """The domains, in the order of their names; `villages` are the codes that have responses. Called inside a transaction.

    Partnerships have their members of the day `on`; of today, or a day to come, those of today.
    All villages together are nobody's to see whose view has limits.
    """
    on = None if on is None or on >= date.today() else on
    match by:
        case "partnership" | "comparison":
            members: dict[str, list[str]] = {}
            comparison: dict[str, list[str]] = {}
            for partnership, code, role in memberships(cursor, on=on):
                (comparison if role == "comparison" else members).setdefault(partnership, []).append(code)
            asked = members if by == "partnership" else comparison
            seen = {id: codes for id, codes in asked.items() if sees_partnership(viewer, id, members.get(id, ()))}
            found = _of(by, seen, {id: len(codes) for id, codes in seen.items()}, villages, only)
            return replace(found, on=on)
        case "village":
            return _of(by, {code: (code,) for code in villages if code and sees_village(viewer, code)}, {}, villages, only)
        case "subdistrict" | "regency":
            areas: dict[str, list[str]] = {}
            for code in villages:
                area = ".".join(code.split(".")[:AREA_PARTS[by]])
                if area and sees_village(viewer, area):
                    areas.setdefault(area, []).append(code)
            return _of(by, areas, _villages_in(cursor, areas), villages, only)
        case "all":
            everyone = {ALL: villages} if viewer.areas is None and viewer.partnerships is None else {}
            return _of(by, everyone, {ALL: -1}, villages, only)
    raise ValueError(by)


def with_comparison(
    cursor: DuckDBPyConnection, viewer: Viewer, villages: Sequence[str], only: Sequence[str] | None = None,
) -> Domains:
    """The partnerships that have comparison villages, and then these villages as domains of the same names."""
    second = domains(cursor, viewer, "comparison", villages, only)
    first = domains(cursor, viewer, "partnership", villages, second.names)
    second = domains(cursor, viewer, "comparison", villages, first.names)
    return Domains(
        names=first.names + second.names, kinds=first.kinds + second.kinds,
        domain=np.concatenate([first.domain, second.domain + len(first.names)]),
        village=np.concatenate([first.village, second.village]), expected=np.concatenate([first.expected, second.expected]),
    )


def _of(
    by: By, members: Mapping[str, Sequence[str]], expected: Mapping[str, int], villages: Sequence[str],
    only: Sequence[str] | None,
) -> Domains:
    names = tuple(sorted(name for name in members if members[name] and (only is None or name in only)))
    code_of = {code: position for position, code in enumerate(villages)}
    pairs = [(position, code_of[code]) for position, name in enumerate(names) for code in members[name] if code in code_of]
    both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Domains(names=names, kinds=(by,) * len(names), domain=both[:, 0], village=both[:, 1],
                   expected=np.array([expected.get(name, 1) for name in names], dtype=np.int64))


def _villages_in(cursor: DuckDBPyConnection, areas: dict[str, list[str]]) -> dict[str, int]:
    """How many villages (desa, not kelurahan) each area has today; as many as there are responses from where it is not known."""
    known = dict(cursor.execute(
        """SELECT asked.area, count(*) FROM (SELECT unnest(?::VARCHAR[]) AS area) AS asked
           JOIN area ON starts_with(area.code, asked.area || '.')
           WHERE area.level = 'village' AND area.valid_to IS NULL AND substr(split_part(area.code, '.', 4), 1, 1) != '1'
           GROUP BY asked.area""", [list(areas)],
    ).fetchall())
    return {name: max(known.get(name, 0), len(codes)) for name, codes in areas.items()}
