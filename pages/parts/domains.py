"""What estimates are for: levels, domains and groups, with their names; and their rows as charts and readers want them."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from data import formats
from data.domains import By
from data.instruments.model import Kind, Variable
from metrics.indicator import Indicator
from pages.parts import reads, sentences
from pages.parts.rows import rows_of
from pages.parts.session import language
from pages.parts.words import say

LEVELS: tuple[By, ...] = ("partnership", "village", "subdistrict", "regency", "all")


def level(by: str) -> str:
    return say(f"parts.level.{by}")


def names(by: str, rows: pd.DataFrame) -> dict[str, str]:
    """The name of each domain in some rows, by its id or code."""
    if by in ("partnership", "comparison"):
        return {each.id: each.name for each in reads.partnerships()}
    if by == "all":
        return {"all": say("parts.level.all")}
    return reads.area_names(tuple(sorted(set(rows["domain"]))))


def groups(indicator: Indicator) -> list[str]:
    """The select_one variables of an indicator's form, by which it can be told apart."""
    return [name for name, variable in _variables(indicator).items() if variable.kind is Kind.SELECT_ONE and variable.choices]


def group_name(indicator: Indicator) -> Callable[[str], str]:
    """Names variables; `-` is no group."""
    variables = _variables(indicator)
    return lambda name: say("parts.no_group") if name == "-" else _label(variables[name].labels, name)


def category_names(indicator: Indicator, group: str) -> dict[str, str]:
    return {choice.name: _label(choice.labels, choice.name) for choice in _variables(indicator)[group].choices}


def with_targets(rows: pd.DataFrame, by: str, indicator: Indicator) -> pd.DataFrame:
    """The rows with each partnership's target; other domains have none."""
    if by != "partnership":
        return without_targets(rows)
    progress = reads.status_of()
    own = progress[progress["indicator"] == indicator.id].set_index("partnership")["target"]
    return rows.assign(target=rows["domain"].map(own).astype(float))


def without_targets(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(target=float("nan"))


def in_order(rows: pd.DataFrame, series: Sequence[str]) -> pd.DataFrame:
    """The rows with the highest estimate of the first series first; names without one last."""
    rank = rows[rows["series"] == series[0]].set_index("name")["estimate"]
    return rows.assign(rank=rows["name"].map(rank)).sort_values(["rank", "name"], ascending=[False, True], kind="stable")


def table(rows: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """Estimates as readers see them, each withheld one with its reason."""
    unit = indicator.unit
    return pd.DataFrame([{
        say("parts.column.name"): row.name,
        say("parts.column.round"): row.series,
        say("parts.column.value"): formats.NONE if row.withheld else formats.value(row.estimate, unit, language()),
        say("parts.column.interval"): sentences.why_not(row.reason) if row.withheld
        else formats.interval(row.lower, row.upper, unit, language()),
        say("parts.column.n"): formats.number(row.n, language()),
        say("parts.column.villages"): say("parts.covered", covered=row.covered, expected=row.expected),
        say("parts.column.reliability"): sentences.reliability(row),
    } for row in rows_of(rows)])


def unit_named(indicator: Indicator) -> str:
    return say("parts.unit.share") if indicator.unit == formats.SHARE else formats.unit_words(indicator.unit, language())


def _variables(indicator: Indicator) -> Mapping[str, Variable]:
    instrument = reads.instruments().get(indicator.instrument_id)
    return {} if instrument is None else {each.name: each for each in instrument.form(indicator.form).variables}


def _label(labels: Mapping[str, str], otherwise: str) -> str:
    return labels.get(language()) or labels.get("") or next(iter(labels.values()), otherwise)
