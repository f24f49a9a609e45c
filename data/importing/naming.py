"""The names a column of a variable can have in an export, as keys that spelling does not change."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from data.instruments.model import Form, Instrument, Kind, Variable


@dataclass(frozen=True, order=True)
class Target:
    """What a column holds: a variable of a form, or one choice of a select_multiple (1 or 0)."""

    form: str
    variable: str
    choice: str | None = None

    def __str__(self) -> str:
        return self.variable if self.choice is None else f"{self.variable}/{self.choice}"


class How(IntEnum):
    """How a column was matched, the surest first."""

    CHOSEN = 0
    SAVED = 1
    NAME = 2
    PATH = 3
    LABEL = 4
    SPELLING = 5  # name, path or label, spelled differently
    ENDING = 6  # groups in front of it differ
    SYNONYM = 7


# Parts of an exact position that exports put beside a geopoint.
POSITION_PARTS = ("latitude", "longitude", "altitude", "precision", "accuracy")
_SEPARATORS = re.compile(r"\s*(?:::|[/\-.:>|\\\[])\s*")


def key(text: str) -> str:
    """A header as it is compared: separators are one, spaces and underscores are one, case and a last `?` do not matter."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("_", " ").replace("*", "").replace("]", "")
    text = re.sub(r"<[^>]{1,40}>", " ", text)
    text = _SEPARATORS.sub("/", text)
    return " ".join(text.split()).strip(" ?/,")


def endings(text: str) -> Iterator[str]:
    """A key without the first of its groups, without the first two, and so on."""
    while "/" in text:
        text = text.split("/", 1)[1]
        yield text


@dataclass(frozen=True, kw_only=True)
class Names:
    """Texts and keys to targets, in tiers of certainty. A text that two targets claim is in none."""

    exact: dict[How, dict[str, Target]]
    keys: dict[str, Target]
    positions: frozenset[str]
    ambiguous: frozenset[str]

    def find(self, header: str) -> tuple[Target, How] | None:
        header = header.strip()
        for how, texts in self.exact.items():
            if header in texts:
                return texts[header], how
        folded = key(header)
        if folded in self.keys:
            return self.keys[folded], How.SPELLING
        for ending in endings(folded):
            if ending in self.keys:
                return self.keys[ending], How.ENDING
            if ending in self.ambiguous:
                return None
        return None

    def is_position(self, header: str) -> bool:
        folded = key(header)
        return any(text in self.positions for text in (folded, *endings(folded)))


def names_of(form: Form) -> Names:
    named: list[tuple[str, Target]] = []
    pathed: list[tuple[str, Target]] = []
    labelled: list[tuple[str, Target]] = []
    positions = set()
    for variable in form.variables:
        own = Target(form.name, variable.name)
        paths = _paths(variable, form)
        labels = [label.strip() for label in variable.labels.values() if label.strip()]
        named.append((variable.name, own))
        pathed.extend((path, own) for path in paths)
        labelled.extend((label, own) for label in {*labels, *_label_paths(variable)})
        if variable.kind is Kind.SELECT_MULTIPLE:
            for text, choice in _choice_texts(variable):
                part = Target(form.name, variable.name, choice)
                named.append((f"{variable.name}/{text}", part))
                pathed.extend((f"{path}/{text}", part) for path in paths)
                labelled.extend((f"{label}/{text}", part) for label in labels)
                pathed.append((f"{variable.name}_{text}", part))
        if variable.kind is Kind.GEOPOINT:
            for base in (variable.name, *paths, *labels):
                positions |= {key(f"{base}{mark}{part}") for mark in ("_", "/") for part in POSITION_PARTS}
    exact = {How.NAME: _unique(named), How.PATH: _unique(pathed), How.LABEL: _unique(labelled)}
    # A name wins over another variable's label that is spelled the same.
    keys: dict[str, Target] = {}
    ambiguous: set[str] = set()
    for pairs in (named, pathed, labelled):
        folded = [(key(text), target) for text, target in pairs]
        single = _unique(folded)
        ambiguous |= {text for text, _ in folded if text not in single and text not in keys}
        keys = {**single, **keys}
    return Names(exact=exact, keys=keys, positions=frozenset(positions), ambiguous=frozenset(ambiguous - set(keys)))


def of_instrument(instrument: Instrument) -> dict[str, Names]:
    return {form.name: names_of(form) for form in instrument.forms}


def _paths(variable: Variable, form: Form) -> list[str]:
    """With its groups, from the top and from its repeat, in the separators that exports use."""
    full = tuple(variable.path) or (variable.name,)
    inside = full[len(form.path) :] if form.path and full[: len(form.path)] == form.path else full
    repeat = (*form.path[-1:], *inside) if form.parent else inside
    return [separator.join(parts) for parts in {full, inside, repeat} for separator in ("/", "-", ".", "::", ":")]


def _label_paths(variable: Variable) -> list[str]:
    """Labels with their groups' labels in front, where the instrument tells them."""
    groups = getattr(variable, "path_labels", ())
    paths = []
    for language, label in variable.labels.items():
        texts = [text for labels in groups if (text := labels.get(language, ""))]
        if texts:
            paths.append("/".join((*texts, label)))
    return paths


def _choice_texts(variable: Variable) -> list[tuple[str, str]]:
    texts = [(text, choice.name) for choice in variable.choices for text in {choice.name, *choice.labels.values()} if text]
    if variable.allows_other:
        texts.append(("other", "other"))
    return texts


def _unique(pairs: Iterable[tuple[str, Target]]) -> dict[str, Target]:
    claims: dict[str, set[Target]] = {}
    for text, target in pairs:
        claims.setdefault(text, set()).add(target)
    return {text: next(iter(targets)) for text, targets in claims.items() if len(targets) == 1}
