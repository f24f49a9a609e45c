"""Whether a snapshot is what it says it is, and whether the store still gives its figures."""
from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from access.policy import Viewer
from data.errors import UserError
from data.store import Store
from publishing import between, canonical
from publishing.document import FORMAT, Document, Entry
from publishing.freeze import freeze
from publishing.html import packed_inside

TOLERANCE = 1e-9  # relative: figures are frozen with 12 significant digits
LARGEST = 20_000_000  # bytes of a document, unpacked
_ESTIMATE = ("estimate", "lower", "upper", "n")
_CHANGE = ("estimate", "lower", "upper")
Figure = tuple[str, str, str]  # indicator, what, round (empty where it has none)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A figure that no longer holds; `now` is None where the store has it no more, `frozen` where the snapshot had none.

    `what` is `estimates.<field>`, `comparison.<field>`, `change.<field>`, `comparison_change.<field>`, `baseline`, `target`,
    `target_upper`, `target_on` or `status`.
    """

    indicator: str
    what: str
    round: str
    frozen: float | str | None
    now: float | str | None


@dataclass(frozen=True, kw_only=True)
class Verification:
    """How many figures the snapshot has, and which of them the store does not give today."""

    identity: str
    figures: int
    differences: tuple[Difference, ...]

    @property
    def holds(self) -> bool:
        return not self.differences


def read(content: bytes, name: str) -> tuple[Document, str]:
    """The document in a file, and its identity: the canonical JSON, plain or packed, or a page that carries it.

    Raises `UserError` when there is none, or when it was changed after it was frozen in a way that its form shows.
    """
    try:
        inside = packed_inside(content) if b"<html" in content[:1000].lower() else content
        if inside is not None and inside.startswith(b"\x1f\x8b"):
            inside = _unpacked(inside)
        document = canonical.decode(inside or b"")
    except (ValueError, OSError, EOFError, zlib.error) as error:
        raise UserError("snapshot.not_a_document", file=name) from error
    if document.get("format") != FORMAT:
        raise UserError("snapshot.not_a_document", file=name)
    return cast(Document, document), canonical.identity(canonical.encode(document))


def verify(store: Store, viewer: Viewer, document: Document) -> Verification:
    """Computes every figure of a document again from the store, as of the same day; what earlier snapshots hid stays hidden."""
    again = freeze(
        store, viewer, partnership=document["partnership"]["id"], title=document["title"],
        as_of=date.fromisoformat(document["as_of"]), hidden=between.hidden_in(document),
    )
    then, today = _figures(document), _figures(again)
    differences = tuple(
        Difference(indicator=key[0], what=key[1], round=key[2], frozen=then.get(key), now=today.get(key))
        for key in (*then, *(key for key in today if key not in then)) if not _same(then.get(key), today.get(key))
    )
    return Verification(identity=canonical.identity(canonical.encode(document)), figures=len(then), differences=differences)


def _figures(document: Document) -> dict[Figure, float | str]:
    """Every figure of a document that is not None, by where it stands."""
    return {key: value for entry in document["indicators"] for key, value in _of_entry(entry).items() if value is not None}


def _of_entry(entry: Entry) -> dict[Figure, Any]:
    id = entry["id"]
    found: dict[Figure, Any] = {(id, "status", ""): entry["status"]}
    for group, estimates in (("estimates", entry["estimates"]), ("comparison", entry["comparison"])):
        for estimate in estimates:
            found |= {(id, f"{group}.{field}", estimate["round"]): estimate[field] for field in _ESTIMATE}  # type: ignore[literal-required]
    for name, change in (("change", entry["change"]), ("comparison_change", entry["comparison_change"])):
        if change is not None:
            found |= {(id, f"{name}.{field}", change["last"]): change[field] for field in _CHANGE}  # type: ignore[literal-required]
    if entry["baseline"] is not None:
        found[id, "baseline", ""] = entry["baseline"]["value"]
    if entry["target"] is not None:
        target = entry["target"]
        found |= {(id, "target", ""): target["value"], (id, "target_upper", ""): target["upper_value"],
                  (id, "target_on", ""): target["due_on"]}
    return found


def _same(then: float | str | None, now: float | str | None) -> bool:
    if isinstance(then, int | float) and isinstance(now, int | float):
        return math.isclose(then, now, rel_tol=TOLERANCE, abs_tol=1e-12)
    return then == now


def _unpacked(content: bytes) -> bytes:
    """A packed document, up to a bound: a small file may unpack to one that fills the memory."""
    unpacker = zlib.decompressobj(wbits=31)
    text = unpacker.decompress(content, LARGEST)
    if unpacker.unconsumed_tail:
        raise ValueError("larger than any snapshot")
    return text
