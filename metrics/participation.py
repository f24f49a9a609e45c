"""Participation: who comes to meetings, who is heard, who watches over the work.

From the village's own records (the yearly planning meeting, RKP Desa), from the partnership's activities, and from residents.
Source: goals 5, 10, 16 and 18 of the 2025 framework. Women at the planning meeting stand there three times (5.8.1, 16.18.1 and
1.5.1 of goal 18): counted once here, reported under each.
"""
from __future__ import annotations

from metrics.indicator import Better, Indicator, Ratio, Share, Theme, equals, variable

GROUPS_AT_PLANNING = Indicator(
    id="participation.groups_at_planning",
    form="village",
    theme=Theme.PARTICIPATION,
    measure=Ratio(variable("groups_present"), variable("groups_invited")),
    better=Better.UP,
    unit="share",
    sdgs=("2025", 10, "10.5.1"),
    counts="Representatives of community groups present at the yearly planning meeting, over those invited.",
    leaves_out="Villages that did not fill in both.",
)

WOMEN_AT_PLANNING = Indicator(
    id="participation.women_at_planning",
    form="village",
    theme=Theme.PARTICIPATION,
    measure=Ratio(variable("present_women"), variable("present")),
    better=Better.UP,
    unit="share",
    sdgs=("2025", 5, "5.8.1"),
    also_sdgs=(("2025", 16, "16.18.1"), ("2025", 18, "1.5.1")),
    counts="Women present at the yearly planning meeting, over all present.",
    leaves_out="Villages that did not fill in both.",
)

POOR_AT_PLANNING = Indicator(
    id="participation.poor_at_planning",
    form="village",
    theme=Theme.PARTICIPATION,
    measure=Ratio(variable("present_poor"), variable("present")),
    better=Better.UP,
    unit="share",
    sdgs=("2025", 18, "1.5.5"),
    counts="Participants from poor families at the yearly planning meeting, over all present.",
    leaves_out="Villages that did not fill in both.",
)

WOMEN_OFFICIALS = Indicator(
    id="participation.women_officials",
    form="village",
    theme=Theme.PARTICIPATION,
    measure=Ratio(variable("officials_women"), variable("officials")),
    better=Better.UP,
    unit="share",
    sdgs=("2025", 5, "5.7.1"),
    counts="Women among the members of the village council (BPD) and the village officials.",
    leaves_out="Villages that did not fill in both.",
)

PROPOSALS_DECIDED = Indicator(
    id="participation.proposals_decided",
    form="village",
    theme=Theme.PARTICIPATION,
    measure=Ratio(variable("proposals_decided"), variable("proposals")),
    better=Better.UP,
    unit="share",
    sdgs=("2025", 18, "1.6.1"),
    counts="Proposals of residents and groups discussed and decided in the yearly planning meeting, over all proposals.",
    leaves_out="Villages that did not fill in both.",
)

MONITORED_ACTIVITIES = Indicator(
    id="participation.monitored_activities",
    form="village",
    theme=Theme.PARTICIPATION,
    measure=Ratio(variable("activities_monitored"), variable("activities")),
    better=Better.UP,
    unit="share",
    sdgs=("2025", 18, "1.11.7"),
    counts="Development activities monitored by residents, over all carried out.",
    leaves_out="Villages that did not fill in both.",
)

WOMEN_AT_ACTIVITIES = Indicator(
    id="participation.women_at_activities",
    form="activity",
    theme=Theme.PARTICIPATION,
    measure=Ratio(variable("present_women"), variable("present")),
    where=equals(variable("state"), "done"),
    better=Better.UP,
    unit="share",
    counts="Women present at the partnership's meetings and work, over all present.",
    leaves_out="Activities that did not take place.",
)

POOR_AT_ACTIVITIES = Indicator(
    id="participation.poor_at_activities",
    form="activity",
    theme=Theme.PARTICIPATION,
    measure=Ratio(variable("present_poor"), variable("present")),
    where=equals(variable("state"), "done"),
    better=Better.UP,
    unit="share",
    counts="Participants from poor families at the partnership's meetings and work, over all present.",
    leaves_out="Activities that did not take place; attendance of the poor not noted.",
)

VOTED = Indicator(
    id="participation.voted",
    form="member",
    instrument="household",
    theme=Theme.PARTICIPATION,
    measure=Share(equals(variable("voted"), "yes")),
    where=variable("age") >= 17,
    better=Better.UP,
    unit="share",
    sdgs=("2025", 10, "10.4.1"),
    counts="Residents aged 17 and over who voted in the last election of the village head.",
    leaves_out="Not entitled to vote then; not answered.",
)

ATTENDED_MEETING = Indicator(
    id="participation.attended_meeting",
    form="member",
    instrument="household",
    theme=Theme.PARTICIPATION,
    measure=Share(equals(variable("attended_meeting"), "yes")),
    where=variable("age") >= 17,
    better=Better.UP,
    unit="share",
    counts="Residents aged 17 and over who attended a hamlet or village meeting in the last year.",
    leaves_out="Not answered.",
)

MADE_SUGGESTION = Indicator(
    id="participation.made_suggestion",
    form="member",
    instrument="household",
    theme=Theme.PARTICIPATION,
    measure=Share(equals(variable("made_suggestion"), "yes")),
    where=variable("age") >= 17,
    better=Better.UP,
    unit="share",
    counts="Residents aged 17 and over who made a suggestion to the village government in the last year.",
    leaves_out="Not answered.",
)

INDICATORS = (
    GROUPS_AT_PLANNING, WOMEN_AT_PLANNING, POOR_AT_PLANNING, WOMEN_OFFICIALS, PROPOSALS_DECIDED, MONITORED_ACTIVITIES,
    WOMEN_AT_ACTIVITIES, POOR_AT_ACTIVITIES, VOTED, ATTENDED_MEETING, MADE_SUGGESTION,
)
