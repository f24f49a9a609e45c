"""Unggah: a file is dropped, looked at, and committed; batches are withdrawn and restored."""
from __future__ import annotations

import streamlit as st

from data.errors import UserError
from data.importing import committing
from data.importing.preparing import Prepared, prepare
from data.instruments import adding
from data.messages import explain
from pages.parts import address, reads
from pages.parts.importing import checks, columns, effects, facts, history, rounds, uploads
from pages.parts.importing.uploads import Upload
from pages.parts.session import language, store, viewer
from pages.parts.words import plain, say

KEY = "unggahan"  # in the address


def drop() -> None:
    """Step one: the file."""
    st.markdown(say("upload.intro"))
    dropped = st.file_uploader(say("upload.drop"), key="dropped", help=say("upload.drop.help"))
    if dropped is None:
        return
    with st.spinner(say("upload.reading", file=dropped.name)):
        try:
            upload = uploads.keep(viewer(), dropped.getvalue(), dropped.name)
        except UserError as error:
            st.error(explain(error, language()), icon=":material/block:")
            return
    st.query_params[KEY] = upload.key
    st.rerun()


def start_over() -> None:
    """Back to the empty page."""
    for key in (KEY, "instrument", "round"):
        st.query_params.pop(key, None)


def head(upload: Upload) -> None:
    """What the file is, and the way back."""
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            st.markdown(f":material/description: **{plain(upload.file.name)}** · {plain(facts.of_file(upload.file))}")
        if st.button(say("upload.another"), icon=":material/close:", key="another"):
            uploads.forget(upload)
            start_over()
            st.rerun()


def questionnaire(upload: Upload) -> None:
    """The file is a questionnaire: it is offered as an instrument."""
    st.info(say("upload.is_xlsform"), icon=":material/quiz:")
    if st.button(say("upload.add_instrument"), type="primary", key="add_instrument"):
        instrument = adding.add(store(), viewer(), upload.content, upload.file.name)
        uploads.forget(upload)
        start_over()
        st.toast(say("upload.instrument_added", instrument=instrument.id), icon=":material/check_circle:")
        st.rerun()


def where(upload: Upload) -> tuple[str, str] | None:
    """Step two: whose answers these are, and of which round."""
    instruments = reads.instruments()
    if not instruments:
        st.warning(say("upload.no_instruments"), icon=":material/quiz:")
        if st.button(say("upload.add_shipped"), type="primary", key="add_shipped"):
            adding.add_shipped(store(), viewer())
            st.rerun()
        return None
    instrument = address.choose("instrument", say("upload.instrument"), facts.likely(upload.file, instruments),
                                lambda each: facts.instrument_name(instruments[each]))
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        round_ = facts.choose_round(reads.rounds())
    with right:
        rounds.new_round()
    if round_ is None:
        st.info(say("upload.choose_round"), icon=":material/arrow_upward:")
        return None
    return instrument, round_


def looked_at(upload: Upload, instrument: str, round_: str) -> Prepared | None:
    """Step three: the file read as this instrument's answers; kept until something about the question changes."""
    question = (instrument, round_, upload.sheet, repr(upload.mapping), store().data_version)
    with upload.lock:
        if upload.prepared is None or upload.question != question:
            bar = st.empty()
            try:
                upload.prepared = prepare(
                    store(), viewer(), upload.file, upload.file.name, instrument=instrument, round=round_, sheet=upload.sheet,
                    mapping=upload.mapping, on_progress=facts.progress(bar),
                )
            except UserError as error:
                upload.prepared = None
                checks.refusal(upload, error)
                return None
            finally:
                bar.empty()
            upload.question = question
    return upload.prepared


def commit(upload: Upload, prepared: Prepared) -> None:
    """Step four: everything or nothing."""
    rows = sum(form.rows_accepted for form in prepared.forms[:1])
    is_ready = not prepared.obstacles and rows > 0
    if not st.button(say("upload.commit", rows=facts.whole(rows)), type="primary", icon=":material/save:", key="commit",
                     disabled=not is_ready, width="stretch"):
        return
    upload.batch = committing.commit(store(), viewer(), prepared, on_progress=facts.progress(st.empty()))
    st.rerun()


def done(upload: Upload) -> None:
    """It is in: what now."""
    prepared = upload.prepared
    assert prepared is not None
    first = prepared.forms[0]
    st.success(say("upload.done", batch=upload.batch, rows=facts.whole(first.rows_accepted),
                   rejected=facts.whole(first.rows_rejected)), icon=":material/check_circle:")
    if first.rows_rejected:
        st.markdown(say("upload.rejects.explain"))
    checks.downloads_of(prepared, is_committed=True)
    address.link("overview.py", say("upload.see_results"), icon=":material/dashboard:")


st.title(say("frame.page.upload"), anchor=False)
current = uploads.find(viewer(), st.query_params.get(KEY))
if current is None:
    if KEY in st.query_params:
        st.info(say("upload.gone"), icon=":material/history:")
    drop()
    history.show()
else:
    head(current)
    if current.batch is not None:
        done(current)
    elif current.file.is_xlsform:
        questionnaire(current)
    elif (asked := where(current)) and (prepared := looked_at(current, *asked)):
        facts.rows(prepared)
        checks.conventions(current, prepared)
        checks.findings(prepared)
        checks.personal_data(prepared)
        columns.mapping(current, prepared)
        effects.effects(current, prepared)
        checks.downloads_of(prepared)
        commit(current, prepared)
