"""Instruments kept in a store, the shipped ones, and their commands."""
from __future__ import annotations

import json
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from pyxform.xls2xform import convert

import app
from access.policy import NotAllowed, Role, Viewer
from commands import program
from data.errors import UserError
from data.instruments import kept
from data.instruments.adding import SHIPPED, add, add_shipped, shipped
from data.instruments.workbook import read_workbook
from data.instruments.writing import tables, workbook
from data.store import Store
from metrics.catalogue import INDICATORS

FORM = """
## survey
| type    | name   | label  |
|---------|--------|--------|
| integer | pupils | Pupils |

## settings
| form_title | form_id | version |
|------------|---------|---------|
| School     | school  | {version} |
"""


def form(version: str = "1", **changes: str) -> bytes:
    text = FORM.format(version=version)
    for old, new in changes.items():
        text = text.replace(old, new)
    return workbook(tables(text))


def columns(store: Store, table: str) -> list[str]:
    with store.reading() as cursor:
        return [name for name, *_ in cursor.execute(f"DESCRIBE responses.{table}").fetchall() if not name.startswith("_")]


def unpacked(content: bytes) -> dict[str, bytes]:
    """What is in a workbook, however it was compressed."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_an_added_instrument_is_kept_with_a_table_for_its_answers(store: Store, viewer: Viewer):
    added = add(store, viewer, form(), "school.xlsx")
    assert kept.instrument(store, viewer, "school") == added
    assert columns(store, "school_school") == ["pupils"]


def test_a_new_version_adds_its_questions_and_becomes_the_current_one(store: Store, viewer: Viewer):
    add(store, viewer, form("1"), "school.xlsx")
    newer = form("2", **{"| integer | pupils | Pupils |": "| integer | pupils | Pupils |\n| integer | teachers | Teachers |"})
    add(store, viewer, newer, "school.xlsx")
    assert [each.version for each in kept.instruments(store, viewer)] == ["2"]
    assert [each.version for each in kept.versions(store, viewer, "school")] == ["1", "2"]
    assert columns(store, "school_school") == ["pupils", "teachers"]


def test_an_older_workbook_added_again_is_the_current_one_again(store: Store, viewer: Viewer):
    for version in ("1", "2", "1"):
        add(store, viewer, form(version), "school.xlsx")
    assert kept.instrument(store, viewer, "school").version == "1"
    assert [each.version for each in kept.versions(store, viewer, "school")] == ["2", "1"]


def test_a_question_may_not_change_what_it_holds(store: Store, viewer: Viewer):
    add(store, viewer, form("1"), "school.xlsx")
    with pytest.raises(UserError) as caught:
        add(store, viewer, form("2", integer="date   "), "school.xlsx")
    assert (caught.value.code, caught.value.params["variable"]) == ("instrument.kind_changed", "pupils")
    assert kept.instrument(store, viewer, "school").version == "1"


def test_a_donor_neither_adds_nor_sees_instruments(store: Store):
    donor = Viewer(name="donor", roles=frozenset({Role.DONOR}))
    with pytest.raises(NotAllowed):
        add(store, donor, form(), "school.xlsx")
    with pytest.raises(NotAllowed):
        kept.instruments(store, donor)


def test_the_shipped_instruments_are_added_once(store: Store, viewer: Viewer):
    assert [each.id for each in add_shipped(store, viewer)] == ["activity", "household", "village"]
    assert add_shipped(store, viewer) == []


def test_shipped_workbooks_are_those_of_their_readable_sources():
    assert {path.stem for path in shipped()} == {"activity", "household", "village"}
    for path in SHIPPED.rglob("*.xlsx"):
        source = path.with_suffix(".md").read_text(encoding="utf-8")
        assert unpacked(path.read_bytes()) == unpacked(workbook(tables(source)))


ALL = sorted(SHIPPED.rglob("*.xlsx"))


@pytest.mark.slow
@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_odk_validate_finds_nothing_wrong_in_the_shipped_workbooks(path: Path):
    """The checker of ODK itself, which comes with pyxform: every expression is evaluated."""
    if shutil.which("java") is None:
        pytest.skip("ODK Validate needs Java")
    assert convert(path.read_bytes(), validate=True).warnings == []


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_kobotoolbox_accepts_the_shipped_workbooks_without_a_warning(path: Path):
    converted = convert(path.read_bytes())
    assert converted.warnings == []
    assert f'id="{path.stem}"' in converted.xform


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_every_question_and_choice_of_the_shipped_instruments_speaks_both_languages(path: Path):
    unspoken = [
        (variable.name, choice.name if choice else None)
        for form in read_workbook(path.read_bytes(), path.name).forms
        for variable in form.variables if variable.name not in {"start", "end", "interview_date"}
        for choice in (None, *variable.choices)
        if set((choice or variable).labels) != {"id", "en"}
    ]
    assert unspoken == []


def test_the_shipped_instruments_carry_the_whole_catalogue():
    carried = [indicator for path in shipped() for indicator in read_workbook(path.read_bytes(), path.name).indicators]
    assert sorted(indicator.id for indicator in carried) == sorted(indicator.id for indicator in INDICATORS)


def test_an_instrument_without_some_questions_carries_the_indicators_that_are_left():
    text = (SHIPPED / "activity.md").read_text(encoding="utf-8")
    fewer = "\n".join(line for line in text.splitlines() if "| present_poor |" not in line)
    carried = {indicator.id for indicator in read_workbook(workbook(tables(fewer)), "activity.xlsx").indicators}
    assert "participation.women_at_activities" in carried
    assert "participation.poor_at_activities" not in carried


def run(store: Path, *arguments: str) -> int:
    return program.main([*arguments, "--store", str(store), "--language", "en"], serve=app.serve)


def test_the_commands_add_list_and_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "school.xlsx"
    path.write_bytes(form())
    assert run(tmp_path / "store", "instrument", "add", str(path), "--json") == 0
    assert json.loads(capsys.readouterr().out)["forms"] == {"school": {"parent": None, "variables": 1}}
    assert run(tmp_path / "store", "instrument", "list") == 0
    assert capsys.readouterr().out == "school  1  School\n  school: 1 variables, 0 indicators\n"
    assert run(tmp_path / "store", "instrument", "show", "school", "--json") == 0
    assert json.loads(capsys.readouterr().out)["forms"]["school"]["variables"] == [
        {"name": "pupils", "kind": "integer", "label": "Pupils", "choices": []},
    ]


def test_an_unknown_instrument_is_refused_with_the_way_to_see_which_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path / "store", "instrument", "show", "nothing") == 1
    assert capsys.readouterr().err == "There is no instrument nothing. See what there is with: instrument list\n"
