"""Unggah: a file is dropped, looked at, and committed; batches are withdrawn and restored."""
from __future__ import annotations

import streamlit as st

from data.errors import UserError
from data.importing.preparing import Prepared
from data.instruments import adding
from data.messages import explain
from pages.parts import address, reads, session
from pages.parts.importing import (
    batch,
    checks,
    columns,
    conventions,
    effects,
    facts,
    history,
    questionnaires,
    rounds,
    uploads,
    work,
)
from pages.parts.importing.uploads import Upload
from pages.parts.session import language, store, viewer
from pages.parts.words import plain, say

KEY = "unggahan"  # in the address


def drop() -> None:
    """Step one: the file."""
    st.markdown(say("upload.intro"))
    # A box of its own for each file: the one that this file came through would hand it over again.
    key = f"dropped-{st.query_params.get(KEY, '')}"
    dropped = st.file_uploader(say("upload.drop"), key=key, help=say("upload.drop.help"))
    st.caption(say("upload.drop.how", most=st.get_option("server.maxUploadSize")))
    if dropped is None:
        return
    upload = uploads.keep(viewer(), dropped.getvalue(), dropped.name)
    session.let_go(dropped)
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
            line = st.empty()
            line.markdown(f":material/description: **{plain(upload.name)}** · {facts.size(upload.size_bytes)}")
        if st.button(say("upload.another"), icon=":material/close:", key="another"):
            uploads.forget(upload)
            start_over()
            st.rerun()
    try:
        file = work.followed(upload.reading)
    except UserError as error:
        st.error(explain(error, language()), icon=":material/block:")
        drop()
        st.stop()
    line.markdown(f":material/description: **{plain(file.name)}** · {plain(facts.of_file(file))}")


def questionnaire(upload: Upload) -> None:
    """The file is a questionnaire: it is offered as an instrument, or as a new version of one."""
    if added := questionnaires.offered(upload):
        uploads.forget(upload)
        start_over()
        st.toast(say("upload.instrument_added", instrument=added.id), icon=":material/check_circle:")
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
    questionnaires.versions(instruments[instrument])
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
    """Step three: the file read as this instrument's answers."""
    try:
        return work.followed(uploads.look(upload, store(), viewer(), instrument, round_))
    except UserError as error:
        checks.refusal(upload, error)
        return None


def looking(upload: Upload) -> None:
    """Steps two and three, and what is found."""
    if (asked := where(upload)) and (prepared := looked_at(upload, *asked)):
        facts.rows(prepared)
        conventions.conventions(upload, prepared)
        checks.findings(prepared)
        checks.personal_data(prepared)
        columns.mapping(upload, prepared)
        effects.effects(upload, prepared)
        checks.downloads_of(prepared)
        commit(upload, prepared)


def commit(upload: Upload, prepared: Prepared) -> None:
    """Step four: everything or nothing."""
    rows = sum(form.rows_accepted for form in prepared.forms[:1])
    is_ready = not prepared.obstacles and rows > 0
    if not is_ready and not prepared.obstacles:
        st.info(say("upload.commit.undecided" if conventions.undecided(prepared) else "upload.commit.nothing"),
                icon=":material/info:")
    if st.button(say("upload.commit", rows=facts.whole(rows)), type="primary", icon=":material/save:", key="commit",
                 disabled=not is_ready, width="stretch"):
        uploads.commit(upload, store(), viewer(), prepared)
        st.rerun()


def committing(upload: Upload) -> None:
    """While it is being stored, and after it: what became of it."""
    assert upload.committing is not None
    try:
        work.followed(upload.committing)
    except UserError as error:
        st.error(explain(error, language()), icon=":material/block:")
        return
    finally:
        uploads.settle(upload)
    done(upload)


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
opened = st.query_params.get(batch.KEY, "")
if current is None and opened.isdigit():
    batch.show(int(opened))
elif current is None:
    if KEY in st.query_params:
        st.info(say("upload.gone"), icon=":material/history:")
    drop()
    history.show()
else:
    head(current)
    if current.committing is not None:
        st.empty()  # in place of what was looked at, which would hide the progress
        committing(current)
    elif current.file.is_xlsform:
        questionnaire(current)
    else:
        with st.container():
            looking(current)
