"""What charts are drawn with: labels above their marks, interval arms, what a pointer reads, axes."""
from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from data import formats
from data.messages import Language, say

NOW, BEFORE, GOAL = "#0f9488", "#7b8a8f", "#c2570c"
# Nothing to zoom or drag: a finger on a chart scrolls the page.
SETTINGS: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
FURTHER = 16  # pixels for each further line of marks
_LETTERS = 46  # of a label on one line, on a narrow phone
_LABEL = 18  # pixels of a line of a label
_MARKS = 34  # pixels for one line of marks


def scaled(numbers: pd.Series, unit: str) -> pd.Series:
    return numbers * 100 if unit == formats.SHARE else numbers


def arms(rows: pd.DataFrame, unit: str, color: str) -> dict[str, Any]:
    middle, low, high = (scaled(rows[each], unit) for each in ("estimate", "lower", "upper"))
    return {"type": "data", "symmetric": False, "array": (high - middle).fillna(0), "arrayminus": (middle - low).fillna(0),
            "color": color, "thickness": 2, "width": 5}


def spoken(row: Any, unit: str, language: Language) -> str:
    """What a finger or pointer on a mark reads: name, value, interval, how many were asked."""
    lines = [f"<b>{html.escape(str(row.name))}</b>", formats.value(row.estimate, unit, language),
             formats.interval(row.lower, row.upper, unit, language)]
    if getattr(row, "n", None) is not None and row.n == row.n:
        lines.append(say("parts.asked", language, n=formats.number(row.n, language)))
    return "<br>".join(lines)


def labelled(figure: go.Figure, labels: Sequence[str], *, lines: int, below: Sequence[str] | None = None) -> list[int]:
    """Writes a label above the place of each row, and sets the height; returns how deep each row's first marks are, in pixels."""
    depths, depth, annotations = [], 0, []
    for place, label in enumerate(labels):
        wrapped = [html.escape(line) for line in textwrap.wrap(label, _LETTERS)]
        if below:
            wrapped.append(f"<span style='font-size:12px'>{html.escape(below[place].strip())}</span>")
        annotations.append({"x": 0, "xref": "paper", "xanchor": "left", "y": depth, "yanchor": "top", "showarrow": False,
                            "text": "<br>".join(wrapped), "align": "left", "font": {"size": 14}})
        depth += _LABEL * len(wrapped)
        depths.append(depth + _MARKS // 2)
        depth += _MARKS + FURTHER * (lines - 1)
    # All at once: with each one added, Plotly checks all that are there.
    figure.update_layout(height=depth, annotations=annotations)
    figure.update_yaxes(visible=False, range=[depth, 0])
    return depths


def finished(figure: go.Figure, *, unit: str | None, language: Language, height: int | None = None,
              has_legend: bool = True) -> go.Figure:
    """Settles size, legend and axes. The marks' own height is in the layout already, or given."""
    drawn = height or figure.layout.height
    top, bottom = 6, 84 if has_legend else 28  # the ticks, and at most three lines of legend
    figure.update_layout(
        height=drawn + top + bottom, margin={"l": 4, "r": 14, "t": top, "b": bottom, "autoexpand": height is not None},
        showlegend=has_legend, dragmode=False, separators=formats.separators(language), hoverlabel={"align": "left"},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": -36 / drawn, "yanchor": "top", "traceorder": "normal"},
    )
    figure.update_xaxes(fixedrange=True, zeroline=False, **(ticks(unit, language) if unit else {}))
    figure.update_yaxes(fixedrange=True, zeroline=False)
    return figure


def ticks(unit: str, language: Language) -> dict[str, Any]:
    if unit == formats.SHARE:
        return {"ticksuffix": " %" if language == "id" else "%"}
    return {"tickprefix": "Rp ", "tickformat": ",.0f", "nticks": 5} if unit.startswith("rp") else {}
