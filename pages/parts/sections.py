"""What is recorded about one partnership, section by section: its agreement, villages, third parties, stages and money."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

import streamlit as st

from access.policy import Action, may
from data import formats
from data.register import Partnership, removal, sheets
from data.register.entry import Record
from data.register.sheets import STAGES
from pages.parts import address, books, forms, reads, session
from pages.parts.session import language
from pages.parts.words import plain, say

_GROUPS = ("now", "later", "comparison", "past")


def agreement(partnership: Partnership) -> None:
    """Everything that is known of the partnership itself, to be read; changed on a click."""
    for record in reads.records("partnerships", partnership.id):
        books.facts(sheets.PARTNERSHIPS, record, leaving_out={"id": None, "name": None})
        if not may(session.viewer(), Action.CHANGE_REGISTER):
            return
        changing = st.expander(say("registered.change"), icon=":material/edit:", key=f"change-{partnership.id}",
                               on_change="rerun")
        if changing.open:
            with changing:
                kept = {name: record[name] for name in ("id", "is_example")}
                forms.edit(sheets.PARTNERSHIPS, record, given=kept, key=f"form-{partnership.id}")
    if partnership.state == "draft":
        with st.popover(say("registered.drop"), icon=":material/delete:", key="drop-ask", type="tertiary"):
            st.markdown(say("registered.drop.sure"))
            if st.button(say("forms.remove.yes"), key="drop", type="primary"):
                removal.drop_draft(session.store(), session.viewer(), partnership.id)
                address.go("register.py")


def members(partnership: Partnership) -> None:
    """The villages, in groups: those of today, those to come, those compared with, and those that left; with their dates."""
    records = reads.records("members", partnership.id)
    if not records:
        st.caption(say("registered.none"))
    given = {"partnership": partnership.id}
    for group in _GROUPS:
        found = [record for record in records if _group(record) == group]
        if found:
            st.subheader(say(f"registered.members.{group}", count=len(found)), anchor=False)
            books.listed(sheets.MEMBERS, sorted(found, key=lambda each: each["role"] != "lead"), given=given, title=_member,
                         key=f"{partnership.id}-members", more=lambda record: _also(record, partnership))
    books.add(sheets.MEMBERS, given=given, key=f"{partnership.id}-members")
    if may(session.viewer(), Action.CHANGE_REGISTER):
        address.link("targets.py", say("registered.village_missing"), icon=":material/add_location:", bagian="villages")


def third_parties(partnership: Partnership) -> None:
    """Offices, companies and universities that take part."""
    st.caption(say("registered.third_parties.about"))
    sheet = sheets.THIRD_PARTIES
    books.show(sheet, reads.records(sheet.name, partnership.id), given={"partnership": partnership.id},
               key=f"{partnership.id}-third_parties", empty=say("registered.none"),
               title=lambda record: _title(record["name"], forms.value(sheet.column("kind"), record["kind"])))


def stages(partnership: Partnership) -> None:
    """The six stages in their order, each with the day it was done or without."""
    st.caption(say("registered.stages.about"))
    sheet = sheets.REACHED_STAGES
    done = {str(record["stage"]): record for record in reads.records(sheet.name, partnership.id)}
    for number, stage in enumerate(STAGES, start=1):
        given = {"partnership": partnership.id, "stage": stage}
        name = f"{number}. {say(f'register.choice.{stage}')}"
        if stage == partnership.stage:
            name += f" ({say('registered.stages.now')})"
        key = f"{partnership.id}-{stage}"
        if stage in done:
            books.listed(sheet, [done[stage]], given=given, key=key, icon=":material/check_circle:", title=partial(_done, name))
        elif may(session.viewer(), Action.CHANGE_REGISTER):
            opened = st.expander(_title(name, say("registered.stages.open")), icon=":material/radio_button_unchecked:", key=key,
                                 on_change="rerun")
            if opened.open:
                with opened:
                    forms.edit(sheet, None, given=given, key=f"{key}-form")
        else:
            st.markdown(f":material/radio_button_unchecked: {_title(name, say('registered.stages.open'))}")


def budget(partnership: Partnership) -> None:
    """Money by year and source, planned and realised, and the sum of both."""
    records = reads.records("budget", partnership.id)
    if records:
        st.markdown(plain(say("registered.budget.total", money=_money(
            _sum(records, "planned_rp"), _sum(records, "realised_rp")))))
    books.show(sheets.BUDGET, sorted(records, key=lambda each: -int(str(each["year"]))), given={"partnership": partnership.id},
               key=f"{partnership.id}-budget", empty=say("registered.none"), title=_year)


def _group(record: Record) -> str:
    joined, left, today = record["joined_on"], record["left_on"], date.today()
    if isinstance(left, date) and left < today:
        return "past"
    if record["role"] == "comparison":
        return "comparison"
    return "later" if isinstance(joined, date) and joined > today else "now"


def _member(record: Record) -> str:
    """A village, what it is in the partnership, and from when to when."""
    joined, left = record["joined_on"], record["left_on"]
    start = say("registered.from_the_start") if joined is None else forms.value(sheets.MEMBERS.column("joined_on"), joined)
    key = "registered.since" if left is None else "registered.from_to"
    village, role = (forms.value(sheets.MEMBERS.column(name), record[name]) for name in ("village", "role"))
    return _title(village, role, say(key, start=start, end=forms.value(sheets.MEMBERS.column("left_on"), left)))


def _also(record: Record, partnership: Partnership) -> None:
    """The other partnerships that the village is in today."""
    for other in reads.partnerships():
        if other.id != partnership.id and record["village"] in other.members:
            address.link("register.py", say("registered.also", partnership=plain(other.name)), icon=":material/handshake:",
                         kemitraan=other.id, bagian="members")


def _done(name: str, record: Record) -> str:
    return _title(name, forms.value(sheets.REACHED_STAGES.column("done_on"), record["done_on"]))


def _year(record: Record) -> str:
    source = forms.value(sheets.BUDGET.column("money_source"), record["money_source"])
    return _title(str(record["year"]), source, _money(record["planned_rp"], record["realised_rp"]))


def _money(planned: object, realised: object) -> str:
    """What was planned and how much of it was spent, to the rupiah."""
    there = [say(f"registered.budget.{name}", amount=forms.value(sheets.BUDGET.column("planned_rp"), float(str(each))))
             for name, each in (("planned", planned), ("realised", realised)) if each is not None]
    if planned and realised is not None:
        there[-1] += f" ({formats.amount(float(str(realised)) / float(str(planned)), formats.SHARE, language())})"
    return ", ".join(there)


def _sum(records: Sequence[Record], column: str) -> float | None:
    """The sum of what is recorded; None where nothing is."""
    known = [float(str(record[column])) for record in records if record[column] is not None]
    return sum(known) if known else None


def _title(name: object, *rest: str) -> str:
    return " · ".join(filter(None, [f"**{plain(str(name))}**", *(plain(each) for each in rest)]))
