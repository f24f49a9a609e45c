"""The message catalogues: both languages whole, the same placeholders, and no key that code asks for in vain."""
from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

from data.messages import FOLDER, LANGUAGES, catalogue, explain, say

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("access", "commands", "data", "metrics", "pages", "publishing")
CODE = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
AREAS = {path.stem for path in (FOLDER / "id").glob("*.po")}
KEY = re.compile(r"^[a-z_]+(\.[a-z0-9_]+)+$")


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_keys():
    assert set(catalogue("id")) == set(catalogue("en"))


def test_a_message_and_its_translation_have_the_same_placeholders():
    differing = {
        key: (_placeholders(text), _placeholders(catalogue("en")[key]))
        for key, text in catalogue("id").items()
        if _placeholders(text) != _placeholders(catalogue("en")[key])
    }
    assert differing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty_but_those_of_units_that_need_no_word(language):
    empty = {key for key, text in catalogue(language).items() if not text.strip()}
    assert {key for key in empty if not key.startswith("unit.")} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_stands_in_the_file_of_its_area(language):
    astray = []
    for path in (FOLDER / language).glob("*.po"):
        for line in path.read_text(encoding="utf-8").splitlines():
            found = re.match(r'msgid "(.+)"', line)
            if found and not found.group(1).startswith(path.stem + ".") and path.stem != "store":
                astray.append(f"{path.name}: {found.group(1)}")
    assert astray == []


def test_every_key_written_in_code_is_in_the_catalogues():
    """A text constant that looks like a key of a known area is one; file names and the like are told apart by the area."""
    missing = set()
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
            if not is_call:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            key = node.args[0].value
            if name in {"UserError", "say", "t"} and isinstance(key, str) and KEY.match(key) and key not in catalogue("id"):
                missing.add(f"{path.relative_to(ROOT)}: {key}")
    assert missing == set()


def test_a_missing_key_is_an_error():
    with pytest.raises(KeyError):
        say("no.such_key", "id")


def test_an_error_without_a_code_is_not_explained_but_raised():
    with pytest.raises(ZeroDivisionError):
        explain(ZeroDivisionError("ours"), "id")
