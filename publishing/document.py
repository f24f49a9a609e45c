"""What a snapshot holds: one document, from which everything that is published is made.

Numbers are as computed (shares 0 to 1), rounded to 12 significant digits; None is not known, withheld or not
applicable. Dates are ISO. Words that belong to the data (names, definitions, units) are inside in every language,
so that the document can be read without the store it came from.
"""
from __future__ import annotations

from typing import NotRequired, TypedDict

FORMAT = "pantau.snapshot/1"
METHOD = "1"  # raised when the same responses would give other figures

Words = dict[str, str]  # language to text


class Village(TypedDict):
    code: str
    name: str


class Partnership(TypedDict):
    id: str
    name: str
    kind: Words
    is_example: bool
    members: list[Village]
    comparison: list[Village]


class Round(TypedDict):
    id: str
    name: str
    kind: str
    starts_on: str
    ends_on: str


class Estimate(TypedDict):
    """An indicator's value in one round; every figure is None where it is withheld, and `reason` says why."""

    round: str
    estimate: float | None
    se: float | None
    lower: float | None
    upper: float | None
    n: int | None
    psus: int | None
    strata: int | None
    df: int | None
    reliability: str | None
    withheld: bool
    reason: str | None
    covered: int | None
    expected: int | None


class Change(TypedDict):
    """The difference between two rounds' estimates, with its own interval; a positive one is a higher value."""

    first: str
    last: str
    estimate: float
    se: float | None
    lower: float | None
    upper: float | None
    p_value: float | None


class Target(TypedDict):
    """`comparison` is how the value is held against it (at_least, at_most, ...); `basis` whence its number comes."""

    comparison: str
    value: float | None
    upper_value: float | None
    due_on: str | None
    basis: str
    source: str


class Baseline(TypedDict):
    value: float
    round: str | None
    on: str | None


class Entry(TypedDict):
    """One indicator: what it is, where it started, where it is, where it should be."""

    id: str
    theme: str
    theme_label: Words
    label: Words
    definition: Words
    unit: str
    unit_label: Words
    better: str
    sdgs: list[str]                      # "framework goal code", as "2025 6 6.1.1"
    estimates: list[Estimate]            # of the partnership's members, by time
    comparison: list[Estimate]           # of its comparison villages, by time
    change: Change | None
    comparison_change: Change | None
    baseline: Baseline | None
    target: Target | None
    due: float | None                    # where the straight path to the target stands at the last measurement
    status: str
    confidence: float | None
    is_certain: bool
    depends_on_method: NotRequired[bool]  # other methods of judging disagree; absent from documents made before it was told
    breaks: NotRequired[list[str]]       # days from which it is measured differently: nothing is compared across them; as above


class File(TypedDict):
    file: str
    sha256: str


class Source(TypedDict):
    """A batch the figures rest on: its file, the files of mended rows that completed it, and what became of all rows."""

    batch: int
    file: str
    sha256: str
    instrument: str
    round: str
    accepted_at: str
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rows_left_out: int
    completed_by: NotRequired[list[File]]  # absent from documents made before it was told


class Method(TypedDict):
    version: str
    interval: float                      # the level of every interval
    min_cell: int
    min_coverage: float
    sure_from: float


class Document(TypedDict):
    format: str
    title: str
    narrative: str
    made_at: str
    made_by: str
    as_of: str
    partnership: Partnership
    rounds: list[Round]
    method: Method
    indicators: list[Entry]
    sources: list[Source]
