"""Typed columns of a spreadsheet as text, without a digit lost or made up."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.reading.table import CellKind

_DECIMAL = r"^-?\d+\.\d+$"
EXACT = 2.0**53      # whole numbers below this are themselves as machine numbers
_DAY_MS = 86_400_000
_EARLY = r"^(?:1899-12-31|1900-0[12]-|1904-0[12]-)"
_MOMENT = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?$"


@dataclass(frozen=True, kw_only=True)
class Column:
    """`numbers` is true where a cell is a real number; only a mixed column has it."""

    values: pa.Array
    kind: CellKind
    numbers: pa.Array | None = None


def column(array: pa.Array, are_numbers: Callable[[], pa.Array], exact: Callable[[], pa.Array]) -> Column:
    """A column as text. `are_numbers` says, where a text column needs it, which cells are numbers, `exact` their values."""
    kind = array.type
    if pa.types.is_null(kind):
        return Column(values=pa.nulls(len(array), pa.string()), kind=CellKind.TEXT)
    if pa.types.is_floating(kind):
        return Column(values=numbers_as_text(array), kind=CellKind.NUMBER)
    if pa.types.is_integer(kind):
        return Column(values=array.cast(pa.string()), kind=CellKind.NUMBER)
    if pa.types.is_boolean(kind):
        return Column(values=pc.if_else(array, "true", "false"), kind=CellKind.BOOL)
    if pa.types.is_timestamp(kind):
        return Column(values=_moments_as_text(array), kind=CellKind.DATE)
    if pa.types.is_date(kind):
        return Column(values=array.cast(pa.string()), kind=CellKind.DATE)
    if pa.types.is_duration(kind):
        return Column(values=_durations_as_text(array), kind=CellKind.DATE)
    return _text(array.cast(pa.string()), are_numbers, exact)


def with_words(column: Column, words: dict[int, str]) -> Column:
    """A column of numbers or dates with the words that stand among them, by position."""
    mask = np.zeros(len(column.values), dtype=bool)
    mask[list(words)] = True
    values = pc.replace_with_mask(column.values, pa.array(mask), pa.array([words[index] for index in sorted(words)], pa.string()))
    if column.kind in (CellKind.TEXT, CellKind.MIXED):
        return Column(values=values, kind=column.kind, numbers=column.numbers)
    is_number = pc.is_valid(column.values) if column.kind == CellKind.NUMBER else pa.array(np.zeros(len(values), dtype=bool))
    return Column(values=values, kind=CellKind.MIXED, numbers=is_number)


def numbers_as_text(array: pa.Array) -> pa.Array:
    """The shortest decimal that is the same number; whole numbers without a point, nothing with an exponent."""
    values = pc.fill_null(array, 0.0).to_numpy(zero_copy_only=False)
    whole = (np.abs(values) < EXACT) & (np.floor(values) == values)
    if whole.all():
        text = pa.array(values.astype(np.int64)).cast(pa.string())
    else:
        text = pc.if_else(
            pa.array(whole), pa.array(np.where(whole, values, 0).astype(np.int64)).cast(pa.string()), array.cast(pa.string()),
        )
        powers = np.flatnonzero(np.asarray(pc.fill_null(pc.match_substring(text, "e"), False)))
        if len(powers):
            plain = [f"{Decimal(text[int(index)].as_py()):f}" for index in powers]
            mask = np.zeros(len(text), dtype=bool)
            mask[powers] = True
            text = pc.replace_with_mask(text, pa.array(mask), pa.array(plain, pa.string()))
    return pc.if_else(pc.is_valid(array), text, None) if array.null_count else text


def with_literals(column: Column, literals: dict[int, str]) -> Column:
    """A column of numbers with those of more digits than a machine number holds as the file has them, by position."""
    mask = np.zeros(len(column.values), dtype=bool)
    mask[list(literals)] = True
    written = pa.array([literals[index] for index in sorted(literals)], pa.string())
    return replace(column, values=pc.replace_with_mask(column.values, pa.array(mask), written))


def has_long_numbers(array: pa.Array) -> bool:
    if not pa.types.is_floating(array.type) or array.null_count == len(array):
        return False
    extremes = pc.min_max(array).as_py()
    return max(abs(extremes["min"]), abs(extremes["max"])) >= EXACT


def _moments_as_text(array: pa.Array) -> pa.Array:
    """ISO dates where a column has no time of day, ISO times where it has no day, both where it has both."""
    stamps = array.cast(pa.timestamp("ms"))
    ticks = stamps.cast(pa.int64())
    known = pc.drop_null(ticks).to_numpy(zero_copy_only=False)
    if len(known) and (known % _DAY_MS == 0).all():
        return stamps.cast(pa.date32()).cast(pa.string())
    has_parts = bool((known % 1000 != 0).any())
    if len(known) and np.isin(known // _DAY_MS, _EPOCHS).all():
        return pc.utf8_slice_codeunits(_moments(stamps, has_parts), 11)
    return _moments(stamps, has_parts)


# The day that a time without a date falls on: day 0 of the 1900 and of the 1904 system.
_EPOCHS = [np.datetime64(day).astype(int) for day in ("1899-12-31", "1899-12-30", "1904-01-01")]


def _moments(stamps: pa.Array, has_parts: bool) -> pa.Array:
    return stamps.cast(pa.timestamp("ms" if has_parts else "s")).cast(pa.string())


def _durations_as_text(array: pa.Array) -> pa.Array:
    return pa.array([None if value is None else _clock(round(value.total_seconds())) for value in array.to_pylist()], pa.string())


def _clock(seconds: int) -> str:
    minutes, rest = divmod(abs(seconds), 60)
    return f"{'-' if seconds < 0 else ''}{minutes // 60:02}:{minutes % 60:02}:{rest:02}"


def moments_in_text(column: Column) -> Column:
    """A column that came as text because it mixes days, times of day and durations: each as what it is.

    A time or a duration is written there as the day it would be; no survey has days of the first weeks of 1900 or 1904.
    """
    values = column.values
    if not pc.all(pc.fill_null(pc.match_substring_regex(values, _MOMENT), True)).as_py() or values.null_count == len(values):
        return column
    values = pc.replace_substring_regex(values, " 00:00:00$", "")
    early = np.flatnonzero(np.asarray(pc.fill_null(pc.match_substring_regex(values, _EARLY), False)))
    if len(early):
        mask = np.zeros(len(values), dtype=bool)
        mask[early] = True
        clocks = [_early_clock(values[int(index)].as_py()) for index in early]
        values = pc.replace_with_mask(values, pa.array(mask), pa.array(clocks, pa.string()))
    return Column(values=values, kind=CellKind.DATE)


def _early_clock(text: str) -> str:
    moment = datetime.fromisoformat(text)
    start = datetime(1904, 1, 1) if moment.year == 1904 else datetime(1899, 12, 31)
    return _clock(round((moment - start).total_seconds()))


def _text(values: pa.Array, are_numbers: Callable[[], pa.Array], exact: Callable[[], pa.Array]) -> Column:
    """A text column; where it holds decimals, which of them are real numbers has to be known: 1.125 as a number is
    one and an eighth, as typed text it may be one thousand one hundred and twenty-five."""
    values = pc.if_else(pc.equal(values, ""), None, values)
    if not pc.any(pc.match_substring_regex(values, _DECIMAL)).as_py():
        return Column(values=values, kind=CellKind.TEXT)
    # What can be read as true or false and is not shown as such is a number; a text cannot.
    is_number = pc.and_(pc.is_valid(are_numbers()), pc.invert(pc.is_in(values, pa.array(["true", "false"]))))
    if not pc.any(is_number).as_py():
        return Column(values=values, kind=CellKind.TEXT)
    values = pc.if_else(is_number, numbers_as_text(exact()), values)
    if pc.all(pc.or_(is_number, pc.is_null(values))).as_py():
        return Column(values=values, kind=CellKind.NUMBER)
    return Column(values=values, kind=CellKind.MIXED, numbers=is_number)
