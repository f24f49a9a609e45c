"""Questionnaires: a dropped XLSForm becomes an instrument, or a new version of one; what versions changed."""
from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import streamlit as st

from data.errors import UserError
from data.instruments import adding, kept
from data.instruments.model import Instrument, in_language
from data.instruments.versions import compared
from data.messages import explain
from pages.parts.importing.facts import form_name, instrument_name, whole
from pages.parts.importing.uploads import Upload
from pages.parts.session import language, store, viewer
from pages.parts.words import plain, say

NAMED = 40  # so many questions of a kind are named


def offered(upload: Upload) -> Instrument | None:
    """What the questionnaire is, and beside an earlier version what changed; the instrument, once it was added."""
    st.info(say("upload.is_xlsform"), icon=":material/quiz:")
    assert upload.content is not None
    try:
        offer = adding.offered(store(), viewer(), upload.content, upload.name)
    except UserError as error:
        st.error(plain(explain(error, language())), icon=":material/block:")
        return None
    new, before = offer.new, offer.before
    st.markdown(say(
        "upload.questionnaire", name=plain(instrument_name(new)), id=plain(new.id), version=plain(new.version or "–"),
        forms=whole(len(new.forms)), questions=whole(sum(len(form.variables) for form in new.forms)),
        indicators=whole(len(new.indicators)),
    ))
    if before is not None and before.sha256 == new.sha256:
        st.success(say("upload.questionnaire.same"), icon=":material/check_circle:")
        return None
    if before is not None:
        st.subheader(say("upload.versions.title", before=before.version or "–", after=new.version or "–"), anchor=False)
        _changes(before, new)
    pressed = st.button(say("upload.add_version" if before else "upload.add_instrument"), type="primary", key="add_instrument")
    return adding.add(store(), viewer(), upload.content, upload.name) if pressed else None


def versions(instrument: Instrument) -> None:
    """What each version of a questionnaire changed, the latest first."""
    every = kept.versions(store(), viewer(), instrument.id)
    if len(every) < 2:
        return
    with st.expander(say("upload.versions", count=whole(len(every))), icon=":material/difference:"):
        for before, after in list(pairwise(every))[::-1]:
            st.markdown(f"**{plain(say('upload.versions.title', before=before.version or '–', after=after.version or '–'))}**")
            _changes(before, after)


def _changes(before: Instrument, after: Instrument) -> None:
    changes = compared(before, after)
    if not changes:
        st.markdown(say("upload.versions.none"))
        return
    for change in changes:
        holder = after if any(form.name == change.form for form in after.forms) else before
        old, new = _words(before, change.form), _words(after, change.form)
        lines = []
        if change.added:
            lines.append(say("upload.versions.added", count=whole(len(change.added)), names=_named(change.added, new)))
        if change.lost:
            lines.append(say("upload.versions.lost", count=whole(len(change.lost)), names=_named(change.lost, old)))
        lines += [say("upload.versions.renamed", old=plain(was), new=plain(now), label=plain(new.get(now, "")))
                  for was, now in change.renamed]
        st.markdown(f"{plain(form_name(holder, change.form))}:\n" + "\n".join(f"- {line}" for line in lines))
    if any(change.lost or change.renamed for change in changes):
        st.caption(say("upload.versions.kept"))


def _words(instrument: Instrument, form: str) -> dict[str, str]:
    """A form's questions by variable."""
    return {variable.name: in_language(variable.labels, language(), "")
            for each in instrument.forms if each.name == form for variable in each.variables}


def _named(names: tuple[str, ...], words: Mapping[str, str]) -> str:
    shown = [plain(f"{words[name]} ({name})" if words.get(name) else name) for name in names[:NAMED]]
    return "; ".join(shown) + (" …" if len(names) > NAMED else "")
