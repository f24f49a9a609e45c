"""Residuals within post-strata: by hand, against their definition, and by what holds for every sample."""
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.combinations import Terms, jointly
from metrics.estimation import Linear
from metrics.poststratification import Parts, Poststrata, expected, expected_jointly, gathered, taken_off


def codes(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def left(parts: Parts, known: Poststrata) -> Linear:
    return taken_off(gathered(parts), expected(parts, known), known)


def cells(linear: Linear) -> dict[tuple[int, int], tuple[float, float]]:
    """By owner and stratum: the sums of z and of z*z."""
    return {(int(owner), int(stratum)): (float(z), float(zz)) for owner, stratum, z, zz in zip(
        linear.owner, linear.stratum, linear.z.ravel(), linear.zz.ravel(), strict=True)}


def by_definition(parts: Parts, known: Poststrata) -> dict[tuple[int, int], tuple[float, float]]:
    """Every PSU of the sample for every owner: what its rows add, less what their groups are expected to."""
    found = {}
    for owner in np.unique(parts.owner):
        z = {(int(stratum), int(psu)): 0.0 for stratum, psu in zip(known.stratum, known.psu, strict=True)}
        of_owner = parts.owner == owner
        for stratum, psu, number in zip(parts.stratum[of_owner], parts.psu[of_owner], parts.z[of_owner, 0], strict=True):
            z[stratum, psu] = z.get((stratum, psu), 0.0) + number
        for group in range(len(known.total)):
            per_weight = parts.z[of_owner & (parts.poststratum == group), 0].sum() / known.weight[group]
            for entry in np.flatnonzero(known.poststratum == group):
                z[known.stratum[entry], known.psu[entry]] -= per_weight * known.in_psu[entry]
        for stratum in {each for each, _ in z}:
            numbers = np.array([number for (other, _), number in z.items() if other == stratum])
            found[int(owner), stratum] = (float(numbers.sum()), float((numbers ** 2).sum()))
    return found


def test_a_group_of_three_psus_by_hand() -> None:
    """One stratum, PSUs 0, 1, 2; group 0 has weights 2, 3, 5 there and 20 units; group 1 has weight 4 in PSU 2 and 4 units."""
    known = Poststrata(total=np.array([20.0, 4.0]), weight=np.array([10.0, 4.0]), poststratum=codes(0, 0, 0, 1),
                       stratum=codes(0, 0, 0, 0), psu=codes(0, 1, 2, 2), in_psu=np.array([2.0, 3.0, 5.0, 4.0]))
    assert known.factor.tolist() == [2, 1]
    # An owner with rows in PSUs 0 and 2 of group 0 alone: new weight times z is 8 and 12.
    parts = Parts(owner=codes(0, 0), stratum=codes(0, 0), psu=codes(0, 2), poststratum=codes(0, 0),
                  z=np.array([[8.0], [12.0]]), present=np.ones((2, 1)))
    # 20 in all for a weight of 10: each unit of design weight is expected to add 2. PSUs: 8 - 4, 0 - 6, 12 - 10.
    found = left(parts, known)
    assert cells(found) == {(0, 0): (pytest.approx(4 - 6 + 2, abs=1e-12), pytest.approx(16 + 36 + 4))}
    assert found.psus.ravel().tolist() == [2]


def test_rows_in_no_group_keep_what_they_add() -> None:
    known = Poststrata(total=np.array([6.0]), weight=np.array([3.0]), poststratum=codes(0), stratum=codes(0), psu=codes(0),
                       in_psu=np.array([3.0]))
    parts = Parts(owner=codes(0, 0, 1), stratum=codes(0, 0, 0), psu=codes(0, 1, 1), poststratum=codes(0, -1, -1),
                  z=np.array([[5.0], [7.0], [9.0]]), present=np.ones((3, 1)))
    assert cells(left(parts, known)) == {(0, 0): (7, pytest.approx(49)), (1, 0): (9, 81)}


@st.composite
def samples(draw: st.DrawFn) -> tuple[Parts, Poststrata]:
    """Rows in 2 strata of up to 4 PSUs, 3 groups and 2 owners."""
    row = st.tuples(
        st.integers(0, 1), st.integers(0, 3), st.integers(0, 2), st.integers(0, 1), st.floats(0.5, 20), st.floats(-50, 50))
    rows = draw(st.lists(row, min_size=1, max_size=20))
    stratum, psu, group, owner, weight, z = (np.array(column) for column in zip(*rows, strict=True))
    _, group = np.unique(group, return_inverse=True)
    total = np.array([draw(st.floats(1, 1000)) for _ in range(group.max() + 1)])
    in_group = np.bincount(group, weight)
    parts = Parts(owner=owner, stratum=stratum, psu=psu, poststratum=group, z=(weight * z * (total / in_group)[group])[:, None],
                  present=np.ones((len(rows), 1)))
    return parts, Poststrata(total=total, weight=in_group, poststratum=group, stratum=stratum, psu=psu, in_psu=weight)


Sums = dict[tuple[int, int], tuple[float, float]]


def same(found: Sums, wanted: Sums, size: float) -> None:
    for cell in found.keys() | wanted.keys():
        z, zz = found.get(cell, (0.0, 0.0))
        other_z, other_zz = wanted.get(cell, (0.0, 0.0))
        assert z == pytest.approx(other_z, abs=1e-10 * (1 + size))
        assert zz == pytest.approx(other_zz, rel=1e-9, abs=1e-10 * (1 + size * size))


@settings(max_examples=60)
@given(samples())
def test_the_sums_are_those_of_the_definition(sample: tuple[Parts, Poststrata]) -> None:
    parts, known = sample
    same(cells(left(parts, known)), by_definition(parts, known), float(np.abs(parts.z).sum()))


@settings(max_examples=40)
@given(samples())
def test_the_difference_of_two_owners_is_that_of_one_with_the_signs_of_both(sample: tuple[Parts, Poststrata]) -> None:
    parts, known = sample
    terms = Terms(owner=codes(0, 1), coefficient=np.array([1.0, -1.0]), result=codes(0, 0), results=1)
    off = expected_jointly(expected(parts, known), terms, len(known.total))
    together = taken_off(jointly(gathered(parts), terms), off, known)
    signed = Parts(**{**parts.__dict__, "owner": np.zeros_like(parts.owner),
                      "z": parts.z * np.where(parts.owner == 0, 1, -1)[:, None]})
    same(cells(together), by_definition(signed, known), float(np.abs(parts.z).sum()))


@settings(max_examples=40)
@given(samples(), st.floats(0.01, 100))
def test_the_scale_of_the_design_weights_does_not_matter(sample: tuple[Parts, Poststrata], scale: float) -> None:
    parts, known = sample
    scaled = Poststrata(**{**known.__dict__, "weight": known.weight * scale, "in_psu": known.in_psu * scale})
    same(cells(left(parts, scaled)), cells(left(parts, known)), float(np.abs(parts.z).sum()))


@settings(max_examples=40)
@given(samples())
def test_a_group_that_counts_itself_has_no_error_at_all(sample: tuple[Parts, Poststrata]) -> None:
    """The total of ones: each row adds its new weight, and nothing else."""
    parts, known = sample
    ones = Parts(**{**parts.__dict__, "owner": np.zeros_like(parts.owner),
                    "z": (known.in_psu * known.factor[known.poststratum])[:, None]})
    found = left(ones, known)
    assert found.zz.ravel().tolist() == [0.0] * len(found.zz)
