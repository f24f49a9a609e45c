"""What village offices and partnerships write down themselves: the yearly village profile, and every activity."""
from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.example.places import PARTNERSHIPS, RICH_IN_WATER, ROUNDS, SHORT_OF_WATER, VILLAGES, ExamplePartnership

# The village that has not sent its last profile.
LATE = "18.02.02.2012"
_PERSONS = 3.4                           # of a household
_LITRES_A_DAY = 60
# By partnership: what it added to the share of women at the planning meeting by the midline and the endline.
_WOMEN = {"contoh-layanan-dasar": (0.05, 0.12), "contoh-lumbung-pangan": (0.02, 0.03)}
_SELLS_JOINTLY = {"contoh-pemasaran", "contoh-lumbung-pangan"}
_ACTIVITIES = (
    ("Musyawarah antardesa {n}", "inter_village_meeting", 2.5e6), ("Rapat badan kerja sama {n}", "body_meeting", 1.2e6),
    ("Pelatihan kader dan pengurus {n}", "training", 7.5e6), ("Gotong royong bersama {n}", "joint_work", 4e6),
    ("Produksi dan pemasaran bersama {n}", "joint_business", 15e6),
)


def profiles(seed: int) -> tuple[pd.DataFrame, ...]:
    """The village profiles of each round, one row per village."""
    random = np.random.default_rng(seed)
    base = [_village_base(random, at) for at in range(len(VILLAGES))]
    return tuple(
        pd.DataFrame([_profile(random, base[place], place, at) for place in range(len(VILLAGES)) if not _is_late(place, at)])
        for at in range(len(ROUNDS))
    )


def activities(seed: int) -> tuple[pd.DataFrame, ...]:
    """The activities of the year before each round, one row each, hosted by a village of one partnership alone."""
    random = np.random.default_rng(seed)
    return tuple(
        pd.DataFrame([row for partnership in PARTNERSHIPS for row in _year(random, partnership, at)]) for at in range(len(ROUNDS))
    )


def _is_late(place: int, at: int) -> bool:
    return VILLAGES[place].code == LATE and at == len(ROUNDS) - 1


def _village_base(random: np.random.Generator, place: int) -> dict[str, float]:
    residents = VILLAGES[place].households * _PERSONS
    sufficiency = {SHORT_OF_WATER: 0.55, RICH_IN_WATER: 1.9}.get(VILLAGES[place].code, random.normal(1.03, 0.03))
    need = residents * _LITRES_A_DAY / 86_400
    return {
        "residents": residents, "women": random.uniform(0.2, 0.28), "poor": random.uniform(0.12, 0.22),
        "road": random.uniform(14, 32), "trucks": random.uniform(0.45, 0.75), "need": need, "water": need * sufficiency,
        "revenue": random.uniform(1.5e9, 2.1e9), "own": random.uniform(0.02, 0.06), "capital": random.uniform(8e7, 2.5e8),
        "growth": random.uniform(1.03, 1.10),
        "officials": float(random.integers(15, 21)), "officials_women": random.uniform(0.15, 0.35),
    }


def _profile(random: np.random.Generator, base: dict[str, float], place: int, at: int) -> dict[str, object]:
    village = VILLAGES[place]
    mine = [partnership for partnership in PARTNERSHIPS if village.code in partnership.members]
    present = int(random.integers(45, 80))
    women = base["women"] + 0.01 * at + sum(_WOMEN.get(each.id, (0.0, 0.0))[at - 1] for each in mine if at)
    invited = int(random.integers(18, 28))
    proposals, works = int(random.integers(20, 45)), int(random.integers(14, 26))
    growth = base["growth"] + 0.06 * bool(at) * any(each.id == "contoh-lumbung-pangan" for each in mine)
    capital = base["capital"] * growth**at
    revenue = base["revenue"] * 1.04**at
    joins = {each.id for each in mine}
    return {
        "village": village.code, "year": ROUNDS[at].year, "residents": round(base["residents"] * 1.008**at),
        "households": village.households,
        "groups_invited": invited, "groups_present": int(random.binomial(invited, min(0.95, 0.66 + 0.06 * at * bool(mine)))),
        "present": present, "present_women": round(present * women), "present_poor": round(present * (base["poor"] + 0.015 * at)),
        "proposals": proposals, "proposals_decided": int(random.binomial(proposals, 0.55 + 0.04 * at)),
        "activities": works, "activities_monitored": int(random.binomial(works, 0.4 + 0.08 * at * bool(mine))),
        "officials": int(base["officials"]), "officials_women": round(base["officials"] * base["officials_women"]),
        "revenue_rp": round(revenue, -5), "own_revenue_rp": round(revenue * base["own"] * (1 + 0.1 * at * bool(mine)), -5),
        "road_km": round(base["road"], 1), "road_truck_km": round(base["road"] * min(0.95, base["trucks"] + 0.03 * at), 1),
        "water_available_lps": round(base["water"], 2), "water_needed_lps": round(base["need"], 2),
        "conflicts": int(random.poisson(0.5)), "brawls": int(random.poisson(1.1)), "crimes": int(random.poisson(2.4)),
        "village_agreements": len(joins - {"contoh-pemasaran"}) if at else 0,
        "third_party_agreements": int("contoh-pemasaran" in joins and at > 0),
        "enterprise_capital_rp": round(capital, -5), "enterprise_capital_before_rp": round(capital / growth, -5),
        "joint_sales_rp": round(at * 6e7 * random.uniform(0.8, 1.2), -5) if joins & _SELLS_JOINTLY else 0,
        "markets": int(random.integers(1, 4)) + at * len(joins & {"contoh-pemasaran"}),
    }


def _year(random: np.random.Generator, partnership: ExamplePartnership, at: int) -> list[dict[str, object]]:
    """A dozen activities, or fewer before there was a partnership, hosted in turn."""
    hosts = [code for code in partnership.members if sum(code in each.members for each in PARTNERSHIPS) == 1]
    rows = []
    for number in range(4 if at == 0 else 10):
        title, kind, budget = _ACTIVITIES[number % len(_ACTIVITIES)]
        planned = ROUNDS[at].starts_on - timedelta(days=int(random.integers(20, 330)))
        is_done = random.random() < (0.7 if partnership.id == "contoh-pemasaran" else 0.9)
        rows.append({
            "village": hosts[number % len(hosts)], "title": f"Contoh: {title.format(n=number + 1)}", "kind": kind,
            "planned_on": planned, "state": "done" if is_done else str(random.choice(["planned", "postponed", "cancelled"])),
            "budget_rp": round(budget * random.uniform(0.8, 1.3), -5),
            **(_attendance(random, planned, budget, at) if is_done else {}),
        })
    return rows


def _attendance(random: np.random.Generator, planned: date, budget: float, at: int) -> dict[str, object]:
    present = int(random.integers(18, 60))
    return {
        "held_on": planned + timedelta(days=int(random.integers(0, 21))), "present": present,
        "present_women": int(random.binomial(present, 0.30 + 0.04 * at)),
        "present_poor": int(random.binomial(present, 0.16 + 0.02 * at)),
        "present_young": int(random.binomial(present, 0.22)), "spent_rp": round(budget * random.uniform(0.7, 1.0), -4),
        "self_help_rp": round(budget * random.uniform(0.1, 0.6), -4),
    }
