"""The register as sheets: what a partnership's papers hold, column by column.

Each sheet is a table of the store and a sheet of the register workbook. Words stand in the message catalogues, under
`register.sheet.<sheet>`, `register.column.<column>`, `register.note.<column>` and `register.choice.<choice>`.
A new fact about partnerships is a column here, a column in a migration, and its words.
"""
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    ID = "id"                # a short slug that other sheets refer to
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"      # several, stored with a space between
    AREA = "area"            # a dotted code
    INDICATOR = "indicator"  # an indicator's id
    UNIT = "unit"            # 'percent', or an indicator's unit
    WORDS = "words"          # words without spaces in them, one space between


@dataclass(frozen=True, kw_only=True)
class Column:
    """`at` names the sheet whose records an ID refers to, or the level of an AREA; `end_of_year` is what a bare year means."""

    name: str
    kind: Kind = Kind.TEXT
    needed: bool = False
    choices: tuple[str, ...] = ()
    at: str | None = None
    end_of_year: bool = False
    example: str = ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """`key` are the columns that make a record the same record."""

    name: str
    table: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


STAGES = ("preparation", "offer", "drafting", "signing", "implementation", "reporting")
ROUND_KINDS = ("baseline", "midline", "endline", "routine")
ROLES = ("lead", "member", "comparison")
COMPARISONS = ("at_least", "at_most", "more_than", "less_than", "between", "zero", "yes", "above_poverty_line")
BASES = ("agreement", "own", "official_stated", "official_implied", "official_availability")

_PARTNERSHIP = Column(name="partnership", kind=Kind.ID, needed=True, at="partnerships", example="air-bersih-timur")
_NOTE = Column(name="note")

