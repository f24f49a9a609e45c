"""What an indicator is: a declaration of what each unit contributes.

Every mean, share and ratio is `R = Y/X` with `Y = sum(w*y)` and `X = sum(w*x)`; a measure says what `y` and `x` are.
Variance, intervals, targets and charts come from the engine.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from metrics.conditions import Condition, Expression, differs, equals, is_in, variable
from metrics.conditions import variables as named

__all__ = [
    "BelowMedian", "Better", "Gini", "Index", "Indicator", "Item", "Mean", "Measure", "OverTime", "Quantile", "Ratio", "Share",
    "Shortfall", "Theme", "Total", "differs", "equals", "is_in", "variable",
    "variables",
]


class Better(StrEnum):
    UP = "up"
    DOWN = "down"


class Theme(StrEnum):
    INCOME = "income"
    SERVICE_ACCESS = "service_access"
    PARTICIPATION = "participation"
    COHESION = "cohesion"
    COOPERATION = "cooperation"


class OverTime(StrEnum):
    """How values of several rounds add up."""

    LEVEL = "level"
    FLOW = "flow"
    STOCK = "stock"
    CUMULATIVE = "cumulative"


@dataclass(frozen=True)
class Mean:
    """The weighted mean of an expression."""

    value: Expression


@dataclass(frozen=True)
class Share:
    """The weighted share, 0 to 1, of the rows where a condition holds, among those where it can be judged."""

    condition: Condition


@dataclass(frozen=True)
class Ratio:
    """The ratio of two weighted totals, over the rows that have both."""

    numerator: Expression
    denominator: Expression


@dataclass(frozen=True)
class Total:
    """The weighted total of an expression."""

    value: Expression


@dataclass(frozen=True)
class Shortfall:
    """The mean of `((line - value) / line) ** power` over those below a line, 0 for the others (Foster, Greer, Thorbecke).

    Power 0 is the share below the line, 1 the poverty gap, 2 the severity.
    """

    value: Expression
    line: Expression
    power: int


@dataclass(frozen=True)
class Item:
    """One question of an index, answered from `lowest` to `highest`; reversed where agreeing is worse."""

    variable: str
    lowest: float
    highest: float
    reversed: bool = False


@dataclass(frozen=True)
class Index:
    """The mean, 0 to 100, of a respondent's answered items, for those who answered at least half of them."""

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Quantile:
    """A weighted quantile of an expression; the median by default."""

    value: Expression
    probability: float = 0.5


@dataclass(frozen=True)
class Gini:
    """The Gini coefficient, 0 to 1, of an expression."""

    value: Expression


@dataclass(frozen=True)
class BelowMedian:
    """The weighted share, 0 to 1, with less than a fraction of the median, the median being estimated too."""

    value: Expression
    fraction: float = 0.5


Measure = Mean | Share | Ratio | Total | Shortfall | Index | Quantile | Gini | BelowMedian


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """A measured quantity with a definition, a unit, a direction.

    `form` is the form whose rows it counts, of `instrument` (by default the instrument of the same name). `where`
    restricts the rows; `multiplier` is a variable that multiplies the weight (household size: to speak of persons).
    `parameters` name what the store must hold before it can be computed, e.g. `poverty_line`.
    `labels` and `definitions`, by language, come from the instrument's workbook; a shipped indicator has its words
    in the message catalogues, under `indicator.<id>.label` and `.definition`.
    `unit` is an id of the catalogue (`unit.<id>`): share, rp_per_month, score_100, count, persons, ...
    """

    id: str
    form: str
    theme: Theme
    measure: Measure
    better: Better
    unit: str
    counts: str
    leaves_out: str
    instrument: str = ""
    where: Condition | None = None
    multiplier: str | None = None
    over_time: OverTime = OverTime.LEVEL
    sdgs: tuple[str, int, str] | None = None
    also_sdgs: tuple[tuple[str, int, str], ...] = ()
    parameters: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)

    @property
    def instrument_id(self) -> str:
        return self.instrument or self.form


def variables(indicator: Indicator) -> frozenset[str]:
    """The names of all variables an indicator rests on, parameters such as `poverty_line` among them."""
    match indicator.measure:
        case Share(condition):
            names = set(named(condition))
        case Ratio(above, below) | Shortfall(above, below, _):
            names = set(named(above)) | set(named(below))
        case Index(items):
            names = {item.variable for item in items}
        case Mean(of) | Total(of) | Quantile(of) | Gini(of) | BelowMedian(of):
            names = set(named(of))
    if indicator.where:
        names |= set(named(indicator.where))
    return frozenset(names | {indicator.multiplier} if indicator.multiplier else names)
