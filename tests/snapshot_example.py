"""A snapshot's document made by hand: every kind of entry that a page must show."""
from __future__ import annotations

from typing import Any

from publishing.document import Change, Document, Entry, Estimate


def estimate(round: str, value: float | None, lower: float | None = None, upper: float | None = None, **facts: Any) -> Estimate:
    return {
        "round": round, "estimate": value, "se": None, "lower": lower, "upper": upper, "n": 412, "psus": 48, "strata": 4,
        "df": 44, "reliability": "usable", "withheld": False, "reason": None, "covered": 4, "expected": 4, **facts,
    }


def hidden(round: str, reason: str) -> Estimate:
    nothing = dict.fromkeys(("se", "lower", "upper", "n", "psus", "strata", "df", "reliability"))
    return estimate(round, None, **nothing, withheld=True, reason=reason)


def change(value: float, lower: float, upper: float) -> Change:
    return {"first": "2023", "last": "2025", "estimate": value, "se": 0.03, "lower": lower, "upper": upper, "p_value": 0.01}


def entry(id: str, label: str, estimates: list[Estimate], **facts: Any) -> Entry:
    theme = id.split(".")[0]
    themes = {"income": ("Pendapatan", "Income"), "service_access": ("Akses layanan", "Service access"),
              "participation": ("Partisipasi", "Participation"), "cohesion": ("Kohesi sosial", "Social cohesion")}
    return {
        "id": id, "theme": theme, "theme_label": dict(zip(("id", "en"), themes[theme], strict=True)),
        "label": {"id": label, "en": f"{label} (en)"},
        "definition": {"id": f"Bagian yang menjawab: {label.lower()}.", "en": "Share of households asked."},
        "unit": "share", "unit_label": {"id": "", "en": ""}, "better": "up", "sdgs": ["2025 6 6.1.1"],
        "estimates": estimates, "comparison": [], "change": None, "comparison_change": None, "baseline": None, "target": None,
        "due": None, "status": "no_target", "confidence": None, "is_certain": False, **facts,
    }


def target(value: float, comparison: str = "at_least") -> dict[str, Any]:
    return {"comparison": comparison, "value": value, "upper_value": None, "due_on": "2027-12-31", "basis": "agreement",
            "source": "Perjanjian Bersama 04/2023, pasal 5"}


