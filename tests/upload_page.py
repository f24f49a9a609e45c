"""The page Unggah as tests drive it: with a file kept as if it had been dropped."""
from __future__ import annotations

from streamlit.testing.v1 import AppTest

from access.policy import Viewer
from data.instruments import adding
from data.register import changes
from data.store import Store
from pages.parts.importing import uploads
from tests import kobo_export
from tests.driven_pages import opened_page


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
    return opened_page("upload.py", **asked)


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
