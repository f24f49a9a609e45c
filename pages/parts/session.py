"""Who is looking, at which store, in which language."""
from __future__ import annotations

import os
from pathlib import Path
from typing import cast

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from access.policy import Viewer, person_at_this_machine
from data.messages import LANGUAGES, Language
from data.store import Store, default_directory, store_of_process

_LANGUAGE = "lang"


def store() -> Store:
    return store_of_process(Path(os.environ.get("PANTAU_STORE") or default_directory()))


def viewer() -> Viewer:
    return person_at_this_machine()


def language() -> Language:
    """The language of this run, as `settle_language` left it."""
    return cast(Language, st.session_state.get(_LANGUAGE, "id"))


def settle_language() -> None:
    """Takes the language from the address (`?lang=en`), else the one last used, and keeps it in the address.

    Indonesian is the default and needs no parameter, so a link from an English reader stays English, and every
    other link is short.
    """
    asked = st.query_params.get(_LANGUAGE)
    if asked in LANGUAGES:
        st.session_state[_LANGUAGE] = asked
    _show_in_address()


def language_switch() -> None:
    """The two languages, each named in itself."""
    st.session_state["language_switch"] = language()
    st.segmented_control(
        "Bahasa · Language", LANGUAGES, key="language_switch", required=True, width="stretch",
        format_func={"id": "Indonesia", "en": "English"}.__getitem__, on_change=_switch, label_visibility="collapsed",
    )


def _switch() -> None:
    st.session_state[_LANGUAGE] = st.session_state["language_switch"]
    _show_in_address()


def _show_in_address() -> None:
    wanted = None if language() == "id" else language()
    if wanted == st.query_params.get(_LANGUAGE):
        return
    if wanted:
        st.query_params[_LANGUAGE] = wanted
    else:
        del st.query_params[_LANGUAGE]


def let_go(dropped: UploadedFile) -> None:
    """Frees a dropped file that was taken over. Streamlit would hold it as long as the window stays open."""
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, dropped.file_id)
