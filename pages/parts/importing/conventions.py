"""How numbers and dates of each column were read, with examples; where the column does not tell, the user is asked."""
from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pyarrow as pa
import streamlit as st

from data import formats
from data.importing import cleaning
from data.importing.cleaning import Convention
from data.importing.mapping import Mapping
from data.importing.preparing import Prepared
from data.instruments.model import Variable
from data.spelled import spelled
from pages.parts.importing.uploads import Upload
from pages.parts.session import language
from pages.parts.words import plain, say

_WRITTEN = {"number": ("comma", "point"), "date": ("day_first", "month_first")}


def conventions(upload: Upload, prepared: Prepared) -> None:
    """Columns that are asked about, then those that told by themselves; each can be read the other way."""
    every = [(form.form, convention) for form in prepared.forms for convention in form.conventions]
    asked = [(form, each) for form, each in every if each.chosen is None or each.decided_by == "user"]
    told = [(form, each) for form, each in every if (form, each) not in asked]
    if asked:
        st.header(say("upload.conventions"), anchor=False)
        st.markdown(say("upload.conventions.ask"))
        for form, each in asked:
            _choose(upload, prepared, form, each)
    if told:
        with st.expander(say("upload.conventions.told", count=len(told)), icon=":material/straighten:"):
            st.markdown(say("upload.conventions.override"))
            for form, each in told:
                _choose(upload, prepared, form, each)


def undecided(prepared: Prepared) -> bool:
    """Whether a column waits for the user to say how it is written."""
    return any(each.chosen is None for form in prepared.forms for each in form.conventions)


def _choose(upload: Upload, prepared: Prepared, form: str, each: Convention) -> None:
    key = f"convention-{form}-{each.variable}"
    st.session_state.setdefault(key, each.chosen)
    variable = next(one for one in prepared.instrument.form(form).variables if one.name == each.variable)
    chosen = st.segmented_control(
        f"**{plain(each.column)}**", _WRITTEN[each.about], key=key,
        format_func=lambda option: say(f"upload.convention.{option}"),
    )
    st.caption("  \n".join(_examples(each, variable)))
    if chosen and chosen != each.chosen:
        decided = prepared.mapping
        upload.mapping = Mapping(
            sheets=decided.sheets, columns=decided.columns,
            conventions={**decided.conventions, form: {**decided.conventions.get(form, {}), each.variable: chosen}},
        )
        st.rerun()


def _examples(each: Convention, variable: Variable) -> list[str]:
    """What its texts were read as; of an undecided column, what one of them means either way."""
    if each.chosen is not None:
        read = [(text, _read(text, variable, each.chosen)) for text, _ in each.examples]
        said = [say("upload.read_as", text=plain(text), value=_said(value)) for text, value in read if value is not None]
        return [" · ".join(said)] if said else []
    return [
        say("upload.would_be", option=say(f"upload.convention.{option}"), text=plain(text), value=_said(value))
        for text, _ in each.examples[:1] for option in _WRITTEN[each.about]
        if (value := _read(text, variable, option)) is not None
    ]


def _read(text: str, variable: Variable, option: str) -> Any:
    return cleaning.clean(pa.array([text]), variable, chosen=option).values[0].as_py()


def _said(value: float | date | datetime | str) -> str:
    """A value that cannot be taken for another."""
    if isinstance(value, (int, float)):
        figures = f"{value:.6f}".rstrip("0").rstrip(".").replace(".", "," if language() == "id" else ".")
        return f"{figures} ({spelled(value, language())})"
    if isinstance(value, datetime):
        return f"{formats.day(value.date(), language())} {value:%H:%M}"
    return formats.day(value, language()) if isinstance(value, date) else plain(str(value))
