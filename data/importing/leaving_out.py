"""Rows that are left out of an import, each for a reason, and what stood below them."""

from __future__ import annotations

from collections import Counter, abc
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.importing import source
from data.importing.dialects import Role, is_reviewed_out, is_without_answers
from data.importing.layout import Part, of_parents
from data.instruments.model import Instrument


def without_uncounted(parts: abc.Mapping[str, Part], instrument: Instrument) -> dict[str, Part]:
    """Without submissions that a reviewer rejected, or that could not be decrypted, nor their children."""
    reasons: dict[str, np.ndarray] = {}
    for name, part in parts.items():
        own = np.full(part.source.count, None, dtype=object)
        for role, judge, reason in (
            (Role.REVIEW, is_reviewed_out, "review_rejected"),
            (Role.STATUS, is_without_answers, "encrypted"),
        ):
            if (texts := part.role(role)) is not None:
                guilty = [text for text in pc.unique(texts).to_pylist() if text is not None and judge(text)]
                own[np.asarray(pc.is_in(texts, value_set=pa.array(guilty, pa.string())))] = reason
        if own.any():
            reasons[name] = own
    return without(parts, instrument, reasons) if reasons else dict(parts)


def without(parts: abc.Mapping[str, Part], instrument: Instrument, reasons: abc.Mapping[str, np.ndarray]) -> dict[str, Part]:
    """Without the rows that have a reason to be left out, None for one that stays, nor their children, for the same reason.
    A form that is not in `reasons` has none of its own."""
    made = dict(parts)
    given: dict[str, np.ndarray] = {}
    moved: dict[str, np.ndarray] = {}
    for form in instrument.forms:
        if form.name not in parts:
            continue
        part = parts[form.name]
        own = reasons.get(form.name, np.full(part.source.count, None, dtype=object))
        parent = form.parent or instrument.id
        parents = part.parents
        if parents is not None and parent in given:
            own = np.where(own == None, of_parents(part.parents, given[parent], None), own)  # noqa: E711
            new = of_parents(part.parents, moved[parent], -1)
            parents = pa.array(new, pa.int64(), mask=new < 0)
        is_kept = own == None  # noqa: E711
        given[form.name] = own
        moved[form.name] = np.where(is_kept, np.cumsum(is_kept) - 1, -1)
        kept = np.flatnonzero(is_kept)
        at = pa.array(kept, pa.int64())
        made[form.name] = replace(
            part,
            source=source.keep(part.source, kept, reasons=Counter(own[~is_kept])),
            parents=None if parents is None else parents.take(at),
            origin=None if part.origin is None else part.origin.take(at),
        )
    return made
