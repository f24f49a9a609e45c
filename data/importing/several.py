"""A select_multiple's answers, from its column of all chosen, its columns of each choice, or both."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from data.importing import choices, cleaning, findings
from data.importing.cells import answers, unread
from data.importing.dialects import Dialect
from data.importing.finding import Severity
from data.importing.layout import Part
from data.importing.naming import Target
from data.instruments.model import Form, Variable


def read(part: Part, form: Form, variable: Variable, dialect: Dialect) -> tuple[dict[str, pa.Array], list[pa.Table]] | None:
    """A select_multiple from its column of all chosen, its columns of each choice, or both.

    Asked and none chosen is '', not asked is null. ODK writes 0 in both cases: there the column of all chosen decides.
    """
    whole = part.columns.get(Target(form.name, variable.name))
    names = list(choices.answers(variable).order)
    single = {name: part.columns[target] for name in names if (target := Target(form.name, variable.name, name)) in part.columns}
    if whole is None and not single:
        return None
    found: list[pa.Table] = []
    ticks = {}
    for name, column in single.items():
        texts = answers(part, column, dialect)
        ticks[name], problems = _ticks(texts)
        at = cleaning.positions(texts, problems)
        found.append(findings.of_cells("not_ticked", Severity.ERROR, part.source, at, column=column, variable=variable.name))
    joined = None
    if whole is not None:
        texts = answers(part, whole, dialect)
        cleaned = cleaning.several(texts, variable)
        if not single or set(single) < set(names) or dialect is Dialect.ODK:  # otherwise the columns of each choice say it all
            found += unread(part, whole, texts, variable, cleaned)
        joined = cleaned.values
        if single:
            found.append(_disagreeing(part, whole, variable, joined, ticks))
    of = _composed(
        variable,
        names,
        joined,
        ticks,
        is_asked_by_whole=dialect is Dialect.ODK and whole is not None,
        is_zero_unasked=dialect is Dialect.ODK,
    )
    return of, found


def _ticks(texts: pa.Array) -> tuple[pa.Array, list[str]]:
    known = {text: choices.TICKED.get(text.strip().casefold()) for text in cleaning.distinct(texts)}
    values = {text: tick for text, tick in known.items() if tick is not None}
    problems = [text for text, tick in known.items() if tick is None and not cleaning.words.is_missing(text)]
    return cleaning.spread(texts, values, pa.int8()), problems


def _disagreeing(part: Part, whole: int, variable: Variable, joined: pa.Array, ticks: dict[str, pa.Array]) -> pa.Table:
    """Rows whose column of all chosen names other choices than the columns of each."""
    differs = pa.repeat(False, len(joined))
    padded = pc.binary_join_element_wise(pa.scalar(" "), joined, pa.scalar(" "), "")
    for name, tick in ticks.items():
        is_in = pc.cast(pc.match_substring(padded, f" {name} "), pa.int8())
        differs = pc.or_(differs, pc.fill_null(pc.not_equal(is_in, tick), False))
    at = pc.indices_nonzero(differs).cast(pa.int64())
    return findings.of_cells("choices_disagree", Severity.ERROR, part.source, at, column=whole, variable=variable.name)


def _composed(
    variable: Variable,
    names: list[str],
    joined: pa.Array | None,
    ticks: dict[str, pa.Array],
    *,
    is_asked_by_whole: bool,
    is_zero_unasked: bool,
) -> dict[str, pa.Array]:
    """The column of all chosen and one for each choice, each made from whichever the file has."""
    if not ticks:
        assert joined is not None
        padded = pc.binary_join_element_wise(pa.scalar(" "), joined, pa.scalar(" "), "")
        return {variable.name: joined} | {
            f"{variable.name}__{name}": pc.cast(pc.match_substring(padded, f" {name} "), pa.int8()) for name in names
        }
    count = len(next(iter(ticks.values())))
    if is_asked_by_whole:
        assert joined is not None
        is_asked = pc.is_valid(joined)
        for tick in ticks.values():
            is_asked = pc.or_(is_asked, pc.fill_null(pc.equal(tick, 1), False))
    else:
        is_asked = pc.is_valid(joined) if joined is not None else pa.repeat(False, count)
        for tick in ticks.values():
            is_asked = pc.or_(is_asked, pc.fill_null(pc.equal(tick, 1), False) if is_zero_unasked else pc.is_valid(tick))
    padded = (
        pc.binary_join_element_wise(pa.scalar(" "), pc.fill_null(joined, ""), pa.scalar(" "), "") if joined is not None else None
    )
    filled = {}
    for name in names:
        if name in ticks:
            tick = pc.fill_null(ticks[name], 0)
        elif padded is not None:
            tick = pc.cast(pc.match_substring(padded, f" {name} "), pa.int8())
        else:
            tick = pa.repeat(pa.scalar(0, pa.int8()), count)
        filled[name] = pc.if_else(is_asked, tick, pa.scalar(None, pa.int8()))
    # Not null_handling="skip": that makes rows without any choice disappear (pyarrow 26).
    chosen = [pc.if_else(pc.fill_null(pc.equal(tick, 1), False), f"{name} ", "") for name, tick in filled.items()]
    text = pc.utf8_rtrim_whitespace(pc.binary_join_element_wise(*chosen, ""))
    return {variable.name: pc.if_else(is_asked, text, None)} | {f"{variable.name}__{name}": tick for name, tick in filled.items()}
