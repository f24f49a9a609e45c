"""Which estimates of a form are withheld from those who may not see small cells: the same in every table and download."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from duckdb import DuckDBPyConnection

from access.policy import Action, Viewer, may
from data.domains import ALL, AREA_PARTS
from data.instruments.model import Form
from data.measuring import Measured, Question
from data.place import Place
from data.register import partnerships_in, settings_in
from data.store import Store
from data.sums import held
from metrics import disclosure

# What says how sure an estimate is.
ERRORS = {"se", "lower", "upper", "deff", "n_effective", "p_value"}


@dataclass(frozen=True, kw_only=True)
class _Tables:
    """The counts of a form's tables and what was decided of them: equal counts are decided once, and only when asked for."""

    number: dict[tuple[str, str], int]   # of each village, then of each area
    members: np.ndarray                  # areas x villages
    # Rounds x villages x categories x indicators. The last category, which is -1 too, is of those who did not say: it stands in
    # no table, but the whole less the others tells of it.
    n: np.ndarray
    decided: dict[bytes, np.ndarray]     # by the counts, villages and areas x categories


def withheld(store: Store, cursor: DuckDBPyConnection, question: Question, found: Measured) -> tuple[np.ndarray, np.ndarray]:
    """Owners x indicators: what rests on too few responses, and what must not be shown beside it.

    Of indicators that are not asked for nothing may be shown.
    """
    place = found.place
    key = ("protected", question.instrument.id, question.form.name, question.group, tuple(each.id for each in found.indicators))
    tables = held(store, cursor, key, lambda: _tables(cursor, found))
    least = settings_in(cursor)["min_cell"]
    cells = np.ones((len(found.indicators), len(tables.n), len(tables.number), len(place.sums.categories)), dtype=bool)
    for k, indicator in enumerate(found.indicators):
        if indicator in question.indicators:
            cells[k] = [_decided(tables, n, least) for n in tables.n[:, :, :, k]]
    names = list(zip(place.domains.kinds, place.domains.names, strict=True))
    flags = cells[:, :, [tables.number[which] for which in names]]
    if place.domains.on is not None:
        flags = flags | _of_another_day(cursor, found, cells, tables.n)
    # indicators x rounds x domains x categories -> owners (domain, round, category) x indicators
    hidden = np.moveaxis(flags, (2, 1, 3, 0), (0, 1, 2, 3)).reshape(place.owners, len(found.indicators))
    small = disclosure.small(found.n, least)
    return small, hidden & ~small


def _tables(cursor: DuckDBPyConnection, found: Measured) -> _Tables:
    whole, counted = found.place.sums, found.village_counts
    sets = _sets(cursor, found.place)
    members = np.array([[code in inside for code in whole.villages] for inside in sets.values()], dtype=bool)
    n = np.zeros((len(whole.rounds), len(whole.villages), len(whole.categories) + 1, len(found.indicators)))
    cells = counted.cells
    np.add.at(n, (cells.round, cells.village, cells.category), counted.n)
    names = [("village", code) for code in whole.villages] + list(sets)
    return _Tables(number={name: at for at, name in enumerate(names)}, members=members, n=n, decided={})


def _decided(tables: _Tables, n: np.ndarray, min_cell: float) -> np.ndarray:
    """Villages and areas x categories, without those who did not say, that are withheld."""
    counts = n.tobytes()
    if counts not in tables.decided:
        found = disclosure.protected(n, tables.members, min_cell, unshown=[n.shape[1] - 1])
        tables.decided[counts] = np.concatenate([found.villages, found.areas])[:, :-1]
    return tables.decided[counts]


def _of_another_day(cursor: DuckDBPyConnection, found: Measured, cells: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Partnerships with the members of another day: indicators x rounds x domains x categories that are withheld too.

    What is decided for today stays. Beside it a set of villages that differs by few responses from one of today's would tell
    of them, and so would one that holds few withheld ones; where one category tells, all of them are withheld.
    """
    place, least = found.place, settings_in(cursor)["min_cell"]
    today = [np.array([code in inside for code in place.sums.villages]) for inside in _sets(cursor, place).values()]
    hidden = np.moveaxis(cells[:, :, :len(place.sums.villages)], (0, 1, 2, 3), (3, 0, 1, 2))
    n = n[:, :, :hidden.shape[2]]
    tells = np.zeros((n.shape[0], len(place.domains.names), n.shape[2], n.shape[3]), dtype=bool)
    for domain in range(len(place.domains.names)):
        own = np.isin(np.arange(len(place.sums.villages)), place.domains.village[place.domains.domain == domain])
        for other in today:
            if (own & other == own).all() or (own & other == other).all():
                tells[:, domain] |= disclosure.small(n[:, own ^ other].sum(axis=1), least)
        inside = hidden[:, own]
        tells[:, domain] |= (inside.sum(axis=1) == 1) | disclosure.small((n[:, own] * inside).sum(axis=1), least)
    return np.moveaxis(tells.any(axis=2, keepdims=True) & np.ones_like(tells), 3, 0)


def _sets(cursor: DuckDBPyConnection, place: Place) -> dict[tuple[str, str], set[str]]:
    """Every set of villages that estimates are for, whoever asks."""
    villages = place.sums.villages
    sets: dict[tuple[str, str], set[str]] = {("all", ALL): set(villages)}
    for each in partnerships_in(cursor):
        sets |= {("partnership", each.id): set(each.members), ("comparison", each.id): set(each.comparison)}
    for by, parts in AREA_PARTS.items():
        for code in villages:
            if code:
                sets.setdefault((by, ".".join(code.split(".")[:parts])), set()).add(code)
    return sets


def without_telling_errors(viewer: Viewer, form: Form, columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """From two PSUs an error says how far each is off the estimate: who may not see few responses does not see that either."""
    if may(viewer, Action.SEE_SMALL_CELLS) or not protects_persons(form):
        return columns
    tells = (columns["psus"] == 2) & (columns["n"] > 2)
    hidden = {name: np.where(tells, np.nan, columns[name]) for name in ERRORS & set(columns)}
    reliability, reason = columns["reliability"].copy(), columns["reason"].copy()
    reliability[tells] = None
    reason[tells & ~has_reason(reason)] = "two_psus"
    return columns | hidden | {"reliability": reliability, "reason": reason}


def protects_persons(form: Form) -> bool:
    """Whether the form's rows are answers of people; a census whose rows have no respondent describes villages or events."""
    return not (form.design.census and form.design.respondent is None)


def has_reason(reason: np.ndarray) -> np.ndarray:
    """Where a reason stands, and not None."""
    return np.array([each is not None for each in reason.ravel()], dtype=bool).reshape(reason.shape)
