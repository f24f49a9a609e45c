"""What must hold for any survey."""
from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.conditions import variable
from metrics.indicator import Indicator, Mean, Ratio, Share, Total
from tests.estimated import Sample, estimated, indicator

SAMPLE = Sample(weight="w", stratum="h", psu="p")
ASKED = [
    indicator(Mean(variable("y"))), indicator(Ratio(variable("y"), variable("x"))), indicator(Total(variable("y"))),
    indicator(Share(variable("y") > 5)),
]
# Rounding of sums of doubles, relative to numbers up to 1e4.
NEAR = {"rel": 1e-9, "abs": 1e-9}


@st.composite
def surveys(draw: st.DrawFn) -> pd.DataFrame:
    """A few strata with a few PSUs (nested) of a few responses, some answers missing."""
    rows = []
    for stratum in range(draw(st.integers(1, 3))):
        for psu in range(draw(st.integers(2, 4))):
            for _ in range(draw(st.integers(1, 4))):
                rows.append({
                    "h": f"s{stratum}", "p": f"{stratum}.{psu}", "w": draw(st.integers(1, 20)), "g": draw(st.sampled_from("ab")),
                    "y": draw(st.one_of(st.none(), st.integers(0, 20))), "x": draw(st.integers(1, 9)),
                })
    whole = pd.DataFrame(rows).astype({"y": float})
    whole.loc[0, "y"] = 3.0
    return whole


def of(rows: pd.DataFrame, asked: list[Indicator] = ASKED, **more: str) -> pd.DataFrame:
    return estimated(rows, asked, SAMPLE, **more)  # type: ignore[arg-type]


def same(first: pd.Series, second: pd.Series) -> bool:
    return first.to_numpy() == pytest.approx(second.to_numpy(), nan_ok=True, **NEAR)


few = settings(max_examples=6, deadline=None)


@few
@given(surveys(), st.sampled_from([0.001, 12.0, 1000.0]))
def test_another_unit_scales_estimate_and_error(rows: pd.DataFrame, factor: float) -> None:
    asked = ASKED[:3]
    before, after = of(rows, asked), of(rows.assign(y=rows["y"] * factor), asked)
    assert same(after["estimate"] / factor, before["estimate"])
    assert same(after["se"] / factor, before["se"])
    assert same(after["deff"], before["deff"]) or (before["se"] < 1e-6).any()


@few
@given(surveys())
def test_doubling_all_weights_changes_no_mean_ratio_or_share(rows: pd.DataFrame) -> None:
    before, after = of(rows), of(rows.assign(w=rows["w"] * 2))
    levels = before["indicator"] != 2
    for column in ("estimate", "se", "df", "n"):
        assert same(after.loc[levels, column], before.loc[levels, column])
    assert same(after.loc[~levels, "estimate"], 2 * before.loc[~levels, "estimate"])


@few
@given(surveys(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: pd.DataFrame, random: object) -> None:
    order = list(rows.index)
    random.shuffle(order)  # type: ignore[attr-defined]
    before, after = of(rows), of(rows.loc[order].reset_index(drop=True))
    assert same(after["estimate"], before["estimate"])
    assert same(after["se"], before["se"])


@few
@given(surveys())
def test_the_totals_of_a_partition_add_up(rows: pd.DataFrame) -> None:
    whole, parts = of(rows, [ASKED[2]]), of(rows, [ASKED[2]], group="g")
    assert parts["estimate"].fillna(0).sum() == pytest.approx(whole["estimate"][0], **NEAR)
    assert parts["n"].sum() == whole["n"][0]


@few
@given(surveys())
def test_a_share_and_its_complement_add_up_to_one_and_are_as_sure(rows: pd.DataFrame) -> None:
    found = of(rows, [indicator(Share(variable("y") > 5)), indicator(Share(variable("y") <= 5))])
    assert found["estimate"].sum() == pytest.approx(1, **NEAR)
    assert found["se"][0] == pytest.approx(found["se"][1], nan_ok=True, **NEAR)
    inside = found["estimate"].between(1e-9, 1 - 1e-9) & found["se"].gt(1e-9)
    if inside.all():
        assert found["lower"][0] == pytest.approx(1 - found["upper"][1], nan_ok=True, **NEAR)


@few
@given(surveys())
def test_a_mean_is_the_ratio_to_one(rows: pd.DataFrame) -> None:
    found = of(rows.assign(one=1), [ASKED[0], indicator(Ratio(variable("y"), variable("one")))])
    assert same(found.loc[[0], "se"], found.loc[[1], "se"])
    assert found["estimate"][0] == pytest.approx(found["estimate"][1], **NEAR)


@few
@given(surveys())
def test_an_interval_of_a_share_stays_inside(rows: pd.DataFrame) -> None:
    found = of(rows, [ASKED[3]]).iloc[0]
    if not np.isnan(found["lower"]):
        assert 0 <= found["lower"] <= found["estimate"] <= found["upper"] <= 1


@few
@given(surveys())
def test_a_constant_has_no_error(rows: pd.DataFrame) -> None:
    found = of(rows.assign(y=7.3), [ASKED[0]]).iloc[0]
    assert found["estimate"] == pytest.approx(7.3)
    assert found["se"] == 0


@few
@given(surveys(), st.integers(2, 6))
def test_copies_of_all_psus_shrink_the_error_by_the_root_of_their_number(rows: pd.DataFrame, copies: int) -> None:
    many = pd.concat([rows.assign(p=rows["p"] + f"/{copy}") for copy in range(copies)], ignore_index=True)
    before, after = of(rows), of(many)
    levels = before["indicator"] != 2
    assert same(after.loc[levels, "estimate"], before.loc[levels, "estimate"])
    if rows["h"].nunique() == 1:
        # In one stratum of m PSUs m/(m-1) becomes km/(km-1), and each z its k-th part.
        m = rows["p"].nunique()
        factor = np.sqrt((copies * m / (copies * m - 1)) / (m / (m - 1)) / copies)
        assert same(after.loc[levels, "se"], factor * before.loc[levels, "se"])
    else:
        assert (after.loc[levels, "se"] <= before.loc[levels, "se"] / np.sqrt(copies) + 1e-9).all()
