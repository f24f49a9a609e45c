"""The frame: language, who is looking, navigation. Every page runs inside it."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from access.policy import NotAllowed
from data.errors import UserError
from data.messages import explain
from pages.parts import address
from pages.parts.session import language, language_switch, settle_language
from pages.parts.words import say

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One page: its file beside this one, its address, and the icon beside its name (`frame.page.<key>`)."""

    file: str
    url_path: str
    key: str
    icon: str


PAGES: dict[str, tuple[Entry, ...]] = {
    "results": (
        Entry(file="overview.py", url_path="ringkasan", key="overview", icon="dashboard"),
        Entry(file="partnership.py", url_path="kemitraan", key="partnership", icon="handshake"),
        Entry(file="indicator.py", url_path="indikator", key="indicator", icon="query_stats"),
        Entry(file="comparison.py", url_path="perbandingan", key="comparison", icon="compare_arrows"),
        Entry(file="snapshots.py", url_path="cuplikan", key="snapshots", icon="lock"),
    ),
    "register": (
        Entry(file="register.py", url_path="daftar", key="register", icon="folder_shared"),
        Entry(file="targets.py", url_path="target", key="targets", icon="flag"),
        Entry(file="needs.py", url_path="kebutuhan", key="needs", icon="diversity_3"),
        Entry(file="forum.py", url_path="forum", key="forum", icon="forum"),
    ),
    "data": (
        Entry(file="upload.py", url_path="unggah", key="upload", icon="upload_file"),
    ),
}


_FIRST = PAGES["results"][0]


def main() -> None:
    settle_language()
    address.settle()
    st.set_page_config(page_title="Pantau", page_icon=":material/visibility:", layout="wide")
    named = {section: [_page(entry) for entry in entries] for section, entries in PAGES.items()}
    named["results"].append(st.Page(_by_name, title=say("frame.page.overview"), url_path=_FIRST.url_path, visibility="hidden"))
    page = st.navigation({say(f"frame.section.{section}"): pages for section, pages in named.items()})
    st.logo(HERE / "logo.svg", size="large")
    with st.sidebar:
        language_switch()
    try:
        page.run()
    except (UserError, NotAllowed) as error:
        st.error(explain(error, language()), icon=":material/block:")


def _page(entry: Entry) -> st.Page:
    # The first page is at the shortest address; the name it would reserve beside that, without answering there, is `_by_name`'s.
    is_first = entry == _FIRST
    return st.Page(
        entry.file, title=say(f"frame.page.{entry.key}"), icon=f":material/{entry.icon}:", default=is_first,
        url_path=None if is_first else entry.url_path, help=say(f"frame.page.{entry.key}.help"),
    )


def _by_name() -> None:
    """Whoever asks for the first page by its name gets there."""
    address.go(_FIRST.file)


if __name__ == "__main__":
    main()
