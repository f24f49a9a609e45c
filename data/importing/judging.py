"""Which rows are accepted, by what was found wrong in them."""

from __future__ import annotations

from collections import abc

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.importing import findings, privacy
from data.importing.finding import Severity
from data.importing.layout import Part, of_parents
from data.instruments.model import Instrument


def without(problems: pa.Table, settled: abc.Mapping[str, np.ndarray]) -> pa.Table:
    """Findings but those of rows that are in the batch already."""
    for name, is_settled in settled.items():
        if is_settled.any():
            at = pa.array(np.flatnonzero(is_settled), pa.int64())
            is_there = pc.and_(pc.equal(problems["form"], name), pc.is_in(problems["at"], value_set=at))
            problems = problems.filter(pc.invert(pc.fill_null(is_there, False)))
    return problems


def without_personal_data(problems: pa.Table) -> pa.Table:
    for name in ("value", "params"):
        clean, _ = privacy.struck(problems[name])
        problems = problems.set_column(problems.schema.get_field_index(name), name, clean)
    return problems


def rejected(
    parts: abc.Mapping[str, Part],
    instrument: Instrument,
    problems: pa.Table,
    settled: abc.Mapping[str, np.ndarray],
) -> tuple[pa.Table, dict[str, pa.Array]]:
    """The positions of each form's accepted rows. A row whose parent is rejected is rejected with it."""
    accepted: dict[str, pa.Array] = {}
    bad: dict[str, np.ndarray] = {}
    for form in instrument.forms:
        if form.name not in parts:
            continue
        part = parts[form.name]
        is_bad = np.zeros(part.source.count, dtype=bool)
        is_bad[np.asarray(findings.faulty(problems, form.name))] = True
        parent = form.parent or instrument.forms[0].name
        if part.parents is not None and parent in bad:
            orphaned = of_parents(part.parents, bad[parent], False) & ~is_bad & ~settled[form.name]
            at = pa.array(np.flatnonzero(orphaned), pa.int64())
            rows = parts[parent].source.rows.take(part.parents.take(at)).to_pylist()
            more = findings.of_cells("parent_rejected", Severity.ERROR, part.source, at, params=[{"parent": row} for row in rows])
            problems = findings.joined([problems, more])
            is_bad |= orphaned
        is_bad &= ~settled[form.name]
        bad[form.name] = is_bad
        accepted[form.name] = pa.array(np.flatnonzero(~is_bad & ~settled[form.name]), pa.int64())
    return problems, accepted
