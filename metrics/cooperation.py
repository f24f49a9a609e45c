"""Cooperation: whether the partnership itself works. Agreements, joint activities, money, joint business.

From the village profile (a census, once a year) and from the partnership's activities. An agreement of two villages is
reported by both, so agreements and markets are averages per village and never sums. Women and poor families at the
activities are in metrics/participation.py.
Source: goal 17 of the 2025 framework.
"""
from __future__ import annotations

from metrics.indicator import Better, Indicator, Mean, OverTime, Ratio, Share, Theme, Total, equals, variable

VILLAGE_AGREEMENTS = Indicator(
    id="cooperation.village_agreements",
    form="village",
    theme=Theme.COOPERATION,
    measure=Mean(variable("village_agreements")),
    better=Better.UP,
    unit="agreements",
    over_time=OverTime.STOCK,
    sdgs=("2025", 17, "17.11.1"),
    counts="Agreements with other villages in force, per village.",
    leaves_out="Villages that did not fill it in.",
)

THIRD_PARTY_AGREEMENTS = Indicator(
    id="cooperation.third_party_agreements",
    form="village",
    theme=Theme.COOPERATION,
    measure=Mean(variable("third_party_agreements")),
    better=Better.UP,
    unit="agreements",
    over_time=OverTime.STOCK,
    sdgs=("2025", 17, "17.11.2"),
    counts="Agreements with third parties in force, per village.",
    leaves_out="Villages that did not fill it in.",
)

ACTIVITIES_DONE = Indicator(
    id="cooperation.activities_done",
    form="activity",
    theme=Theme.COOPERATION,
    measure=Share(equals(variable("state"), "done")),
    better=Better.UP,
    unit="share",
    counts="Activities that took place, over all activities planned for the round's period.",
    leaves_out="Nothing: a postponed or cancelled activity counts as planned and not done.",
)

BUDGET_REALISED = Indicator(
    id="cooperation.budget_realised",
    form="activity",
    theme=Theme.COOPERATION,
    measure=Ratio(variable("spent_rp"), variable("budget_rp")),
    better=Better.UP,
    unit="share",
    counts="Money spent on activities that took place, over what was budgeted for them.",
    leaves_out="Activities that did not take place.",
)

SELF_HELP = Indicator(
    id="cooperation.self_help",
    form="activity",
    theme=Theme.COOPERATION,
    measure=Ratio(variable("self_help_rp"), variable("spent_rp")),
    better=Better.UP,
    unit="share",
    counts="Value of the residents' own work, material and money, over the money spent on the activities that took place.",
    leaves_out="Activities without both amounts.",
)

JOINT_SALES = Indicator(
    id="cooperation.joint_sales",
    form="village",
    theme=Theme.COOPERATION,
    measure=Total(variable("joint_sales_rp")),
    better=Better.UP,
    unit="rp_per_year",
    over_time=OverTime.FLOW,
    counts="Value of sales made jointly with other villages, each village its own part.",
    leaves_out="Villages that did not fill it in.",
)

MARKETS = Indicator(
    id="cooperation.markets",
    form="village",
    theme=Theme.COOPERATION,
    measure=Mean(variable("markets")),
    better=Better.UP,
    unit="markets",
    over_time=OverTime.STOCK,
    counts="Markets and regular buyers that the village's products reach, per village.",
    leaves_out="Villages that did not fill it in.",
)

ENTERPRISE_GROWTH = Indicator(
    id="cooperation.enterprise_growth",
    form="village",
    theme=Theme.COOPERATION,
    measure=Ratio(
        variable("enterprise_capital_rp") - variable("enterprise_capital_before_rp"), variable("enterprise_capital_before_rp"),
    ),
    better=Better.UP,
    unit="share",
    sdgs=("2025", 17, "17.12.1"),
    counts="Growth within the year of the village enterprises' capital from the village budget, over the capital before.",
    leaves_out="Villages without both amounts.",
)

OWN_REVENUE = Indicator(
    id="cooperation.own_revenue",
    form="village",
    theme=Theme.COOPERATION,
    measure=Ratio(variable("own_revenue_rp"), variable("revenue_rp")),
    better=Better.UP,
    unit="share",
    sdgs=("2025", 17, "17.1.2"),
    counts="The villages' own revenue over all their revenue.",
    leaves_out="Villages that did not fill in both.",
)

INDICATORS = (
    VILLAGE_AGREEMENTS, THIRD_PARTY_AGREEMENTS, ACTIVITIES_DONE, BUDGET_REALISED, SELF_HELP, JOINT_SALES, MARKETS,
    ENTERPRISE_GROWTH, OWN_REVENUE,
)
