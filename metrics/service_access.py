"""Access to services: water, sanitation, energy, health, schooling, internet, banking, roads.

Of households and residents asked; a skipped or refused question is in neither part of a share.
Source: SDGs Desa household and individual questionnaires; goals 3, 4, 6, 7, 8, 9, 16 and 17 of the 2025 framework.
"""
from __future__ import annotations

from metrics.indicator import Better, Index, Indicator, Item, Mean, Ratio, Share, Theme, equals, is_in, variable

SAFE_WATER = Indicator(
    id="service_access.safe_water",
    form="household",
    theme=Theme.SERVICE_ACCESS,
    measure=Share(is_in(
        variable("drinking_water"),
        "bottled", "refill", "piped", "borehole", "protected_well", "protected_spring", "rain",
    )),
    better=Better.UP,
    unit="share",
    sdgs=("2025", 6, "6.1.1"),
    counts="Households whose main source of drinking water is protected; whether the water is clean is not tested.",
    leaves_out="Not answered.",
)

WATER_SHORTAGE = Indicator(
    id="service_access.water_shortage",
    form="household",
    theme=Theme.SERVICE_ACCESS,
    measure=Mean(variable("water_shortage_months")),
    better=Better.DOWN,
    unit="months_per_year",
    counts="Months of the last year in which a household was short of clean water.",
    leaves_out="Not answered.",
)

WATER_SUPPLY = Indicator(
    id="service_access.water_supply",
    form="village",
    theme=Theme.SERVICE_ACCESS,
    measure=Ratio(variable("water_available_lps"), variable("water_needed_lps")),
    better=Better.UP,
    unit="share",
    counts="Raw water available in the dry season, over what the residents need.",
    leaves_out="Villages that did not fill in both.",
)

SANITATION = Indicator(
    id="service_access.sanitation",
    form="household",
    theme=Theme.SERVICE_ACCESS,
    measure=Share(is_in(variable("toilet"), "own", "shared") & is_in(variable("sewage"), "septic_tank", "treatment")),
    better=Better.UP,
    unit="share",
    sdgs=("2025", 6, "6.2.1"),
    counts="Households with an own or shared toilet that drains into a septic tank or a treatment plant.",
    leaves_out="Not answered.",
)

ELECTRICITY = Indicator(
    id="service_access.electricity",
    form="household",
    theme=Theme.SERVICE_ACCESS,
    measure=Share(is_in(variable("lighting"), "pln", "non_pln")),
    better=Better.UP,
    unit="share",
    sdgs=("2025", 7, "7.1.1"),
    counts="Households lit by electricity, from the grid or not.",
    leaves_out="Not answered.",
)

COOKING_GAS = Indicator(
    id="service_access.cooking_gas",
    form="household",
    theme=Theme.SERVICE_ACCESS,
    measure=Share(equals(variable("cooking"), "gas")),
    better=Better.UP,
    unit="share",
    sdgs=("2025", 7, "7.3.1"),
    counts="Households that cook mainly with gas: city gas, bottled gas or biogas.",
    leaves_out="Not answered.",
)

HEALTH_INSURANCE = Indicator(
    id="service_access.health_insurance",
    form="member",
    instrument="household",
    theme=Theme.SERVICE_ACCESS,
    measure=Share(equals(variable("health_insurance"), "yes")),
    better=Better.UP,
    unit="share",
    sdgs=("2025", 3, "3.27.1"),
    counts="Residents who are members of the national health insurance.",
    leaves_out="Not answered.",
)

UNTREATED = Indicator(
    id="service_access.untreated_complaint",
    form="member",
    instrument="household",
    theme=Theme.SERVICE_ACCESS,
    measure=Share(equals(variable("treated"), "no")),
    where=equals(variable("health_complaint"), "yes"),
    better=Better.DOWN,
    unit="share",
    sdgs=("2025", 3, "3.26.1"),
    counts="Of residents with a complaint that disturbed their activities in the last month: those not treated as outpatients.",
    leaves_out="Residents without a complaint; not answered.",
)

