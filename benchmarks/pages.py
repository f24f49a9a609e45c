"""Pages on a million responses, as the server sees its visitors: how long a warm one takes, and fifty visitors at once.

A regency's register of 20 partnerships with a target for each of 30 indicators, and the recipe's 200 for one visitor. Each
visitor has a session of its own, opens pages by their addresses over the loopback, and reads all that comes back.
"""
from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from access.policy import person_at_this_machine
from benchmarks import recipe
from benchmarks.harness import Line
from benchmarks.server import served
from benchmarks.survey_store import INCOMES, filled
from benchmarks.visitor import Visit, visit, visitor
from data import totals
from data.store import Store

ROWS, REGENCY = 1_000_000, 20
TIMES, SESSIONS, PAGES_EACH = 9, 50, 6
GOAL_S = 0.15

_INSERT_TARGETS = """
    INSERT INTO target BY NAME
    SELECT id AS partnership, indicator, 'at_least' AS comparison, 500000 AS value, 'rp_per_person_month' AS unit,
           DATE '2026-12-31' AS due_on, 480000 AS baseline_value, DATE '2020-12-31' AS baseline_on,
           'agreement' AS basis, 'recipe' AS source
    FROM partnership, (SELECT unnest($indicators) AS indicator)
"""


def run() -> list[Line]:
    return [line for partnerships in (REGENCY, recipe.PARTNERSHIPS) for line in _of(partnerships)]


def _of(partnerships: int) -> Iterator[Line]:
    with tempfile.TemporaryDirectory(prefix="pantau-bench-") as folder:
        store = filled(Path(folder), ROWS, partnerships)
        _complete(store)
        store.close()
        with served(Path(folder)) as server:
            address, of = f"ws://{server.address}", f"{partnerships} partnerships"
            yield from asyncio.run(_visits(address, of))
            if partnerships == REGENCY:
                yield asyncio.run(_many(address, of))


def _complete(store: Store) -> None:
    with store.writing(person_at_this_machine(), "benchmark") as cursor:
        cursor.execute(_INSERT_TARGETS, {"indicators": [f"recipe.{name}" for name in INCOMES]})
        totals.rebuild_all(cursor)


def _addresses(number: int = 0) -> dict[str, str]:
    """Three pages and their filters: those of visitor `number`."""
    return {
        "": "",                          # Ringkasan
        "kemitraan": f"kemitraan={recipe.partnership(number % REGENCY)}",
        "indikator": f"indikator=recipe.{INCOMES[number % len(INCOMES)]}",
    }


async def _visits(address: str, of: str) -> list[Line]:
    lines, every = [], []
    for page, query in _addresses().items():
        async with visitor(address) as session:
            visits = [await visit(session, page, query) for _ in range(TIMES + 1)]
        _say_errors(page, visits)
        first, warm = visits[0], [each.seconds for each in visits[1:]]
        every += warm
        lines.append(Line(
            what=f"{of}: /{page}, warm, median of {TIMES}", seconds=statistics.median(warm),
            note=f"first {first.seconds:.2f} s; {visits[-1].kilobytes:,.0f} kB in {visits[-1].elements} parts"))
    return [*lines, Line(what=f"{of}: the three, warm, median", seconds=statistics.median(every), note=f"goal: under {GOAL_S} s")]


async def _many(address: str, of: str) -> Line:
    many = await asyncio.gather(*(_one_of_many(address, number) for number in range(SESSIONS)))
    visits = [each for found in many for each in found]
    _say_errors("many", visits)
    waited, failed = [each.seconds for each in visits], sum(bool(each.errors) for each in visits)
    return Line(what=f"{of}: {SESSIONS} sessions at once, {len(visits)} pages, median wait",
                seconds=statistics.median(waited), note=f"{failed} with an error; longest {max(waited):.1f} s")


async def _one_of_many(address: str, number: int) -> list[Visit]:
    addresses = list(_addresses(number).items())
    async with visitor(address) as session:
        return [await visit(session, *addresses[(number + turn) % len(addresses)]) for turn in range(PAGES_EACH)]


def _say_errors(where: str, visits: list[Visit]) -> None:
    for error in sorted({error for each in visits for error in each.errors}):
        print(f"{where}: {error}", file=sys.stderr)
