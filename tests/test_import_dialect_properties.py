"""Whichever tool wrote the same answers, with repeats and several choices, the same responses come of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.importing.preparing import prepared
from data.instruments.model import Choice, Design, Form, Instrument, Kind, Variable
from data.reading import read
from tests.reading_cases import archive
from tests.test_import_commit import workbook

LABELS = {"pipa": "Air pipa", "sumur": "Sumur", "1": "Lain"}
CHOICES = tuple(Choice(name=name, labels={"id": label}) for name, label in LABELS.items())


def variable(name: str, kind: Kind, *path: str, choices: tuple[Choice, ...] = ()) -> Variable:
    return Variable(name=name, kind=kind, path=(*path, name), labels={"id": f"Label {name}"}, choices=choices)


INSTRUMENT = Instrument(
    id="f", version="1", labels={}, languages=("id",), indicators=(), sha256="0",
    forms=(
        Form(name="f", design=Design(), variables=(
            variable("jiwa", Kind.INTEGER, "g"),
            variable("luas", Kind.DECIMAL, "g"),
            variable("tgl", Kind.DATE),
            variable("utama", Kind.SELECT_ONE, choices=CHOICES),
            variable("semua", Kind.SELECT_MULTIPLE, "g", choices=CHOICES),
        )),
        Form(
            name="anggota", parent="f", path=("anggota",), design=Design(),
            variables=(variable("umur", Kind.INTEGER, "anggota"),),
        ),
    ),
)
NAMES = [choice.name for choice in CHOICES]
ROW = st.fixed_dictionaries(
    {
        "jiwa": st.none() | st.integers(-(2**63), 2**63 - 1),
        "luas": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "tgl": st.none() | st.dates(date(1950, 1, 1), date(2025, 12, 31)),
        "utama": st.none() | st.sampled_from(NAMES),
        "semua": st.none() | st.sets(st.sampled_from(NAMES)),
        "umur": st.lists(st.integers(0, 119), max_size=3),
    }
)
Row = dict[str, Any]
Lines = list[list[object]]


def text(value: object) -> str:
    """As a tool writes it: a decimal point, no thousands, no exponent."""
    return "" if value is None else f"{Decimal(repr(value)):f}" if isinstance(value, float) else str(value)


def several(row: Row) -> str:
    return "" if row["semua"] is None else " ".join(name for name in NAMES if name in row["semua"])


def ticks(row: Row, yes: str = "1", no: str = "0", unasked: str = "") -> list[str]:
    return [unasked if row["semua"] is None else yes if name in row["semua"] else no for name in NAMES]


def plain(row: Row, unasked: str = "") -> list[str]:
    return [text(row[name]) or unasked for name in ("jiwa", "luas", "tgl", "utama")]


def as_csv(lines: Lines) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(lines)
    return out.getvalue().encode()


def kobo(rows: list[Row], separator: str = "/") -> tuple[str, bytes]:
    header = [f"g{separator}jiwa", f"g{separator}luas", "tgl", "utama", f"g{separator}semua"]
    header += [f"g{separator}semua{separator}{name}" for name in NAMES]
    main: Lines = [[*header, "_id", "_uuid", "_submission_time", "_index"]]
    main += [[*plain(row), several(row), *ticks(row), 70 + at, f"u{at}", "2024-01-01", at] for at, row in enumerate(rows, 1)]
    below: Lines = [["umur", "_index", "_parent_table_name", "_parent_index"]]
    below += [[age, 1, "f", at] for at, row in enumerate(rows, 1) for age in row["umur"]]
    return "f.xlsx", workbook(f=main, anggota=below)


def odk(rows: list[Row]) -> tuple[str, bytes]:
    header = ["SubmissionDate", "g-jiwa", "g-luas", "tgl", "utama", "g-semua", *(f"g-semua/{name}" for name in NAMES)]
    main: Lines = [[*header, "KEY", "SubmitterID", "ReviewState", "FormVersion"]]
    main += [["x", *plain(row), several(row), *ticks(row, unasked="0"), f"u{at}", 1, "", 1] for at, row in enumerate(rows, 1)]
    below: Lines = [["umur", "PARENT_KEY", "KEY"]]
    below += [[age, f"u{at}", f"u{at}/{place}"] for at, row in enumerate(rows, 1) for place, age in enumerate(row["umur"])]
    return "f.zip", archive({"f.csv": as_csv(main), "f-anggota.csv": as_csv(below)})


def surveycto(rows: list[Row]) -> tuple[str, bytes]:
    header = ["SubmissionDate", "jiwa", "luas", "tgl", "utama", "semua", *(f"semua_{name}" for name in NAMES)]
    main: Lines = [[*header, "SET-OF-anggota", "formdef_version", "KEY"]]
    main += [["x", *plain(row), several(row), *ticks(row), f"u{at}/anggota", 1, f"u{at}"] for at, row in enumerate(rows, 1)]
    below: Lines = [["umur", "PARENT_KEY", "KEY", "SET-OF-anggota"]]
    below += [
        [age, f"u{at}", f"u{at}/anggota[{place}]", f"u{at}/anggota"]
        for at, row in reversed(list(enumerate(rows, 1)))
        for place, age in enumerate(row["umur"], 1)
    ]
    return "f.zip", archive({"f.csv": as_csv(main), "f-anggota.csv": as_csv(below)})


def wide(rows: list[Row]) -> tuple[str, bytes]:
    header = ["jiwa", "luas", "tgl", "utama", "semua", *(f"semua_{name}" for name in NAMES), "umur_1", "umur_2", "umur_3"]
    main: Lines = [[*header, "formdef_version", "KEY"]]
    main += [[*plain(row), several(row), *ticks(row), *ages(row), 1, f"u{at}"] for at, row in enumerate(rows, 1)]
    return "f.csv", as_csv(main)


def ona(rows: list[Row]) -> tuple[str, bytes]:
    header = ["g/jiwa", "g/luas", "tgl", "utama", *(f"g/semua/{name}" for name in NAMES)]
    main: Lines = [[*header, *(f"anggota[{at}]/umur" for at in (1, 2, 3)), "_uuid", "_submission_time"]]
    main += [
        [*plain(row, "n/a"), *ticks(row, "True", "False", "n/a"), *ages(row, "n/a"), f"u{at}", "x"]
        for at, row in enumerate(rows, 1)
    ]
    return "f.csv", as_csv(main)


def ages(row: Row, unasked: str = "") -> list[object]:
    return [*row["umur"], *[unasked] * (3 - len(row["umur"]))]


TOOLS: dict[str, Callable[[list[Row]], tuple[str, bytes]]] = {
    "kobo": kobo, "kobo_dots": lambda rows: kobo(rows, "."), "odk": odk, "surveycto": surveycto, "wide": wide, "ona": ona,
}


def expected(row: Row, tool: str) -> Row:
    # ODK writes the same for nothing chosen and not asked.
    asked = row["semua"] is not None and not (tool == "odk" and not row["semua"])
    chosen = {f"semua__{name}": int(name in row["semua"]) if asked else None for name in NAMES}
    return {name: row[name] for name in ("jiwa", "luas", "tgl", "utama")} | {"semua": several(row) if asked else None} | chosen


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(ROW, min_size=1, max_size=5), tool=st.sampled_from(sorted(TOOLS)))
def test_the_same_answers_come_of_every_tools_export(rows: list[Row], tool: str) -> None:
    name, content = TOOLS[tool](rows)
    found = prepared(read(content, name), INSTRUMENT, round="r", key=b"k" * 32)
    accounts = {one.form: one.rows_read - one.rows_accepted - one.rows_rejected - one.rows_left_out for one in found.forms}
    assert set(accounts.values()) == {0}
    undecided = {one.row for one in found.findings if one.code == "two_numbers"}
    wrong = {one.row for one in found.findings if one.severity == "error" and one.code != "parent_rejected"}
    assert wrong == undecided, "only what reads in two ways may be rejected"
    kept = [(at, row) for at, row in enumerate(rows, start=2) if at not in wrong]
    columns = expected(rows[0], tool)
    assert [{name: row.get(name) for name in columns} for row in found.frames["f"].to_pylist()] == [
        expected(row, tool) for _, row in kept
    ]
    below = found.frames["anggota"].to_pylist() if "anggota" in found.frames else []
    assert sorted((row["_parent"], row["umur"]) for row in below) == sorted((at, age) for at, row in kept for age in row["umur"])
