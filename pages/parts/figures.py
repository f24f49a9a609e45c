"""A chart on a page: what it shows, the chart, and its table one click away."""
from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from data import formats
from pages.parts import downloads
from pages.parts.charts_marks import SETTINGS
from pages.parts.rows import rows_of
from pages.parts.session import language
from pages.parts.words import plain, say


def show(figure: go.Figure, *, key: str, title: str, reading: str, table: pd.DataFrame) -> None:
    """A figure under its title. `reading` says units and intervals; `table` is what is drawn, in words for readers."""
    st.header(plain(title), anchor=False)
    st.caption(reading)
    draw(figure, key=key, alt=f"{title}. {reading}")
    with_table(table, key=key, name=title)


def draw(figure: go.Figure, *, key: str, alt: str) -> None:
    """A figure alone; `alt` says in words what it shows."""
    # Streamlit's theme makes labels pale; they are text, and read as text.
    colour = "#e7efee" if st.context.theme.type == "dark" else "#1c2a2a"
    labels = [each.to_plotly_json() for each in figure.layout.annotations]
    figure.layout.annotations = [{**each, "font": {**each.get("font", {}), "color": colour}} for each in labels]
    st.plotly_chart(figure, config=SETTINGS, key=key, alt=alt)


def with_table(table: pd.DataFrame, *, key: str, name: str, numbers: pd.DataFrame | None = None) -> None:
    """A table that opens on a click, and downloads as a workbook; nothing of it is sent before.

    `numbers` is the same as numbers, which then downloads in its place, as a workbook or as CSV.
    """
    opened = st.expander(say("parts.table"), icon=":material/table:", key=f"{key}-table", on_change="rerun")
    if opened.open:
        with opened:
            st.table(table.map(lambda cell: plain(cell) if isinstance(cell, str) else cell), border="horizontal", alt=name)
            if numbers is None:
                downloads.button(table, name, key=f"{key}-download")
            else:
                downloads.buttons(numbers, name, key=f"{key}-download")


def points_table(points: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Estimates, one for each row with a `name`, as readers see them."""
    return pd.DataFrame([{
        say("parts.column.name"): row.name,
        say("parts.column.value"): formats.value(row.estimate, unit, language()),
        say("parts.column.interval"): formats.interval(row.lower, row.upper, unit, language()),
        say("parts.column.n"): formats.number(row.n, language()),
    } for row in rows_of(points)])
