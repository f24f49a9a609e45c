"""What a page says first, from small tables of progress and changes."""
from __future__ import annotations

from io import StringIO

import pandas as pd

from data.register import Partnership
from metrics.indicator import Better, Indicator, Share, Theme, equals, variable
from pages.parts.summary import by_promise, on_paths, standings, sure_changes


def indicator(id: str, better: Better) -> Indicator:
    return Indicator(id=id, form="household", theme=Theme.INCOME, measure=Share(equals(variable("x"), "a")), better=better,
                     unit="share", counts="", leaves_out="")


KNOWN = {each.id: each for each in (indicator("water", Better.UP), indicator("poor", Better.DOWN))}
PARTNERSHIPS = [Partnership(id=id, name=id, kind="bilateral", members=(), comparison=()) for id in ("air", "beras", "cabai")]
PROGRESS = """
partnership  indicator  baseline  estimate  target  status           confidence  is_certain  depends_on_method
air          water      0.40      0.50      0.80    needs_attention  0.70        False       True
beras        water      0.40      0.45      0.80    needs_attention  0.95        True        False
beras        poor       0.30      0.10      0.20    achieved         0.99        True        True
cabai        water      0.90      0.95      0.80    achieved         0.99        True        False
cabai        poor       0.30      NaN       0.20    not_enough_data  NaN         False       False
"""


def progress() -> pd.DataFrame:
    return pd.read_csv(StringIO(PROGRESS), sep=r"\s+")


def test_the_partnership_that_surely_needs_attention_comes_first() -> None:
    found = standings(PARTNERSHIPS, progress())
    assert [(each.partnership.id, each.surely_needing, len(each.needing), dict(each.counts)) for each in found] == [
        ("beras", 1, 1, {"needs_attention": 1, "achieved": 1}),
        ("air", 0, 1, {"needs_attention": 1}),
        ("cabai", 0, 0, {"achieved": 1, "not_enough_data": 1}),
    ]
    # of how many others than those that need attention the status depends on the method
    assert [each.depending for each in found] == [1, 0, 0]


def test_a_way_is_drawn_only_where_the_target_lies_ahead_of_the_baseline() -> None:
    # cabai's water was at 0.90 from the start with a target of 0.80; its poor has no estimate
    drawn = on_paths(progress(), KNOWN)
    assert list(zip(drawn["partnership"], drawn["indicator"], strict=True)) == [
        ("air", "water"), ("beras", "water"), ("beras", "poor")]


def test_only_changes_that_chance_hardly_explains_are_told_the_surest_first() -> None:
    changes = pd.DataFrame({"indicator": ["water", "poor", "water", "other"], "estimate": [0.1, 0.1, -0.2, 0.3],
                            "p_value": [0.004, 0.0001, 0.02, 0.0]})
    told = sure_changes(changes, KNOWN)
    assert list(zip(told["indicator"], told["is_better"], strict=True)) == [("poor", False), ("water", True)]


def test_what_is_promised_and_what_is_not_are_apart_and_no_theme_is_empty() -> None:
    rows = progress()
    rows.loc[3, "status"] = "no_target"             # cabai's water; its poor, without enough data, stays among the promises
    promised, others = by_promise({"a": rows.iloc[:3], "b": rows.iloc[3:4], "c": rows.iloc[3:]})
    assert {theme: part["status"].tolist() for theme, part in promised.items()} == {
        "a": ["needs_attention", "needs_attention", "achieved"], "c": ["not_enough_data"]}
    assert {theme: len(part) for theme, part in others.items()} == {"b": 1, "c": 1}
