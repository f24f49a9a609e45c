"""Differences around zero: what is better, what is worse, and what chance could have brought."""
from __future__ import annotations

import html

import pandas as pd
import plotly.graph_objects as go

from data import formats
from data.messages import Language, say
from pages.parts.charts_marks import BEFORE, GOAL, NOW, arms, finished, labelled, scaled
from pages.parts.rows import rows_of

_LOOKS = {"better": (NOW, "circle"), "worse": (GOAL, "diamond"), "unclear": (BEFORE, "circle-open"),
          "same": (BEFORE, "square"), "untested": (BEFORE, "x-thin-open")}


def differences(frame: pd.DataFrame, *, unit: str, language: Language) -> go.Figure:
    """Dot and interval of each difference, in the order given, with an upright stroke at none.

    `frame` has name, words (what the difference says), estimate, lower, upper, verdict; rows without an estimate are left out.
    Differences of shares are drawn in percentage points.
    """
    figure = go.Figure()
    rows = frame[frame["estimate"].notna()]
    told = [formats.change(row.estimate, unit, language) for row in rows_of(rows)]
    below = [f"{amount} · {row.words}" for amount, row in zip(told, rows_of(rows), strict=True)]
    rows = rows.assign(depth=labelled(figure, list(rows["name"]), lines=1, below=below), told=told)
    figure.add_trace(go.Scatter(x=[0] * len(rows), y=rows["depth"], mode="markers", hoverinfo="skip", showlegend=False,
                                marker={"symbol": "line-ns", "size": 18, "line": {"width": 2, "color": BEFORE}}))
    for verdict, (color, symbol) in _LOOKS.items():
        own = rows[rows["verdict"] == verdict]
        if own.empty:
            continue
        figure.add_trace(go.Scatter(
            x=scaled(own["estimate"], unit), y=own["depth"], mode="markers", name=say(f"comparison.mark.{verdict}", language),
            marker={"size": 12, "symbol": symbol, "color": color, "line": {"width": 2, "color": color}},
            error_x=arms(own, unit, color), hoverinfo="text",
            hovertext=["<br>".join([f"<b>{html.escape(str(row.name))}</b>", row.told,
                                    formats.change_interval(row.lower, row.upper, unit, language), html.escape(row.words)])
                       for row in rows_of(own)],
        ))
    finished(figure, unit=None, language=language)
    ends = scaled(pd.concat([rows["estimate"], rows["lower"], rows["upper"]]).dropna(), unit)
    first, last = min(0.0, ends.min()), max(0.0, ends.max())
    margin = (last - first or 1) * 0.08
    is_money = unit.startswith("rp")
    figure.update_xaxes(range=[first - margin, last + margin], tickformat=",.0f" if is_money else None, tickangle=0,
                        nticks=4 if is_money else 6, tickprefix="Rp " if is_money else "")
    return figure
