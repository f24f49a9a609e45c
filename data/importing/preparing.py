"""Everything an import does before it writes: read, map, clean, validate, protect. Nothing of the store is changed."""

from __future__ import annotations

from collections import abc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from access.policy import Action, Viewer, require
from data import areas, register
from data.areas import Codes
from data.errors import UserError
from data.importing import (
    columns,
    crosschecks,
    design,
    findings,
    judging,
    known,
    layout,
    leaving_out,
    likeness,
    names,
    peers,
    privacy,
    validation,
    villages,
    whole,
)
from data.importing import mapping as mapping_
from data.importing.columns import Values
from data.importing.design import Placed
from data.importing.dialects import Dialect, recognise
from data.importing.known import Completion
from data.importing.layout import Part
from data.importing.mapping import Mapping
from data.importing.prepared import FormResult, Prepared
from data.instruments import kept
from data.instruments.model import Form, Instrument, Kind
from data.reading import RawFile, read
from data.store import Store

Progress = Callable[[str, float], None]
STAGES = ("read", "map", "clean", "validate")


def prepare(
    store: Store,
    viewer: Viewer,
    content: bytes | Path | RawFile,
    name: str,
    *,
    instrument: str,
    round: str,
    sheet: str | None = None,
    mapping: Mapping | None = None,
    on_progress: Progress | None = None,
) -> Prepared:
    """Reads a file as this instrument's responses of this round and checks them all; one read before is not read again.

    Raises `UserError` for a file that cannot be read, was imported before, or has nothing of the instrument.
    """
    require(viewer, Action.IMPORT)
    tell = on_progress or (lambda stage, done: None)
    found = kept.instrument(store, viewer, instrument)
    with store.reading() as cursor:
        starts_on = register.known_round(cursor, round).starts_on
    tell("read", 0.0)
    raw = content if isinstance(content, RawFile) else read(content, name)
    if raw.is_xlsform:
        raise UserError("import.is_xlsform", file=raw.name)
    with store.reading() as cursor:
        known.refuse_again(cursor, raw, found.id, round)
        completed = known.completion(cursor, raw, found, round)
        saved = known.saved_mapping(cursor, found.id, mapping_.fingerprint(raw.tables))
        codes = areas.codes_in_use(cursor, starts_on)
    return prepared(
        raw,
        found,
        round=round,
        chosen=mapping,
        saved=saved,
        sheet=sheet,
        codes=codes,
        key=privacy.secret(store.directory),
        completed=completed,
        older=[version for version in kept.versions(store, viewer, instrument) if version.sha256 != found.sha256],
        there=lambda uuids: known.present(store, viewer, found, uuids),
        met=lambda keys: known.met(store, viewer, found, round, keys),
        tell=tell,
    )


def prepared(
    raw: RawFile,
    instrument: Instrument,
    *,
    round: str,
    key: bytes,
    chosen: Mapping | None = None,
    saved: Mapping | None = None,
    sheet: str | None = None,
    codes: Codes = Codes(),  # noqa: B008
    completed: Completion | None = None,
    older: abc.Sequence[Instrument] = (),
    there: Callable[[pa.Array], pa.Array] = lambda uuids: pa.array([], pa.int64()),
    met: Callable[[pa.Array], pa.Table] | None = None,
    tell: Progress = lambda stage, done: None,
) -> Prepared:
    """As `prepare`, from a file already read and with what the store knows handed over."""
    tell("map", 0.0)
    dialect = recognise(table.headers for table in raw.tables)
    decided = chosen or (completed.mapping if completed else saved) or Mapping()
    if sheet is not None:
        decided = replace(decided, sheets={**decided.sheets, instrument.id: sheet})
        if all(table.sheet != sheet for table in raw.tables):
            sheets = ", ".join(f"'{table.sheet}'" for table in raw.tables)
            raise UserError("import.no_sheet", file=raw.name, sheet=sheet, sheets=sheets)
    assigned = mapping_.assign(raw.tables, instrument, dialect, decided, file=raw.name, saved=chosen is None)
    parts = layout.parts(assigned, instrument, mapping_.renamed(instrument, older))
    parts = leaving_out.without_uncounted(parts, instrument)
    parts = known.without_present(parts, instrument, there, known.settled(parts, completed))
    settled = known.settled(parts, completed)
    values, placed, found = _checked(parts, instrument, dialect, decided, key, codes, completed, tell)
    if met is not None:
        found.append(validation.respondents(parts[instrument.id], met(placed[instrument.id].columns["_key"])))
    people = names.of_submissions(parts, instrument)
    values, named = names.without(people, values, parts, instrument)
    problems = findings.joined([*found, *named, *whole.said(raw, parts, instrument, assigned)])
    problems = names.unsaid(people, judging.without_personal_data(judging.without(problems, settled)))
    problems, accepted = judging.rejected(parts, instrument, problems, settled)
    frames = {name: _frame(values[name], placed[name], accepted[name]) for name in parts}
    return Prepared(
        instrument=instrument,
        round=round,
        file=raw,
        dialect=dialect,
        fingerprint=mapping_.fingerprint(raw.tables),
        forms=tuple(_result(parts[name], values[name], len(accepted[name]), int(settled[name].sum())) for name in parts),
        mapping=_decisions(parts, values, decided),
        may_lack_answers=whole.may_lack_answers(parts[instrument.id]),
        personal_data_dropped=tuple(one for value in values.values() for one in value.dropped),
        problems=problems,
        frames=frames,
        parts=parts,
        people=people,
        keys={name: placed[name].columns["_key"] for name in parts},
        completes=completed.batch if completed else None,
    )


