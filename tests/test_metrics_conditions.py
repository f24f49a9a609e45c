"""The language of conditions: what it says, what it refuses, and that missing stays missing on every engine."""
from __future__ import annotations

import duckdb
import narwhals as nw
import pandas as pd
import pytest

from data.messages import LANGUAGES, explain
from metrics.conditions import And, Arithmetic, Comparison, Holds, In, Number, Variable, differs, equals, is_in, variable
from metrics.expressions import truth, value
from metrics.parsing import ConditionError, parse_condition, parse_expression

HOLDS = {
    "water": Holds.TEXT, "age": Holds.NUMBER, "income": Holds.NUMBER, "members": Holds.NUMBER, "assets": Holds.CHOICES,
    "born_on": Holds.OTHER, "grade": Holds.TEXT,
}


@pytest.mark.parametrize("text, tree", [
    ("water in (piped, well)", is_in(variable("water"), "piped", "well")),
    ("water != none", differs(variable("water"), "none")),
    ("water = 'tap in yard'", equals(variable("water"), "tap in yard")),
    ("water = “tap”", equals(variable("water"), "tap")),
    ("${age} >= 10", variable("age") >= 10),
    ("age ≥ 10 AND age <> 12", (variable("age") >= 10) & differs(variable("age"), 12)),
    ("income / members < 1900", variable("income") / variable("members") < 1900),
    ("income - members * 2 > -(age + 1)",
     Comparison(">", Arithmetic("-", Variable("income"), Arithmetic("*", Variable("members"), Number(2.0))),
                Arithmetic("-", Number(0.0), Arithmetic("+", Variable("age"), Number(1.0))))),
    ("age in (1, -2.5)", In(Variable("age"), (1.0, -2.5))),
    ("grade in (01, 2a)", In(Variable("grade"), ("01", "2a"))),
    ("assets = tv and water = well and age < 5",
     And((equals(variable("assets"), "tv"), equals(variable("water"), "well"), variable("age") < 5))),
])
def test_a_text_becomes_the_tree_its_operators_make(text: str, tree: object) -> None:
    assert parse_condition(text, HOLDS) == tree


def test_an_expression_keeps_the_order_of_operations() -> None:
    assert parse_expression("(income + 1) * 2 / members", HOLDS) == (variable("income") + 1) * Number(2.0) / variable("members")


@pytest.mark.parametrize("text, code, position", [
    ("", "too_short", 1),
    ("water", "too_short", 6),
    ("age >=", "too_short", 7),
    ("watr = piped", "unknown_variable", 1),
    ("age = piped", "unknown_variable", 7),
    ("water > 3", "not_a_number", 1),
    ("income + water > 3", "not_a_number", 1),
    ("born_on > 3", "not_usable", 1),
    ("age 3", "comparison_expected", 5),
    ("age + 1 in (2)", "in_needs_variable", 1),
    ("water in piped", "list_expected", 10),
    ("water in (piped well)", "closing_expected", 17),
    ("(age + 1 > 3", "closing_expected", 10),
    ("water in ()", "value_expected", 11),
    ("age in (old)", "number_expected", 9),
    ("age > 3 or age < 1", "no_or", 9),
    ("age > 3 4", "and_expected", 9),
    ("age > * 3", "operand_expected", 7),
    ("age > 3; drop table", "unreadable", 8),
])
def test_a_refusal_says_what_stands_where_and_what_to_do(text: str, code: str, position: int) -> None:
    with pytest.raises(ConditionError) as refused:
        parse_condition(text, HOLDS)
    assert (refused.value.code, refused.value.params["position"]) == (f"estimate.condition.{code}", position)
    for language in LANGUAGES:
        said = explain(refused.value, language)
        assert str(position) in said
        assert str(refused.value.params.get("found", text)) in said


def test_an_expression_with_something_left_over_is_refused() -> None:
    with pytest.raises(ConditionError) as refused:
        parse_expression("income members", HOLDS)
    assert (refused.value.code, refused.value.params["found"]) == ("estimate.condition.end_expected", "members")


ROWS = pd.DataFrame({
    "water": ["piped", "well", None, "none"], "age": [1, None, 12, 30], "income": [1.0, 2.0, 0.0, None], "members": [2, 0, 4, 1],
    "assets__tv": [1, 0, 1, None], "assets__car": [0, 0, 1, None], "grade": ["01", "1", None, "2"],
}).convert_dtypes(dtype_backend="pyarrow")


def on_every_engine(expression: nw.Expr) -> list[object]:
    eager = nw.from_native(ROWS).select(found=expression)["found"].to_arrow().to_pylist()
    with duckdb.connect() as connection:
        lazy = nw.from_native(connection.from_df(ROWS)).select(found=expression).to_native().fetchall()
    assert [row[0] for row in lazy] == eager
    return eager


@pytest.mark.parametrize("text, expected", [
    ("water in (piped, well)", [True, True, None, False]),
    ("water != none", [True, True, None, False]),
    ("water != none and age >= 10", [False, None, None, False]),
    ("assets = tv", [True, False, True, None]),
    ("assets != car", [True, True, False, None]),
    ("assets in (tv, car)", [True, False, True, None]),
    ("age in (1, 12)", [True, None, True, False]),
    ("grade = 01", [True, False, None, False]),
    ("income / members < 1", [True, None, True, None]),
    ("income * 2 + 1 >= age", [True, None, False, None]),
])
def test_a_missing_value_makes_a_condition_missing(text: str, expected: list[bool | None]) -> None:
    assert on_every_engine(truth(parse_condition(text, HOLDS), HOLDS)) == expected


def test_division_by_zero_is_missing() -> None:
    assert on_every_engine(value(parse_expression("age / income", HOLDS))) == [1, None, None, None]
