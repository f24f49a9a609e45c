"""Columns of text to columns of values.

The whole column is read at once where every value is in its plain form; only distinct values that are not are read one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from data.importing import choices, dates, numbers, words
from data.importing.numbers import Notation, Problem
from data.instruments.model import Kind, Variable

_SAMPLE = 5_000
_EXAMPLES = 3
_ISO_MOMENT = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?\s?(?:Z|[+-]\d\d(?::?\d\d)?)?$"
_ISO_TIME = r"^\d\d:\d\d:\d\d(?:\.\d+)?\s?(?:Z|[+-]\d\d(?::?\d\d)?)?$"


@dataclass(frozen=True, kw_only=True)
class Convention:
    """How a column's numbers or dates are written. `chosen` is None where its values do not tell and the user must.

    `examples` are texts of the column with the value each was read as.
    """

    variable: str
    column: str
    about: str  # number or date
    chosen: str | None
    decided_by: str  # column, dialect, user or nothing
    examples: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """A column of values. `problems` are texts that could not be read, with why; `missing` texts stand for no answer."""

    values: pa.Array
    problems: Mapping[str, Problem] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    chosen: str | None = None
    decided_by: str | None = None
    examples: tuple[tuple[str, str], ...] = ()


def clean(
    texts: pa.Array,
    variable: Variable,
    *,
    is_number: bool | pa.Array = False,
    is_machine: bool = False,
    chosen: str | None = None,
) -> Cleaned:
    """A variable's column. `is_number`: all cells, or these, are a spreadsheet's own numbers. `is_machine`: a survey tool
    wrote the file, so decimals have a point. `chosen`: the user's word on the column's convention."""
    if not isinstance(is_number, bool):
        if variable.kind in {Kind.INTEGER, Kind.DECIMAL}:
            return _mixed(texts, variable, is_number, is_machine=is_machine, chosen=chosen)
        is_number = False
    match variable.kind:
        case Kind.INTEGER:
            return _whole_numbers(texts, chosen=chosen)
        case Kind.DECIMAL:
            return _decimals(texts, is_number=is_number, is_machine=is_machine, chosen=chosen)
        case Kind.DATE:
            return _dates(texts, pa.date32(), dates.read_date, chosen=chosen)
        case Kind.DATETIME:
            return _moments(texts, chosen=chosen)
        case Kind.TIME:
            return _times(texts)
        case Kind.SELECT_ONE:
            return _choices(texts, variable)
        case Kind.SELECT_MULTIPLE:
            return several(texts, variable)
        case _:
            return Cleaned(values=texts)


def distinct(texts: pa.Array) -> list[str]:
    return [text for text in pc.unique(texts).to_pylist() if text is not None]


def spread(texts: pa.Array, values: Mapping[str, Any], kind: pa.DataType) -> pa.Array:
    """The value of each text; null for texts without one."""
    if not values:
        return pa.nulls(len(texts), kind)
    where = pc.index_in(texts, value_set=pa.array(list(values), pa.string()))
    return pa.array(list(values.values()), kind).take(where)


def positions(texts: pa.Array, wanted: Iterable[str]) -> pa.Array:
    """Where a column has one of these texts."""
    wanted = list(wanted)
    if not wanted:
        return pa.array([], pa.int64())
    return pc.indices_nonzero(pc.is_in(texts, value_set=pa.array(wanted, pa.string()))).cast(pa.int64())


def _mixed(texts: pa.Array, variable: Variable, is_number: pa.Array, *, is_machine: bool, chosen: str | None) -> Cleaned:
    """Numbers of a spreadsheet beside numbers that somebody typed as text: the typed ones alone tell their notation."""
    real = clean(pc.if_else(is_number, texts, None), variable, is_number=True)
    typed = clean(pc.if_else(is_number, None, texts), variable, is_machine=is_machine, chosen=chosen)
    return replace(typed, values=pc.coalesce(real.values, typed.values), problems={**real.problems, **typed.problems})


def _whole_numbers(texts: pa.Array, *, chosen: str | None) -> Cleaned:
    try:
        return Cleaned(values=texts.cast(pa.int64()))
    except pa.ArrowInvalid:
        pass
    is_plain = pc.match_substring_regex(texts, r"^-?\d{1,18}$")
    return _read_rest(
        texts,
        is_plain,
        pa.int64(),
        lambda rest: (Notation(chosen), "user") if chosen in set(Notation) else (None, None),
        lambda text, notation: numbers.read(text, notation, is_whole=True),
    )


def _decimals(texts: pa.Array, *, is_number: bool, is_machine: bool, chosen: str | None) -> Cleaned:
    try:
        values = texts.cast(pa.float64())
    except pa.ArrowInvalid:
        values = None
    if values is not None and pc.all(pc.is_finite(values), skip_nulls=True).as_py() is not False:
        if is_number or not _has(texts, r"[.]\d{3}$"):
            return Cleaned(values=values)
        sample = numbers.evidence(distinct(texts.slice(0, _SAMPLE)))
        if chosen is None and Notation.POINT in sample:  # a column that reads with points throughout proves no comma
            return Cleaned(values=values, chosen=Notation.POINT, decided_by="column", examples=_examples(texts, values))
    is_plain = pc.match_substring_regex(texts, r"^-?\d{1,15}$")
    return _read_rest(
        texts,
        is_plain,
        pa.float64(),
        lambda rest: _notation(rest, chosen, is_machine=is_machine),
        numbers.read,
    )


def _has(texts: pa.Array, pattern: str) -> bool:
    return pc.any(pc.match_substring_regex(texts, pattern)).as_py() is True


def _notation(texts: list[str], chosen: str | None, *, is_machine: bool) -> tuple[Notation | None, str | None]:
    """A column's notation, and what decided."""
    if chosen in set(Notation):
        return Notation(chosen), "user"
    proved = numbers.evidence(texts)
    if len(proved) == 1:
        return proved.pop(), "column"
    undecided = [text for text in texts if numbers.fits_both(text)]
    if not undecided:
        return None, None
    # A survey tool writes 1.25, never 1.250: where a last zero stands, a person has been at it.
    if is_machine and not proved and all("." in text and not text.endswith("0") for text in undecided):
        return Notation.POINT, "dialect"
    return None, "nothing"