def _checked(
    parts: abc.Mapping[str, Part],
    instrument: Instrument,
    dialect: Dialect,
    decided: Mapping,
    key: bytes,
    codes: Codes,
    completed: Completion | None,
    tell: Progress,
) -> tuple[dict[str, Values], dict[str, Placed], list[pa.Table]]:
    """Every form cleaned, placed in the design and validated, parents before their children."""
    values: dict[str, Values] = {}
    placed: dict[str, Placed] = {}
    found: list[pa.Table] = []
    outer: dict[str, dict[str, tuple[Kind, pa.Array]]] = {}
    forms = [form for form in instrument.forms if form.name in parts]
    for number, form in enumerate(forms):
        part = parts[form.name]
        tell("clean", number / len(forms))
        respondent = form.design.respondent if form.parent is None else None
        conventions = decided.conventions.get(form.name, {})
        own = columns.values(part, form, dialect, conventions, respondent=respondent, codes=codes)
        above = placed.get(form.parent) if form.parent else None
        place = design.place(part, own, form, above, key)
        if completed:
            place = replace(place, columns=known.as_stored(place.columns, completed.present[form.name]))
        tell("validate", number / len(forms))
        around = _around(form, part, outer)
        may_lack = whole.may_lack_answers(part) if completed is None else completed.may_lack_answers
        found += [
            own.findings,
            place.findings,
            validation.answers(part, own, form, around, may_lack_answers=may_lack),
            validation.rows(part, place, form),
            villages.outside(part, own.cells.get(form.design.village or ""), place.columns["_village"], form, codes),
            peers.outliers(part, own, place, form),
            crosschecks.calculations(part, own, form),
        ]
        if form.parent is None and place.columns["_uuid"].null_count == part.source.count:
            found.append(validation.identical(part, own))
        if form.parent is None:
            found.append(_without_repeated(likeness.nearly_same(part, own, place, form), found))
        values[form.name], placed[form.name] = own, place
        outer[form.name] = around | {
            variable.name: (variable.kind, own.of[variable.name]) for variable in form.variables if variable.name in own.of
        }
    found.append(crosschecks.repeats(parts, values, instrument))
    return values, placed, found


def _without_repeated(near: pa.Table, found: list[pa.Table]) -> pa.Table:
    """Near duplicates but those that were found to be duplicates outright."""
    for table in found:
        same = table.filter(pc.equal(table["code"], "identical_row"))
        near = near.filter(pc.invert(pc.is_in(near["at"], value_set=same["at"].combine_chunks())))
    return near


def _around(
    form: Form, part: Part, outer: abc.Mapping[str, dict[str, tuple[Kind, pa.Array]]]
) -> dict[str, tuple[Kind, pa.Array]]:
    """The variables of a form's parents, one value for each of its rows."""
    if part.parents is None or form.parent is None or form.parent not in outer:
        return {}
    return {name: (kind, column.take(part.parents)) for name, (kind, column) in outer[form.parent].items()}


def _frame(values: Values, placed: Placed, accepted: pa.Array) -> pa.Table:
    everything = pa.table({**placed.columns, **values.of})
    return everything if len(accepted) == values.count else everything.take(accepted)


def _result(part: Part, values: Values, accepted: int, settled: int) -> FormResult:
    source = part.source
    left_out = dict(source.left_out) | ({"already_in_batch": settled} if settled else {})
    return FormResult(
        form=source.form,
        sheet=source.sheet,
        rows_read=source.count + sum(source.left_out.values()),
        rows_accepted=accepted,
        rows_rejected=source.count - accepted - settled,
        left_out=left_out,
        mapping=part.mapping(),
        unmapped=part.unmapped,
        offers=part.offers,
        absent=values.absent,
        conventions=values.conventions,
    )


def _decisions(parts: abc.Mapping[str, Part], values: abc.Mapping[str, Values], decided: Mapping) -> Mapping:
    """The mapping as it came out, so that it can be saved, edited and used again."""
    whole = {name: part for name, part in parts.items() if len(part.source.headers) == 1 and part.source.sets is None}
    return Mapping(
        sheets=dict(decided.sheets),
        columns={
            name: {
                **_by_header(part),
                **dict.fromkeys((header for header, target in decided.columns.get(name, {}).items() if target is None)),
            }
            for name, part in whole.items()
        },
        conventions={
            name: {one.variable: one.chosen for one in values[name].conventions if one.chosen}
            for name in parts
            if any(one.chosen for one in values[name].conventions)
        },
    )


def _by_header(part: Part) -> dict[str, str | None]:
    headers = part.source.headers[0]
    return {headers[index]: str(target) for target, index in part.columns.items() if headers.count(headers[index]) == 1}
