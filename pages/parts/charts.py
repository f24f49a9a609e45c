"""Charts: a frame in, a figure out. The only place that knows Plotly.

A figure has no title of its own: the page writes it above, where it wraps on a phone. Row labels stand above their marks
for the same reason. Colours hold on light and dark ground, and a mark's shape says what its colour says.
"""
from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from data import formats
from data.messages import Language, say
from pages.parts.charts_marks import BEFORE, FURTHER, GOAL, NOW, arms, finished, labelled, scaled, spoken, ticks
from pages.parts.rows import rows_of

_SYMBOLS = ("circle", "diamond-open", "square-open", "triangle-up-open", "x-open")
_CUT = (-0.5, 1.5)  # how far behind the start and beyond the target a way is drawn


def dots(frame: pd.DataFrame, *, unit: str, language: Language, series: Sequence[str]) -> go.Figure:
    """Dot and interval for each name and series, with the name's target as an upright stroke.

    `frame` has name, series, estimate, lower, upper, target (NaN where there is none), n. The first of `series` is drawn
    filled, the others open. A name without any estimate keeps its label and says that it is not shown.
    """
    figure = go.Figure()
    shown = set(frame.loc[frame["estimate"].notna(), "name"])
    names = list(dict.fromkeys(frame["name"]))
    labels = [name if name in shown else f"{name} · {say('parts.chart.withheld', language)}" for name in names]
    depth = dict(zip(names, labelled(figure, labels, lines=len(series)), strict=True))
    for place, each in enumerate(series):
        rows = frame[(frame["series"] == each) & frame["estimate"].notna()]
        color = NOW if place == 0 else BEFORE
        figure.add_trace(go.Scatter(
            x=scaled(rows["estimate"], unit), y=[depth[name] + place * FURTHER for name in rows["name"]],
            name=html.escape(each), mode="markers",
            marker={"size": 11, "symbol": _symbol(place), "color": color, "line": {"width": 2, "color": color}},
            error_x=arms(rows, unit, color), hoverinfo="text",
            hovertext=[spoken(row, unit, language) for row in rows_of(rows)],
        ))
    goals = frame.dropna(subset=["target"]).drop_duplicates("name")
    if len(goals):
        between = (len(series) - 1) * FURTHER
        figure.add_trace(go.Scatter(
            x=scaled(goals["target"], unit), y=[depth[name] + between / 2 for name in goals["name"]],
            name=say("parts.chart.target", language), mode="markers", hoverinfo="text",
            marker={"symbol": "line-ns", "size": (20 + between) / 1.4, "line": {"width": 3, "color": GOAL}},
            hovertext=[f"{say('parts.chart.target', language)}: {formats.value(x, unit, language)}" for x in goals["target"]],
        ))
    return finished(figure, unit=unit, language=language)


def paths(frame: pd.DataFrame, *, language: Language) -> go.Figure:
    """Each indicator's way from its baseline (left) to its target (right), whatever its unit or direction.

    `frame` has name, unit, baseline, estimate, lower, upper, target, expected. A bar reaches to the estimate, the line over
    it is the interval, the upright stroke is where the straight path is now. Only the drawing is cut off, at half the way
    behind the start and half beyond the target; the words beside it are exact.
    """
    figure = go.Figure()
    rows = frame.reset_index(drop=True)
    ways = [" → ".join(formats.amount(x, row.unit, language) for x in (row.baseline, row.estimate, row.target))
            + f" {formats.unit_words(row.unit, language)}" for row in rows_of(rows)]
    depths = labelled(figure, list(rows["name"]), lines=1, below=ways)
    span = rows["target"] - rows["baseline"]
    now, due, one_end, other_end = (
        ((rows[each] - rows["baseline"]) / span).clip(*_CUT) for each in ("estimate", "expected", "lower", "upper"))
    low, high = (now - one_end).abs(), (other_end - now).abs()
    toward = span > 0
    figure.add_trace(_bar([1.0] * len(rows), depths, "rgba(123,138,143,0.28)", name=None))
    figure.add_trace(_bar(now, depths, "rgba(15,148,136,0.55)", name=say("parts.chart.way_gone", language)))
    figure.add_trace(go.Scatter(
        x=now, y=depths, mode="markers", name=say("parts.chart.now", language), hoverinfo="text",
        marker={"size": 11, "color": NOW},
        error_x={"type": "data", "symmetric": False, "array": high.where(toward, low).fillna(0),
                 "arrayminus": low.where(toward, high).fillna(0), "color": NOW, "thickness": 2, "width": 5},
        hovertext=[spoken(row, row.unit, language) for row in rows_of(rows)],
    ))
    figure.add_trace(go.Scatter(
        x=due, y=depths, mode="markers", name=say("parts.chart.expected", language), hoverinfo="text",
        marker={"symbol": "line-ns", "size": 18, "line": {"width": 3, "color": GOAL}},
        hovertext=[f"{say('parts.chart.expected', language)}: {formats.value(row.expected, row.unit, language)}"
                   for row in rows_of(rows)],
    ))
    finished(figure, unit=None, language=language, has_legend=False)
    reached = pd.concat([now, due, one_end, other_end])
    figure.update_layout(barmode="overlay", xaxis={
        "range": [min(-0.08, reached.min() - 0.05), max(1.08, reached.max() + 0.05)], "showgrid": False, "showticklabels": False,
    })
    # Not as ticks, which Plotly hides where they come too near the edge of a phone.
    for place, anchor, end in ((0, "left", "baseline"), (1, "right", "target")):
        figure.add_annotation(x=place, y=0, yref="paper", xanchor=anchor, yanchor="top", showarrow=False,
                              text=say(f"parts.chart.{end}", language), font={"size": 12})
    return figure


