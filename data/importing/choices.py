"""Answers to closed questions: codes or labels, in any language, as exports and people write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from data.importing.numbers import Problem, plain
from data.instruments.model import Choice, Variable

OTHER = "other"
YES = frozenset({"ya", "y", "yes", "true", "1", "iya", "benar"})
NO = frozenset({"tidak", "t", "no", "n", "false", "0", "tdk", "bukan"})
_TELLS_YES, _TELLS_NO = frozenset({"ya", "yes", "iya"}), frozenset({"tidak", "no", "tdk"})
# What a column of one choice of a select_multiple holds.
TICKED = {
    "1": 1,
    "1.0": 1,
    "true": 1,
    "yes": 1,
    "ya": 1,
    "y": 1,
    "x": 1,
    "v": 1,
    "✓": 1,
    "√": 1,
    "0": 0,
    "0.0": 0,
    "false": 0,
    "no": 0,
    "tidak": 0,
    "n": 0,
    "t": 0,
}
_OTHER_LABELS = ("other", "lainnya", "lain-lain", "lain")


def folded(text: str) -> str:
    """A text as it is compared: spaces, case, and what stands behind a label do not matter."""
    return plain(text).casefold().rstrip(" .:?*")


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What texts mean for one question. A text that two choices claim means neither."""

    exact: Mapping[str, str]
    loose: Mapping[str, str]
    order: tuple[str, ...]

    def find(self, text: str) -> str | None:
        if (name := self.exact.get(text)) is not None:
            return name
        key = folded(text)
        if (name := self.loose.get(key)) is not None:
            return name
        if key.endswith(".0") and key[:-2].isdigit():
            key = key[:-2]
        if key.isdigit():  # 1.0 and 01 for 1, and 1 for 01
            same = {name for known, name in self.loose.items() if known.isdigit() and int(known) == int(key)}
            return same.pop() if len(same) == 1 else None
        return None


def answers(variable: Variable) -> Answers:
    choices = variable.choices
    if variable.allows_other and all(choice.name != OTHER for choice in choices):
        choices = (*choices, Choice(name=OTHER))
    names = {choice.name: choice.name for choice in choices}
    labels = _claimed((label, choice.name) for choice in choices for label in choice.labels.values() if label)
    loose = _claimed((folded(text), choice.name) for choice in choices for text in (choice.name, *choice.labels.values()) if text)
    if variable.allows_other:
        loose = {**dict.fromkeys(_OTHER_LABELS, OTHER), **loose}
    if sides := _yes_no(choices):
        loose = {**dict.fromkeys(YES, sides[0]), **dict.fromkeys(NO, sides[1]), **loose}
    return Answers(exact={**labels, **names}, loose=loose, order=tuple(choice.name for choice in choices))


def read_one(text: str, known: Answers) -> str | Problem:
    name = known.find(text)
    return name if name is not None else _unknown(text, known)


def read_several(text: str, known: Answers) -> tuple[str, ...] | Problem:
    """The chosen names, in the order of the choices: parted by spaces, commas, semicolons or lines, as names or labels."""
    text = text.strip()
    if not text:
        return ()
    if (name := known.find(text)) is not None:
        return (name,)
    words = text.split()
    found = [known.exact.get(word) for word in words]
    if all(name is not None for name in found):
        return _ordered(found, known)
    for separator in ("\n", ";", ", ", ",", "|", " "):
        parts = [part for part in text.split(separator) if part.strip()]
        if len(parts) > 1:
            found = [known.find(part) for part in parts]
            if all(name is not None for name in found):
                return _ordered(found, known)
    if segments := _segmented(words, known):
        return _ordered(segments, known)
    strange = [word for word in words if known.find(word) is None]
    return _unknown(" ".join(strange) if len(strange) < len(words) else text, known)


def _ordered(names: Iterable[str | None], known: Answers) -> tuple[str, ...]:
    chosen = set(names)
    return tuple(name for name in known.order if name in chosen)


def _segmented(words: list[str], known: Answers) -> list[str] | None:
    """Labels that hold spaces, joined by spaces: the one way to cut the text into labels, or None."""
    longest = max((len(text.split()) for text in (*known.loose, *known.exact)), default=0)
    ways: list[list[list[str]]] = [[] for _ in range(len(words) + 1)]
    ways[0].append([])
    for end in range(1, len(words) + 1):
        for start in range(max(0, end - longest), end):
            name = known.find(" ".join(words[start:end]).rstrip(",;")) if ways[start] else None
            if name is not None:
                ways[end].extend([*way, name] for way in ways[start][:2])
    complete = {tuple(sorted(way)) for way in ways[len(words)]}
    return ways[len(words)][0] if len(complete) == 1 else None


def _claimed(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    claims: dict[str, set[str]] = {}
    for text, name in pairs:
        claims.setdefault(text, set()).add(name)
    return {text: next(iter(names)) for text, names in claims.items() if len(names) == 1}


def _yes_no(choices: Iterable[Choice]) -> tuple[str, str] | None:
    """The choices that mean yes and no, where one of the list does each."""
    texts = {choice.name: {folded(text) for text in (choice.name, *choice.labels.values())} for choice in choices}
    yes = [name for name, held in texts.items() if held & _TELLS_YES]
    no = [name for name, held in texts.items() if held & _TELLS_NO]
    return (yes[0], no[0]) if len(yes) == 1 and len(no) == 1 and yes != no else None


def _unknown(text: str, known: Answers) -> Problem:
    """Names the likeliest choice, for the one who mends it; it is never taken."""
    close = process.extractOne(folded(text), list(known.loose), scorer=fuzz.ratio, score_cutoff=70)
    if close:
        return Problem("not_choice_but_like", (("like", known.loose[close[0]]), ("part", text)))
    shown = ", ".join(known.order[:8]) + (", …" if len(known.order) > 8 else "")
    return Problem("not_choice", (("choices", shown), ("part", text)))
