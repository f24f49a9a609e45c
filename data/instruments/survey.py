"""A parsed XLSForm becomes forms and variables.

pyxform turns the survey and choices sheets into a tree; here the tree becomes tables: the main form, and a form for each
repeat group. Groups only add to a variable's path.
"""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from data.errors import UserError
from data.instruments.model import Choice, Design, Form, Kind, Labels, Variable

# The system columns of a form's table, and what the engine adds to them: no question may have such a name.
RESERVED = frozenset({
    "_round", "_batch", "_row", "_village", "_weight", "_stratum", "_psu", "_psu_population", "_parent", "_key", "_uuid",
    "poverty_line", "price_index",
})

_KINDS = {
    Kind.SELECT_ONE: "select one, select one external",
    Kind.SELECT_MULTIPLE: "select all that apply",
    Kind.GEOPOINT: "geopoint, geotrace, geoshape, start-geopoint, background-geopoint",
    Kind.FILE: "photo, image, audio, video, file, background-audio, osm",
    Kind.INTEGER: "int, integer",
    Kind.DECIMAL: "decimal",
    Kind.DATE: "date, today",
    Kind.TIME: "time",
    Kind.DATETIME: "datetime, start, end",
}
_KIND_OF_TYPE = {name: kind for kind, names in _KINDS.items() for name in names.split(", ")}
_KIND_OF_BIND = {"int": Kind.INTEGER, "decimal": Kind.DECIMAL, "date": Kind.DATE, "time": Kind.TIME, "datetime": Kind.DATETIME}
# They hold no answer.
_NOT_ASKED = frozenset({"note", "audit", "xml-external", "csv-external"})
_TRUE = frozenset({"yes", "true", "true()", "1"})
# A calculation without a type of its own is a number when its outermost function gives one, or it calculates with its parts.
_NUMBER_FUNCTION = re.compile(r"\s*(?:count|count-selected|sum|int|round|number|pow|sqrt|abs|decimal-date-time)\s*\(")
_ARITHMETIC = re.compile(r"[)}\d\s](?:\*|\+|\s-\s|\sdiv\s|\smod\s)")
_TEXT = re.compile(r"""["']|concat\(|pulldata\(|jr:|join\(|once\(""")
_LANGUAGES = {"indonesian": "id", "bahasa indonesia": "id", "indonesia": "id", "english": "en", "bahasa inggris": "en"}


@dataclass(frozen=True, kw_only=True)
class Question:
    """A variable before names are made unique, and the repeat groups it stands in, outermost first."""

    variable: Variable
    repeats: tuple[tuple[str, ...], ...]


def forms(tree: Mapping[str, Any], instrument: str) -> tuple[Form, ...]:
    """The forms of a parsed XLSForm, the main one first and each repeat after its parent, without their designs.

    A name that occurs twice in a form, in different groups, is joined with its groups' names.
    Raises `UserError` for a name that the store needs for itself.
    """
    questions = tuple(_questions(tree["children"], (), ()))
    repeats = tuple(_repeats(tree["children"], (), None))
    names = _form_names(instrument, tuple(path for path, _, _ in repeats))
    found = [Form(name=instrument, variables=_variables(questions, ()), design=Design(), labels=labels(tree.get("title")))]
    for path, parent, words in repeats:
        chain = (*_chain(parent, repeats), path)
        found.append(Form(
            name=names[path], variables=_variables(questions, chain), design=Design(),
            parent=names[parent] if parent else instrument, path=path, labels=words,
        ))
    return tuple(found)


def labels(value: object) -> Labels:
    """A label as pyxform has it, a text or one for each language, by our language codes."""
    if not value:
        return {}
    if isinstance(value, Mapping):
        return {language_code(name): str(text) for name, text in value.items() if text}
    return {"": str(value)}


def language_code(name: str) -> str:
    """`English (en)` -> `en`, `Bahasa Indonesia` -> `id`; "" for the unnamed language; any other name as it is."""
    if name == "default":
        return ""
    if coded := re.search(r"\(([A-Za-z]{2,3})(?:-\w+)?\)\s*$", name):
        return coded.group(1).lower()
    return _LANGUAGES.get(name.strip().lower(), name.strip())


