"""Loads the example into a store, on the same way as everyone's files."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from access.policy import Viewer
from data.example.places import ROUNDS
from data.importing.committing import commit
from data.importing.preparing import prepare
from data.instruments.adding import add_shipped
from data.register import changes, workbook
from data.store import Store

FILES = Path(__file__).resolve().parent / "files"
REGISTER = "register.xlsx"
INSTRUMENTS = ("household", "village", "activity")


def file_name(instrument: str, round: str) -> str:
    return f"{instrument}-{round}.xlsx"


def load(store: Store, viewer: Viewer, on_progress: Callable[[float], None] | None = None) -> None:
    """Adds the shipped instruments, the example's register and its files, oldest round first.

    `on_progress` is told the part that is done, 0 to 1. The store is usable while the example is loading: each file lands whole.
    """
    said = on_progress or (lambda done: None)
    add_shipped(store, viewer)
    changes.apply(store, viewer, workbook.read(store, viewer, (FILES / REGISTER).read_bytes(), REGISTER))
    names = [(instrument, round.id) for round in ROUNDS for instrument in INSTRUMENTS]
    for at, (instrument, round) in enumerate(names, start=1):
        path = FILES / file_name(instrument, round)
        commit(store, viewer, prepare(store, viewer, path.read_bytes(), path.name, instrument=instrument, round=round))
        said(at / len(names))
