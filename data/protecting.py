"""Which estimates of a form are withheld from those who may not see small cells: the same in every table and download."""
from __future__ import annotations

import numpy as np
from duckdb import DuckDBPyConnection

from data.domains import ALL, AREA_PARTS
from data.measuring import Measured, Question
from data.place import Place
from data.register import partnerships_in, setting
from data.store import Store
from data.sums import held
from metrics import disclosure


def withheld(store: Store, cursor: DuckDBPyConnection, question: Question, found: Measured) -> tuple[np.ndarray, np.ndarray]:
    """Owners x indicators: what rests on too few responses, and what must not be shown beside it."""
    place = found.place
    key = ("protected", question.instrument.id, question.form.name, question.group, tuple(each.id for each in found.indicators))
    number, cells, n = held(store, cursor, key, lambda: _protected(cursor, found))
    names = list(zip(place.domains.kinds, place.domains.names, strict=True))
    flags = cells[:, :, [number[which] for which in names]]
    if place.domains.on is not None:
        flags = flags | _of_another_day(cursor, found, cells, n)
    # indicators x rounds x domains x categories -> owners (domain, round, category) x indicators
    hidden = np.moveaxis(flags, (2, 1, 3, 0), (0, 1, 2, 3)).reshape(place.owners, len(found.indicators))
    small = disclosure.small(found.n, setting(cursor, "min_cell"))
    return small, hidden & ~small


def _protected(cursor: DuckDBPyConnection, found: Measured) -> tuple[dict[tuple[str, str], int], np.ndarray, np.ndarray]:
    """The number of each village and area; for every indicator and round, those x categories that are withheld; and the
    responses of every round, village, category and indicator."""
    whole, counted = found.place.sums, found.village_counts
    sets = _sets(cursor, found.place)
    members = np.array([[code in inside for code in whole.villages] for inside in sets.values()], dtype=bool)
    # The last category, which is -1 too, is of those who did not say: the others and the whole would tell of it.
    n = np.zeros((len(whole.rounds), len(whole.villages), len(whole.categories) + 1, len(found.indicators)))
    cells = counted.cells
    np.add.at(n, (cells.round, cells.village, cells.category), counted.n)
    least = setting(cursor, "min_cell")
    flags = []
    for k in range(len(found.indicators)):
        rounds = [disclosure.protected(n[round, :, :, k], members, least) for round in range(len(whole.rounds))]
        flags.append([np.concatenate([each.villages, each.areas])[:, :-1] for each in rounds])
    names = [("village", code) for code in whole.villages] + list(sets)
    return {name: position for position, name in enumerate(names)}, np.array(flags), n


def _of_another_day(cursor: DuckDBPyConnection, found: Measured, cells: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Partnerships with the members of another day: indicators x rounds x domains x categories that are withheld too.

    What is decided for today stays. Beside it a set of villages that differs by few responses from one of today's would tell
    of them, and so would one that holds few withheld ones; where one category tells, all of them are withheld.
    """
    place, least = found.place, setting(cursor, "min_cell")
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
