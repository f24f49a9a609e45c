"""What is exported comes back as it was, and holds nothing that the viewer may not see."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from access.policy import NotAllowed, Role, Viewer, person_at_this_machine
from commands import importing, program
from data import exporting, responses
from data.errors import UserError
from data.example.loading import FILES, REGISTER
from data.importing.committing import commit
from data.importing.preparing import prepare, prepared
from data.instruments.adding import add, add_shipped
from data.instruments.kept import instrument as kept_instrument
from data.reading import read
from data.register import changes
from data.register import workbook as register_workbook
from data.store import Store, open_store, quoted
from tests.test_import_commit import workbook

SURVEY = """
type | name | label::Indonesia (id) | required | relevant
text | nama | Nama responden | yes |
text | catatan | Catatan | |
integer | jiwa | Jumlah jiwa | yes |
decimal | luas | Luas lahan | |
date | tgl | Tanggal | |
dateTime | mulai | Mulai | |
time | jam | Jam | |
select_one air | utama | Sumber air utama | |
select_multiple air or_other | semua | Semua sumber air | |
begin_repeat | barang | Barang | |
text | kode | Kode barang | |
decimal | harga | Harga | |
end_repeat | | | |
"""
CHOICES = """
list_name | name | label::Indonesia (id)
air | pipa | Air pipa
air | sumur | Sumur, terlindung
air | 1 | Mata air
"""
SETTINGS = """
form_id | form_title | version | default_language
rumah | Rumah | 1 | Indonesia (id)
"""
FORM = workbook(survey=SURVEY, choices=CHOICES, settings=SETTINGS)
PLACE = ("_round", "_village", "_weight", "_stratum", "_psu", "_psu_population", "_uuid")
NAMES = ("catatan", "jiwa", "luas", "tgl", "mulai", "jam", "utama")
TICKS = ("pipa", "sumur", "1", "other")


def stored(store: Store, instrument: str, batch: int, place: tuple[str, ...] = PLACE) -> dict[str, list[dict[str, Any]]]:
    """Every form's rows in their order; of a parent its place in that order instead of its row of the file."""
    found = kept_instrument(store, person_at_this_machine(), instrument)
    order: dict[str, dict[int, int]] = {}
    tables: dict[str, list[dict[str, Any]]] = {}
    with store.reading() as cursor:
        for form in found.forms:
            names = ["_row", "_parent", *place, *responses.columns(form)]
            cursor.execute(
                f"SELECT {', '.join(map(quoted, names))} FROM {responses.qualified(instrument, form.name)} "  # noqa: S608
                "WHERE _batch = ? ORDER BY _row",
                [batch],
            )
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            order[form.name] = {row.pop("_row"): number for number, row in enumerate(rows)}
            for row in rows:
                row["_parent"] = order[form.parent][row["_parent"]] if form.parent else None
            tables[form.name] = rows
    return tables


