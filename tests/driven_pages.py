"""Pages as tests drive them: from the main script, on a store opened as the pages open it."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.store import Store, store_of_process

FRAME = str(Path(__file__).resolve().parents[1] / "pages" / "frame.py")
PATIENCE = 60


def opened(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store in a directory, opened as the pages open it and closed after the test."""
    monkeypatch.setenv("PANTAU_STORE", str(directory))
    store = store_of_process(directory)
    yield store
    store.close()


def opened_page(file: str = "overview.py", *, state: dict[str, object] | None = None, **asked: str) -> AppTest:
    """A page with this in its address, and this in its session before it runs."""
    page = AppTest.from_file(FRAME, default_timeout=PATIENCE).run()
    for name, value in asked.items():
        page.query_params[name] = value
    for name, held in (state or {}).items():
        page.session_state[name] = held
    page.switch_page(file).run()
    assert not page.exception, page.exception[0].message
    return page


def texts(page: AppTest) -> str:
    return "\n".join(str(each.value) for each in (*page.markdown, *page.caption))
