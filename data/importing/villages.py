"""Village codes: as typed, by other codes of the same villages, and whether the village is one that can be meant.

A name is never taken for a code: it is offered. Ten digits may be a code of Kemendagri or of Statistics Indonesia; what a code is
alone decides for those that are both, and where nothing decides nothing is guessed.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from data import areas
from data.areas import Alias, Codes
from data.importing import choices, cleaning, findings
from data.importing.cleaning import Cleaned
from data.importing.finding import Severity
from data.importing.layout import Part
from data.importing.numbers import Problem
from data.instruments.model import Form, Kind, Variable

_OFFERED = 3
_SAID = {Alias.BPS: "village_code_bps", Alias.FORMER: "village_code_former"}


@dataclass(frozen=True)
class _Read:
    """What a text may be: a code of Kemendagri, and the village that has it as another code."""

    text: str
    own: str | None
    bps: str | None = None
    former: str | None = None


def read(part: Part, column: int, texts: pa.Array, variable: Variable, codes: Codes) -> tuple[Cleaned, list[pa.Table]]:
    """Codes with their dots; a choice's name may be the code."""
    is_choice = variable.kind is Kind.SELECT_ONE
    answers = choices.answers(variable)
    names = {text: answers.find(text) or text for text in cleaning.distinct(texts)}
    readings = [_reading(text, name, codes, is_choice=is_choice) for text, name in names.items()]
    is_bps = _is_bps(readings, codes)
    found: dict[str, str] = {}
    wrong: dict[str, Problem] = {}
    by_alias: dict[Alias, dict[str, str]] = {Alias.BPS: {}, Alias.FORMER: {}}
    for one in readings:
        kind, code = _decided(one, codes, is_bps)
        if isinstance(code, Problem):
            wrong[one.text] = code
        elif code is None:
            wrong[one.text] = _with_offer(one.text, codes)
        else:
            found[one.text] = names[one.text] if is_choice else code
            if kind:
                by_alias[kind][one.text] = code
    values = cleaning.spread(texts, found, pa.string())
    if variable.kind is Kind.INTEGER:
        values = pc.replace_substring(values, ".", "").cast(pa.int64())
    said = [*_unread(part, column, texts, variable, wrong), *_said(part, column, texts, variable, by_alias)]
    return Cleaned(values=values), said


def outside(part: Part, column: int | None, codes_read: pa.Array, form: Form, codes: Codes) -> pa.Table:
    """Codes that no village has (an error where the regency is known), that are no longer valid, or of no partnership."""
    name = form.design.village
    if column is None or not codes.known:
        return findings.NONE
    regencies = {code[:5] for code in codes.known}
    kinds: dict[tuple[str, Severity], list[str]] = {}
    for code in pc.unique(codes_read).to_pylist():
        if code is None:
            continue
        if code not in codes.known:
            is_here = code[:5] in regencies
            key = ("unknown_village", Severity.ERROR) if is_here else ("village_not_in_register", Severity.WARNING)
        elif code in codes.retired:
            key = ("old_code", Severity.WARNING if code in codes.partners else Severity.ERROR)
        elif codes.partners and code not in codes.partners:
            key = ("outside_partnerships", Severity.WARNING)
        else:
            continue
        kinds.setdefault(key, []).append(code)
    found = []
    for (kind, severity), wanted in kinds.items():
        at = pc.indices_nonzero(pc.is_in(codes_read, value_set=pa.array(wanted, pa.string())))
        params = [_since(code, codes) if kind == "old_code" else {} for code in codes_read.take(at).to_pylist()]
        found.append(findings.of_cells(kind, severity, part.source, at, column=column, variable=name, params=params))
    return findings.joined(found)


def _reading(text: str, name: str, codes: Codes, *, is_choice: bool) -> _Read:
    own = areas.parse_code(name)
    own = own if own is not None and own.count(".") == 3 else None
    if is_choice:
        return _Read(text, own)
    digits = areas.digits(text)
    is_dotted = "." in text and digits == text.strip().replace(".", "")
    return _Read(
        text,
        own,
        bps=None if is_dotted else codes.aliases.get(Alias.BPS, {}).get(digits),
        former=codes.aliases.get(Alias.FORMER, {}).get(digits),
    )


def _is_in_force(code: str | None, codes: Codes) -> bool:
    return code in codes.known and code not in codes.retired


def _is_bps(readings: list[_Read], codes: Codes) -> bool | None:
    """Whether the column's ten digits are codes of Statistics Indonesia; None where its values do not tell, or tell both."""
    only_bps = any(one.bps and not _is_in_force(one.own, codes) for one in readings)
    only_own = any(_is_in_force(one.own, codes) and not one.bps for one in readings)
    return only_bps if only_bps != only_own else None


def _decided(one: _Read, codes: Codes, is_bps: bool | None) -> tuple[Alias | None, str | Problem | None]:
    if _is_in_force(one.own, codes):
        if one.bps is None or one.bps == one.own or is_bps is False:
            return None, one.own
        if is_bps is None:
            return None, Problem("two_villages", (("first", one.own), ("second", one.bps)))
        return Alias.BPS, one.bps
    if one.bps is not None:
        return Alias.BPS, one.bps
    if one.former is not None:
        return Alias.FORMER, one.former
    return None, one.own


def _with_offer(text: str, codes: Codes) -> Problem:
    like = _like(text, codes)
    return Problem("not_village_code_but_like", (("like", ", ".join(like)),)) if like else Problem("not_village_code")


def _like(name: str, codes: Codes) -> tuple[str, ...]:
    """The villages of a name: those of partnerships, or else of their regencies, or else all if they are few."""
    same = codes.named.get(areas.name_key(name), ())
    regencies = {code[:5] for code in codes.partners}
    for near in (
        tuple(code for code in same if code in codes.partners),
        tuple(code for code in same if code[:5] in regencies),
        same,
    ):
        if near:
            return near if len(near) <= _OFFERED else ()
    return ()


def _since(code: str, codes: Codes) -> dict[str, object]:
    """Since when a code is no longer valid, and the villages of its name that are."""
    retired = codes.retired[code]
    near = [like for like in codes.named.get(areas.name_key(retired.name), ()) if like[:2] == code[:2]]
    like = ", ".join(near) if 0 < len(near) <= _OFFERED else "-"
    return {"since": retired.since.isoformat(), "name": retired.name, "like": like}


def _unread(
    part: Part, column: int, texts: pa.Array, variable: Variable, wrong: abc.Mapping[str, Problem]
) -> abc.Iterator[pa.Table]:
    for code in sorted({problem.code for problem in wrong.values()}):
        at = cleaning.positions(texts, [text for text, problem in wrong.items() if problem.code == code])
        params = [dict(wrong[text].params) for text in texts.take(at).to_pylist()]
        yield findings.of_cells(code, Severity.ERROR, part.source, at, column=column, variable=variable.name, params=params)


def _said(
    part: Part, column: int, texts: pa.Array, variable: Variable, by_alias: abc.Mapping[Alias, abc.Mapping[str, str]]
) -> abc.Iterator[pa.Table]:
    for kind, read_ in by_alias.items():
        if read_:
            text, code = next(iter(read_.items()))
            yield findings.of_file(
                _SAID[kind],
                Severity.INFO,
                form=part.source.form,
                sheet=part.source.sheet,
                column=part.source.headers[0][column],
                variable=variable.name,
                count=len(cleaning.positions(texts, read_)),
                text=text,
                village=code,
            )
