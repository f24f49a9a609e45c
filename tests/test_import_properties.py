"""Whatever notation, encoding and delimiter a table is written in, its values come back, or a finding says why not."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.importing.preparing import Prepared, prepared
from data.instruments.model import Choice, Design, Form, Instrument, Kind, Variable
from data.reading import read

CHOICES = (
    Choice(name="pipa", labels={"id": "Air pipa"}),
    Choice(name="sumur", labels={"id": "Sumur, terlindung"}),
    Choice(name="mata_air", labels={"id": "Mata air"}),
)


def variable(name: str, kind: Kind, label: str, choices: tuple[Choice, ...] = ()) -> Variable:
    return Variable(name=name, kind=kind, path=(name,), labels={"id": label}, choices=choices)


VARIABLES = (
    variable("jiwa", Kind.INTEGER, "Jumlah jiwa"),
    variable("luas", Kind.DECIMAL, "Luas lahan"),
    variable("tgl", Kind.DATE, "Tanggal"),
    variable("air", Kind.SELECT_ONE, "Sumber air utama", CHOICES),
    variable("semua", Kind.SELECT_MULTIPLE, "Semua sumber air", CHOICES),
)
INSTRUMENT = Instrument(
    id="f",
    version="1",
    labels={},
    languages=("id",),
    indicators=(),
    sha256="0",
    forms=(Form(name="f", variables=VARIABLES, design=Design()),),
)

ROW = st.fixed_dictionaries(
    {
        "jiwa": st.none() | st.integers(-10_000, 10_000_000),
        "luas": st.none() | st.integers(-(10**9), 10**9).map(lambda whole: whole / 1000),
        "tgl": st.none() | st.dates(date(1950, 1, 1), date(2025, 12, 31)),
        "air": st.none() | st.sampled_from([choice.name for choice in CHOICES]),
        "semua": st.none() | st.sets(st.sampled_from([choice.name for choice in CHOICES]), min_size=1),
    }
)
STYLE = st.fixed_dictionaries(
    {
        "notation": st.sampled_from(["plain", "comma", "point", "rupiah"]),
        "date": st.sampled_from(["iso", "day", "month", "words"]),
        "labels": st.booleans(),
        "header": st.booleans(),
        "delimiter": st.sampled_from([",", ";", "\t", "|"]),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
        "order": st.permutations([variable.name for variable in VARIABLES]),
    }
)
MONTHS = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]


def number(value: float, notation: str) -> str:
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.3f}".rstrip("0").rstrip(".")
    if notation == "plain":
        return text.replace(",", "")
    if notation == "point":
        return text
    swapped = text.replace(",", "_").replace(".", ",").replace("_", ".")
    return f"Rp {swapped}" if notation == "rupiah" else swapped


def cell(name: str, value: object, style: dict[str, object]) -> str:
    if value is None:
        return ""
    labels = {choice.name: choice.labels["id"] for choice in CHOICES}
    if isinstance(value, date):
        return {
            "iso": f"{value:%Y-%m-%d}",
            "day": f"{value:%d/%m/%Y}",
            "month": f"{value:%m/%d/%Y}",
            "words": f"{value.day} {MONTHS[value.month - 1]} {value.year}",
        }[str(style["date"])]
    if isinstance(value, set):
        ordered = [choice.name for choice in CHOICES if choice.name in value]
        return ", ".join(labels[one] for one in ordered) if style["labels"] else " ".join(ordered)
    if isinstance(value, str):
        return labels[value] if style["labels"] else value
    assert isinstance(value, int | float)
    return number(value, str(style["notation"]))


def rendered(rows: list[dict[str, object]], style: dict[str, object]) -> bytes:
    names = list(style["order"])  # type: ignore[call-overload]
    headers = {one.name: one.labels["id"] if style["header"] else one.name for one in VARIABLES}
    lines = [[headers[name] for name in names]] + [[cell(name, row[name], style) for name in names] for row in rows]
    delimiter = str(style["delimiter"])
    text = "".join(delimiter.join('"' + one.replace('"', '""') + '"' for one in line) + "\r\n" for line in lines)
    return text.encode(str(style["encoding"]))


def imported(content: bytes) -> Prepared:
    return prepared(read(content, "f.csv"), INSTRUMENT, round="r", key=b"k" * 32)


def expected(row: dict[str, object]) -> dict[str, object]:
    several = row["semua"]
    names = [choice.name for choice in CHOICES if choice.name in several] if isinstance(several, set) else None
    return {**row, "semua": None if names is None else " ".join(names)}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(ROW.filter(lambda row: any(value is not None for value in row.values())), min_size=1, max_size=12), style=STYLE
)
def test_values_come_back_as_they_were_or_their_row_is_rejected_with_a_finding(
    rows: list[dict[str, object]], style: dict[str, object]
) -> None:
    if style["notation"] == "rupiah":  # no amount of rupiah has a third decimal
        rows = [{**row, "luas": None if row["luas"] is None else round(float(str(row["luas"])), 2)} for row in rows]
    found = imported(rendered(rows, style))
    (form,) = found.forms
    assert form.rows_read == form.rows_accepted + form.rows_rejected + form.rows_left_out == len(rows)
    accepted = {row["_row"]: {one.name: row[one.name] for one in VARIABLES} for row in found.frames["f"].to_pylist()}
    faulty = {one.row for one in found.findings if one.severity == "error"}
    for line, row in enumerate(rows, start=2):
        assert line in faulty or accepted[line] == expected(row)
    if style["notation"] in {"plain", "rupiah"} and style["date"] in {"iso", "words"}:
        undecided = {one.row for one in found.findings if one.code == "two_numbers"}
        assert faulty == undecided, "only what reads in two ways may be rejected"


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(ROW.filter(lambda row: row["jiwa"] is not None), min_size=2, max_size=8),
    order=st.permutations([one.name for one in VARIABLES]),
)
def test_the_order_of_the_columns_does_not_matter(rows: list[dict[str, object]], order: list[str]) -> None:
    style: dict[str, object] = {
        "notation": "comma",
        "date": "day",
        "labels": True,
        "header": True,
        "delimiter": ";",
        "encoding": "utf-8",
    }
    first = imported(rendered(rows, {**style, "order": [one.name for one in VARIABLES]}))
    second = imported(rendered(rows, {**style, "order": order}))
    assert second.frames["f"].to_pylist() == first.frames["f"].select(second.frames["f"].column_names).to_pylist()
    assert sorted((one.code, one.row or 0) for one in second.findings) == sorted(
        (one.code, one.row or 0) for one in first.findings
    )
