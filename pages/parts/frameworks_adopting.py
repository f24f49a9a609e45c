"""Adopting official targets for a partnership: chosen, dated, shown as they would stand, then saved together."""
from __future__ import annotations

from datetime import date

import streamlit as st

from access.policy import Action, may
from data.errors import UserError
from data.importing.finding import Severity
from data.messages import explain
from data.register import changes
from data.sdgs_desa import adopting
from data.sdgs_desa.adopting import Offer
from pages.parts import address, aims, choices, indicators, reads, session
from pages.parts.session import language
from pages.parts.words import plain, say

_LATEST_YEAR = 2100


def show(partnership: str) -> None:
    """The official targets a partnership can adopt; nothing for those who may not change the register."""
    if not may(session.viewer(), Action.CHANGE_REGISTER):
        return
    asked = st.query_params.get("adopsi")
    opened = st.expander(say("framework.adopt.title"), icon=":material/playlist_add_check:", key=f"adopt-{partnership}",
                         expanded=asked is not None, on_change="rerun")
    if not opened.open:
        return
    with opened:
        offers = reads.offers(partnership)
        _adopted([each for each in offers if each.adopted])
        free = [each for each in offers if not each.adopted]
        if not free:
            st.info(say("framework.adopt.all" if offers else "framework.adopt.none"), icon=":material/info:")
            return
        st.markdown(say("framework.adopt.about"))
        chosen = [each for each in free if _is_chosen(each, partnership, asked)]
        address.link("targets.py", say("framework.adopt.browse"), icon=":material/menu_book:", bagian="frameworks")
        year = st.number_input(say("framework.adopt.year"), min_value=date.today().year, max_value=_LATEST_YEAR, value=None,
                               step=1, format="%d", placeholder=say("framework.adopt.year.example"), width=280,
                               help=say("framework.adopt.year.help"), key=f"adopt-year-{partnership}")
        _propose(partnership, chosen, year)


def _adopted(offers: list[Offer]) -> None:
    if offers:
        st.markdown(say("framework.adopt.already"))
        st.markdown("\n".join(
            f"- :material/check: {plain(indicators.label(each.indicator))}: {plain(_promise(each))} "
            f"({', '.join(choices.day(day) for day in each.adopted)})" for each in offers))


def _is_chosen(offer: Offer, partnership: str, asked: str | None) -> bool:
    """A box to tick, with what the framework says under it."""
    official = offer.sources[0]
    codes = "; ".join(f"{each.goal}/{each.code}" for each in offer.sources)
    with st.container(gap=None):
        ticked = st.checkbox(f"**{plain(indicators.label(offer.indicator))}**: {plain(_promise(offer))}",
                             value=offer.indicator.id == asked, key=f"adopt-{partnership}-{offer.indicator.id}")
        st.caption(plain(f"{codes} · {official.name} · {say(f'framework.basis.{official.basis}')}"))
    return ticked


def _propose(partnership: str, chosen: list[Offer], year: int | None) -> None:
    """What would be added, and the button that adds it."""
    if not chosen or year is None:
        st.caption(say("framework.adopt.choose" if not chosen else "framework.adopt.ask_year"))
        return
    ids = [each.indicator.id for each in chosen]
    try:
        prepared = adopting.prepare(session.store(), session.viewer(), partnership, ids, str(year))
    except UserError as error:
        st.error(explain(error, language()), icon=":material/error:")
        return
    st.markdown(f"**{say('framework.adopt.would_add', count=len(prepared.changes))}**")
    st.markdown("\n".join(_line(each, date(year, 12, 31)) for each in chosen))
    for finding in prepared.findings:
        box = st.error if finding.severity is Severity.ERROR else st.warning
        box(plain(finding.message(language())), icon=":material/error:")
    if prepared.has_errors:
        return
    if st.button(say("framework.adopt.save", count=len(prepared.changes)), type="primary", icon=":material/save:",
                 key=f"adopt-save-{partnership}"):
        count = changes.apply(session.store(), session.viewer(), prepared)
        st.query_params.pop("adopsi", None)
        st.toast(say("framework.adopt.saved", count=count), icon=":material/check:")
        st.rerun()


def _line(offer: Offer, due_on: date) -> str:
    """A row as it would stand in the register: what, by when, on what basis, from where; and what stands beside it."""
    line = say("framework.adopt.line", indicator=plain(indicators.label(offer.indicator)), promise=plain(_promise(offer)),
               due=choices.day(due_on), basis=plain(say(f"register.choice.{offer.basis}")), source=plain(offer.source))
    beside = say("framework.adopt.beside", days=", ".join(choices.day(day) for day in offer.others)) if offer.others else ""
    notes = [say(f"framework.note.{code}") for code in dict.fromkeys(code for each in offer.sources for code in each.notes)]
    return f"- {' '.join(filter(None, [line, beside, *notes]))}"


def _promise(offer: Offer) -> str:
    return aims.promise(offer.comparison, offer.value, None, offer.indicator.unit)
