"""Every file of the collections of real files, held to what is known of it."""
from __future__ import annotations

from pathlib import Path

import pytest

from tests.reading_results import COLLECTIONS, PAGE, files, page, result


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_each_file_reads_as_is_known_or_is_refused_in_words(testdata: Path, collection: str) -> None:
    found = [result(path, f"{collection}/{path.relative_to(testdata / collection)}") for path in files(testdata / collection)]

    assert found
    assert {line.file: line.differences for line in found if line.differences} == {}


def test_the_page_of_results_is_current(testdata: Path) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(testdata), "run: python -m tests.reading_results --write"
