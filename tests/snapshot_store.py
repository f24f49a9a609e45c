"""A store with a partnership to publish: two rounds of the household survey, targets, comparison villages."""
from __future__ import annotations

from pathlib import Path

import pytest

from access.policy import Viewer
from data.importing.committing import commit
from data.importing.preparing import prepare
from data.instruments import adding
from data.register import changes
from data.store import Store
from tests import kobo_export
from tests.closed_store import made_once

RECORDS: tuple[tuple[str, dict[str, object]], ...] = (
    *(("villages", {"code": code, "name": name}) for code, name in (
        ("18.02.02.2005", "Bangun Rejo"), ("18.02.02.2006", "Sido Luhur"), ("18.02.02.2010", "Sinar Seputih"))),
    *(("rounds", {"id": id, "name": name, "kind": kind, "starts_on": f"{year}-03-01", "ends_on": f"{year}-03-31"})
      for id, name, kind, year in (("awal", "Survei awal 2023", "baseline", 2023),
                                   ("akhir", "Survei akhir 2025", "endline", 2025))),
    ("partnerships", {"id": "air-bersih", "name": "Kemitraan Air Bersih", "kind": "bilateral"}),
    ("members", {"partnership": "air-bersih", "village": "18.02.02.2005", "role": "lead"}),
    ("members", {"partnership": "air-bersih", "village": "18.02.02.2006", "role": "member"}),
    ("members", {"partnership": "air-bersih", "village": "18.02.02.2010", "role": "comparison"}),
    ("targets", {"partnership": "air-bersih", "indicator": "service_access.safe_water", "comparison": "at_least", "value": 95,
                 "unit": "percent", "due_on": "2027-12-31", "basis": "agreement", "source": "Perjanjian 04/2023, pasal 5"}),
)
ROUNDS = ("awal", "akhir")
VILLAGES = ("18.02.02.2005", "18.02.02.2006", "18.02.02.2010")


def filled(factory: pytest.TempPathFactory) -> Path:
    """The directory of a closed store, filled once for all workers; to be copied, not opened."""
    return made_once(factory, "snapshot_store", fill)


def fill(store: Store, viewer: Viewer) -> None:
    adding.add_shipped(store, viewer)
    for sheet, record in RECORDS:
        made = changes.save(store, viewer, sheet, record)
        assert not made.has_errors, [finding.message("en") for finding in made.findings]
    for seed, round in enumerate(ROUNDS):
        content = kobo_export.kobo(households=90, faults=False, seed=seed, villages=VILLAGES)
        prepared = prepare(store, viewer, content, f"rumah tangga {round}.xlsx", instrument="household", round=round)
        commit(store, viewer, prepared)
