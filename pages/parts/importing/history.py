"""Batches: what was uploaded, and taking it out of the results or back in."""
from __future__ import annotations

import pandas as pd
import streamlit as st

from data import formats
from data.importing import batches
from pages.parts import reads
from pages.parts.importing.facts import instrument_name, whole
from pages.parts.session import language, store, viewer
from pages.parts.words import plain, say

SHOWN = 10


def show() -> None:
    """The latest batches, each with what can be done to it."""
    every = batches.batches(store(), viewer())
    if every.empty:
        return
    st.header(say("upload.history"), anchor=False)
    if len(every) > SHOWN and not st.toggle(say("upload.history.all", count=len(every)), key="all_batches"):
        every = every.head(SHOWN)
    for _, batch in every.iterrows():
        card(batch)


def card(batch: pd.Series, *, is_open: bool = False) -> None:
    """A batch in one line, and its buttons; one that is open has no button to open it."""
    names = {each.id: each.name for each in reads.rounds()}
    titles = {id: instrument_name(instrument) for id, instrument in reads.instruments().items()}
    is_in = batch["state"] == "accepted"
    with st.container(border=True):
        badge = "" if is_in else f" :gray-badge[:material/undo: {say('upload.history.withdrawn')}]"
        st.markdown(f"**{batch['id']}. {plain(batch['file_name'])}**{badge}")
        st.caption(say(
            "upload.history.line" if batch["imported_by"] != viewer().name else "upload.history.line_own",
            instrument=plain(titles.get(batch["instrument"], batch["instrument"])),
            round=plain(names.get(batch["round"], batch["round"])),
            accepted=whole(batch["rows_accepted"]), rejected=whole(batch["rows_rejected"]),
            on=formats.day(batch["imported_at"].date(), language()), by=plain(batch["imported_by"]),
        ))
        with st.container(horizontal=True):
            _buttons(int(batch["id"]), is_in=is_in, is_open=is_open)


def _buttons(batch: int, *, is_in: bool, is_open: bool) -> None:
    if not is_open and st.button(say("upload.history.open"), key=f"open-{batch}", icon=":material/edit_note:"):
        st.query_params["batch"] = str(batch)
        st.rerun()
    if is_in and st.button(say("upload.history.withdraw"), key=f"withdraw-{batch}", icon=":material/undo:",
                           help=say("upload.history.withdraw.help")):
        batches.withdraw(store(), viewer(), batch)
        st.rerun()
    if not is_in and st.button(say("upload.history.restore"), key=f"restore-{batch}", icon=":material/redo:"):
        batches.restore(store(), viewer(), batch)
        st.rerun()
