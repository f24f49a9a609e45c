"""Which column is which variable, beside samples of what it holds; open to change."""
from __future__ import annotations

import pandas as pd
import pyarrow.compute as pc
import streamlit as st

from data.importing.layout import Part
from data.importing.mapping import Mapping
from data.importing.naming import Target
from data.importing.preparing import FormResult, Prepared
from data.instruments.model import Form, Kind, in_language
from pages.parts.importing.facts import form_name, whole
from pages.parts.importing.uploads import Upload
from pages.parts.session import language
from pages.parts.words import plain, say

SAMPLES = 3
LOOKED_AT = 1000  # rows in which samples are looked for


def mapping(upload: Upload, prepared: Prepared) -> None:
    """A table per form; what is changed is applied by a button, and remembered for the next file with these columns."""
    st.header(say("upload.mapping"), anchor=False)
    for result in prepared.forms:
        name = form_name(prepared.instrument, result.form)
        _summary(upload, prepared, result, name)
        with st.expander(say("upload.mapping.open", form=name), icon=":material/table_rows:"):
            _editor(upload, prepared, result)


def _summary(upload: Upload, prepared: Prepared, result: FormResult, name: str) -> None:
    st.markdown(say("upload.mapping.summary", form=plain(name), mapped=whole(len(result.mapping)),
                    unmapped=whole(len(result.unmapped))))
    if result.absent:
        st.caption(say("upload.mapping.absent", variables=plain(", ".join(result.absent))))
    for offer in result.offers:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(say("upload.mapping.offer", column=plain(offer.column), variable=plain(offer.variable),
                            score=whole(round(offer.score))))
            if st.button(say("upload.mapping.take"), key=f"take-{result.form}-{offer.column}", icon=":material/check:"):
                _decide(upload, prepared, result, {offer.column: offer.variable})


def _editor(upload: Upload, prepared: Prepared, result: FormResult) -> None:
    form = prepared.instrument.form(result.form)
    before = _table(prepared, result, form)
    column, variable, samples, how = (say(f"upload.mapping.{name}") for name in ("column", "variable", "samples", "how"))
    edited = st.data_editor(
        before.rename(columns={"column": column, "variable": variable, "samples": samples, "how": how}), hide_index=True,
        disabled=[column, samples, how], key=f"mapping-{result.form}", placeholder=say("upload.mapping.unused"),
        column_config={
            column: st.column_config.TextColumn(width=200),
            variable: st.column_config.SelectboxColumn(options=_options(form), required=False, width=190),
            samples: st.column_config.TextColumn(width=160), how: st.column_config.TextColumn(width=280),
        },
    )
    pairs = zip(before["column"], before["variable"], edited[variable], strict=True)
    changed = {header: _named(new) for header, old, new in pairs if _named(new) != _named(old)}
    if st.button(say("upload.mapping.apply"), key=f"apply-{result.form}", disabled=not changed):
        _decide(upload, prepared, result, changed)


def _named(cell: object) -> str | None:
    """A variable in the table; an empty cell is none."""
    return str(cell) if isinstance(cell, str) and cell else None


def _decide(upload: Upload, prepared: Prepared, result: FormResult, changed: dict[str, str | None]) -> None:
    """Takes what the reader says of some columns, and looks at the file again."""
    decided = prepared.mapping
    upload.mapping = Mapping(
        sheets=decided.sheets, conventions=decided.conventions,
        columns={**decided.columns, result.form: {**decided.columns.get(result.form, {}), **changed}},
    )
    st.rerun()


def _table(prepared: Prepared, result: FormResult, form: Form) -> pd.DataFrame:
    """One row per column of the form's part: column, variable, samples, how it was matched."""
    part = prepared.parts[result.form]
    labels = {variable.name: in_language(variable.labels, language(), "") for variable in form.variables}
    dropped = {each.column for each in prepared.personal_data_dropped if each.form == result.form}
    targets: dict[int, Target] = {index: target for target, index in part.columns.items()}
    rows = []
    for index, header in enumerate(part.source.headers[0]):
        target = targets.get(index)
        if target is None and header not in result.unmapped:
            continue
        rows.append({
            "column": header, "variable": str(target) if target else None,
            "samples": say("upload.mapping.personal") if header in dropped else _samples(part, index),
            "how": _how(part, index, labels.get(target.variable, "") if target else ""),
        })
    rows.sort(key=lambda row: row["variable"] is not None)  # what is to be decided comes first
    return pd.DataFrame(rows, columns=["column", "variable", "samples", "how"])


def _how(part: Part, index: int, label: str) -> str:
    if index not in part.how:
        return ""
    how = say(f"upload.mapping.how.{part.how[index].name.lower()}")
    return f"{label} ({how})" if label else how


def _samples(part: Part, index: int) -> str:
    texts = part.source.column(index)[:LOOKED_AT]
    return ", ".join(str(text) for text in pc.unique(pc.drop_null(texts)).to_pylist()[:SAMPLES])


def _options(form: Form) -> list[str]:
    """What a column can be: a variable, or one choice of a select_multiple."""
    options = []
    for variable in form.variables:
        options.append(variable.name)
        if variable.kind is Kind.SELECT_MULTIPLE:
            options += [f"{variable.name}/{choice.name}" for choice in variable.choices]
    return options