def trajectory(points: pd.DataFrame, *, unit: str, language: Language, baseline: tuple[Any, float] | None,
               goals: Sequence[tuple[Any, float]], breaks: Sequence[Any] = (),
               comparison: pd.DataFrame | None = None) -> go.Figure:
    """One indicator over time: dot and interval at each round, the straight path to the target, and the target itself.

    `points` and `comparison` have measured_on, estimate, lower, upper, n, name (the round's). `baseline` and `goals` are dates
    with values, goals in the order of time. No line crosses a date in `breaks`, where the series changed its meaning.
    """
    figure = go.Figure()
    if comparison is not None and len(comparison):
        _line(figure, comparison, say("parts.chart.comparison", language), unit, language, color=BEFORE,
              symbol="square-open", breaks=breaks)
    _line(figure, points, say("parts.chart.measured", language), unit, language, color=NOW, symbol="circle", breaks=breaks)
    _path(figure, baseline, goals, unit, language, breaks=breaks)
    for on in breaks:
        figure.add_vline(x=str(on), line={"width": 1, "color": BEFORE, "dash": "dot"})
        figure.add_annotation(x=str(on), y=0, yref="paper", xanchor="left", xshift=4, yanchor="bottom", showarrow=False,
                              text="<br>".join(textwrap.wrap(say("parts.chart.break", language), 14)), align="left")
    finished(figure, unit=None, language=language, height=300)
    figure.update_xaxes(type="date", tickformat="%Y", dtick="M12", showgrid=False)
    figure.update_yaxes(visible=True, showgrid=True, autorange=True, **ticks(unit, language))
    return figure


def _path(figure: go.Figure, baseline: tuple[Any, float] | None, goals: Sequence[tuple[Any, float]], unit: str,
          language: Language, *, breaks: Sequence[Any]) -> None:
    """The straight path from the baseline through the milestones to the target, each with its mark; the baseline has its own."""
    name = say("parts.chart.path", language)
    way = [(on, x, 13) for on, x in goals]
    if baseline and goals:
        way.insert(0, (*baseline, 0))
    parts = [[way[place] for place in places] for places in _unbroken([on for on, _, _ in way], breaks)]
    for place, part in enumerate(parts):
        figure.add_trace(go.Scatter(
            x=[on for on, _, _ in part], y=scaled(pd.Series([x for _, x, _ in part]), unit), mode="lines+markers", name=name,
            legendgroup=name, showlegend=place == len(parts) - 1, line={"color": GOAL, "dash": "dash", "width": 2},
            marker={"size": [size for _, _, size in part], "symbol": "star-diamond", "color": GOAL, "opacity": 1},
            hoverinfo="text",
            hovertext=[f"{formats.month(on, language)}: {formats.value(x, unit, language)}" for on, x, _ in part],
        ))


def _unbroken(days: Sequence[Any], breaks: Sequence[Any]) -> list[list[int]]:
    """The places of some days, in parts that no break parts; a break is the first day of what comes after it."""
    later = [sum(pd.Timestamp(day) >= pd.Timestamp(on) for on in breaks) for day in days]
    return [[place for place, count in enumerate(later) if count == part] for part in sorted(set(later))]


def _line(figure: go.Figure, points: pd.DataFrame, name: str, unit: str, language: Language, *, color: str, symbol: str,
          breaks: Sequence[Any]) -> None:
    rows = points.dropna(subset=["estimate"]).sort_values("measured_on")
    for place, places in enumerate(_unbroken(list(rows["measured_on"]), breaks)):
        part = rows.iloc[places]
        figure.add_trace(go.Scatter(
            x=part["measured_on"], y=scaled(part["estimate"], unit), mode="lines+markers", name=name, legendgroup=name,
            showlegend=place == 0, line={"color": color, "width": 2}, marker={"size": 11, "symbol": symbol, "color": color},
            error_y={**arms(part, unit, color)}, hoverinfo="text",
            hovertext=[spoken(row, unit, language) for row in rows_of(part)],
        ))


def _symbol(place: int) -> str:
    return _SYMBOLS[min(place, len(_SYMBOLS) - 1)]


def _bar(lengths: Any, depths: Sequence[int], color: str, *, name: str | None) -> go.Bar:
    return go.Bar(x=lengths, y=depths, width=10, orientation="h", name=name, showlegend=name is not None, hoverinfo="skip",
                  marker={"color": color, "line": {"width": 0}})
