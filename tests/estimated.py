"""Estimates straight from a pandas frame, through the same scan and the same variance as a store's."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import narwhals as nw
import numpy as np
import pandas as pd

from metrics import intervals, totals
from metrics.conditions import Condition, Holds
from metrics.estimation import Lonely, Owned, Strata, levels
from metrics.indicator import Better, Indicator, Measure, Share, Theme, Total


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Columns of the sample design, as of `svydesign(id = ~psu, strata = ~stratum, weights = ~weight, fpc = ~population)`."""

    weight: str | None = None
    stratum: str | None = None
    psu: str | None = None
    population: str | None = None
    village: str | None = None


def indicator(measure: Measure, *, where: Condition | None = None, multiplier: str | None = None, id: str = "i") -> Indicator:
    return Indicator(id=id, form="f", theme=Theme.INCOME, measure=measure, better=Better.UP, unit="", counts="", leaves_out="",
                     where=where, multiplier=multiplier)


def framed(rows: pd.DataFrame, sample: Sample) -> nw.LazyFrame:
    """The rows as metrics/totals.py wants them, with nulls for what is missing."""
    n = len(rows)

    def column(name: str | None, otherwise: object) -> pd.Series:
        return rows[name] if name else pd.Series([otherwise] * n, index=rows.index)

    whole = rows.assign(
        _round="r", _weight=column(sample.weight, 1.0).astype(float), _stratum=column(sample.stratum, "").astype(str),
        _psu=rows[sample.psu].astype(str) if sample.psu else [str(each) for each in range(n)],
        _psu_population=column(sample.population, np.nan).astype(float), _village=column(sample.village, "18.02.02.2001"),
    )
    return nw.from_native(whole.convert_dtypes(dtype_backend="pyarrow")).lazy()


def held(rows: pd.DataFrame) -> dict[str, Holds]:
    """Numbers where a column has numbers, text elsewhere."""
    return {str(name): Holds.NUMBER if pd.api.types.is_numeric_dtype(rows[name]) else Holds.TEXT for name in rows}


def estimated(
    rows: pd.DataFrame, indicators: Sequence[Indicator], sample: Sample, *, group: str | None = None,
    lonely: Lonely = Lonely.ADJUST, holds: Mapping[str, Holds] | None = None,
) -> pd.DataFrame:
    """One row per category of the group and indicator (its place): estimate, se, df, psus, n, deff, lower, upper, lonely."""
    frame, names = framed(rows, sample), totals.names(indicators)
    plan = holds or held(rows)

    def scanned(wanted: Sequence[str], *, has_psus: bool) -> nw.LazyFrame:
        return totals.psu_sums(frame, indicators, plan, has_psus=has_psus, group=group, sums=wanted)

    def table(found: nw.LazyFrame) -> pd.DataFrame:
        whole = found.collect().to_pandas()
        return whole.dropna(subset="category") if group else whole.assign(category="")

    psus = scanned(totals.PSUS, has_psus=sample.psu is not None)
    moments = table(totals.moments(psus, indicators, group=group))
    by_rows = table(totals.squares(scanned(totals.SQUARES, has_psus=False), indicators, group=group))
    strata = totals.strata(totals.units(frame), has_psus=sample.psu is not None).collect().to_pandas()
    categories, count = sorted(moments["category"].unique()), len(indicators)

    def owned(found: pd.DataFrame, kind: Sequence[str]) -> Owned:
        sums = {sum: np.nan_to_num(found[[getattr(name, sum) for name in names]].to_numpy(float)) for sum in kind}
        return Owned(owner=pd.Index(categories).get_indexer(found["category"]), row=np.arange(len(found)), sums=sums,
                     stratum=pd.Index(strata["stratum"]).get_indexer(found["stratum"]))

    design = Strata(psus=strata["psus"].to_numpy(float), population=strata["psu_population"].to_numpy(float))
    is_total = np.array([isinstance(each.measure, Total) for each in indicators])
    asked = {"owners": len(categories), "strata": design, "is_total": is_total, "lonely": lonely}
    level, sure = levels([owned(moments, totals.MOMENTS)], **asked)
    one_by_one = owned(table(psus), totals.PSUS)
    one_by_one = replace(one_by_one, sums={**one_by_one.sums, "psus": (one_by_one.sums["n"] > 0).astype(float)})
    again, same = levels([one_by_one], **asked)
    np.testing.assert_allclose(again.estimate, level.estimate, rtol=1e-9)
    # Squares multiplied out lose half of their digits where PSUs hardly differ.
    lost = 1e-7 * np.nanmax(np.abs(level.estimate), initial=0)
    np.testing.assert_allclose(np.sqrt(same.variance), np.sqrt(sure.variance), rtol=1e-6, atol=lost)

    def columns(found: pd.DataFrame, sum: str) -> np.ndarray:
        added = found.groupby("category").sum(numeric_only=True).loc[categories]
        return np.stack([added[getattr(name, sum)].to_numpy(float) for name in names], axis=1)

    n, of_rows = columns(moments, "n"), {name: columns(by_rows, name) for name in totals.SQUARES}
    simple = intervals.simple_variance(n, **of_rows, y=level.y, x=level.x, is_total=is_total)
    se = np.sqrt(sure.variance)
    is_share = np.array([isinstance(each.measure, Share) for each in indicators])
    symmetric, logit = intervals.t_interval(level.estimate, se, sure.df), intervals.logit_interval(level.estimate, se, sure.df)
    lower, upper = (np.where(is_share, logit[side], symmetric[side]) for side in (0, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        arrays = {"estimate": level.estimate, "se": se, "df": sure.df, "psus": sure.psus, "n": n, "x": level.x,
                  "asked": columns(moments, "e"), "y": level.y,
                  "deff": sure.variance / simple, "lower": lower, "upper": upper, "lonely": sure.has_lonely_psu}
    return pd.DataFrame({
        "category": np.repeat(categories, count), "indicator": np.tile(np.arange(count), len(categories)),
        **{name: values.ravel() for name, values in arrays.items()},
    })
