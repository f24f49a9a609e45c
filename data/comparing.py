"""Comparisons of estimates: change between rounds, gap between groups, members against comparison villages, and the
difference of two such differences; each with its standard error from the joint design.

Every comparison is a sum of estimates with coefficients, so each PSU adds a sum of its z, and the variance is that of any
estimate. Estimates that rest on the same PSUs are put together PSU by PSU; others by what they are per stratum.
"""
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from duckdb import DuckDBPyConnection

from data.measuring import Measured, Off, Question, linear_of, units, visited
from data.scanning import has_psus
from data.store import Store
from data.sums import Cells
from metrics import intervals
from metrics.codes import Codes, Numbers, summed
from metrics.combinations import Terms, combined, jointly
from metrics.estimation import Linear, Strata, Units, of_units, precision
from metrics.poststratification import expected_jointly, taken_off


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Results x indicators."""

    estimate: Numbers
    se: Numbers
    df: Numbers
    lower: Numbers
    upper: Numbers
    p_value: Numbers
    psus: Numbers
    strata: Numbers
    has_lonely_psu: np.ndarray


def compared(store: Store, cursor: DuckDBPyConnection, question: Question, found: Measured, terms: Terms) -> Compared:
    """The results of terms, whose owners are those of `found`."""
    estimate = summed(terms.coefficient[:, None] * found.estimate[terms.owner], terms.result, terms.results)
    if found.units is not None or has_psus(question.form):
        sample, added = visited(store, cursor, question, found), units(store, cursor, question, found)
        joined, strata = _rounds_joined(sample, found, terms)
        both = jointly(replace(added, stratum=joined[added.stratum]), terms)
        linear = of_units(both) if found.off is None else _taken_off(both, found.off, joined, terms)
    else:
        linear, strata = combined(linear_of(store, cursor, question, found), terms), found.place.sums.strata
    sure = precision([linear], estimate.shape, strata, lonely=found.place.lonely)
    se, df = np.sqrt(sure.variance), sure.df
    if question.form.design.census:
        se, df = np.where(np.isnan(estimate), np.nan, 0.0), np.full(estimate.shape, np.nan)
    se = np.where(np.isnan(estimate), np.nan, se)
    lower, upper = intervals.t_interval(estimate, se, df) if not question.form.design.census else (estimate, estimate)
    return Compared(estimate=estimate, se=se, df=df, lower=lower, upper=upper, p_value=intervals.p_value(estimate, se, df),
                    psus=sure.psus, strata=sure.strata, has_lonely_psu=sure.has_lonely_psu)


def _taken_off(units: Units, off: Off, joined: Codes, terms: Terms) -> Linear:
    """What is left once known totals are taken into account, in strata as they were joined."""
    known = replace(off.poststrata, stratum=joined[off.poststrata.stratum])
    return taken_off(units, expected_jointly(off.expected, terms, len(known.total)), known)


def _rounds_joined(sample: Cells, found: Measured, terms: Terms) -> tuple[Codes, Strata]:
    """Rounds that visited the same PSUs are one sample: their strata of one name are one, with the PSUs of both.

    Returns the new code of each stratum. Rounds that share none stay apart: they are independent samples.
    """
    whole, (_, rounds, categories) = found.place.sums, found.place.shape
    round_of = terms.owner // categories % rounds
    used, apart = np.unique(round_of), np.arange(len(whole.stratum_name))
    if len(np.unique(np.stack([terms.result, round_of]), axis=1)[0]) == len(np.unique(terms.result)):
        return apart, whole.strata       # no result takes from more than one round
    names, name = np.unique(np.array(whole.stratum_name, dtype=object), return_inverse=True)
    here = np.isin(sample.round, used)
    visits = np.unique(np.stack([name[sample.stratum[here]], sample.psu[here], sample.round[here]]), axis=1)
    psus, times = np.unique(visits[:2], axis=1, return_counts=True)
    again = summed((times - 1).astype(float)[:, None], psus[0], len(names))[:, 0]
    if not again.any():
        return apart, whole.strata
    of_used = np.isin(whole.stratum_round, used)
    total = summed(whole.strata.psus[of_used][:, None], name[of_used], len(names))[:, 0] - again
    population = np.full(len(names), np.nan)
    np.fmax.at(population, name[of_used], whole.strata.population[of_used])
    return name, Strata(psus=total, population=population)
