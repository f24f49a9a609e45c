"""What is looked at, kept in the address, so that a link can be sent.

The address is the truth: a widget takes its value from it and writes back what is chosen. It holds ids, which stay when
the language changes or a partnership is renamed; Streamlit's own binding would hold the visible label.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from pages.parts.session import language
from pages.parts.words import plain, say

_MANY = 5  # from this many options on, or from so many letters, choices are a list to open
_LONG = 60


def choose(key: str, label: str, options: Sequence[str], name_of: Callable[[str], str], *, default: str | None = None,
           help: str | None = None, all_visible: bool = False) -> str:
    """One of some options, the default unless the address names another.

    Few options are all visible; many are a list to open, unless all are to be visible. There must be at least one option.
    """
    first = default if default in options else options[0]
    asked = st.query_params.get(key, first)
    st.session_state[key] = asked if asked in options else first
    settings: dict[str, Any] = {"key": key, "on_change": _remember, "args": (key, first), "help": help}
    if all_visible:
        st.pills(label, options, required=True, wrap=True, format_func=_plain(name_of), **settings)
    elif _fit(options, name_of):
        st.segmented_control(label, options, required=True, wrap=True, format_func=_plain(name_of), **settings)
    else:
        st.selectbox(label, options, format_func=name_of, **settings)
    return str(st.session_state[key])


def choose_some(key: str, label: str, options: Sequence[str], name_of: Callable[[str], str]) -> list[str]:
    """Any of some options; none chosen means no limit."""
    st.session_state[key] = [option for option in st.query_params.get_all(key) if option in options]
    settings: dict[str, Any] = {"key": key, "on_change": _remember_some, "args": (key,)}
    if _fit(options, name_of):
        st.pills(label, options, selection_mode="multi", wrap=True, format_func=_plain(name_of), **settings)
    else:
        st.multiselect(label, options, placeholder=say("parts.every"), format_func=name_of, **settings)
    return list(st.session_state[key])


def typed(key: str, label: str, *, placeholder: str = "") -> str:
    """Words to look for, kept in the address as they were typed."""
    st.session_state[key] = st.query_params.get(key, "")
    st.text_input(label, key=key, placeholder=placeholder, max_chars=100, on_change=_remember, args=(key, ""))
    return str(st.session_state[key]).strip()


def _plain(name_of: Callable[[str], str]) -> Callable[[str], str]:
    """Names for buttons, where Streamlit reads Markdown; in a list to open it does not."""
    return lambda option: plain(name_of(option))


def _fit(options: Sequence[str], name_of: Callable[[str], str]) -> bool:
    return len(options) < _MANY and sum(len(name_of(option)) for option in options) <= _LONG


def settle() -> None:
    """Shows in the browser's address what is looked at: a link to the page one is on does not do so by itself."""
    st.query_params.from_dict({key: st.query_params.get_all(key) for key in st.query_params})


def link(file: str, label: str, *, icon: str | None = None, **filters: str | None) -> None:
    """A link to another page of the frame, with what to look at there, in the same language."""
    st.page_link(file, label=label, icon=icon, help="", query_params=_query(filters))


def go(file: str, **filters: str | None) -> None:
    """Opens another page; the run ends here."""
    st.switch_page(file, query_params=_query(filters))


def _query(filters: dict[str, str | None]) -> dict[str, str]:
    asked = {key: value for key, value in filters.items() if value is not None}
    return asked if language() == "id" else {**asked, "lang": language()}


def _remember(key: str, first: str) -> None:
    chosen = st.session_state[key]
    if chosen == first:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = chosen


def _remember_some(key: str) -> None:
    chosen = st.session_state[key]
    if chosen:
        st.query_params[key] = chosen
    else:
        st.query_params.pop(key, None)
