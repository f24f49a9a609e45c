"""Income and poverty of residents.

Income is what members earned in the last year, less the costs of their business, as they tell it; official poverty rests on
expenditure, so nothing here is comparable with it. Amounts are rupiah of their round; a household with an unanswered
income is in none of the per-person figures.
Source: income by source of the SDGs Desa individual questionnaire; goals 1, 2, 8 and 10 of the 2025 framework.
"""
from __future__ import annotations

from metrics.indicator import (
    BelowMedian,
    Better,
    Gini,
    Indicator,
    Mean,
    Quantile,
    Ratio,
    Share,
    Shortfall,
    Theme,
    equals,
    is_in,
    variable,
)

_per_person_month = variable("household_income_year_rp") / variable("members") / 12

PER_CAPITA = Indicator(
    id="income.per_capita",
    form="household",
    theme=Theme.INCOME,
    measure=Ratio(variable("household_income_year_rp") / 12, variable("members")),
    better=Better.UP,
    unit="rp_per_person_month",
    counts="A twelfth of the year's income of all members, over the number of members.",
    leaves_out="Households with a member whose income is not known.",
)

EARNER_INCOME = Indicator(
    id="income.earner_income",
    form="member",
    instrument="household",
    theme=Theme.INCOME,
    measure=Mean(variable("income_year_rp")),
    where=equals(variable("works"), "yes"),
    better=Better.UP,
    unit="rp_per_year",
    sdgs=("2025", 8, "8.1.1"),
    counts="The year's income of residents aged 15 and over who work.",
    leaves_out="Residents who do not work; income not answered.",
)

FARM_WORKER_INCOME = Indicator(
    id="income.farm_worker_income",
    form="member",
    instrument="household",
    theme=Theme.INCOME,
    measure=Mean(variable("income_year_rp")),
    where=is_in(variable("main_job"), "smallholder", "farm_labourer"),
    better=Better.UP,
    unit="rp_per_year",
    sdgs=("2025", 2, "2.6.1"),
    counts="The year's income of farm labourers, and of farmers with less than half a hectare, who stand for poor farmers.",
    leaves_out="Other work; income not answered.",
)

POVERTY = Indicator(
    id="income.poverty_by_income",
    form="household",
    theme=Theme.INCOME,
    measure=Share(_per_person_month < variable("poverty_line")),
    multiplier="members",
    better=Better.DOWN,
    unit="share",
    sdgs=("2025", 1, "1.1.3"),
    also_sdgs=(("2025", 10, "10.2.1"),),
    parameters=("poverty_line",),
    counts="Residents whose household's income per person and month is below the regency's poverty line of the round.",
    leaves_out="Households with a member whose income is not known; rounds without a poverty line.",
)

POVERTY_GAP = Indicator(
    id="income.poverty_gap_by_income",
    form="household",
    theme=Theme.INCOME,
    measure=Shortfall(_per_person_month, variable("poverty_line"), 1),
    multiplier="members",
    better=Better.DOWN,
    unit="share",
    parameters=("poverty_line",),
    counts="How far residents fall short of the poverty line, as a share of the line; 0 for those who do not.",
    leaves_out="Households with a member whose income is not known; rounds without a poverty line.",
)

MEDIAN = Indicator(
    id="income.median_per_capita",
    form="household",
    theme=Theme.INCOME,
    measure=Quantile(_per_person_month),
    multiplier="members",
    better=Better.UP,
    unit="rp_per_person_month",
    counts="The income per person and month that half of the residents are below.",
    leaves_out="Households with a member whose income is not known.",
)

INEQUALITY = Indicator(
    id="income.inequality",
    form="household",
    theme=Theme.INCOME,
    measure=Gini(_per_person_month),
    multiplier="members",
    better=Better.DOWN,
    unit="gini",
    sdgs=("2025", 10, "10.1.1"),
    counts="The Gini coefficient of income per person, over residents: 0 when all have the same, 1 when one has all.",
    leaves_out="Households with a member whose income is not known.",
)

BELOW_HALF_MEDIAN = Indicator(
    id="income.below_half_median",
    form="household",
    theme=Theme.INCOME,
    measure=BelowMedian(_per_person_month, 0.5),
    multiplier="members",
    better=Better.DOWN,
    unit="share",
    sdgs=("2025", 10, "10.3.1"),
    counts="Residents whose income per person is less than half of the median of all residents asked in the round.",
    leaves_out="Households with a member whose income is not known.",
)

SEEKS_WORK = Indicator(
    id="income.seeks_work",
    form="member",
    instrument="household",
    theme=Theme.INCOME,
    measure=Share(equals(variable("seeks_work"), "yes")),
    where=variable("age") >= 15,
    better=Better.DOWN,
    unit="share",
    sdgs=("2025", 8, "8.3.1"),
    counts="Residents aged 15 and over who looked for work or prepared a new business in the last week.",
    leaves_out="Not answered.",
)

INDICATORS = (
    PER_CAPITA, EARNER_INCOME, FARM_WORKER_INCOME, POVERTY, POVERTY_GAP, MEDIAN, INEQUALITY, BELOW_HALF_MEDIAN, SEEKS_WORK,
)
