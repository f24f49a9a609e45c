"""Corrections of single answers of a batch: seen, made with a reason, taken away and brought back."""
from __future__ import annotations

import hashlib
import math
from datetime import date

import pandas as pd
import streamlit as st

from data import formats, results
from data.errors import UserError
from data.importing import answers
from data.importing import corrections as entries
from data.instruments.model import Form, Instrument, Kind, Variable, in_language
from data.messages import explain
from pages.parts import indicators
from pages.parts.importing.facts import form_name, whole
from pages.parts.rows import rows_of
from pages.parts.session import language, store, viewer
from pages.parts.words import plain, say

_CHOSEN = (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE)
_EXAMPLES = (Kind.INTEGER, Kind.DECIMAL, Kind.DATE)
_CHANGED = "corrected"  # what the last corrections did, until the next


def show(instrument: Instrument, batch: int, round_: str) -> None:
    st.header(say("upload.corrections"), anchor=False)
    st.markdown(say("upload.corrections.intro"))
    _done(instrument, batch)
    _listed(instrument, batch)
    with st.expander(say("upload.corrections.new"), icon=":material/edit:", key="correct"):
        _new(instrument, batch, round_)
    _carried(instrument, batch, round_)


def _listed(instrument: Instrument, batch: int) -> None:
    found = entries.corrections(store(), viewer(), batch)
    if found.empty:
        st.caption(say("upload.corrections.none"))
        return
    st.dataframe(pd.DataFrame([{
        say("upload.corrections.on"): formats.day(each.made_at.date(), language()),
        say("upload.corrections.by"): each.made_by,
        say("upload.form"): form_name(instrument, each.form),
        say("upload.report.row"): each.row,
        say("upload.corrections.question"): _label(_variable(instrument.form(each.form), each.variable), each.variable),
        say("upload.corrections.old"): _shown(_variable(instrument.form(each.form), each.variable), each.old),
        say("upload.corrections.given"): _shown(_variable(instrument.form(each.form), each.variable), each.new),
        say("upload.corrections.why"): each.why,
    } for each in rows_of(found)]), hide_index=True)


def _new(instrument: Instrument, batch: int, round_: str) -> None:
    names = [form.name for form in instrument.forms]
    chosen = names[0] if len(names) == 1 else st.selectbox(
        say("upload.form"), names, format_func=lambda each: form_name(instrument, each), key="correct_form")
    form = instrument.form(str(chosen))
    row = _row(instrument, form, batch)
    if row is None:
        return
    try:
        now = answers.answers(store(), viewer(), batch, form.name, row)
    except UserError as error:
        st.error(explain(error, language()), icon=":material/search_off:")
        return
    known = {each.name: each for each in answers.correctable(form)}
    name = st.selectbox(say("upload.corrections.question"), list(known), index=None, key="correct_variable",
                        format_func=lambda each: _label(known[each], each), placeholder=say("forms.choose"))
    if name:
        _change(instrument, batch, round_, form, row, known[name], now[name])


def _row(instrument: Instrument, form: Form, batch: int) -> int | None:
    """The row in question: told by its number in the file, or found by its respondent."""
    with st.grid(2, min_column_width=240):
        typed = st.number_input(say("upload.corrections.row"), min_value=1, step=1, value=None, key="correct_row",
                                placeholder=say("upload.corrections.row.example"))
        respondent = "" if instrument.forms[0].design.respondent is None else st.text_input(
            say("upload.corrections.respondent"), key="correct_respondent", help=say("upload.corrections.respondent.help"))
    if typed is not None:
        return int(typed)
    if not respondent.strip():
        return None
    rows = answers.rows_of(store(), viewer(), batch, form.name, respondent)
    if not rows:
        st.info(say("upload.corrections.nobody"), icon=":material/search_off:")
        return None
    if len(rows) == 1:
        st.caption(say("upload.corrections.found", row=whole(rows[0])))
        return rows[0]
    return st.selectbox(say("upload.corrections.which_row"), rows, index=None, key="correct_which",
                        placeholder=say("forms.choose"))


def _change(
    instrument: Instrument, batch: int, round_: str, form: Form, row: int, variable: Variable, old: str | None,
) -> None:
    """What the answer is now, what it should be, and why."""
    st.markdown(say("upload.corrections.now", value=plain(_shown(variable, old))))
    # Typed for this answer as it is: another row, question or value begins empty.
    mark = hashlib.sha256(repr((batch, form.name, row, variable.name, old)).encode()).hexdigest()[:10]
    with st.form(f"correct-{mark}", border=False):
        new = _given(variable, mark)
        is_none = old is not None and st.checkbox(say("upload.corrections.is_none"), key=f"none-{mark}")
        why = st.text_input(say("upload.corrections.why") + " *", key=f"why-{mark}", max_chars=500,
                            placeholder=say("upload.corrections.why.example"))
        sent = st.form_submit_button(say("upload.corrections.save"), type="primary", icon=":material/save:")
    if not sent:
        return
    if (new is None) != is_none:
        st.error(say("upload.corrections.one_of"), icon=":material/error:")
        return
    before = _figures(instrument, round_)
    try:
        entries.correct(store(), viewer(), batch=batch, form=form.name, row=row, variable=variable.name, new=new, why=why)
    except UserError as error:
        st.error(plain(explain(error, language())), icon=":material/error:")
        return
    st.session_state[_CHANGED] = batch, 1, before, _figures(instrument, round_)
    st.rerun()


