"""Kemitraan: one partnership, each indicator from baseline to now to target, and the agreement behind it."""
from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from data import formats
from data.register import Partnership
from metrics.indicator import Indicator
from pages.parts import address, aims, charts, chips, details, figures, goals, indicators, methods, reads, sentences, welcome
from pages.parts.rows import rows_of
from pages.parts.session import language
from pages.parts.summary import by_promise, has_way, on_paths
from pages.parts.words import plain, say, say_if_known


def about(partnership: Partnership) -> None:
    """Who they are and what they agreed on."""
    names = reads.area_names(partnership.members)
    members = ", ".join(names.get(code, code) for code in partnership.members)
    facts: dict[str, str] = {
        say("partnership.kind"): say_if_known(f"register.choice.{partnership.kind}", partnership.kind),
        say("partnership.members", count=len(partnership.members)): plain(members) or formats.NONE,
        say("partnership.purpose"): plain(partnership.purpose or formats.NONE),
        say("partnership.agreement"): plain(partnership.agreement_number or formats.NONE),
        say("partnership.term"): say("partnership.from_to", start=formats.day(partnership.starts_on, language()),
                                     end=formats.day(partnership.ends_on, language())),
        say("partnership.stage"): say_if_known(f"register.choice.{partnership.stage}", partnership.stage or formats.NONE),
    }
    with st.expander(say("partnership.about"), icon=":material/groups:"):
        st.table(facts, border="horizontal", alt=say("partnership.about"))


def theme_section(theme_id: str, rows: pd.DataFrame, known: dict[str, Indicator], partnership: Partnership) -> None:
    """One theme: the ways from baseline to target in one picture, then each figure in words."""
    drawn = on_paths(rows, known)
    if len(drawn):
        drawn = drawn.assign(name=[indicators.label(known[each]) for each in drawn["indicator"]],
                             unit=[known[each].unit for each in drawn["indicator"]])
        figures.show(charts.paths(drawn, language=language()), key=f"paths-{theme_id}",
                     title=say("partnership.paths", theme=indicators.theme(theme_id)),
                     reading=say("partnership.paths.reading"), table=path_table(drawn))
    else:
        st.header(indicators.theme(theme_id), anchor=False)
    cards(rows, known, partnership)


def others_section(themes: dict[str, pd.DataFrame], known: dict[str, Indicator], partnership: Partnership) -> None:
    """What nothing was promised of, theme by theme, each opened on a click."""
    st.header(say("partnership.others"), anchor=False)
    st.caption(say("partnership.others.reading"))
    for theme_id, rows in themes.items():
        opened = st.expander(f"{indicators.theme(theme_id)} ({len(rows)})", key=f"others-{theme_id}", on_change="rerun")
        if opened.open:
            with opened:
                cards(rows, known, partnership)


def cards(rows: pd.DataFrame, known: dict[str, Indicator], partnership: Partnership) -> None:
    """A card for each indicator, what needs attention first."""
    order = rows["status"].map({status: place for place, status in enumerate(chips.ORDER)})
    with st.grid(2, min_column_width=320):
        for row in rows_of(rows.loc[order.sort_values(kind="stable").index]):
            figure_card(row, known[str(row.indicator)], partnership)


def path_table(drawn: pd.DataFrame) -> pd.DataFrame:
    rows = [{
        say("partnership.column.indicator"): row.name,
        say("parts.chart.baseline"): formats.value(row.baseline, row.unit, language()),
        say("parts.chart.now"): formats.value(row.estimate, row.unit, language()),
        say("partnership.column.interval"): formats.interval(row.lower, row.upper, row.unit, language()),
        say("parts.chart.expected"): formats.value(row.expected, row.unit, language()),
        say("parts.chart.target"): formats.value(row.target, row.unit, language()),
        say("partnership.column.n"): formats.number(row.n, language()),
        say("partnership.column.status"): chips.words(row.status, is_certain=row.is_certain),
    } for row in rows_of(drawn)]
    return pd.DataFrame(rows)


