"""Values far from those of their peers: the same variable, round and subdistrict."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.importing import findings
from data.importing.columns import Values
from data.importing.design import Placed, variables
from data.importing.finding import Severity
from data.importing.layout import Part
from data.instruments.model import Form, Kind

# Fewer peers say nothing about what is usual; of more than so many, so many say it well enough.
FEWEST, MOST = 10, 5_000
# In spreads: the median absolute deviation, scaled to the standard deviation of a normal distribution. A standard deviation of
# the values themselves would be widened by the very value it is to judge: among nine values none can be 3 of them away.
FAR = 6.0
_SCALE = 1.4826
# What many do is not far from what is usual: then the scale is wrong, not the values.
RARE = 0.02
_SUBDISTRICT = len("18.02.02")


def outliers(part: Part, values: Values, placed: Placed, form: Form) -> pa.Table:
    """A warning for each value more than `FAR` spreads from its peers' median; amounts that are never negative are
    compared by their logarithms. Rows without a village are one another's peers."""
    design = variables(form)
    numeric = [
        variable.name
        for variable in form.variables
        if variable.kind in {Kind.INTEGER, Kind.DECIMAL} and variable.name in values.cells and variable.name not in design
    ]
    numeric = [name for name in numeric if name in values.of]
    if not numeric or values.count < FEWEST:
        return findings.NONE
    groups = _groups(placed.columns["_village"])
    found = []
    for name in numeric:
        numbers = np.asarray(pc.cast(values.of[name], pa.float64()).to_numpy(zero_copy_only=False))
        far = _far(numbers, groups)
        if far is None:
            continue
        at, medians = far
        params = [{"median": _plain(median)} for median in medians]
        found.append(
            findings.of_cells(
                "far_from_peers",
                Severity.WARNING,
                part.source,
                pa.array(at, pa.int64()),
                column=values.cells[name],
                variable=name,
                params=params,
            )
        )
    return findings.joined(found)


def _groups(villages: pa.Array) -> list[np.ndarray]:
    """The positions of each subdistrict's rows."""
    areas = pc.dictionary_encode(pc.fill_null(pc.utf8_slice_codeunits(villages, 0, _SUBDISTRICT), ""))
    codes = areas.indices.to_numpy(zero_copy_only=False)
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.cumsum(np.bincount(codes))[:-1]) if len(codes) else []


def _far(numbers: np.ndarray, groups: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray] | None:
    """The positions of the values out of their group's bounds, and their groups' medians."""
    with np.errstate(invalid="ignore"):
        is_amount = not (numbers < 0).any()
    at, medians = [], []
    for group in groups:
        own = numbers[group]
        known = own[~np.isnan(own)]
        if len(known) < FEWEST:
            continue
        sample = np.sort(known[:: max(1, len(known) // MOST)])
        scaled = np.log1p(sample) if is_amount else sample
        middle = _median(scaled)
        away = scaled - middle
        spread = _SCALE * _median(np.sort(np.abs(away)))
        if spread == 0:
            continue
        # Each side by its own: incomes reach further up than down.
        below, above = (_SCALE * abs(_median(side)) or spread for side in (away[away <= 0], away[away >= 0]))
        bounds = np.array([middle - FAR * below, middle + FAR * above])
        low, high = np.expm1(bounds) if is_amount else bounds
        with np.errstate(invalid="ignore"):
            out = group[(own < low) | (own > high)]
        at.append(out)
        medians.append(np.full(len(out), _median(sample)))
    where = np.concatenate(at) if at else np.array([], dtype=np.int64)
    if not 0 < len(where) <= max(1.0, RARE * len(numbers)):
        return None
    order = np.argsort(where)
    return where[order], np.concatenate(medians)[order]


def _median(ordered: np.ndarray) -> float:
    return float(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _plain(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else f"{value:.6g}"
