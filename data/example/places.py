"""Where and when the example happens, and what its partnerships change.

The villages and their codes are real; everything else is invented: partnerships, persons, answers, poverty lines. Effects are in
standard normal units for shares (0.25 lifts 50 % to 60 %), in logarithms for income, in points for the index.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

SUBDISTRICT = "18.02.02"
# Code, name, and the number of households and of neighbourhoods (RT) that the example gives them.
_VILLAGES = """
    2001  Purwodadi      1040 41
    2002  Sido Dadi       960 38
    2003  Sido Rejo      1130 45
    2004  Cimarias        820 33
    2005  Bangun Rejo    1420 56
    2006  Sido Luhur     1260 50
    2007  Sido Mulyo      900 36
    2008  Timbul Rejo     880 35
    2009  Suka Negara     940 37
    2010  Sinar Seputih   760 30
    2011  Sinar Luas      800 32
    2012  Tanjung Pandan  990 39
    2013  Tanjung Jaya    860 34
    2014  Sri Pendowo    1080 43
    2015  Sukowaringin   1010 40
    2016  Mekar Jaya      720 29
    2017  Suka Negeri     780 31
"""


@dataclass(frozen=True, kw_only=True)
class Village:
    code: str
    name: str
    households: int
    neighbourhoods: int


@dataclass(frozen=True, kw_only=True)
class ExampleRound:
    id: str
    name: str
    kind: str
    starts_on: date
    ends_on: date
    year: int                            # of the village profile collected with it
    poverty_line_rp: int


@dataclass(frozen=True, kw_only=True)
class ExamplePartnership:
    """`effects`: by answer, what the partnership added by the midline and by the endline."""

    id: str
    name: str
    kind: str
    members: tuple[str, ...]             # the first leads
    effects: Mapping[str, tuple[float, float]]


def _villages() -> tuple[Village, ...]:
    found = []
    for line in _VILLAGES.strip().splitlines():
        number, *words, households, neighbourhoods = line.split()
        found.append(Village(
            code=f"{SUBDISTRICT}.{number}", name=" ".join(words), households=int(households), neighbourhoods=int(neighbourhoods),
        ))
    return tuple(found)


def _codes(*numbers: int) -> tuple[str, ...]:
    return tuple(f"{SUBDISTRICT}.{number}" for number in numbers)


VILLAGES = _villages()

ROUNDS = (
    ExampleRound(
        id="awal-2024", name="Survei awal 2024", kind="baseline", starts_on=date(2024, 3, 1), ends_on=date(2024, 4, 15),
        year=2023, poverty_line_rp=545_000,
    ),
    ExampleRound(
        id="tengah-2025", name="Survei tengah 2025", kind="midline", starts_on=date(2025, 3, 1), ends_on=date(2025, 4, 15),
        year=2024, poverty_line_rp=571_000,
    ),
    ExampleRound(
        id="akhir-2026", name="Survei akhir 2026", kind="endline", starts_on=date(2026, 9, 1), ends_on=date(2026, 10, 10),
        year=2025, poverty_line_rp=603_000,
    ),
)

# The day the example speaks of as today: what is due, late or unspent on it is planted, and written in truth.json.
AS_OF = date(2026, 11, 30)

PARTNERSHIPS = (
    ExamplePartnership(
        id="contoh-air-bersih", name="Contoh: Air bersih Sido Rejo dan Bangun Rejo", kind="bilateral", members=_codes(2003, 2005),
        effects={"safe_water": (0.35, 0.75), "water_shortage": (-0.35, -0.9), "sanitation": (0.1, 0.3), "index": (1.0, 2.5)},
    ),
    ExamplePartnership(
        id="contoh-lumbung-pangan", name="Contoh: Lumbung pangan lima desa", kind="multilateral",
        members=_codes(2006, 2007, 2008, 2009, 2017),
        effects={"income": (0.04, 0.10), "savings_account": (0.15, 0.45), "index": (1.5, 3.0), "attended_meeting": (0.1, 0.25)},
    ),
    ExamplePartnership(
        id="contoh-layanan-dasar", name="Contoh: Posyandu dan PAUD bersama", kind="sector",
        members=_codes(2014, 2010, 2011, 2013),
        effects={
            "health_insurance": (0.25, 0.5), "treated": (0.15, 0.4), "early_education": (0.3, 0.7),
            "mutual_help": (0.1, -0.45), "made_suggestion": (0.1, 0.3),
        },
    ),
    ExamplePartnership(
        id="contoh-pemasaran", name="Contoh: Pemasaran jagung dan kakao dengan Koperasi Contoh Makmur", kind="third_party",
        members=_codes(2001, 2002, 2007), effects={"income": (0.02, 0.03), "internet": (0.1, 0.3)},
    ),
)

COMPARISON = tuple(
    village.code for village in VILLAGES if not any(village.code in partnership.members for partnership in PARTNERSHIPS)
)

# What every village gains with time, partnership or not.
TRENDS: Mapping[str, tuple[float, float]] = {
    "income": (0.035, 0.09), "internet": (0.12, 0.3), "mobile_broadband": (0.1, 0.28), "cooking_gas": (0.05, 0.12),
    "safe_water": (0.02, 0.05), "sanitation": (0.03, 0.08), "health_insurance": (0.03, 0.06), "savings_account": (0.03, 0.08),
}

# A village short of water, and its neighbour that has more than it needs.
SHORT_OF_WATER, RICH_IN_WATER = _codes(2015, 2008)
LEVELS: Mapping[str, Mapping[str, float]] = {
    SHORT_OF_WATER: {"safe_water": -0.9, "water_shortage": 1.1},
    RICH_IN_WATER: {"safe_water": 0.45, "water_shortage": -0.7},
}