_OUT_OF_SCHOOL = {"primary": ("4.3.1", 7, 12), "junior": ("4.3.2", 13, 15), "senior": ("4.3.3", 16, 18)}

OUT_OF_SCHOOL = tuple(
    Indicator(
        id=f"service_access.out_of_school_{level}",
        form="member",
        instrument="household",
        theme=Theme.SERVICE_ACCESS,
        measure=Share(equals(variable("attends_school"), "no")),
        where=(variable("age") >= youngest) & (variable("age") <= oldest),
        better=Better.DOWN,
        unit="share",
        sdgs=("2025", 4, code),
        counts=f"Children aged {youngest} to {oldest} who do not attend school.",
        leaves_out="Not answered.",
    )
    for level, (code, youngest, oldest) in _OUT_OF_SCHOOL.items()
)

EARLY_EDUCATION = Indicator(
    id="service_access.early_education",
    form="member",
    instrument="household",
    theme=Theme.SERVICE_ACCESS,
    measure=Share(equals(variable("attends_school"), "yes")),
    where=(variable("age") >= 3) & (variable("age") <= 6),
    better=Better.UP,
    unit="share",
    sdgs=("2025", 4, "4.4.1"),
    counts="Children aged 3 to 6 who attend early childhood education or school.",
    leaves_out="Not answered.",
)

INTERNET = Indicator(
    id="service_access.internet",
    form="member",
    instrument="household",
    theme=Theme.SERVICE_ACCESS,
    measure=Share(equals(variable("internet"), "yes")),
    where=variable("age") >= 5,
    better=Better.UP,
    unit="share",
    sdgs=("2025", 17, "17.8.1"),
    counts="Residents aged 5 and over who used the internet in the last month.",
    leaves_out="Not answered.",
)

MOBILE_BROADBAND = Indicator(
    id="service_access.mobile_broadband",
    form="household",
    theme=Theme.SERVICE_ACCESS,
    measure=Share(equals(variable("mobile_broadband"), "yes")),
    better=Better.UP,
    unit="share",
    sdgs=("2025", 9, "9.9.1"),
    counts="Households that can use mobile broadband at home.",
    leaves_out="Not answered.",
)

SAVINGS_ACCOUNT = Indicator(
    id="service_access.savings_account",
    form="member",
    instrument="household",
    theme=Theme.SERVICE_ACCESS,
    measure=Share(equals(variable("savings_account"), "yes")),
    where=variable("age") >= 17,
    better=Better.UP,
    unit="share",
    sdgs=("2025", 8, "8.2.7"),
    counts="Residents aged 17 and over with a savings account at a bank or another formal institution.",
    leaves_out="Not answered.",
)

TRUCK_ROADS = Indicator(
    id="service_access.truck_roads",
    form="village",
    theme=Theme.SERVICE_ACCESS,
    measure=Ratio(variable("road_truck_km"), variable("road_km")),
    better=Better.UP,
    unit="share",
    sdgs=("2025", 9, "9.1.1"),
    counts="Length of village roads passable for a six-wheeled truck of 4 tons, over the length of all village roads.",
    leaves_out="Villages that did not fill in both.",
)

SATISFACTION = Indicator(
    id="service_access.satisfaction",
    form="household",
    theme=Theme.SERVICE_ACCESS,
    measure=Index((
        Item("satisfied_administration", 1, 5),
        Item("satisfied_health", 1, 5),
        Item("satisfied_education", 1, 5),
        Item("satisfied_roads", 1, 5),
    )),
    better=Better.UP,
    unit="score_100",
    sdgs=("2025", 16, "16.16.1"),
    counts="Satisfaction with the village office, health, schooling and roads, each from 0 to 100, averaged.",
    leaves_out="Households that judged fewer than two of the four services.",
)

INDICATORS = (
    SAFE_WATER, WATER_SHORTAGE, WATER_SUPPLY, SANITATION, ELECTRICITY, COOKING_GAS, HEALTH_INSURANCE, UNTREATED,
    *OUT_OF_SCHOOL, EARLY_EDUCATION, INTERNET, MOBILE_BROADBAND, SAVINGS_ACCOUNT, TRUCK_ROADS, SATISFACTION,
)
