"""Two versions of an instrument compared."""
from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

import pytest

import app
from commands import program
from data.instruments.model import Instrument
from data.instruments.versions import FormChange, compared
from data.instruments.workbook import read_kobo, read_workbook
from tests.school_survey import content


def version(changes: Mapping[str, str] = MappingProxyType({})) -> Instrument:
    return read_workbook(content(changes), "school.xlsx")


def test_the_same_form_has_not_changed():
    assert compared(version(), version()) == ()


def test_added_and_lost_questions_are_named_by_form():
    newer = version({"| integer      | desks  | Desks ": "| date | built | When was it built? "})
    assert compared(version(), newer) == (FormChange(form="class", added=("built",), lost=("desks",)),)


def test_a_question_of_the_same_kind_and_nearly_the_same_words_was_renamed():
    newer = version({"| pupils | How many pupils does the": "| students | How many pupils does this"})
    assert compared(version(), newer) == (FormChange(form="school", renamed=(("pupils", "students"),)),)


def test_a_question_that_changed_its_kind_was_not_renamed():
    newer = version({"| integer      | pupils |": "| text | students |"})
    assert compared(version(), newer) == (FormChange(form="school", added=("students",), lost=("pupils",)),)


def test_a_repeat_that_went_took_its_questions_along():
    newer = version({
        "| begin_repeat | class  | Class                               |\n": "",
        "| integer      | desks  | Desks                               |\n": "",
        "| end_repeat   | class  |                                     |\n": "",
    })
    assert compared(version(), newer) == (FormChange(form="class", lost=("desks",)),)


def test_the_versions_of_a_real_form(testdata: Path):
    path = testdata / "kobo_formpack" / "site_inspection" / "form_versions.json"
    versions = [read_kobo(each["content"], id_string="site", version=each["version"]) for each in json.loads(path.read_text())]
    changes = [compared(old, new) for old, new in pairwise(versions)]
    names = [{variable.name for variable in each.forms[0].variables} for each in versions]
    for change, (old, new) in zip(changes, pairwise(names), strict=True):
        [form] = change or (FormChange(form="site"),)
        gone, came = set(form.lost) | {a for a, _ in form.renamed}, set(form.added) | {b for _, b in form.renamed}
        assert (gone, came) == (old - new, new - old)


def test_adding_a_new_version_says_what_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    def add(name: str, changes: Mapping[str, str] = MappingProxyType({})) -> str:
        path = tmp_path / name
        path.write_bytes(content(changes))
        arguments = ["instrument", "add", str(path), "--store", str(tmp_path / "store"), "--language", "en"]
        assert program.main(arguments, serve=app.serve) == 0
        return capsys.readouterr().out

    assert "questions" not in add("first.xlsx")
    told = add("second.xlsx", {"| desks  | Desks ": "| chairs | Chairs "})
    assert told.splitlines()[-2:] == ["  class: new questions: chairs", "  class: questions that are gone: desks"]
