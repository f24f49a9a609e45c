"""The small language of conditions and expressions, as trees.

`water in (piped, well)`, `toilet != none and age >= 10`, `income / members`. A tree is built by the operators below (in
declarations) or by `parse_condition` and `parse_expression` (from a workbook); it becomes a narwhals expression, and is
never evaluated as code. A missing value makes a comparison missing.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Variable:
    name: str


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Arithmetic:
    operator: Literal["+", "-", "*", "/"]
    left: Expression
    right: Expression


Expression = Variable | Number | Arithmetic


@dataclass(frozen=True)
class Comparison:
    """A comparison of two sides; the right side of `=` and `!=` may be a text, the name of a choice."""

    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    left: Expression
    right: Expression | str


@dataclass(frozen=True)
class In:
    """Whether a variable has one of some values; of a select_multiple: whether at least one of them was chosen."""

    variable: Variable
    values: tuple[str | float, ...]


@dataclass(frozen=True)
class And:
    parts: tuple[Comparison | In, ...]


Condition = Comparison | In | And
