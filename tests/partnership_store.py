"""A store with two partnerships and two rounds of a small survey, for tests of what is made of results."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from access.policy import Viewer
from data.instruments.model import Instrument
from data.register import changes, workbook
from data.store import Store
from tests.results_store import put, survey

A, B, OTHER = "18.02.02.2001", "18.02.02.2002", "18.02.02.2003"
REGISTER: dict[str, list[dict[str, object]]] = {
    "villages": [{"code": code, "name": f"Desa {code[-1]}"} for code in (A, B, OTHER)],
    "rounds": [
        {"id": "r1", "name": "Awal", "kind": "baseline", "starts_on": "2024-01-01", "ends_on": "2024-01-01"},
        {"id": "r2", "name": "Tengah", "kind": "midline", "starts_on": "2026-01-01", "ends_on": "2026-01-01"},
    ],
    "partnerships": [{"id": "air", "name": "Air bersih", "kind": "bilateral"}, {"id": "lain", "name": "Lain", "kind": "sector"}],
    "members": [
        {"partnership": "air", "village": A, "role": "lead"}, {"partnership": "air", "village": B, "role": "member"},
        {"partnership": "lain", "village": OTHER, "role": "member"},
    ],
}
INDICATORS = [
    {"id": "toy.water", "kind": "share", "numerator": "water = 'yes'", "unit": "share"},
    {"id": "toy.income", "kind": "mean", "numerator": "income", "unit": "rp_per_month"},
]


def responses(round: str, village: str, yes: int, of: int, income: float) -> pd.DataFrame:
    return pd.DataFrame({
        "_round": round, "_village": village, "water": ["yes"] * yes + ["no"] * (of - yes),
        "income": [income + at % 2 for at in range(of)],
    })


def surveyed(store: Store, viewer: Viewer, indicators: Sequence[Mapping[str, object]] = INDICATORS) -> Instrument:
    """Fills the store: 20 households of each village in each round."""
    changes.apply(store, viewer, workbook.read(store, viewer, workbook.write(REGISTER), "register.xlsx"))
    instrument = survey(
        store, viewer, questions={"village": "text", "water": "select_one yn", "income": "decimal"},
        choices={"yn": ["yes", "no"]}, indicators=indicators, design={"village": "village"},
    )
    put(store, viewer, instrument, pd.concat([
        responses("r1", A, 6, 20, 100), responses("r1", B, 10, 20, 200), responses("r1", OTHER, 19, 20, 0),
        responses("r2", A, 12, 20, 150), responses("r2", B, 14, 20, 250), responses("r2", OTHER, 6, 20, 0),
    ]))
    return instrument
