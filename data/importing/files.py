"""The files of batches: the one that made it, and those of mended rows that completed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from access.policy import Action, Viewer, require
from data.store import Store


@dataclass(frozen=True, kw_only=True)
class File:
    name: str
    sha256: str


def files_of(store: Store, viewer: Viewer, batches: Sequence[int]) -> dict[int, list[File]]:
    """The files of each batch in the order they came."""
    require(viewer, Action.SEE_RESPONSES)
    with store.reading() as cursor:
        rows = cursor.execute(
            "SELECT batch, name, sha256 FROM batch_file WHERE batch IN (SELECT unnest(?::BIGINT[])) ORDER BY batch, number",
            [list(batches)]).fetchall()
    found: dict[int, list[File]] = {batch: [] for batch in batches}
    for batch, name, sha256 in rows:
        found[batch].append(File(name=name, sha256=sha256))
    return found
