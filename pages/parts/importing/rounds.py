"""A new round, made where it is needed."""
from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

import streamlit as st

from data.register import changes
from pages.parts import reads
from pages.parts.session import language, store, viewer
from pages.parts.words import say

KINDS = ("baseline", "midline", "endline", "routine")


def new_round() -> None:
    """A form behind a button: name, kind, first and last day."""
    with st.popover(say("upload.new_round"), icon=":material/add:", width="stretch"), st.form("new_round", border=False):
        name = st.text_input(say("upload.new_round.name"), placeholder=say("upload.new_round.example"))
        kind = st.selectbox(say("upload.new_round.kind"), KINDS, format_func=lambda each: say(f"register.choice.{each}"))
        starts_on = st.date_input(say("upload.new_round.from"), date.today() - timedelta(days=30), format="DD/MM/YYYY")
        ends_on = st.date_input(say("upload.new_round.to"), date.today(), format="DD/MM/YYYY")
        if st.form_submit_button(say("upload.new_round.save"), type="primary"):
            _save(name.strip(), str(kind), starts_on, ends_on)


def _save(name: str, kind: str, starts_on: object, ends_on: object) -> None:
    id = slug(name)
    if not id:
        st.error(say("upload.new_round.no_name"))
    elif id in {each.id for each in reads.rounds()}:
        st.error(say("upload.new_round.there", name=name))
    else:
        made = changes.save(store(), viewer(), "rounds", {
            "id": id, "name": name, "kind": kind, "starts_on": starts_on, "ends_on": ends_on,
        })
        if made.has_errors:
            for finding in made.findings:
                st.error(finding.message(language()))
        else:
            st.query_params["round"] = id
            st.rerun()


def slug(name: str) -> str:
    """An id from a name: lower-case letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
