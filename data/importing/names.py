"""Names of people inside free texts: those that the same submission gives in a column of names.

A name alone cannot be told from other words. But whoever is named in a column that is dropped is likely meant where the same word
stands in a remark of the same household; there it is struck out.
"""

from __future__ import annotations

import re
from collections import abc
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.importing import design, findings, privacy
from data.importing.columns import Values
from data.importing.finding import Severity
from data.importing.layout import Part, of_parents
from data.importing.person_words import NO_NAMES
from data.importing.words import is_missing
from data.instruments.model import Instrument, Kind, Variable

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PIECES = re.compile(rf"{_WORD.pattern}|[\s\S]")
_STRUCK_TWICE = re.compile(rf"{re.escape(privacy.STRUCK)}(?:\s+{re.escape(privacy.STRUCK)})+")
_SHORTEST = 3


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names that each submission gives. `first[i]` is where those of the i-th submission begin in `names`; `submission` is
    each row's, by form, -1 where it has none."""

    names: abc.Sequence[str]
    first: np.ndarray
    submission: abc.Mapping[str, np.ndarray]


def of_submissions(parts: abc.Mapping[str, Part], instrument: Instrument) -> Names:
    """The names in all columns that are called so, variables or not."""
    submission: dict[str, np.ndarray] = {}
    names: list[pa.Array] = []
    owners: list[np.ndarray] = []
    for form in instrument.forms:
        part = parts.get(form.name)
        if part is None:
            continue
        submission[form.name] = _submissions(part, submission.get(form.parent or instrument.id))
        variables = {variable.name: variable for variable in form.variables}
        for column in _columns(part, variables):
            texts = part.source.column(column)
            names.append(texts.filter(pc.is_valid(texts)))
            owners.append(submission[form.name][np.asarray(pc.is_valid(texts))])
    owner = np.concatenate(owners) if owners else np.array([], dtype=np.int64)
    order = np.argsort(owner, kind="stable")
    order = order[owner[order] >= 0]
    texts = pa.concat_arrays(names).take(pa.array(order)).to_pylist() if names else []
    first = np.searchsorted(owner[order], np.arange(parts[instrument.id].source.count + 1))
    return Names(names=texts, first=first, submission=submission)


def struck(names: Names, form: str, at: np.ndarray | None, texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Texts of a form's rows (those `at` these positions, or all) without the names that their submissions give, and which of
    the texts had any."""
    submission = names.submission[form] if at is None else names.submission[form][at]
    count = np.where(submission >= 0, np.diff(names.first)[submission], 0) if len(names.names) else np.zeros(len(submission))
    changed: dict[int, str] = {}
    where = np.flatnonzero((count > 0) & np.asarray(pc.is_valid(texts)))
    for place, text in zip(where.tolist(), texts.take(pa.array(where)).to_pylist(), strict=True):
        own = submission[place]
        wanted = frozenset[str]().union(*map(_words, names.names[names.first[own] : names.first[own + 1]]))
        folded = text.casefold()
        if any(word in folded for word in wanted):
            clean = "".join(privacy.STRUCK if word.casefold() in wanted else word for word in _PIECES.findall(text))
            if clean != text:
                changed[place] = _STRUCK_TWICE.sub(privacy.STRUCK, clean)
    if not changed:
        return texts, pa.array([], pa.int64())
    mask = np.zeros(len(texts), dtype=bool)
    mask[list(changed)] = True
    return pc.replace_with_mask(texts, pa.array(mask), pa.array(list(changed.values()), pa.string())), pa.array(list(changed))


def without(
    names: Names, values: abc.Mapping[str, Values], parts: abc.Mapping[str, Part], instrument: Instrument
) -> tuple[dict[str, Values], list[pa.Table]]:
    """Every form's free texts without them, and a warning for each cell that had any."""
    made: dict[str, Values] = dict(values)
    found: list[pa.Table] = []
    for form in instrument.forms:
        own = made.get(form.name)
        if own is None or not names.names:
            continue
        of = dict(own.of)
        for variable in form.variables:
            if variable.name not in of or variable.kind is not Kind.TEXT or variable.name in design.variables(form):
                continue
            of[variable.name], at = struck(names, form.name, None, of[variable.name])
            found.append(
                findings.of_cells(
                    "named_in_text",
                    Severity.WARNING,
                    parts[form.name].source,
                    at,
                    column=own.cells[variable.name],
                    values=pa.nulls(len(at), pa.string()),
                    variable=variable.name,
                )
            )
        made[form.name] = replace(own, of=of)
    return made, found


def unsaid(names: Names, problems: pa.Table) -> pa.Table:
    """Findings without the names that their row's submission gives, in what the cell held and what is said of it."""
    for form in names.submission if names.names else ():
        is_here = pc.fill_null(pc.and_(pc.equal(problems["form"], form), pc.is_valid(problems["at"])), False)
        where = np.flatnonzero(np.asarray(is_here))
        at = problems["at"].take(pa.array(where)).to_numpy()
        for column in ("value", "params"):
            texts, changed = struck(names, form, at, problems[column].take(pa.array(where)).combine_chunks())
            if len(changed):
                mask = np.zeros(problems.num_rows, dtype=bool)
                mask[where] = True
                clean = pc.replace_with_mask(problems[column].combine_chunks(), pa.array(mask), texts)
                problems = problems.set_column(problems.schema.get_field_index(column), column, clean)
    return problems


@lru_cache(maxsize=50_000)
def _words(name: str) -> frozenset[str]:
    if is_missing(name):
        return frozenset()
    return frozenset(word for word in map(str.casefold, _WORD.findall(name)) if len(word) >= _SHORTEST and word not in NO_NAMES)


def _columns(part: Part, variables: abc.Mapping[str, Variable]) -> list[int]:
    mapped = set(part.columns.values())
    named = [
        column
        for target, column in part.columns.items()
        if target.variable in variables and privacy.by_name(variables[target.variable]) is privacy.Reason.NAME
    ]
    others = [
        index
        for index, header in enumerate(part.source.headers[0])
        if index not in mapped
        and index not in part.roles.values()
        and privacy.by_name(Variable(name=header, kind=Kind.TEXT, path=(header,))) is privacy.Reason.NAME
    ]
    return [*named, *others]


def _submissions(part: Part, above: np.ndarray | None) -> np.ndarray:
    if part.parents is None or above is None:
        return np.arange(part.source.count)
    return of_parents(part.parents, above, -1)