def document() -> Document:
    water = entry(
        "service_access.safe_water", "Rumah tangga dengan air minum aman",
        [estimate("2023", 0.41, 0.352, 0.47), estimate("2024", 0.49, 0.43, 0.551), estimate("2025", 0.583, 0.521, 0.643)],
        comparison=[estimate("2023", 0.4, 0.33, 0.474), estimate("2024", 0.41, 0.34, 0.483), estimate("2025", 0.43, 0.36, 0.502)],
        change=change(0.173, 0.09, 0.256), comparison_change=change(0.03, -0.06, 0.12),
        baseline={"value": 0.41, "round": "2023", "on": None}, target=target(0.7), due=0.55,
        status="on_track", confidence=0.86, is_certain=False,
    )
    toilet = entry(
        "service_access.safe_sanitation", "Rumah tangga dengan sanitasi aman",
        [estimate("2023", 0.62, 0.56, 0.68), estimate("2024", 0.71, 0.65, 0.76), estimate("2025", 0.83, 0.78, 0.87)],
        change=change(0.21, 0.13, 0.29), baseline={"value": 0.62, "round": "2023", "on": None}, target=target(0.8), due=0.71,
        status="achieved", confidence=0.93, is_certain=True,
    )
    income = entry(
        "income.per_person", "Pendapatan per orang",
        [estimate("2023", 912_000, 850_000, 974_000), estimate("2024", 940_000, 866_000, 1_014_000),
         estimate("2025", 951_000, 872_000, 1_030_000)],
        unit="rp_per_month", unit_label={"id": "per bulan", "en": "per month"}, sdgs=["2025 8 8.1.1", "2025 2 2.6.1"],
        change=change(39_000, -60_000, 138_000), baseline={"value": 912_000, "round": "2023", "on": None},
        target=target(1_250_000), due=1_055_000, status="needs_attention", confidence=0.99, is_certain=True,
    )
    poor = entry(
        "income.poor", "Penduduk miskin berdasarkan pendapatan",
        [hidden("2023", "no_parameter"), hidden("2025", "no_parameter")],
        better="down", target=target(0.0, "zero"), status="not_enough_data", sdgs=["2025 1 1.1.3"],
    )
    meeting = entry(
        "participation.women_at_meeting", "Perempuan di antara peserta musyawarah desa", [estimate("2025", 0.24, 0.18, 0.31)],
        sdgs=["2025 5 5.8.1"], comparison=[hidden("2025", "too_few")],
    )
    conflict = entry(
        "cohesion.conflicts", "Konflik sosial setahun terakhir",
        [estimate("2023", 5, psus=None, df=None, reliability="care"), estimate("2025", 2, psus=None, df=None)],
        unit="count", unit_label={"id": "kejadian", "en": "incidents"}, better="down", sdgs=["2025 16 16.2.1"],
        change={**change(-3, -3, -3), "se": 0.0, "p_value": None}, baseline={"value": 5, "round": "2023", "on": "2023-01-15"},
        target=target(0, "at_most"), due=2.9, status="on_track", confidence=None, is_certain=True,
    )
    trust = entry(
        "cohesion.trust", "Indeks kepercayaan antarwarga",
        [estimate("2023", 66.4, 61.9, 70.9), estimate("2025", 58.2, 53.5, 62.9)],
        unit="score_100", unit_label={"id": "dari 100", "en": "of 100"}, sdgs=[],
        change=change(-8.2, -14.1, -2.3), baseline={"value": 66.4, "round": "2023", "on": None}, target=target(75.0), due=70.9,
        status="needs_attention", confidence=1.0, is_certain=True,
    )
    return {
        "format": "pantau.snapshot/1",
        "title": "Air bersih dan usaha bersama: hasil sampai 2025",
        "narrative": "Sambungan pipa ke dua dusun selesai pada Juli 2024.\n\nPendapatan belum bergerak; panen kedua gagal.",
        "made_at": "2025-12-03T04:11:09Z", "made_by": "Tim Penilai Bangun Rejo", "as_of": "2025-12-01",
        "partnership": {
            "id": "air-bersih", "name": "Kemitraan Air Bersih Empat Desa", "kind": {"id": "Antardesa", "en": "Between villages"},
            "is_example": True,
            "members": [{"code": f"18.02.02.200{n}", "name": name}
                        for n, name in enumerate(("Purwodadi", "Sido Dadi", "Sido Rejo", "Cimarias"), start=1)],
            "comparison": [{"code": "18.02.02.2010", "name": "Sinar Seputih"}, {"code": "18.02.02.2011", "name": "Sinar Luas"}],
        },
        "rounds": [
            {"id": "2023", "name": "Survei awal 2023", "kind": "baseline", "starts_on": "2023-03-01", "ends_on": "2023-04-30"},
            {"id": "2024", "name": "Survei tengah 2024", "kind": "midline", "starts_on": "2024-03-01", "ends_on": "2024-04-30"},
            {"id": "2025", "name": "Survei akhir 2025", "kind": "endline", "starts_on": "2025-09-01", "ends_on": "2025-10-31"},
        ],
        "method": {"version": "1", "interval": 0.95, "min_cell": 5, "min_coverage": 0.5, "sure_from": 0.9},
        "indicators": [income, poor, water, toilet, meeting, trust, conflict],
        "sources": [
            {"batch": n, "file": f"rumah_tangga_{year}.xlsx", "sha256": f"{n}" * 64, "instrument": "household",
             "round": str(year), "accepted_at": f"{year}-11-05T02:00:00",
             "rows_read": 1731, "rows_accepted": 1722, "rows_rejected": 6, "rows_left_out": 3}
            for n, year in enumerate((2023, 2024, 2025), start=1)
        ],
    }
