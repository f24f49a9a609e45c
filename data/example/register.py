"""The example's register: its partnerships with their agreements, targets and budgets, as records of the register workbook.

Everything is invented and says so. What is late, unspent or ending on the example's day is planted: `PLANTED` says what.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from data.example.places import COMPARISON, PARTNERSHIPS, ROUNDS, VILLAGES, ExamplePartnership

Record = Mapping[str, str | float | int | bool | date | None]
_SOURCE = "Contoh, bukan dokumen resmi"
_DUE = date(2027, 12, 31)

# What the attention list should find on the example's day: kind, partnership, and the indicator or year it is about.
PLANTED = (
    ("agreement_ends", "contoh-air-bersih", ""),
    ("fell", "contoh-layanan-dasar", "cohesion.mutual_help"),
    ("off_pace", "contoh-layanan-dasar", "cohesion.mutual_help"),
    ("off_pace", "contoh-lumbung-pangan", "income.earner_income"),
    ("off_pace", "contoh-lumbung-pangan", "income.poverty_by_income"),
    ("unspent", "contoh-pemasaran", "2026"),
)

_AGREEMENTS: Mapping[str, Record] = {
    "contoh-air-bersih": {
        "field": "development", "subfield": "Air bersih", "legal_scope": "community_service", "parties": "inter_village",
        "purpose": "Air bersih yang cukup sepanjang tahun bagi warga kedua desa.", "body": "bkad",
        "agreement_kind": "joint_regulation", "agreement_on": date(2024, 5, 20), "starts_on": date(2024, 6, 1),
        "ends_on": date(2027, 1, 31), "last_report_on": date(2026, 7, 10),
    },
    "contoh-lumbung-pangan": {
        "field": "empowerment", "subfield": "Pangan dan simpan pinjam", "legal_scope": "joint_business",
        "parties": "inter_village", "purpose": "Pendapatan petani naik melalui lumbung, alat, dan pemasaran bersama.",
        "body": "bumdes_bersama",
        "agreement_kind": "joint_regulation", "agreement_on": date(2024, 6, 12), "starts_on": date(2024, 7, 1),
        "ends_on": date(2029, 6, 30), "last_report_on": date(2026, 7, 20),
    },
    "contoh-layanan-dasar": {
        "field": "community_building", "subfield": "Kesehatan dan pendidikan anak", "legal_scope": "community_service",
        "parties": "inter_village", "purpose": "Posyandu dan PAUD yang terjangkau oleh setiap keluarga.", "body": "bkad",
        "agreement_kind": "joint_regulation", "agreement_on": date(2024, 5, 8), "starts_on": date(2024, 6, 1),
        "ends_on": date(2028, 5, 31), "last_report_on": date(2026, 6, 30),
    },
    "contoh-pemasaran": {
        "field": "empowerment", "subfield": "Pemasaran hasil tani", "legal_scope": "joint_business",
        "parties": "community_government", "purpose": "Harga jagung dan kakao yang lebih baik melalui penjualan bersama.",
        "body": "village_government",
        "agreement_kind": "joint_agreement", "agreement_on": date(2024, 7, 3), "starts_on": date(2024, 8, 1),
        "ends_on": date(2028, 7, 31), "last_report_on": date(2026, 8, 5),
    },
}

# Partnership, indicator, comparison, value, unit; all due at the end of 2027.
_TARGETS = (
    ("contoh-air-bersih", "service_access.safe_water", "at_least", 82, "percent"),
    ("contoh-air-bersih", "service_access.water_shortage", "at_most", 0.3, "months_per_year"),
    ("contoh-air-bersih", "service_access.sanitation", "at_least", 66, "percent"),
    ("contoh-air-bersih", "income.per_capita", "above_poverty_line", None, "rp_per_person_month"),
    ("contoh-air-bersih", "participation.groups_at_planning", "at_least", 85, "percent"),
    ("contoh-air-bersih", "cohesion.index", "at_least", 62, "score_100"),
    ("contoh-lumbung-pangan", "income.earner_income", "at_least", 54_000_000, "rp_per_year"),
    ("contoh-lumbung-pangan", "income.poverty_by_income", "zero", None, "percent"),
    ("contoh-lumbung-pangan", "service_access.savings_account", "at_least", 48, "percent"),
    ("contoh-lumbung-pangan", "participation.attended_meeting", "at_least", 24, "percent"),
    ("contoh-lumbung-pangan", "cohesion.index", "at_least", 65.5, "score_100"),
    ("contoh-layanan-dasar", "service_access.health_insurance", "at_least", 89, "percent"),
    ("contoh-layanan-dasar", "service_access.early_education", "at_least", 70, "percent"),
    ("contoh-layanan-dasar", "service_access.untreated_complaint", "at_most", 24, "percent"),
    ("contoh-layanan-dasar", "service_access.out_of_school_primary", "at_most", 1, "percent"),
    ("contoh-layanan-dasar", "income.seeks_work", "at_most", 7, "percent"),
    ("contoh-layanan-dasar", "participation.women_at_planning", "at_least", 30, "percent"),
    ("contoh-layanan-dasar", "cohesion.mutual_help", "at_least", 60, "percent"),
    ("contoh-pemasaran", "income.per_capita", "above_poverty_line", None, "rp_per_person_month"),
    ("contoh-pemasaran", "income.farm_worker_income", "at_least", 22_500_000, "rp_per_year"),
    ("contoh-pemasaran", "service_access.internet", "at_least", 73, "percent"),
    ("contoh-pemasaran", "participation.women_at_activities", "at_least", 35, "percent"),
    ("contoh-pemasaran", "cohesion.entrusts_house", "at_least", 75, "percent"),
)

# Partnership, year, source of the money, planned, realised by the example's day.
_BUDGETS = (
    ("contoh-air-bersih", 2025, "village_fund", 240_000_000, 231_500_000),
    ("contoh-air-bersih", 2026, "village_fund", 210_000_000, 188_000_000),
    ("contoh-lumbung-pangan", 2025, "village_budget", 320_000_000, 301_200_000),
    ("contoh-lumbung-pangan", 2026, "village_budget", 350_000_000, 318_400_000),
    ("contoh-layanan-dasar", 2025, "village_fund", 180_000_000, 176_300_000),
    ("contoh-layanan-dasar", 2026, "village_fund", 195_000_000, 176_900_000),
    ("contoh-pemasaran", 2025, "third_party", 150_000_000, 139_000_000),
    ("contoh-pemasaran", 2026, "third_party", 400_000_000, 62_000_000),
)
_STAGES = ("preparation", "offer", "drafting", "signing")


def records() -> dict[str, Sequence[Record]]:
    """The register workbook's sheets, as records."""
    return {
        "villages": [
            {"code": village.code, "name": village.name, "subdistrict": "Bangun Rejo", "regency": "Kabupaten Lampung Tengah",
             "province": "Lampung"}
            for village in VILLAGES
        ],
        "rounds": [
            {"id": round.id, "name": round.name, "kind": round.kind, "starts_on": round.starts_on, "ends_on": round.ends_on}
            for round in ROUNDS
        ],
        "partnerships": [_partnership(number, each) for number, each in enumerate(PARTNERSHIPS, start=1)],
        "members": [
            {"partnership": each.id, "village": code, "role": role, "joined_on": _AGREEMENTS[each.id]["starts_on"]}
            for each in PARTNERSHIPS
            for code, role in (*((code, "member" if at else "lead") for at, code in enumerate(each.members)),
                               *((code, "comparison") for code in COMPARISON))
        ],
        "third_parties": [{
            "partnership": "contoh-pemasaran", "name": "Koperasi Contoh Makmur", "kind": "company",
            "contribution": "Membeli jagung dan kakao dengan harga dasar yang disepakati",
            "office_contact": "kantor@koperasi.contoh.id",
        }],
        "stages": [
            {"partnership": each.id, "stage": stage, "done_on": date(2024, 1 + at, 15)}
            for each in PARTNERSHIPS for at, stage in enumerate(_STAGES)
        ],
        "budget": [
            {"partnership": partnership, "year": year, "money_source": source, "planned_rp": planned, "realised_rp": realised}
            for partnership, year, source, planned, realised in _BUDGETS
        ],
        "targets": [
            {"partnership": partnership, "indicator": indicator, "comparison": comparison, "value": value, "unit": unit,
             "due_on": _DUE, "basis": "agreement", "source": f"{_SOURCE}: perjanjian kemitraan"}
            for partnership, indicator, comparison, value, unit in _TARGETS
        ],
        "poverty_lines": [
            {"regency": "18.02", "round": round.id, "rp_per_person_month": round.poverty_line_rp,
             "source": "Angka contoh, bukan angka resmi BPS"}
            for round in ROUNDS
        ],
    }


def _partnership(number: int, of: ExamplePartnership) -> Record:
    return {
        "id": of.id, "name": of.name, "kind": of.kind, **_AGREEMENTS[of.id],
        "scope": "Kemitraan contoh untuk mengenal Pantau; tidak ada di dunia nyata.",
        "agreement_number": f"CONTOH/{number:02d}/2024", "stage": "implementation", "state": "active",
        "financing": "Iuran desa anggota dan sumber lain yang disepakati", "in_rpjm": True, "in_rkp": True,
        "dispute_clause": "Musyawarah, lalu difasilitasi camat", "rights_duties": "Diatur dalam lampiran perjanjian contoh",
        "assembly_on": date(2024, 4, 22), "report_every_months": 12, "is_example": True, "note": _SOURCE,
    }
