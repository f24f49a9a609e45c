"""One batch after it was stored: its rows, its findings, what happened to it, and its corrections."""
from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from data import exporting, formats
from data.errors import UserError
from data.importing import answers, batches
from data.instruments.model import Instrument
from data.messages import explain
from pages.parts import downloads
from pages.parts.importing import corrections, facts, history
from pages.parts.rows import rows_of
from pages.parts.session import language, store, viewer
from pages.parts.words import plain, say, say_if_known

KEY = "batch"  # in the address
MOST_REPORTED = 20_000


def show(batch: int) -> None:
    if st.button(say("upload.batch.back"), icon=":material/arrow_back:", key="all_uploads", type="tertiary"):
        st.query_params.pop(KEY, None)
        st.rerun()
    try:
        instrument = answers.instrument_of(store(), viewer(), batch)
    except UserError as error:
        st.error(explain(error, language()), icon=":material/block:")
        return
    every = batches.batches(store(), viewer())
    own = every[every["id"] == batch].iloc[0]
    history.card(own, is_open=True)
    _rows(instrument, batch)
    _take_away(batch)
    corrections.show(instrument, batch, str(own["round"]))
    _events(batch)


def _rows(instrument: Instrument, batch: int) -> None:
    forms = batches.forms(store(), viewer(), batch)
    forms["out"] = forms["rows_read"] - forms["rows_accepted"] - forms["rows_rejected"]
    st.dataframe(pd.DataFrame([{
        say("upload.form"): facts.form_name(instrument, each.form), say("upload.sheet"): each.sheet,
        say("upload.rows.read"): each.rows_read, say("upload.rows.accepted"): each.rows_accepted,
        say("upload.rows.rejected"): each.rows_rejected, say("upload.rows.left_out"): each.out,
    } for each in rows_of(forms)]), hide_index=True)


def _take_away(batch: int) -> None:
    with st.container(horizontal=True):
        st.download_button(
            say("upload.report.download"), lambda: downloads.workbook(_report(batch), say("upload.report")),
            file_name=f"{say('upload.report')} {batch}.xlsx", mime=downloads.WORKBOOK, key="batch_report",
            icon=":material/download:", on_click="ignore",
        )
        st.download_button(
            say("upload.batch.export"), lambda: exporting.workbook(store(), viewer(), batch),
            file_name=f"{say('upload.batch.rows')} {batch}.xlsx", mime=downloads.WORKBOOK, key="batch_export",
            icon=":material/download:", on_click="ignore", help=say("upload.batch.export.help"),
        )


def _report(batch: int) -> pd.DataFrame:
    found = batches.findings(store(), viewer(), batch).head(MOST_REPORTED)
    found["severity"] = [say(f"upload.severity.{each}") for each in found["severity"]]
    columns = {"severity": "report.severity", "sheet": "sheet", "row": "report.row", "column": "report.column",
               "cell": "report.cell", "value": "report.value", f"message_{language()}": "report.message",
               "settled_by": "report.settled_by"}
    return found[list(columns)].rename(columns={name: say(f"upload.{key}") for name, key in columns.items()})


def _events(batch: int) -> None:
    """What happened, the latest last, by the reader's own clock."""
    zone = ZoneInfo(st.context.timezone or "UTC")
    with st.expander(say("upload.batch.events"), icon=":material/history:"):
        lines = []
        for each in rows_of(batches.history(store(), viewer(), batch)):
            at = each.happened_at.to_pydatetime().replace(tzinfo=UTC).astimezone(zone)
            whose = "upload.batch.event_own" if each.viewer == viewer().name else "upload.batch.event"
            lines.append(say(whose, on=formats.day(at.date(), language()), at=f"{at:%H:%M}",
                             event=say_if_known(f"import.event.{each.event}", each.event), by=plain(each.viewer)))
        st.markdown("\n".join(f"- {line}" for line in lines))