def _given(variable: Variable, mark: str) -> str | None:
    """The right answer as a file would have it; None for no answer."""
    label = say("upload.corrections.new_value")
    names = {choice.name: in_language(choice.labels, language(), choice.name) for choice in variable.choices}
    if variable.kind is Kind.SELECT_ONE and names and not variable.allows_other:
        return st.selectbox(label, list(names), index=None, key=f"new-{mark}", format_func=names.__getitem__,
                            placeholder=say("forms.choose"))
    if variable.kind is Kind.SELECT_MULTIPLE and not variable.allows_other:
        return " ".join(st.multiselect(label, list(names), key=f"new-{mark}", format_func=names.__getitem__,
                                       placeholder=say("forms.choose"))) or None
    example = say(f"upload.corrections.example.{variable.kind}") if variable.kind in _EXAMPLES else None
    return st.text_input(label, key=f"new-{mark}", max_chars=2000, placeholder=example) or None


def _done(instrument: Instrument, batch: int) -> None:
    """That the last corrections are in, and the indicators they moved."""
    if st.session_state.get(_CHANGED, (None,))[0] != batch:
        return
    _, entered, before, after = st.session_state[_CHANGED]
    known = {each.id: each for each in instrument.indicators}
    moved = [each for each in after.index if each in known and not _is_same(before.get(each), after[each])]
    st.success(say("upload.corrections.saved", entered=whole(entered), count=whole(len(moved))), icon=":material/check_circle:")
    if moved:
        st.dataframe(pd.DataFrame([{
            say("upload.effects.indicator"): indicators.label(known[each]),
            say("upload.effects.before"): formats.value(before.get(each), known[each].unit, language()),
            say("upload.effects.after"): formats.value(after[each], known[each].unit, language()),
        } for each in moved]), hide_index=True)


def _carried(instrument: Instrument, batch: int, round_: str) -> None:
    """The entries as a file for another store, and entries of such a file."""
    with st.expander(say("upload.corrections.file"), icon=":material/sync_alt:"):
        st.markdown(say("upload.corrections.file.intro"))
        st.download_button(say("upload.corrections.download"), lambda: entries.written(store(), viewer(), batch).encode(),
                           file_name=f"{say('upload.corrections')} {batch}.csv", mime="text/csv", key="corrections_file",
                           icon=":material/download:", on_click="ignore")
        dropped = st.file_uploader(say("upload.corrections.replay"), type="csv", key="corrections_dropped", max_upload_size=20)
        if dropped is not None and st.button(say("upload.corrections.replay.do"), key="corrections_replay", type="primary"):
            before = _figures(instrument, round_)
            try:
                count = entries.replay(store(), viewer(), dropped.getvalue().decode("utf-8-sig"), dropped.name)
            except UnicodeDecodeError:
                st.error(say("import.corrections_file", file=plain(dropped.name), columns=", ".join(entries.COLUMNS)))
            except UserError as error:
                st.error(plain(explain(error, language())), icon=":material/error:")
            else:
                st.session_state[_CHANGED] = batch, count, before, _figures(instrument, round_)
                st.rerun()


def _figures(instrument: Instrument, round_: str) -> pd.Series:
    """Each indicator of the instrument over a whole round."""
    found = results.estimates(store(), viewer(), indicators=[each.id for each in instrument.indicators], by="all",
                              rounds=[round_])
    return found.set_index("indicator")["estimate"].astype(float)


def _is_same(one: float | None, other: float | None) -> bool:
    """Sums are added in any order, so the last digits of an estimate say nothing."""
    if one is None or other is None or pd.isna(one) or pd.isna(other):
        return bool(pd.isna(one) and pd.isna(other))
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def _variable(form: Form, name: str) -> Variable | None:
    return next((each for each in form.variables if each.name == name), None)


def _label(variable: Variable | None, name: str) -> str:
    return (in_language(variable.labels, language(), "") if variable else "") or name


def _shown(variable: Variable | None, stored: str | None) -> str:
    """A stored answer as readers know it."""
    if stored is None or stored != stored:
        return say("upload.corrections.no_answer")
    if variable is None:
        return stored
    if variable.kind in _CHOSEN:
        names = {choice.name: in_language(choice.labels, language(), choice.name) for choice in variable.choices}
        return ", ".join(names.get(each, each) for each in stored.split()) or say("upload.corrections.none_chosen")
    if variable.kind is Kind.DATE:
        return formats.day(date.fromisoformat(stored), language())
    if variable.kind in (Kind.INTEGER, Kind.DECIMAL):
        amount = float(stored)
        decimals = 0 if amount.is_integer() else len(stored.rpartition(".")[2])
        return formats.number(amount, language(), decimals=min(decimals, 6))
    return stored
