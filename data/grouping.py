"""How rows of a form are put into groups whose size is known: by village, by choices, by bands of a number.

A grouping names variables with spaces between, `sex age`; a category has one word for each in the same order,
`female 15-59`. A band of a number has both its ends in it, and a number between two whole ones is rounded down, as an age is.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import Any

import narwhals as nw

from data.areas import level, parse_code
from data.instruments.model import Form, Kind, Variable

VILLAGE = "village"
_BAND = re.compile(r"(\d{1,12})(?:-(\d{1,12})|(\+))?")
_WORDS = {Kind.SELECT_ONE, Kind.TEXT}
_NUMBERS = {Kind.INTEGER, Kind.DECIMAL}


@dataclass(frozen=True)
class Fault:
    """What is wrong with a category; `code` is of a finding of the register."""

    code: str
    column: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Band:
    word: str
    lowest: int
    highest: int | None                  # None: without end

    def overlaps(self, other: Band) -> bool:
        return (other.highest is None or self.lowest <= other.highest) and (
            self.highest is None or other.lowest <= self.highest)


def groupable(form: Form) -> list[str]:
    """What rows of a form can be grouped by: choices, numbers, and texts that are computed or strata; never who answered."""
    design = form.design
    left_out = {VILLAGE, design.village, design.respondent, design.weight, design.psu, design.psu_population}
    own = [
        each.name for each in form.variables if each.name not in left_out and (
            each.kind is Kind.SELECT_ONE or each.kind in _NUMBERS
            or (each.kind is Kind.TEXT and (each.calculation is not None or each.name in design.strata)))
    ]
    return [VILLAGE, *own] if design.village else own


def band(word: str) -> Band | None:
    """`15-59`, `60+`, or one number; None for what is no band."""
    found = _BAND.fullmatch(word)
    if found is None:
        return None
    lowest, highest, is_open = int(found[1]), found[2], found[3]
    if is_open:
        return Band(word, lowest, None)
    return None if highest and int(highest) < lowest else Band(word, lowest, int(highest or lowest))


def is_number(form: Form, name: str) -> bool:
    """Whether a name of `groupable` needs bands."""
    return name != VILLAGE and _variable(form, name).kind in _NUMBERS


def categories(form: Form, words: Mapping[str, Sequence[str]]) -> list[str]:
    """All crossings of a grouping: the words given for a name, or the choices of a variable where none are given."""
    each = [words.get(name) or [choice.name for choice in _variable(form, name).choices] for name in words]
    return [" ".join(crossing) for crossing in product(*each)]


def faults(form: Form, grouped_by: str, category: str, others: Iterable[str]) -> Iterator[Fault]:
    """What is wrong with one category, among the `others` of the same grouping."""
    names, words = grouped_by.split(), category.split()
    known = groupable(form)
    if wrong := [name for name in names if name not in known]:
        yield Fault("not_groupable", "grouped_by", {"variable": wrong[0], "known": ", ".join(known)})
        return
    if len(words) != len(names):
        yield Fault("other_number_of_words", "category", {"count": len(words), "grouped_by": grouped_by})
        return
    for place, (name, word) in enumerate(zip(names, words, strict=True)):
        if name == VILLAGE:
            if parse_code(word) != word or level(word) != "village":
                yield Fault("not_a_village_code", "category", {"word": word})
        elif _variable(form, name).kind in _NUMBERS:
            yield from _band_faults(name, word, [other.split()[place] for other in others if len(other.split()) == len(names)])
        elif _variable(form, name).choices and word not in (choices := [each.name for each in _variable(form, name).choices]):
            yield Fault("not_a_category", "category", {"variable": name, "word": word, "known": ", ".join(choices)})


def expression(form: Form, grouped_by: str, categories: Iterable[str]) -> nw.Expr:
    """The category of a row, as text; null where one of its parts is missing, or is a number outside all bands."""
    words = [category.split() for category in categories]
    parts = [_part(form, name, sorted({each[place] for each in words})) for place, name in enumerate(grouped_by.split())]
    return parts[0] if len(parts) == 1 else nw.concat_str(*parts, separator=" ")


def _part(form: Form, name: str, words: list[str]) -> nw.Expr:
    if name == VILLAGE:
        return nw.col("_village")
    if _variable(form, name).kind in _WORDS:
        return nw.col(name)
    number = nw.col(name).cast(nw.Float64)
    bands = [found for word in words if (found := band(word))]

    def within(each: Band) -> nw.Expr:
        above = number >= each.lowest
        return above if each.highest is None else above & (number < each.highest + 1)

    return reduce(lambda rest, each: nw.when(within(each)).then(nw.lit(each.word)).otherwise(rest), bands,
                  nw.lit(None, nw.String))


def _band_faults(variable: str, word: str, others: Iterable[str]) -> Iterator[Fault]:
    own = band(word)
    if own is None:
        yield Fault("not_a_band", "category", {"variable": variable, "word": word})
        return
    for other in others:
        found = band(other)
        if found is not None and other != word and own.overlaps(found):
            yield Fault("bands_overlap", "category", {"word": word, "other": other})
            return


def _variable(form: Form, name: str) -> Variable:
    return next(each for each in form.variables if each.name == name)
