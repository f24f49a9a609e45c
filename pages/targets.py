"""Target & parameter: what was promised by when, and the numbers that estimates and statuses need."""
from __future__ import annotations

import streamlit as st

from access.policy import Action, may
from data import formats
from data.register import sheets
from pages.parts import (
    address,
    forms,
    frameworks,
    frameworks_adopting,
    knowntotals,
    parameters,
    reads,
    session,
    targetbook,
    thresholds,
)
from pages.parts.session import language
from pages.parts.words import say

_PARTS = ("targets", "frameworks", "rounds", "villages", "poverty_lines", "price_indices", "known_totals", "series_breaks",
          "settings")


def targets() -> None:
    """The targets of one partnership, by indicator."""
    known = {each.id: each for each in reads.partnerships()}
    if not known:
        st.info(say("overview.no_partnerships"), icon=":material/info:")
        address.link("register.py", say("registered.add"), icon=":material/add:")
        return
    chosen = address.choose("kemitraan", say("frame.page.partnership"), list(known), lambda each: known[each].name)
    address.link("partnership.py", say("registered.results"), icon=":material/query_stats:", kemitraan=chosen)
    targetbook.show(chosen)
    frameworks_adopting.show(chosen)


def villages() -> None:
    """The villages that are known here, and a way to make one known."""
    known = reads.areas_of("village")
    st.caption(say("targets.about.villages", count=formats.number(len(known), language())))
    if may(session.viewer(), Action.CHANGE_REGISTER):
        with st.container(border=True):
            forms.edit(sheets.VILLAGES, None, given={}, key="new-village")
    if known:
        code, name = (forms.label(sheets.VILLAGES, sheets.VILLAGES.column(each)) for each in ("code", "name"))
        st.dataframe({code: list(known), name: list(known.values())}, hide_index=True, alt=say("register.sheet.villages"))


def part_name(part: str) -> str:
    return say("targets.frameworks" if part == "frameworks" else f"register.sheet.{part}")


st.title(say("frame.page.targets"), anchor=False)
part = address.choose("bagian", say("registered.section"), _PARTS, part_name)
if part == "targets":
    targets()
elif part == "frameworks":
    frameworks.show()
elif part == "villages":
    villages()
elif part == "known_totals":
    knowntotals.show()
elif part == "settings":
    st.caption(say("targets.about.settings"))
    thresholds.show()
else:
    parameters.show(part)
