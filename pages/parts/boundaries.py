"""Boundaries of villages: how many are missing, and a way to bring them in."""
from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from access.policy import Action, may
from data import boundaries, formats
from data.errors import UserError
from data.messages import explain
from pages.parts import reads, session
from pages.parts.session import language
from pages.parts.words import plain, say

_LARGEST_MB = 100


def show(villages: Iterable[str]) -> None:
    """Says when distances are unknown, and takes a file of boundaries from those who may change the register."""
    count = reads.without_boundary(tuple(sorted(villages)))
    if not count:
        return
    st.info(say("candidates.boundaries.missing", count=formats.number(count, language())), icon=":material/social_distance:")
    if not may(session.viewer(), Action.CHANGE_REGISTER):
        return
    adding = st.expander(say("candidates.boundaries.add"), icon=":material/add:", key="boundaries-add", on_change="rerun")
    if not adding.open:
        return
    with adding:
        st.markdown(say("candidates.boundaries.how"))
        file = st.file_uploader(say("candidates.boundaries.file", megabytes=_LARGEST_MB), type=["geojson", "json", "gz"],
                                max_upload_size=_LARGEST_MB, key="boundaries-file")
        if file is None:
            return
        try:
            with st.spinner(say("candidates.boundaries.reading")):
                kept = boundaries.import_boundaries(session.store(), session.viewer(), file.getvalue(), file.name)
        except UserError as error:
            st.error(plain(explain(error, language())), icon=":material/error:")
        else:
            st.toast(say("candidates.boundaries.kept", count=formats.number(kept, language())), icon=":material/check:")
            st.rerun()
