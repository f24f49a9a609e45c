"""Residuals within post-strata: by hand, and by what holds for every sample."""
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.poststratification import Parts, Poststrata, residuals


def codes(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def test_a_group_of_three_psus_by_hand() -> None:
    """One stratum, PSUs 0, 1, 2; group 0 has weights 2, 3, 5 there and 20 units; group 1 has weight 4 in PSU 2 and 4 units."""
    known = Poststrata(total=np.array([20.0, 4.0]), weight=np.array([10.0, 4.0]), poststratum=codes(0, 0, 0, 1),
                       stratum=codes(0, 0, 0, 0), psu=codes(0, 1, 2, 2), in_psu=np.array([2.0, 3.0, 5.0, 4.0]))
    assert known.factor.tolist() == [2, 1]
    # An owner with rows in PSUs 0 and 2 of group 0 alone: new weight times z is 8 and 12.
    parts = Parts(owner=codes(0, 0), stratum=codes(0, 0), psu=codes(0, 2), poststratum=codes(0, 0),
                  z=np.array([[8.0], [12.0]]), present=np.ones((2, 1)))
    found = residuals(parts, known)
    # 20 in all for a weight of 10: each unit of design weight is expected to add 2.
    assert found.psu.tolist() == [0, 1, 2]
    assert found.z.ravel().tolist() == [8 - 4, 0 - 6, 12 - 10]
    assert found.present.ravel().tolist() == [1, 0, 1]


def test_rows_in_no_group_keep_what_they_add() -> None:
    known = Poststrata(total=np.array([6.0]), weight=np.array([3.0]), poststratum=codes(0), stratum=codes(0), psu=codes(0),
                       in_psu=np.array([3.0]))
    parts = Parts(owner=codes(0, 0, 1), stratum=codes(0, 0, 0), psu=codes(0, 1, 1), poststratum=codes(0, -1, -1),
                  z=np.array([[5.0], [7.0], [9.0]]), present=np.ones((3, 1)))
    found = residuals(parts, known)
    assert list(zip(found.owner, found.psu, found.z.ravel(), strict=True)) == [(0, 0, 0), (0, 1, 7), (1, 1, 9)]


@st.composite
def samples(draw: st.DrawFn) -> tuple[Parts, Poststrata]:
    """Rows of one stratum in up to 5 PSUs, 3 groups and 2 owners."""
    row = st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 1), st.floats(0.5, 20), st.floats(-50, 50))
    rows = draw(st.lists(row, min_size=1, max_size=20))
    psu, group, owner, weight, z = (np.array(column) for column in zip(*rows, strict=True))
    _, group = np.unique(group, return_inverse=True)
    total = np.array([draw(st.floats(1, 1000)) for _ in range(group.max() + 1)])
    known = np.bincount(group, weight)
    parts = Parts(owner=owner, stratum=np.zeros_like(psu), psu=psu, poststratum=group,
                  z=(weight * z * (total / known)[group])[:, None], present=np.ones((len(rows), 1)))
    return parts, Poststrata(total=total, weight=known, poststratum=group, stratum=np.zeros_like(psu), psu=psu, in_psu=weight)


@settings(max_examples=40)
@given(samples())
def test_what_is_left_of_a_group_adds_up_to_nothing(sample: tuple[Parts, Poststrata]) -> None:
    parts, known = sample
    found = residuals(parts, known)
    for owner in np.unique(parts.owner):
        size = np.abs(parts.z[parts.owner == owner]).sum()
        assert found.z[found.owner == owner].sum() == pytest.approx(0, abs=1e-9 * (1 + size))


@settings(max_examples=40)
@given(samples())
def test_owners_that_share_out_the_rows_add_up_to_the_one_that_has_them_all(sample: tuple[Parts, Poststrata]) -> None:
    parts, known = sample
    apart = residuals(parts, known)
    together = residuals(Parts(**{**parts.__dict__, "owner": np.zeros_like(parts.owner)}), known)
    sums = np.bincount(apart.psu, apart.z.ravel(), minlength=5)
    whole = np.bincount(together.psu, together.z.ravel(), minlength=5)
    assert sums == pytest.approx(whole, abs=1e-9 * (1 + np.abs(parts.z).sum()))


@settings(max_examples=40)
@given(samples(), st.floats(0.01, 100))
def test_the_scale_of_the_design_weights_does_not_matter(sample: tuple[Parts, Poststrata], scale: float) -> None:
    parts, known = sample
    scaled = Poststrata(**{**known.__dict__, "weight": known.weight * scale, "in_psu": known.in_psu * scale})
    first, second = residuals(parts, known), residuals(parts, scaled)
    assert second.z == pytest.approx(first.z, abs=1e-9 * (1 + np.abs(parts.z).sum()))


@settings(max_examples=40)
@given(samples())
def test_a_group_that_counts_itself_has_no_error_at_all(sample: tuple[Parts, Poststrata]) -> None:
    """The total of ones: each row adds its new weight, and nothing else."""
    parts, known = sample
    ones = Parts(**{**parts.__dict__, "owner": np.zeros_like(parts.owner),
                    "z": (known.in_psu * known.factor[known.poststratum])[:, None]})
    assert residuals(ones, known).z.ravel().tolist() == [0.0] * len(np.unique(parts.psu))
