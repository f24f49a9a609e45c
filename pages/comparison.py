"""Perbandingan: what changed, members against comparison villages, groups; and whether it could be chance."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from data import verdicts
from data.domains import By
from data.register import Partnership, Round
from metrics.indicator import Indicator
from pages.parts import address, comparisons, domains, figures, indicators, reads, welcome
from pages.parts.charts_differences import differences
from pages.parts.rows import rows_of
from pages.parts.session import language
from pages.parts.words import plain, say

TIME, COMPARISON, DOUBLE, GROUPS = KINDS = ("waktu", "pembanding", "beda", "kelompok")
FEW = 5  # unsure differences that stand among the sure ones
EVERY, TOGETHER = "semua", "all"  # partnerships side by side; all villages as one


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is compared: a kind, its rounds (one or two), and the group where there is one."""

    kind: str
    rounds: tuple[Round, ...]
    group: str = ""


def ask_rounds(kind: str, known: Sequence[Round]) -> tuple[Round, ...]:
    """The two rounds of a change, or the one in which others are compared."""
    by_id = {each.id: each for each in known}
    names = {each.id: each.name for each in known}.__getitem__
    if kind in (COMPARISON, GROUPS):
        return (by_id[address.choose("putaran", say("comparison.round"), list(by_id), names, default=known[-1].id)],)
    baseline = next((each.id for each in known if each.kind == "baseline"), known[0].id)
    first = address.choose("dari", say("comparison.from"), list(by_id)[:-1], names, default=baseline)
    later = list(by_id)[list(by_id).index(first) + 1:]
    last = address.choose("ke", say("comparison.to"), later, names, default=later[-1])
    return by_id[first], by_id[last]


def whose(kind: str, known: Sequence[Partnership]) -> str:
    """One partnership, all of them side by side, or all villages as one."""
    names = {each.id: each.name for each in known}
    if len(names) > 1:
        names[EVERY] = say("comparison.every")
    if kind in (TIME, GROUPS) and len(reads.estimates(by="all")):
        names[TOGETHER] = say("explore.all")
    return address.choose("kemitraan", say("parts.level.partnership"), list(names), names.__getitem__) if names else ""


def compared(asked: Asked, owner: str) -> pd.DataFrame:
    """The differences of every indicator, for whom they are asked."""
    by: By = "all" if owner == TOGETHER else "partnership"
    ids = [each.id for each in asked.rounds]
    if asked.kind == TIME:
        rows = reads.changes(by=by, before=ids[0], after=ids[1])
    elif asked.kind == DOUBLE:
        rows = reads.difference_in_differences(before=ids[0], after=ids[1])
    else:
        rows = reads.against_comparison() if asked.kind == COMPARISON else reads.gaps(by=by, group=asked.group)
        rows = rows[rows["round"] == ids[0]]
    return rows if owner == EVERY else rows[rows["domain"] == owner]


def narrowed(rows: pd.DataFrame, owner: str, known: dict[str, Indicator]) -> tuple[pd.DataFrame, str]:
    """One indicator where partnerships stand side by side, else some themes; with what the rows are named by."""
    there = {each: known[each] for each in dict.fromkeys(rows["indicator"]) if each in known}
    themes = {theme: members for theme, members in indicators.by_theme(there).items() if members}
    ordered = [each for members in themes.values() for each in members]
    if owner == EVERY and ordered:
        names = {each.id: f"{indicators.theme(each.theme)} · {indicators.label(each)}" for each in ordered}
        one = address.choose("indikator", say("frame.page.indicator"), list(names), names.__getitem__)
        return rows[rows["indicator"] == one], indicators.label(known[one])
    picked = address.choose_some("tema", say("comparison.themes"), list(themes), indicators.theme)
    shown = [each.id for each in ordered if not picked or each.theme in picked]
    return rows[rows["indicator"].isin(shown)], ""


def named(rows: pd.DataFrame, asked: Asked, owner: str, known: dict[str, Indicator]) -> pd.DataFrame:
    """The rows judged together, with the names and words that readers see."""
    told = verdicts.judged(rows, known)
    of_domain = domains.names("partnership", told)
    categories = {}                      # by form: the group's question may be asked in several
    for each in {(indicator.instrument_id, indicator.form): indicator for indicator in known.values()}.values():
        if asked.group in domains.groups(each):
            categories[each.instrument_id, each.form] = domains.category_names(each, asked.group)
    names = []
    for row in rows_of(told):
        name = of_domain[row.domain] if owner == EVERY else indicators.label(known[row.indicator])
        if asked.group:
            measured = known[row.indicator]
            name += f": {comparisons.pair(row.category, categories[measured.instrument_id, measured.form])}"
        names.append(name)
    return told.assign(name=names, words=[comparisons.words(row) for row in rows_of(told)])


