"""The official indicators as readers look for them: by goal or by words, with what Pantau has for each."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from access.policy import Action, Viewer, require
from data import sdgs_desa
from data.indicators import indicators, label
from data.messages import LANGUAGES
from data.register import targets
from data.store import Store
from metrics.indicator import Indicator


class Only(StrEnum):
    """Which of the official indicators are wanted."""

    ALL = "all"
    WITH_TARGET = "with_target"
    MEASURED = "measured"


@dataclass(frozen=True, kw_only=True)
class Official:
    """One indicator of a framework, in the framework's words; empty text where nothing is known.

    `basis` is stated, implied, availability or none; `is_transcribed` says whether the row was copied from the regulation.
    `notes` are codes of `framework.note.<code>`.
    """

    framework: str
    goal: int
    code: str
    objective: str
    name: str
    unit: str
    target_text: str
    comparison: str
    value: float | None
    basis: str
    notes: tuple[str, ...]
    source: str

    @property
    def key(self) -> sdgs_desa.Key:
        return self.framework, self.goal, self.code

    @property
    def is_transcribed(self) -> bool:
        return self.framework in sdgs_desa.TRANSCRIBED

    @property
    def has_target(self) -> bool:
        return self.basis != "none"


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question of a known questionnaire; `is_seen` says whether its wording was compared with the questionnaire."""

    instrument: str
    code: str
    wording: str
    asked_of: str
    is_seen: bool
    source: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An official indicator, the indicators of Pantau that report on it, the questions that speak of it, and the partnerships
    in the viewer's scope that adopted its target."""

    official: Official
    indicators: tuple[Indicator, ...]
    questions: tuple[Question, ...]
    adopted_by: tuple[str, ...]


def browse(
    store: Store, viewer: Viewer, *, framework: str = "2025", goal: int | None = None, words: str = "", only: Only = Only.ALL,
) -> list[Entry]:
    """The entries of a framework in its order, of one goal or all, in which every one of the words occurs.

    Words are looked for in code, name, objective and target as worded, and in the names of Pantau's indicators.
    """
    require(viewer, Action.SEE_RESULTS)
    measuring = by_key(indicators(store, viewer).values())
    questions = _questions()
    adopted = _adopted(targets(store, viewer))
    found = []
    for each in officials(framework, goal):
        own = measuring.get(each.key, ()) if each.code else ()
        entry = Entry(
            official=each, indicators=own, questions=questions.get(each.key, ()) if each.code else (),
            adopted_by=tuple(sorted({owner for indicator in own for owner in adopted.get((indicator.id, each.comparison), ())})),
        )
        if _is_wanted(entry, only) and _has_words(entry, words):
            found.append(entry)
    return found


def officials(framework: str, goal: int | None = None) -> list[Official]:
    """The rows of a framework, in its order."""
    return [
        Official(
            framework=row["framework"], goal=int(row["goal"]), code=row["code"], objective=row["objective"],
            name=row["indicator"], unit=row["unit"], target_text=row["target_text"], comparison=row["comparison"],
            value=float(row["value"]) if row["value"] else None, basis=row["basis"], notes=tuple(row["note"].split()),
            source=row["source"],
        )
        for row in sdgs_desa.framework(framework, goal).to_dict("records")
    ]


def by_key(known: Iterable[Indicator]) -> dict[sdgs_desa.Key, tuple[Indicator, ...]]:
    """The indicators that report on each official one."""
    found: dict[sdgs_desa.Key, tuple[Indicator, ...]] = {}
    for indicator in known:
        for key in (indicator.sdgs, *indicator.also_sdgs):
            if key is not None:
                found[key] = (*found.get(key, ()), indicator)
    return found


def _questions() -> Mapping[sdgs_desa.Key, tuple[Question, ...]]:
    found: dict[sdgs_desa.Key, tuple[Question, ...]] = {}
    for row in sdgs_desa.survey_items().to_dict("records"):
        question = Question(instrument=row["instrument"], code=row["code"], wording=row["question"], asked_of=row["unit"],
                            is_seen=row["confidence"] == "seen", source=row["source"])
        for name in row["sdgs"].split():
            framework, goal, code = name.split("/")
            key = (framework, int(goal), code)
            found[key] = (*found.get(key, ()), question)
    return found


def _adopted(known: pd.DataFrame) -> dict[tuple[str, str], set[str]]:
    """The partnerships with an official target, by indicator and comparison."""
    found: dict[tuple[str, str], set[str]] = {}
    official = known[known["basis"].str.startswith("official_")]
    for owner, indicator, comparison in zip(official["partnership"], official["indicator"], official["comparison"], strict=True):
        found.setdefault((indicator, comparison), set()).add(owner)
    return found


def _is_wanted(entry: Entry, only: Only) -> bool:
    return {Only.ALL: True, Only.WITH_TARGET: entry.official.has_target, Only.MEASURED: bool(entry.indicators)}[only]


def _has_words(entry: Entry, words: str) -> bool:
    names = [label(indicator, language) for indicator in entry.indicators for language in LANGUAGES]
    each = entry.official
    text = " ".join((each.code, each.name, each.objective, each.target_text, *names)).casefold()
    return all(word in text for word in words.casefold().split())