def figure_card(row: Any, indicator: Indicator, partnership: Partnership) -> None:
    """One indicator: the figure, how sure it is, where it stands, and a way to open it."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{plain(indicators.label(indicator))}**")
        st.markdown(" ".join(filter(None, [chips.status(row.status, is_certain=bool(row.is_certain)),
                                           chips.reliability(row.reliability),
                                           chips.depends(row.depends_on_method)])))
        st.metric(sentences.measured(row, indicator.unit), sentences.figure(row, indicator.unit))
        st.markdown(sentences.certainty(row, indicator.unit))
        if row.status == "not_enough_data" and not row.withheld and row.estimate == row.estimate:
            st.markdown(say("partnership.no_status", why=sentences.why_not(row.reason)))
        st.caption(target_words(row, indicator))
        if st.button(say("partnership.open"), key=f"open-{indicator.id}", icon=":material/search:", type="tertiary"):
            st.dialog(plain(indicators.label(indicator)), width="large")(open_figure)(row, indicator, partnership)


def target_words(row: Any, indicator: Indicator) -> str:
    """From where to where by when, and whence the target comes, as Markdown."""
    if row.status == "no_target":
        return say("status.no_target")
    target, by = plain(aims.of_progress(row, indicator)), formats.day(row.target_on, language())
    basis = say_if_known(f"register.choice.{row.target_basis}", "")
    if row.baseline != row.baseline:
        return say("partnership.target_by", target=target, by=by, basis=basis)
    baseline = plain(formats.value(row.baseline, indicator.unit, language()))
    return say("partnership.from_to_by", baseline=baseline, target=target, by=by, basis=basis)


def open_figure(row: Any, indicator: Indicator, partnership: Partnership) -> None:
    """What a figure rests on: how it went over time, then the definition and the sources."""
    points = reads.points(indicator.id, by="partnership", domain=partnership.id)
    comparison = reads.points(indicator.id, by="comparison", domain=partnership.id)
    baseline = (row.baseline_on, row.baseline) if has_way(row.baseline, row.target, indicator.better) else None
    breaks: dict[Any, str] = {record["broken_on"]: str(record["reason"]) for record in reads.records("series_breaks")
              if record["indicator"] == indicator.id}
    figures.show(
        charts.trajectory(points, unit=indicator.unit, language=language(), baseline=baseline, goals=reads.goals(row),
                          breaks=list(breaks), comparison=comparison),
        key="trajectory", title=say("partnership.trajectory"), reading=say("partnership.trajectory.reading"),
        table=figures.points_table(points, indicator.unit),
    )
    for on, reason in breaks.items():
        st.info(say("partnership.broken", on=formats.day(on, language()), reason=plain(reason.rstrip("."))),
                icon=":material/link_off:")
    methods.show(row, indicator)
    if isinstance(row.round, str):
        st.subheader(say("parts.trace"), anchor=False)
        details.show(indicator, by="partnership", domain=partnership.id, round=row.round, key="figure")
    address.link("indicator.py", say("partnership.compare"), icon=":material/query_stats:", indikator=indicator.id)
    address.link("forum.py", say("discussion.discuss"), icon=":material/forum:", kemitraan=partnership.id, indikator=indicator.id)


known_partnerships = {each.id: each for each in reads.partnerships()}
if not known_partnerships:
    st.title(say("frame.page.partnership"), anchor=False)
    welcome.show() if reads.is_empty() else st.info(say("overview.no_partnerships"), icon=":material/info:")
else:
    chosen = known_partnerships[address.choose(
        "kemitraan", say("frame.page.partnership"), list(known_partnerships), lambda each: known_partnerships[each].name)]
    st.title(plain(chosen.name), anchor=False)
    progress = reads.status_of(chosen.id)
    if progress.empty:
        st.info(say("overview.nothing_measured"), icon=":material/info:")
    else:
        st.markdown(chips.counts(progress["status"].value_counts().to_dict()))
    about(chosen)
    measured = set(progress["indicator"])
    known = {id: each for id, each in reads.indicator_list().items() if id in measured}
    themes = indicators.by_theme(known)
    wanted = address.choose_some("tema", say("partnership.themes"), list(themes), indicators.theme) if len(themes) > 1 else []
    of_theme = {theme_id: progress[progress["indicator"].isin([each.id for each in members])]
                for theme_id, members in themes.items() if theme_id in (wanted or themes)}
    promised, others = by_promise(of_theme)
    for theme_id, rows in promised.items():
        theme_section(theme_id, rows, known, chosen)
    goals.show(progress, reads.indicator_list())
    if others:
        others_section(others, known, chosen)