def _questions(children: list[Any], path: tuple[str, ...], repeats: tuple[tuple[str, ...], ...]) -> Iterator[Question]:
    for child in children:
        here = (*path, child["name"])
        match child["type"]:
            case "group" if child["name"] == "meta" and not path:
                continue
            case "group":
                yield from _questions(child.get("children", []), here, repeats)
            case "repeat" | "loop":
                yield from _questions(child.get("children", []), here, (*repeats, here))
            case kind if kind not in _NOT_ASKED:
                siblings = {sibling.get("name") for sibling in children}
                yield Question(variable=_variable(child, here, f"{child['name']}_other" in siblings), repeats=repeats)


def _repeats(
    children: list[Any], path: tuple[str, ...], parent: tuple[str, ...] | None,
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...] | None, Labels]]:
    for child in children:
        here = (*path, child["name"])
        if child["type"] in {"repeat", "loop"}:
            yield here, parent, labels(child.get("label"))
            yield from _repeats(child.get("children", []), here, here)
        elif child["type"] == "group":
            yield from _repeats(child.get("children", []), here, parent)


def _chain(path: tuple[str, ...] | None, repeats: tuple[Any, ...]) -> tuple[tuple[str, ...], ...]:
    if path is None:
        return ()
    parents = {own: parent for own, parent, _ in repeats}
    return (*_chain(parents[path], repeats), path)


def _variable(question: Mapping[str, Any], path: tuple[str, ...], has_other: bool) -> Variable:
    bind = question.get("bind") or {}
    kind = _kind(question["type"], bind)
    choices = _choices(question) if kind in {Kind.SELECT_ONE, Kind.SELECT_MULTIPLE} or question["type"] == "rank" else ()
    allows_other = has_other and any(choice.name == "other" for choice in choices)
    return Variable(
        name=question["name"],
        kind=kind,
        path=path,
        labels=labels(question.get("label")),
        choices=choices,
        allows_other=allows_other,
        required=str(bind.get("required", "")).strip().lower() in _TRUE,
        constraint=bind.get("constraint"),
        constraint_messages=labels(bind.get("jr:constraintMsg")),
        relevant=bind.get("relevant"),
        calculation=bind.get("calculate"),
    )


def _kind(kind: str, bind: Mapping[str, Any]) -> Kind:
    """A type we do not know is text: that loses nothing."""
    declared = str(bind.get("type", "")).lower()
    if declared in _KIND_OF_BIND:
        return _KIND_OF_BIND[declared]
    if kind == "range" or (kind == "calculate" and _gives_number(str(bind.get("calculate", "")))):
        return Kind.DECIMAL
    return _KIND_OF_TYPE.get(kind.lower(), Kind.TEXT)


def _gives_number(calculation: str) -> bool:
    if _NUMBER_FUNCTION.match(calculation):
        return True
    return bool(_ARITHMETIC.search(calculation)) and not _TEXT.search(calculation)


def _choices(question: Mapping[str, Any]) -> tuple[Choice, ...]:
    """In their order, each name once: a cascading select may list the same name under several parents."""
    found: dict[str, Choice] = {}
    for choice in question.get("choices") or ():
        found.setdefault(str(choice["name"]), Choice(name=str(choice["name"]), labels=labels(choice.get("label"))))
    return tuple(found.values())


def _variables(questions: tuple[Question, ...], repeats: tuple[tuple[str, ...], ...]) -> tuple[Variable, ...]:
    own = [question.variable for question in questions if question.repeats == repeats]
    count = Counter(variable.name.lower() for variable in own)
    named = tuple(
        variable if count[variable.name.lower()] == 1 else replace(variable, name="_".join(variable.path)) for variable in own
    )
    for variable in named:
        if variable.name.lower() in RESERVED:
            raise UserError("instrument.reserved_name", name=variable.name)
    return named


def _form_names(instrument: str, repeats: tuple[tuple[str, ...], ...]) -> dict[tuple[str, ...], str]:
    count = Counter(path[-1].lower() for path in repeats) + Counter([instrument.lower()])
    return {path: path[-1] if count[path[-1].lower()] == 1 else "_".join(path) for path in repeats}
