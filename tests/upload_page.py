"""The page Unggah as tests drive it: from the main script, with a file kept as if it had been dropped."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from access.policy import Viewer
from data import store as stores
from data.instruments import adding
from data.register import changes
from data.store import Store
from pages.parts.importing import uploads
from tests import kobo_export

FRAME = str(Path(__file__).resolve().parents[1] / "pages" / "frame.py")
PATIENCE = 60


def opened(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty store, opened as the pages open it."""
    monkeypatch.setenv("PANTAU_STORE", str(directory))
    store = stores.store_of_process(directory)
    yield store
    store.close()


def household() -> bytes:
    """The shipped household questionnaire."""
    return next(path for path in adding.shipped() if path.stem == "household").read_bytes()


def with_a_round(store: Store, viewer: Viewer) -> Store:
    """With the household questionnaire and one round."""
    adding.add(store, viewer, household(), "household.xlsx")
    changes.save(store, viewer, "rounds", {
        "id": "awal", "name": "Survei awal", "kind": "baseline", "starts_on": "2025-03-01", "ends_on": "2025-03-31",
    })
    return store


def unggah(**asked: str) -> AppTest:
    page = AppTest.from_file(FRAME, default_timeout=PATIENCE).run()
    page.switch_page("upload.py")
    for name, value in asked.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception, page.exception[0].message
    return page


def words(page: AppTest) -> str:
    parts = [*page.title, *page.header, *page.subheader, *page.markdown, *page.caption, *page.info, *page.success, *page.warning,
             *page.error]
    return "\n".join(str(part.value) for part in parts)


def dropped(viewer: Viewer, content: bytes | None = None, name: str = "ekspor.xlsx") -> uploads.Upload:
    return uploads.keep(viewer, kobo_export.kobo() if content is None else content, name)


def button(page: AppTest, key: str):
    return next(each for each in page.button if each.key == key)


def press(page: AppTest, key: str) -> None:
    button(page, key).click()
    page.run()
    assert not page.exception, page.exception[0].message
