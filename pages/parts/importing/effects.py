"""What the indicators would become, beside what they are now."""
from __future__ import annotations

import pandas as pd
import streamlit as st

from data import formats
from data.importing.preparing import Prepared
from pages.parts import indicators
from pages.parts.importing import uploads
from pages.parts.importing.uploads import Upload
from pages.parts.importing.work import followed
from pages.parts.session import language, store, viewer
from pages.parts.words import say


def effects(upload: Upload, prepared: Prepared) -> None:
    """A table on demand: trying the import takes about as long as doing it."""
    is_possible = not prepared.obstacles and any(form.rows_accepted for form in prepared.forms)
    if not is_possible or not prepared.instrument.indicators:
        return
    st.header(say("upload.effects"), anchor=False)
    if st.button(say("upload.effects.show"), icon=":material/query_stats:", key="effects"):
        uploads.try_out(upload, store(), viewer(), prepared)
    if trial := uploads.tried(upload):
        st.caption(say("upload.effects.reading"))
        st.dataframe(_table(followed(trial), prepared), hide_index=True)


def _table(found: pd.DataFrame, prepared: Prepared) -> pd.DataFrame:
    known = {each.id: each for each in prepared.instrument.indicators}

    def value(row: dict, column: str) -> str:
        return formats.value(row[column], known[row["indicator"]].unit, language())

    def interval(row: dict) -> str:
        lower, upper = (formats.amount(row[f"after_{end}"], known[row["indicator"]].unit, language())
                        for end in ("lower", "upper"))
        return lower if lower == upper == formats.NONE else f"{lower} – {upper}"

    names = {column: say(f"upload.effects.{column}") for column in ("indicator", "before", "after", "interval", "n")}
    return pd.DataFrame([{
        names["indicator"]: indicators.label(known[row["indicator"]]),
        names["before"]: value(row, "before_estimate"),
        names["after"]: value(row, "after_estimate"),
        names["interval"]: interval(row),
        names["n"]: formats.number(row["after_n"], language()),
    } for row in found.to_dict("records")], columns=list(names.values()))
