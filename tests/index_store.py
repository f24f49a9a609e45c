"""A store with the published village index of 2024 for three villages, and two made-up rounds after its successor came."""
from __future__ import annotations

import csv
import io
from pathlib import Path

from access.policy import Viewer
from data.importing.committing import commit
from data.importing.mapping import Mapping
from data.importing.preparing import prepare
from data.instruments.adding import SHIPPED, add
from data.register import changes, workbook
from data.store import Store

INDICATOR = "village_index.score"
COLUMNS = {
    "KODE DESA": "village", "IKS 2024": "iks", "IKE 2024": "ike", "IKL 2024": "ikl", "NILAI IDM 2024": "score",
    "STATUS IDM 2024": "status",
}
VILLAGES = ("1801212004", "1801212003", "1801212002")
MADE_UP = {"2025": 0.05, "2026": 0.09}       # so much more than in 2024


def indexed(store: Store, viewer: Viewer, testdata: Path) -> dict[str, float]:
    """Fills the store; returns the mean score of each round. The series breaks on the first day of 2025."""
    path = testdata / "indonesia_idm" / "idm_2024_prov_18.csv"
    rows = [row for row in csv.DictReader(path.read_text().splitlines()) if row["KODE DESA"] in VILLAGES]
    codes = {row["KODE DESA"]: _dotted(row["KODE DESA"]) for row in rows}
    register: dict[str, list[dict[str, object]]] = {
        "villages": [{"code": codes[row["KODE DESA"]], "name": row["NAMA DESA"].title()} for row in rows],
        "rounds": [{"id": year, "name": f"Indeks {year}", "kind": "baseline" if year == "2024" else "routine",
                    "starts_on": f"{year}-01-01", "ends_on": f"{year}-06-30"} for year in ("2024", *MADE_UP)],
        "partnerships": [{"id": "bakauheni", "name": "Bakauheni", "kind": "multilateral"}],
        "members": [{"partnership": "bakauheni", "village": code, "role": "member"} for code in codes.values()],
        "series_breaks": [{"indicator": INDICATOR, "broken_on": "2025-01-01", "reason": "Indeks Desa menggantikan IDM.",
                           "source": "Permendesa"}],
        "targets": [{"partnership": "bakauheni", "indicator": INDICATOR, "comparison": "at_least", "value": 0.95,
                     "unit": "index", "due_on": "2028-12-31", "basis": "own", "source": "contoh"}],
    }
    book = SHIPPED / "indices" / "village_index.xlsx"
    add(store, viewer, book.read_bytes(), book.name)
    changes.apply(store, viewer, workbook.read(store, viewer, workbook.write(register), "register.xlsx"))
    means = {}
    for year, more in {"2024": 0.0, **MADE_UP}.items():
        own = [{**row, "NILAI IDM 2024": f"{float(row['NILAI IDM 2024']) + more:.4f}"} for row in rows]
        means[year] = sum(float(row["NILAI IDM 2024"]) for row in own) / len(own)
        commit(store, viewer, prepare(
            store, viewer, _table(own), f"indeks_{year}.csv", instrument="village_index", round=year,
            mapping=Mapping(columns={"village_index": {**dict.fromkeys(rows[0]), **COLUMNS}}),
        ))
    return means


def _dotted(code: str) -> str:
    return f"{code[:2]}.{code[2:4]}.{code[4:6]}.{code[6:]}"


def _table(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
