"""Social cohesion: trust, tolerance, mutual help, safety.

Attitudes are those of the person who answers for the household. The index asks six statements from 1 (strongly disagree) to
5 (strongly agree), two of them reversed; each is brought to 0-100 and a household's answered items are averaged.
Source: social resilience items of Statistics Indonesia, worded as goal 18 (2.5.1 to 2.5.8) and goal 16 of the 2025 framework.
"""
from __future__ import annotations

from metrics.indicator import Better, Index, Indicator, Item, OverTime, Share, Theme, Total, equals, is_in, variable

INDEX = Indicator(
    id="cohesion.index",
    form="household",
    theme=Theme.COHESION,
    measure=Index((
        Item("trust_people", 1, 5),
        Item("must_be_alert", 1, 5, reversed=True),
        Item("people_help", 1, 5),
        Item("trust_lending", 1, 5),
        Item("solve_together", 1, 5),
        Item("feels_left_out", 1, 5, reversed=True),
    )),
    better=Better.UP,
    unit="score_100",
    counts="Agreement with six statements on trust and help, each from 0 to 100, averaged.",
    leaves_out="Households that answered fewer than three of the six.",
)

_ACCEPTANCE = {
    "other_religion_activity": ("2.5.1", "agree when a group of another religion holds activities in the neighbourhood"),
    "other_ethnic_activity": ("2.5.2", "agree when a group of another ethnic origin holds activities in the neighbourhood"),
    "other_religion_friend": ("2.5.3", "agree when a member has friends of another religion"),
    "other_ethnic_friend": ("2.5.4", "agree when a member has friends of another ethnic origin"),
}

ACCEPTANCE = tuple(
    Indicator(
        id=f"cohesion.{question}",
        form="household",
        theme=Theme.COHESION,
        measure=Share(is_in(variable(question), "strongly_agree", "agree")),
        better=Better.UP,
        unit="share",
        sdgs=("2025", 18, code),
        counts=f"Households that {what}.",
        leaves_out="Not answered.",
    )
    for question, (code, what) in _ACCEPTANCE.items()
)

SOCIAL_ACTIVITY = Indicator(
    id="cohesion.social_activity",
    form="member",
    instrument="household",
    theme=Theme.COHESION,
    measure=Share(equals(variable("social_activity"), "yes")),
    where=variable("age") >= 10,
    better=Better.UP,
    unit="share",
    sdgs=("2025", 18, "2.5.5"),
    counts="Residents aged 10 and over who took part in social activities of the neighbourhood in the last three months.",
    leaves_out="Not answered.",
)

MUTUAL_HELP = Indicator(
    id="cohesion.mutual_help",
    form="member",
    instrument="household",
    theme=Theme.COHESION,
    measure=Share(equals(variable("mutual_help"), "yes")),
    where=variable("age") >= 10,
    better=Better.UP,
    unit="share",
    sdgs=("2025", 18, "2.5.6"),
    counts="Residents aged 10 and over who took part in mutual help (gotong royong) in the last three months.",
    leaves_out="Not answered.",
)

AFRAID_AT_NIGHT = Indicator(
    id="cohesion.afraid_at_night",
    form="household",
    theme=Theme.COHESION,
    measure=Share(equals(variable("afraid_at_night"), "yes")),
    better=Better.DOWN,
    unit="share",
    sdgs=("2025", 18, "2.5.7"),
    counts="Households worried about safety when walking alone at night.",
    leaves_out="Not answered.",
)

ENTRUSTS_HOUSE = Indicator(
    id="cohesion.entrusts_house",
    form="household",
    theme=Theme.COHESION,
    measure=Share(equals(variable("entrusts_house"), "yes")),
    better=Better.UP,
    unit="share",
    sdgs=("2025", 18, "2.5.8"),
    counts="Households that trust their neighbours to look after the house.",
    leaves_out="Not answered.",
)

_INCIDENTS = {
    "conflicts": ("16.2.1", "Social conflicts"), "brawls": ("16.4.1", "Cases of fighting"), "crimes": ("16.5.1", "Crimes"),
}

INCIDENTS = tuple(
    Indicator(
        id=f"cohesion.{question}",
        form="village",
        theme=Theme.COHESION,
        measure=Total(variable(question)),
        better=Better.DOWN,
        unit="count",
        over_time=OverTime.FLOW,
        sdgs=("2025", 16, code),
        counts=f"{what} in the year, all villages together.",
        leaves_out="Villages that did not report.",
    )
    for question, (code, what) in _INCIDENTS.items()
)

INDICATORS = (INDEX, *ACCEPTANCE, SOCIAL_ACTIVITY, MUTUAL_HELP, AFRAID_AT_NIGHT, ENTRUSTS_HOUSE, *INCIDENTS)
