"""What a snapshot must not show because of the ones before it: taken from one another they could tell of a few responses.

Withdrawn and expired snapshots count too: they were public. Everything that was ever published of an indicator and round is
taken together, of all partnerships, and whatever can be had from it by adding and subtracting.
"""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.resting import Figure, Resting
from metrics.subtraction import few_told
from publishing.document import Document, Estimate

REASON = "between_snapshots"
_GROUPS = {"estimates": "partnership", "comparison": "comparison"}


def hidden(own: Sequence[Resting], earlier: Sequence[Resting], min_cell: float) -> frozenset[Figure]:
    """The figures of `own` that may not be shown beside what `earlier` figures have told."""
    found: set[Figure] = set()
    for subject in {each.figure[1:] for each in own}:
        new = [each for each in own if each.figure[1:] == subject]
        old = _reached(new, [each for each in earlier if each.figure[1:] == subject])
        kept = next(some for some in _from_most(new) if _is_safe(old, some, min_cell))
        found |= {each.figure for each in new} - {each.figure for each in kept}
    return frozenset(found)


def shown(document: Document) -> frozenset[Figure]:
    """The figures (scope, indicator, round) of a document."""
    return frozenset((scope, entry["id"], each["round"]) for entry in document["indicators"] for group, scope in _GROUPS.items()
                     for each in entry[group] if each["estimate"] is not None)  # type: ignore[literal-required]


def hidden_in(document: Document) -> frozenset[Figure]:
    """The figures of a document that were not shown because of earlier snapshots."""
    return frozenset((scope, entry["id"], each["round"]) for entry in document["indicators"] for group, scope in _GROUPS.items()
                     for each in entry[group] if each["reason"] == REASON)  # type: ignore[literal-required]


def without(estimate: Estimate) -> Estimate:
    """The estimate with its figures taken out."""
    return {**estimate, "estimate": None, "se": None, "lower": None, "upper": None, "n": None, "psus": None, "strata": None,
            "df": None, "reliability": None, "withheld": True, "reason": REASON}


def _reached(new: Sequence[Resting], earlier: Sequence[Resting]) -> list[Resting]:
    """Those of the earlier ones that share contributions with the new, with each other, and so on."""
    reached: list[Resting] = []
    waiting = list(earlier)
    while waiting:
        known = _together([*new, *reached])
        near = [bool(np.isin(each.contributions, known, assume_unique=True).any()) for each in waiting]
        if not any(near):
            break
        reached += [each for each, is_near in zip(waiting, near, strict=True) if is_near]
        waiting = [each for each, is_near in zip(waiting, near, strict=True) if not is_near]
    return reached


def _together(resting: Sequence[Resting]) -> NDArray[np.uint64]:
    return np.unique(np.concatenate([each.contributions for each in resting]))


def _from_most(figures: Sequence[Resting]) -> list[list[Resting]]:
    """All of them, the members alone, the comparison villages alone, none."""
    members = [each for each in figures if each.figure[0] == "partnership"]
    others = [each for each in figures if each.figure[0] != "partnership"]
    return [list(figures), members, others, []]


def _is_safe(old: Sequence[Resting], more: Sequence[Resting], min_cell: float) -> bool:
    """Whether more figures may be told beside those told: they were told before, or tell nothing of few."""
    new = [each for each in more if not any(np.array_equal(each.contributions, other.contributions) for other in old)]
    if not old or not new:
        return True
    every = _together([*old, *new])
    sums = [np.searchsorted(every, each.contributions) for each in (*old, *new)]
    return few_told(sums, np.ones(len(every)), min_cell) is None