def sheets(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def example_batch(store: Store) -> int:
    with store.reading() as cursor:
        rows = cursor.execute("SELECT min(id) FROM batch WHERE instrument = 'household' AND round = 'awal-2024'").fetchall()
    return int(rows[0][0])


def test_the_example_survey_exported_and_imported_elsewhere_is_the_same(
    example_store: Store, store: Store, viewer: Viewer
) -> None:
    batch = example_batch(example_store)
    add_shipped(store, viewer)
    changes.apply(store, viewer, register_workbook.read(store, viewer, (FILES / REGISTER).read_bytes(), REGISTER))
    content = exporting.workbook(example_store, viewer, batch)
    found = prepare(store, viewer, content, "f.xlsx", instrument="household", round="awal-2024")
    assert {one.form: (one.rows_read, one.rows_rejected, one.unmapped) for one in found.forms} == {
        "household": (1641, 0, ()),
        "member": (5541, 0, ()),
    }
    # The names were never asked again: without a column, a required question is a warning.
    assert [one.params["name"] for one in found.findings if one.code == "required_absent"] == ["respondent"]
    before, after = stored(example_store, "household", batch), stored(store, "household", commit(store, viewer, found))
    assert {form: len(rows) for form, rows in before.items()} == {"household": 1641, "member": 5541}
    assert after == before


def test_nobodys_hash_or_name_leaves_with_an_export(example_store: Store, viewer: Viewer) -> None:
    batch = example_batch(example_store)
    with example_store.reading() as cursor:
        keys = {key for (key,) in cursor.execute('SELECT _key FROM responses."household_household"').fetchall()}
    written = sheets(exporting.workbook(example_store, viewer, batch))
    assert len(keys) > 1641 and not keys & {cell for rows in written.values() for row in rows for cell in row}
    assert not {"respondent", "head_name", "_key"} & set(written["household"][0])


def test_an_export_has_the_rows_of_the_viewers_villages_and_what_stands_below_them(example_store: Store) -> None:
    batch, village = example_batch(example_store), "18.02.02.2001"
    viewer = Viewer(name="e", roles=frozenset({Role.EVALUATOR}), areas=frozenset({village}))
    everyone = stored(example_store, "household", batch)
    written = sheets(exporting.workbook(example_store, viewer, batch))
    at = written["household"][0].index("village")
    assert {row[at] for row in written["household"][1:]} == {village}
    assert {form: len(rows) - 1 for form, rows in written.items()} == {
        form: sum(row["_village"] == village for row in rows) for form, rows in everyone.items()
    }
    nobody = Viewer(name="e", roles=frozenset({Role.EVALUATOR}), partnerships=frozenset())
    assert [len(rows) for rows in sheets(exporting.workbook(example_store, nobody, batch)).values()] == [1, 1]


def test_an_official_gets_no_responses_and_an_unknown_batch_is_said(store: Store, viewer: Viewer) -> None:
    with pytest.raises(NotAllowed):
        exporting.workbook(store, Viewer(name="o", roles=frozenset({Role.OFFICIAL})), 1)
    with pytest.raises(UserError) as error:
        exporting.workbook(store, viewer, 7)
    assert (error.value.code, error.value.params) == ("import.unknown_batch", {"batch": 7})


TEXT = st.one_of(
    st.sampled_from(
        ["007", "=1+1", "+62", "-", "@a", '"x"', "'x", "n/a", "TRUE", "1e5", "1.250", "#N/A", "_x0041_", "a\r\nb", "Total", "\0"]
    ),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=12),
).filter(lambda text: bool(text.strip()))
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
MOMENTS = st.datetimes(datetime(1901, 1, 1), datetime(2099, 1, 1)).map(lambda one: one.replace(microsecond=0))
ROW = st.fixed_dictionaries(
    {
        "catatan": st.none() | TEXT,
        "jiwa": st.none() | st.integers(-(2**63), 2**63 - 1),
        "luas": st.none() | NUMBER,
        "tgl": st.none() | st.dates(date(1850, 1, 1), date(2099, 1, 1)),
        "mulai": st.none() | MOMENTS,
        "jam": st.none() | st.times().map(lambda one: f"{one:%H:%M:%S}"),
        "utama": st.none() | st.sampled_from(["pipa", "sumur", "1"]),
        "semua": st.none() | st.sets(st.sampled_from(TICKS)),
        "barang": st.lists(st.fixed_dictionaries({"kode": st.none() | TEXT, "harga": st.none() | NUMBER}), max_size=2),
    }
)
NOTHING: dict[str, Any] = dict.fromkeys((*NAMES, "semua")) | {"barang": []}
ODD: dict[str, Any] = {
    "catatan": "=1+1",
    "jiwa": None,
    "luas": 1250.125,
    "tgl": None,
    "mulai": None,
    "jam": None,
    "utama": None,
    "barang": [],
}


@pytest.fixture
def ready(store: Store, viewer: Viewer) -> Store:
    add(store, viewer, FORM, "rumah.xlsx")
    return store


def insert(store: Store, rows: list[dict[str, Any]]) -> int:
    """Responses as they are stored, of a batch of their own."""
    with store.writing(person_at_this_machine(), "test") as cursor:
        ((batch,),) = cursor.execute("SELECT count(*) + 1 FROM batch").fetchall()
        cursor.execute("INSERT INTO batch VALUES (?, 'rumah', '1', '2024', 'kobo', 'accepted', '[]', '{}')", [batch])
        child = 1
        for row, answers in enumerate(rows, start=2):
            ticks = answers["semua"]
            joined = None if ticks is None else " ".join(name for name in TICKS if name in ticks)
            values = [
                *(answers[name] for name in NAMES),
                joined,
                *(None if ticks is None else int(one in ticks) for one in TICKS),
            ]
            names = [*NAMES, "semua", *(f"semua__{name}" for name in TICKS)]
            add_row(cursor, batch, "rumah", row, None, f"u{row}", names, values)
            for one in answers["barang"]:
                child += 1
                add_row(cursor, batch, "barang", child, row, None, ["kode", "harga"], [one["kode"], one["harga"]])
    return int(batch)