def drawn(rows: pd.DataFrame, key: str) -> None:
    """A chart for each unit."""
    for unit, own in rows[rows["estimate"].notna()].groupby("unit", sort=False):
        title = say("comparison.chart", unit=comparisons.unit(str(unit)))
        st.markdown(f"**{plain(title)}**")
        figures.draw(differences(own, unit=str(unit), language=language()), key=f"{key}-{unit}",
                     alt=f"{title}. {say('comparison.reading')}")


def show(rows: pd.DataFrame, title: str) -> None:
    """The answer, what is sure, what is not, and all of it as a table."""
    found = verdicts.tally(rows)
    st.subheader(comparisons.answer(found), anchor=False)
    if found.tested > 1:
        st.caption(say("comparison.holm", count=found.tested))
    st.caption(say("comparison.reading"))
    is_sure = rows["verdict"].isin(["better", "worse"])
    unsure = rows[~is_sure & rows["estimate"].notna()]
    if len(unsure) <= FEW or not is_sure.any():
        drawn(rows, "all")
    else:
        drawn(rows[is_sure], "sure")
        opened = st.expander(say("comparison.unsure", count=len(unsure)), icon=":material/help:", key="unsure", on_change="rerun")
        if opened.open:
            with opened:
                drawn(unsure, "unsure")
    if found.absent:
        st.caption(say("comparison.absent", count=found.absent))
    figures.with_table(comparisons.table(rows), key="comparison", name=title, numbers=comparisons.figures(rows))


def obstacle(kind: str, partnerships: Sequence[Partnership], rounds: Sequence[Round], groups: dict[str, str]) -> str:
    """What stands in the way of a comparison of this kind, or nothing."""
    if kind in (TIME, DOUBLE) and len(rounds) < 2:
        return "one_round"
    if kind in (COMPARISON, DOUBLE) and not partnerships:
        return "no_partnerships"
    if kind in (COMPARISON, DOUBLE) and not any(each.comparison for each in partnerships):
        return "no_comparison"
    return "no_groups" if kind == GROUPS and not groups else ""


REMEDIES = {"one_round": "upload.py", "no_partnerships": "register.py", "no_comparison": "register.py", "no_groups": "upload.py",
            "own_comparison": "register.py", "nothing": "upload.py"}


def told(why: str) -> None:
    """What is missing, and where to mend it."""
    st.info(say(f"comparison.{why}"), icon=":material/info:")
    address.link(REMEDIES[why], say(f"frame.page.{REMEDIES[why].removesuffix('.py')}"), icon=":material/arrow_forward:")


def page(known: dict[str, Indicator]) -> None:
    kind = address.choose("jenis", say("comparison.kind"), KINDS, lambda each: say(f"comparison.kind.{each}"))
    rounds, partnerships = reads.rounds_with_data(), reads.partnerships()
    groups = comparisons.groups(known) if kind == GROUPS else {}
    if why := obstacle(kind, partnerships, rounds, groups):
        told(why)
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        group = address.choose("kelompok", say("explore.group"), list(groups), groups.__getitem__) if groups else ""
        asked = Asked(kind=kind, rounds=ask_rounds(kind, rounds), group=group)
    left, right = st.columns(2)
    with left:
        owner = whose(kind, partnerships)
    has_comparison = {each.id for each in partnerships if each.comparison} | {EVERY}
    if kind in (COMPARISON, DOUBLE) and owner not in has_comparison:
        told("own_comparison")
        return
    with right:
        rows, subject = narrowed(compared(asked, owner), owner, known)
    first, last = asked.rounds[0].name, asked.rounds[-1].name
    st.markdown(plain(say(f"comparison.{kind}.meaning", first=first, last=last)))
    if rows["estimate"].notna().any() or rows["withheld"].any():
        show(named(rows, asked, owner, known), title=" ".join([say(f"comparison.kind.{kind}"), subject]).strip())
    else:
        told("nothing")


known_indicators = reads.indicators_with_data()
st.title(say("frame.page.comparison"), anchor=False)
if known_indicators:
    page(known_indicators)
else:
    welcome.show()