VILLAGES = Sheet(name="villages", table="area", key=("code",), columns=(
    Column(name="code", kind=Kind.AREA, needed=True, at="village", example="18.02.02.2005"),
    Column(name="name", needed=True, example="Bangun Rejo"),
    Column(name="subdistrict", example="Bangun Rejo"),
    Column(name="regency", example="Kabupaten Lampung Tengah"),
    Column(name="province", example="Lampung"),
))
ROUNDS = Sheet(name="rounds", table="round", key=("id",), columns=(
    Column(name="id", kind=Kind.ID, needed=True, example="2024"),
    Column(name="name", needed=True, example="Survei awal 2024"),
    Column(name="kind", kind=Kind.CHOICE, needed=True, choices=ROUND_KINDS),
    Column(name="starts_on", kind=Kind.DATE, needed=True, example="2024-03-01"),
    Column(name="ends_on", kind=Kind.DATE, needed=True, end_of_year=True, example="2024-03-31"),
))
PARTNERSHIPS = Sheet(name="partnerships", table="partnership", key=("id",), columns=(
    Column(name="id", kind=Kind.ID, needed=True, example="air-bersih-timur"),
    Column(name="name", needed=True, example="Kerja sama air bersih Sido Rejo dan Cimarias"),
    Column(name="kind", kind=Kind.CHOICE, needed=True, choices=("bilateral", "multilateral", "sector", "third_party")),
    Column(name="parties", kind=Kind.CHOICE, choices=(
        "inter_village", "government_private", "ngo_government", "community_government", "multi_party")),
    Column(name="field", kind=Kind.CHOICE, choices=("government", "development", "community_building", "empowerment")),
    Column(name="subfield", example="Air bersih"),
    Column(name="legal_scope", kind=Kind.CHOICES, choices=("joint_business", "community_service", "security")),
    Column(name="scope"),
    Column(name="purpose"),
    Column(name="stage", kind=Kind.CHOICE, choices=STAGES),
    Column(name="state", kind=Kind.CHOICE, choices=("draft", "active", "extended", "suspended", "completed", "cancelled")),
    Column(name="body", kind=Kind.CHOICE, choices=("bkad", "bumdes_bersama", "village_government", "other")),
    Column(name="body_decree"),
    Column(name="agreement_kind", kind=Kind.CHOICE, choices=("joint_regulation", "joint_agreement")),
    Column(name="agreement_number"),
    Column(name="agreement_on", kind=Kind.DATE),
    Column(name="starts_on", kind=Kind.DATE),
    Column(name="ends_on", kind=Kind.DATE, end_of_year=True),
    Column(name="financing"),
    Column(name="dispute_clause"),
    Column(name="rights_duties"),
    Column(name="in_rpjm", kind=Kind.YES_NO),
    Column(name="in_rkp", kind=Kind.YES_NO),
    Column(name="assembly_on", kind=Kind.DATE),
    Column(name="review_on", kind=Kind.DATE),
    Column(name="report_every_months", kind=Kind.INTEGER, example="12"),
    Column(name="last_report_on", kind=Kind.DATE),
    Column(name="is_example", kind=Kind.YES_NO),
    _NOTE,
))
MEMBERS = Sheet(name="members", table="partnership_village", key=("partnership", "village", "joined_on"), columns=(
    _PARTNERSHIP,
    Column(name="village", kind=Kind.AREA, needed=True, at="village", example="18.02.02.2003"),
    Column(name="role", kind=Kind.CHOICE, needed=True, choices=ROLES),
    Column(name="joined_on", kind=Kind.DATE),
    Column(name="left_on", kind=Kind.DATE, end_of_year=True),
    Column(name="meeting_on", kind=Kind.DATE),
    _NOTE,
))
THIRD_PARTIES = Sheet(name="third_parties", table="third_party", key=("partnership", "name"), columns=(
    _PARTNERSHIP,
    Column(name="name", needed=True, example="Universitas Lampung"),
    Column(name="kind", kind=Kind.CHOICE, needed=True, choices=(
        "company", "ngo", "university", "government_office", "donor", "community_group", "other")),
    Column(name="contribution"),
    Column(name="office_contact", example="lppm@contoh.ac.id"),
))
REACHED_STAGES = Sheet(name="stages", table="partnership_stage", key=("partnership", "stage"), columns=(
    _PARTNERSHIP,
    Column(name="stage", kind=Kind.CHOICE, needed=True, choices=STAGES),
    Column(name="done_on", kind=Kind.DATE, needed=True, example="2024-05-20"),
    _NOTE,
))
BUDGET = Sheet(name="budget", table="budget", key=("partnership", "year", "money_source"), columns=(
    _PARTNERSHIP,
    Column(name="year", kind=Kind.INTEGER, needed=True, example="2025"),
    Column(name="money_source", kind=Kind.CHOICE, needed=True, choices=(
        "village_fund", "village_budget", "regency_budget", "third_party", "self_help", "other")),
    Column(name="planned_rp", kind=Kind.NUMBER, example="150.000.000"),
    Column(name="realised_rp", kind=Kind.NUMBER, example="120.000.000"),
    _NOTE,
))
TARGETS = Sheet(name="targets", table="target", key=("partnership", "indicator", "due_on"), columns=(
    _PARTNERSHIP,
    Column(name="indicator", kind=Kind.INDICATOR, needed=True, example="service_access.safe_water"),
    Column(name="comparison", kind=Kind.CHOICE, needed=True, choices=COMPARISONS),
    Column(name="value", kind=Kind.NUMBER, example="85"),
    Column(name="upper_value", kind=Kind.NUMBER),
    Column(name="unit", kind=Kind.UNIT, needed=True, example="percent"),
    Column(name="due_on", kind=Kind.DATE, needed=True, end_of_year=True, example="2027"),
    Column(name="baseline_value", kind=Kind.NUMBER),
    Column(name="baseline_on", kind=Kind.DATE, end_of_year=True),
    Column(name="basis", kind=Kind.CHOICE, needed=True, choices=BASES),
    Column(name="source", needed=True, example="Peraturan Bersama Nomor 2 Tahun 2024, Pasal 5"),
    _NOTE,
))
POVERTY_LINES = Sheet(name="poverty_lines", table="poverty_line", key=("regency", "round"), columns=(
    Column(name="regency", kind=Kind.AREA, needed=True, at="regency", example="18.02"),
    Column(name="round", kind=Kind.ID, needed=True, at="rounds", example="2024"),
    Column(name="rp_per_person_month", kind=Kind.NUMBER, needed=True, example="550000"),
    Column(name="source", needed=True, example="BPS Kabupaten Lampung Tengah, 2024"),
))
PRICE_INDICES = Sheet(name="price_indices", table="price_index", key=("regency", "round"), columns=(
    Column(name="regency", kind=Kind.AREA, needed=True, at="regency", example="18.02"),
    Column(name="round", kind=Kind.ID, needed=True, at="rounds", example="2024"),
    Column(name="index_value", kind=Kind.NUMBER, needed=True, example="106,3"),
    Column(name="source", needed=True, example="BPS Kabupaten Lampung Tengah, 2024"),
))
KNOWN_TOTALS = Sheet(
    name="known_totals", table="known_total", key=("instrument", "form", "round", "grouped_by", "category"), columns=(
        Column(name="instrument", kind=Kind.WORDS, needed=True, example="household"),
        Column(name="form", kind=Kind.WORDS, needed=True, example="member"),
        Column(name="round", kind=Kind.ID, needed=True, at="rounds", example="2024"),
        Column(name="grouped_by", kind=Kind.WORDS, needed=True, example="sex age"),
        Column(name="category", kind=Kind.WORDS, needed=True, example="female 15-59"),
        Column(name="total", kind=Kind.NUMBER, needed=True, example="1250"),
        Column(name="source", needed=True, example="BPS, Kecamatan Bangun Rejo Dalam Angka 2024"),
        Column(name="counted_on", kind=Kind.DATE, example="2024-01-01"),
    ))
SERIES_BREAKS = Sheet(name="series_breaks", table="series_break", key=("indicator", "broken_on"), columns=(
    Column(name="indicator", kind=Kind.INDICATOR, needed=True, example="village_index.score"),
    Column(name="broken_on", kind=Kind.DATE, needed=True, example="2025"),
    Column(name="reason", needed=True, example="Indeks Desa menggantikan IDM"),
    Column(name="source"),
))
SETTINGS = Sheet(name="settings", table="setting", key=("name",), columns=(
    Column(name="name", needed=True, example="min_cell"),
    Column(name="value", kind=Kind.NUMBER, needed=True, example="5"),
))

# In the order in which they refer to each other: a sheet refers to sheets before it.
SHEETS = (
    VILLAGES, ROUNDS, PARTNERSHIPS, MEMBERS, THIRD_PARTIES, REACHED_STAGES, BUDGET,
    TARGETS, POVERTY_LINES, PRICE_INDICES, KNOWN_TOTALS, SERIES_BREAKS, SETTINGS,
)


def sheet(name: str) -> Sheet:
    return next(each for each in SHEETS if each.name == name)