def _dates(texts: pa.Array, kind: pa.DataType, read: Callable[[str, dates.Order | None], Any], *, chosen: str | None) -> Cleaned:
    try:
        return Cleaned(values=texts.cast(kind))
    except pa.ArrowInvalid:
        pass
    is_plain = pc.match_substring_regex(texts, r"^(?:19|20)\d\d-\d\d-\d\d$")
    try:
        pc.if_else(is_plain, texts, None).cast(kind)
    except pa.ArrowInvalid:  # 2023-02-31
        is_plain = pc.and_(is_plain, False)
    return _read_rest(texts, is_plain, kind, lambda rest: _order(rest, chosen), read)


def _order(texts: list[str], chosen: str | None) -> tuple[dates.Order | None, str | None]:
    if chosen in set(dates.Order):
        return dates.Order(chosen), "user"
    proved = dates.evidence(texts)
    if len(proved) == 1:
        return proved.pop(), "column"
    undecided = any(
        isinstance(dates.read_datetime(text, None), Problem)
        and not isinstance(dates.read_datetime(text, dates.Order.DAY_FIRST), Problem)
        for text in texts
    )
    return None, "nothing" if undecided else None


def _moments(texts: pa.Array, *, chosen: str | None) -> Cleaned:
    is_plain = pc.match_substring_regex(texts, _ISO_MOMENT)
    clock = pc.replace_substring(pc.utf8_slice_codeunits(texts, 0, 19), " ", "T")
    try:
        values = pc.if_else(is_plain, clock, None).cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        values, is_plain = pa.nulls(len(texts), pa.timestamp("us")), pc.and_(is_plain, False)
    return _read_rest(texts, is_plain, pa.timestamp("us"), lambda rest: _order(rest, chosen), dates.read_datetime, plain=values)


def _times(texts: pa.Array) -> Cleaned:
    is_plain = pc.match_substring_regex(texts, _ISO_TIME)
    plain = pc.if_else(is_plain, pc.utf8_slice_codeunits(texts, 0, 8), None)
    return _read_rest(texts, is_plain, pa.string(), lambda rest: (None, None), lambda text, _: dates.read_time(text), plain=plain)


def _choices(texts: pa.Array, variable: Variable) -> Cleaned:
    known = choices.answers(variable)
    if not known.order:  # choices from another file: any answer stands
        return Cleaned(values=texts)
    answers, problems, missing = _by_text(distinct(texts), lambda text: choices.read_one(text, known))
    if all(text == name for text, name in answers.items()) and not problems and not missing:
        return Cleaned(values=texts)
    return Cleaned(values=spread(texts, answers, pa.string()), problems=problems, missing=missing)


def several(texts: pa.Array, variable: Variable) -> Cleaned:
    """A select_multiple's column of all chosen answers; '' where none was chosen."""
    known = choices.answers(variable)

    def read(text: str) -> str | Problem:
        if not known.order:
            return " ".join(text.split())
        names = choices.read_several(text, known)
        return names if isinstance(names, Problem) else " ".join(names)

    answers, problems, missing = _by_text(distinct(texts), read)
    return Cleaned(values=spread(texts, answers, pa.string()), problems=problems, missing=missing)


def _by_text(texts: list[str], read: Callable[[str], Any]) -> tuple[dict[str, Any], dict[str, Problem], tuple[str, ...]]:
    """Each text's value, or its problem, or that it stands for no answer."""
    values: dict[str, Any] = {}
    problems: dict[str, Problem] = {}
    missing = []
    for text in texts:
        value = read(text)
        if not isinstance(value, Problem):
            values[text] = value
        elif words.is_missing(text):
            missing.append(text)
        else:
            problems[text] = value
    return values, problems, tuple(missing)


def _read_rest(
    texts: pa.Array,
    is_plain: pa.Array,
    kind: pa.DataType,
    decide: Callable[[list[str]], tuple[Any, str | None]],
    read: Callable[[str, Any], Any],
    *,
    plain: pa.Array | None = None,
) -> Cleaned:
    """A column of which some values are plain; the distinct others are read one by one, after all of them have decided how."""
    if plain is None:
        plain = pc.if_else(is_plain, texts, None).cast(kind)
    rest = distinct(pc.if_else(is_plain, None, texts))
    chosen, decided_by = decide(rest)
    values, problems, missing = _by_text(rest, lambda text: read(text, chosen))
    found = pc.coalesce(plain, spread(texts, values, kind))
    decisive = [text for text in values if numbers.fits_both(text)] + list(values)
    undecided = [(text, "") for text, problem in problems.items() if problem.code.startswith("two_")]
    shown = (undecided or [(text, _shown(values[text])) for text in dict.fromkeys(decisive)])[:_EXAMPLES] if decided_by else []
    return Cleaned(values=found, problems=problems, missing=missing, chosen=chosen, decided_by=decided_by, examples=tuple(shown))


def _examples(texts: pa.Array, values: pa.Array) -> tuple[tuple[str, str], ...]:
    head = pc.drop_null(texts).slice(0, _EXAMPLES).to_pylist(), pc.drop_null(values).slice(0, _EXAMPLES).to_pylist()
    return tuple((text, _shown(value)) for text, value in zip(*head, strict=True))


def _shown(value: float | date | datetime | str) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
