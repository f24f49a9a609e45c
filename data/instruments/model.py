"""What an instrument is, once its workbook has been read."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from metrics.conditions import Holds
from metrics.indicator import Indicator


class Kind(StrEnum):
    """What a variable holds, and so how its column is stored."""

    TEXT = "text"                        # VARCHAR
    INTEGER = "integer"                  # BIGINT
    DECIMAL = "decimal"                  # DOUBLE
    DATE = "date"                        # DATE
    TIME = "time"                        # VARCHAR, HH:MM:SS
    DATETIME = "datetime"                # TIMESTAMP
    SELECT_ONE = "select_one"            # VARCHAR, the choice's name
    # VARCHAR, the chosen names in the order of the choices, a space between; '' asked and none chosen, NULL not asked.
    # Beside it one TINYINT column for each choice, `variable__choice`: 1, 0, NULL not asked.
    SELECT_MULTIPLE = "select_multiple"
    GEOPOINT = "geopoint"                # never stored
    FILE = "file"                        # never stored


Labels = Mapping[str, str]               # language ("id", "en", or "" for the unnamed one) to text


@dataclass(frozen=True, kw_only=True)
class Choice:
    name: str
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One question. `path` is its groups and its name, as exports join them; expressions are as the XLSForm has them."""

    name: str
    kind: Kind
    path: tuple[str, ...]
    labels: Labels = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    allows_other: bool = False
    required: bool = False
    constraint: str | None = None
    constraint_messages: Labels = field(default_factory=dict)
    relevant: str | None = None
    calculation: str | None = None


@dataclass(frozen=True, kw_only=True)
class Design:
    """The sample design of a form: names of its variables, or of its parent's. See DESIGN of the workbook in docs/."""

    weight: str | None = None
    strata: tuple[str, ...] = ()         # several are crossed
    psu: str | None = None
    psu_population: str | None = None    # PSUs in the stratum's population, for the finite population correction
    village: str | None = None
    respondent: str | None = None
    census: bool = False


@dataclass(frozen=True, kw_only=True)
class Form:
    """One table of an instrument: the main form (`parent` is None), or a repeat group."""

    name: str
    variables: tuple[Variable, ...]
    design: Design
    parent: str | None = None
    path: tuple[str, ...] = ()           # of a repeat: its groups and its name
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """A questionnaire. The first form is the main one and has the instrument's name."""

    id: str
    version: str
    labels: Labels
    languages: tuple[str, ...]
    forms: tuple[Form, ...]
    indicators: tuple[Indicator, ...]    # shipped: of metrics.catalogue; otherwise of the workbook
    sha256: str                          # of the workbook

    def form(self, name: str) -> Form:
        return next(form for form in self.forms if form.name == name)


def table_name(instrument: str, form: str) -> str:
    """The form's table in the schema `responses`, unquoted."""
    return f"{instrument}_{form}"


# What the engine lays beside a form's columns when it is entered in the register.
PARAMETERS = ("poverty_line", "price_index")
_HOLDS = {
    Kind.INTEGER: Holds.NUMBER, Kind.DECIMAL: Holds.NUMBER, Kind.TEXT: Holds.TEXT, Kind.SELECT_ONE: Holds.TEXT,
    Kind.SELECT_MULTIPLE: Holds.CHOICES,
}


def holds(form: Form) -> dict[str, Holds]:
    """What each variable of a form holds, as far as conditions care; parameters among them."""
    return {variable.name: _HOLDS.get(variable.kind, Holds.OTHER) for variable in form.variables} | dict.fromkeys(
        PARAMETERS, Holds.NUMBER,
    )


def in_language(labels: Labels, language: str, otherwise: str) -> str:
    """A label in a language, or in whichever there is."""
    return labels.get(language) or labels.get("") or next(iter(labels.values()), otherwise)
