"""The first screen of an empty store."""
from __future__ import annotations

import streamlit as st

from data.example.loading import load
from pages.parts import address, session
from pages.parts.words import say


def show() -> None:
    st.subheader(say("overview.empty.title"), anchor=False)
    st.markdown(say("overview.empty.body"))
    with st.grid(2, min_column_width=300):
        with st.container(border=True, height="stretch"):
            st.markdown(f":material/science: **{say('overview.empty.example')}**")
            st.caption(say("overview.empty.example.body"))
            opened = st.button(say("overview.empty.example.button"), type="primary", key="open_example")
        with st.container(border=True, height="stretch"):
            st.markdown(f":material/upload_file: **{say('overview.empty.own')}**")
            st.caption(say("overview.empty.own.body"))
            if st.button(say("overview.empty.own.button"), key="upload_own"):
                address.go("upload.py")
    if opened:
        _load_example()


def _load_example() -> None:
    bar = st.progress(0.0, text=say("overview.empty.loading"))

    def told(done: float) -> None:
        bar.progress(done, text=say("overview.empty.loading"))

    load(session.store(), session.viewer(), on_progress=told)
    st.rerun()
