"""What a dropped file is, and what becomes of its rows."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data import formats, messages
from data.importing import dialects
from data.importing import mapping as columns
from data.importing.preparing import FormResult, Prepared
from data.instruments.model import Instrument, in_language
from data.reading import RawFile
from data.register import Round
from pages.parts.session import language
from pages.parts.words import say, say_if_known

TABLES = 5  # so many of a file's tables are named
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}


def whole(count: int) -> str:
    return formats.number(count, language())


def size(count: int) -> str:
    """Bytes as people say them."""
    if count >= 1_000_000:
        return f"{formats.number(count / 1e6, language(), decimals=1)} MB"
    return f"{formats.number(max(1, count / 1000), language())} kB"


def of_file(file: RawFile) -> str:
    """Its format, size, and tables with their rows, in one line."""
    written = [file.format.upper()]
    if file.encoding:
        written.append(file.encoding.upper())
    if file.delimiter:
        written.append(say(f"upload.delimiter.{_DELIMITERS.get(file.delimiter, 'other')}"))
    if file.tables:
        written.append(say(f"upload.dialect.{dialects.recognise(table.headers for table in file.tables)}"))
    tables = [
        say("upload.table" if table.sheet else "upload.table_plain", sheet=table.sheet, rows=whole(len(table.rows)),
            columns=whole(len(table.headers)))
        for table in file.tables[:TABLES]
    ]
    if len(file.tables) > TABLES:
        tables.append(say("upload.more_tables", count=len(file.tables) - TABLES))
    return " · ".join([", ".join(written), size(file.size_bytes), *tables])


def instrument_name(instrument: Instrument) -> str:
    """Its title. An XLSForm has one for all languages, so those of the shipped questionnaires are translated here."""
    title = in_language(instrument.labels, language(), instrument.id) or instrument.id
    key = f"instrument.title.{instrument.id}"
    is_shipped = messages.has(key, "id") and title == messages.say(key, "id")
    return say(key) if is_shipped else title


def form_name(instrument: Instrument, form: str) -> str:
    """A form's label; the main form is called as its instrument."""
    found = instrument.form(form)
    return instrument_name(instrument) if found.parent is None else in_language(found.labels, language(), "") or form


def likely(file: RawFile, instruments: Mapping[str, Instrument]) -> list[str]:
    """Ids of instruments, those first whose names or labels more of the file's columns have."""
    fitting = columns.likely(file.tables, instruments.values())
    return [*fitting, *sorted(instruments.keys() - set(fitting))]


def choose_round(rounds: Sequence[Round]) -> str | None:
    """The round the answers belong to. Never chosen for the reader: a wrong one could not be seen in the data."""
    known = {each.id: each.name for each in rounds}
    asked = st.query_params.get("round")
    st.session_state["round"] = asked if asked in known else None
    st.selectbox(say("upload.round"), list(known)[::-1], key="round", format_func=known.__getitem__,
                 placeholder=say("upload.round.choose" if known else "upload.round.none"), on_change=_remember_round)
    chosen = st.session_state["round"]
    return str(chosen) if chosen else None


def _remember_round() -> None:
    chosen = st.session_state["round"]
    if chosen:
        st.query_params["round"] = chosen
    else:
        st.query_params.pop("round", None)


def progress(place: DeltaGenerator) -> Callable[[str, float], None]:
    """Shows a stage of the import and how far it is, in one place."""

    def tell(stage: str, share: float) -> None:
        place.progress(share, text=say(f"upload.stage.{stage}"))

    return tell


def rows(prepared: Prepared) -> None:
    """Rows in = accepted + rejected + left out, of the main form in figures and of each form in a table."""
    st.header(say("upload.rows"), anchor=False)
    main = prepared.forms[0]
    with st.container(horizontal=True):
        for key, count in (("read", main.rows_read), ("accepted", main.rows_accepted), ("rejected", main.rows_rejected),
                           ("left_out", main.rows_left_out)):
            st.metric(say(f"upload.rows.{key}"), whole(count), border=True)
    if prepared.completes is not None:
        st.info(say("upload.completes", batch=prepared.completes), icon=":material/build:")
    if len(prepared.forms) > 1:
        st.dataframe(pd.DataFrame([{
            say("upload.form"): form_name(prepared.instrument, form.form), say("upload.sheet"): form.sheet,
            say("upload.rows.read"): form.rows_read,
            say("upload.rows.accepted"): form.rows_accepted, say("upload.rows.rejected"): form.rows_rejected,
            say("upload.rows.left_out"): form.rows_left_out,
        } for form in prepared.forms]), hide_index=True)
    for form in prepared.forms:
        if form.left_out:
            st.caption(left_out(prepared.instrument, form))


def left_out(instrument: Instrument, form: FormResult) -> str:
    """Why rows of a form were left out, in words."""
    why = ", ".join(f"{whole(count)} {say_if_known(f'reading.left_out.{reason}', reason)}"
                    for reason, count in form.left_out.items())
    return say("upload.left_out", form=form_name(instrument, form.form), why=why)