def add_row(
    cursor: Any, batch: int, form: str, row: int, parent: int | None, uuid: str | None, names: list[str], values: list[Any]
) -> None:
    columns = ", ".join(map(quoted, ["_round", "_batch", "_row", "_weight", "_stratum", "_psu", "_parent", "_uuid", *names]))
    system = ["2024", batch, row, 1.0, "", f"{batch}:{row}", parent, uuid]
    marks = ", ".join("?" * (len(system) + len(values)))
    cursor.execute(f"INSERT INTO {responses.qualified('rumah', form)} ({columns}) VALUES ({marks})", [*system, *values])  # noqa: S608


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@example(rows=[NOTHING, NOTHING])
@example(rows=[{**NOTHING, "barang": [{"kode": None, "harga": None}]}])
@example(rows=[{**NOTHING, "luas": one} for one in (0.1 + 0.2, 5e-324, 1.7976931348623157e308, -1e-10, 123456789.12345679)])
@example(rows=[{**ODD, "semua": set()}, {**ODD, "semua": None}, {**ODD, "semua": {"1", "other"}}])
@given(rows=st.lists(ROW, min_size=1, max_size=5))
def test_whatever_is_stored_comes_back_from_its_export(ready: Store, rows: list[dict[str, Any]]) -> None:
    batch = insert(ready, rows)
    instrument = kept_instrument(ready, person_at_this_machine(), "rumah")
    content = exporting.workbook(ready, person_at_this_machine(), batch)
    found = prepared(read(content, "f.xlsx"), instrument, round="2024", key=b"k" * 32)
    assert [one.message("en") for one in found.findings if one.severity == "error"] == []
    before = stored(ready, "rumah", batch, ("_uuid",))
    after: dict[str, list[dict[str, Any]]] = {}
    order = {form: {row: at for at, row in enumerate(frame["_row"].to_pylist())} for form, frame in found.frames.items()}
    for form, frame in found.frames.items():
        names = [name for name in before[form][0] if name != "_parent"] if before[form] else []
        above = [None if row is None else order["rumah"][row] for row in frame["_parent"].to_pylist()]
        after[form] = [
            {"_parent": parent} | {name: row.get(name) for name in names}
            for parent, row in zip(above, frame.to_pylist(), strict=True)
        ]
    assert {form: after.get(form, []) for form in before} == before


def test_no_cell_of_an_export_is_a_formula(ready: Store, viewer: Viewer) -> None:
    batch = insert(ready, [{**ODD, "catatan": text, "semua": None} for text in ('=HYPERLINK("x")', "+1", "-1", "@a")])
    book = openpyxl.load_workbook(io.BytesIO(exporting.workbook(ready, viewer, batch)))
    cells = [row[0] for row in book["rumah"].iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type, cell.quotePrefix) for cell in cells] == [
        ('=HYPERLINK("x")', "s", True),
        ("+1", "s", True),
        ("-1", "s", True),
        ("@a", "s", True),
    ]


def test_a_text_that_no_cell_can_hold_is_said_and_not_cut(ready: Store, viewer: Viewer) -> None:
    insert(ready, [{**NOTHING, "catatan": "x" * 32_767}])
    assert len(sheets(exporting.workbook(ready, viewer, 1))["rumah"][1][0]) == 32_767
    insert(ready, [{**NOTHING, "catatan": "x" * 32_768}])
    with pytest.raises(UserError) as error:
        exporting.workbook(ready, viewer, 2)
    assert (error.value.code, error.value.params) == ("import.too_long_for_cell", {"limit": 32_767, "length": 32_768})


VERSIONS = """nama,jiwa,luas,__version__,_uuid,_index
Ani,4,0.30000000000000004,v1,u1,1
Budi,,1e-300,v2,u2,2
"""


@pytest.fixture
def run(ready: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """A command on one of two stores, and the object it prints. A command's process closes the store; this one runs several."""
    other = open_store(tmp_path / "other")
    monkeypatch.setattr(importing, "open_store", lambda directory: ready if directory.name == "store" else other)

    def called(name: str, *arguments: str, code: int = 0) -> Any:
        assert program.main([*arguments, "--store", str(tmp_path / name), "--json"], serve=lambda args: 0) == code
        return json.loads(capsys.readouterr().out)

    called.other = other  # type: ignore[attr-defined]
    yield called
    other.close()


YEAR = {"id": "2024", "name": "2024", "kind": "baseline", "starts_on": "2024-01-01", "ends_on": "2024-12-31"}
NAMED = (*NAMES, "semua", *(f"semua/{name}" for name in TICKS), "semua_other")


def test_the_command_exports_a_batch_of_two_versions_of_the_form_and_it_imports_again(
    ready: Store, viewer: Viewer, run: Any, tmp_path: Path
) -> None:
    add(run.other, viewer, FORM, "rumah.xlsx")
    for one in (ready, run.other):
        changes.save(one, viewer, "rounds", YEAR)
    commit(ready, viewer, prepare(ready, viewer, VERSIONS.encode(), "f.csv", instrument="rumah", round="2024"))
    path = tmp_path / "isian.xlsx"
    assert run("store", "batch", "export", "1", str(path)) == {"batch": 1, "file": str(path)}
    assert sheets(path.read_bytes())["rumah"] == [
        (*NAMED, "_index", "_uuid", "_pantau_stored"),
        (None, 4, 0.1 + 0.2, *[None] * 10, 1, "u1", "1"),
        (None, None, 1e-300, *[None] * 10, 2, "u2", "1"),
    ]
    said = run("other", "import", str(path), "--instrument", "rumah", "--round", "2024")
    assert [(one["code"], one["severity"], one["row"]) for one in said["findings"] if one["severity"] != "info"] == [
        ("required", "warning", 3),
        ("required_absent", "warning", None),
    ]
    assert stored(run.other, "rumah", 1) == stored(ready, "rumah", 1)


def test_an_unknown_batch_is_refused_by_the_command_in_words(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "isian.xlsx"
    assert run("store", "batch", "export", "7", str(path), code=1)["error"]["code"] == "import.unknown_batch"
    assert not path.exists()
