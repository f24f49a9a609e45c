"""Whatever an import finds, it can say, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.importing.finding import Finding, Severity
from data.messages import LANGUAGES, Language, catalogue

HERE = Path(__file__).parents[1]
SOURCES = [path.read_text(encoding="utf-8") for path in (HERE / "data" / "importing").glob("*.py")]
SOURCE = "\n".join(SOURCES)
FIELDS = {"form", "sheet", "row", "column", "cell", "value"}


def used(pattern: str) -> set[str]:
    return set(re.findall(pattern, SOURCE))


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def codes() -> set[str]:
    """The codes of findings: given to `of_cells` and `of_file`, of texts that cannot be read, and named in lists of checks."""
    said = {key.removeprefix("import.finding.") for key in catalogue("id") if key.startswith("import.finding.")}
    given = used(r'(?:of_cells|of_file|Problem|_differing|_repeated)\(\s*(?:[\w.\[\], ]+,\s*)?"([a-z_]+)"')
    return said | {code for code in given if not code.startswith(("import.", "_"))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_words(language: Language) -> None:
    assert {code for code in codes() if f"import.finding.{code}" not in catalogue(language)} == set()
    assert {code for code in used(r'UserError\(\s*"(import\.[a-z_]+)"') if code not in catalogue(language)} == set()
    assert {f"import.{kind}.{word}" for kind, word in _words() if f"import.{kind}.{word}" not in catalogue(language)} == set()


def _words() -> set[tuple[str, str]]:
    from data.importing.dialects import Dialect
    from data.importing.privacy import Reason

    left_out = {"review_rejected", "encrypted", "same_submission", "already_imported", "already_in_batch"}
    return (
        {("dialect", str(one)) for one in Dialect}
        | {("dropped", str(one)) for one in Reason}
        | {("left_out", one) for one in left_out}
        | {("state", one) for one in ("accepted", "withdrawn")}
        | {("event", one) for one in ("imported", "completed", "withdrawn", "restored", "corrected")}
    )


def test_every_finding_that_has_words_is_one_that_can_occur() -> None:
    said = {key.removeprefix("import.finding.") for key in catalogue("id") if key.startswith("import.finding.")}
    assert {code for code in said if f'"{code}"' not in SOURCE} == set()


def test_both_languages_say_the_same_of_a_finding() -> None:
    for code in codes():
        texts = {language: catalogue(language)[f"import.finding.{code}"] for language in LANGUAGES}
        assert placeholders(texts["id"]) == placeholders(texts["en"]), code
        params = dict.fromkeys(placeholders(texts["id"]) - FIELDS, "x")
        for language in LANGUAGES:
            told = Finding(
                code=code, severity=Severity.ERROR, row=17, column="K", cell="S!C17", value="v", params=params
            ).message(language)
            assert "{" not in told
