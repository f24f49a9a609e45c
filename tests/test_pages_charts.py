"""What is drawn: positions, intervals, targets, words. The picture itself is looked at in the browser tests."""
from __future__ import annotations

from datetime import date
from io import StringIO

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.parts import charts

ESTIMATES = """
name   series  estimate  lower  upper  target  n
Utara  akhir   0.62      0.55   0.68   0.75    212
Timur  akhir   0.50      0.40   0.61   NaN     118
Barat  akhir   NaN       NaN    NaN    0.80    3
Utara  awal    0.48      0.42   0.54   0.75    201
"""
WAYS = """
name   unit      baseline  estimate  lower  upper  target  expected  n
Air    share     0.40      0.60      0.50   0.70   0.80    0.50      200
Miskin share     0.30      0.20      0.15   0.25   0.10    0.25      200
Mundur score_100 50        30        25     35     70      60        200
"""


def frame(text: str) -> pd.DataFrame:
    return pd.read_csv(StringIO(text), sep=r"\s+")


def words(figure: charts.go.Figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


def test_dots_stand_at_the_estimate_with_the_interval_as_arms() -> None:
    figure = charts.dots(frame(ESTIMATES), unit="share", language="id", series=["akhir", "awal"])
    latest, first, target = figure.data
    assert list(latest.x) == pytest.approx([62, 50])
    assert list(latest.error_x.array) == pytest.approx([6, 11])         # 68 - 62, 61 - 50
    assert list(latest.error_x.arrayminus) == pytest.approx([7, 10])    # 62 - 55, 50 - 40
    assert list(first.x) == pytest.approx([48])
    assert list(target.x) == pytest.approx([75, 80])
    assert [trace.name for trace in figure.data] == ["akhir", "awal", "Target"]


def test_a_name_from_data_is_text_and_no_markup() -> None:
    named = frame(ESTIMATES).replace("Utara", "<a href='x'>Utara</a>")
    figure = charts.dots(named, unit="share", language="id", series=["akhir"])
    assert words(figure)[0] == "&lt;a href=&#x27;x&#x27;&gt;Utara&lt;/a&gt;"
    assert figure.data[0].hovertext[0].startswith("<b>&lt;a href=&#x27;x&#x27;&gt;Utara&lt;/a&gt;</b>")


def test_a_withheld_figure_keeps_its_name_and_says_that_it_is_not_shown() -> None:
    figure = charts.dots(frame(ESTIMATES), unit="share", language="id", series=["akhir", "awal"])
    assert words(figure) == ["Utara", "Timur", "Barat · tidak ditampilkan"]


def test_series_differ_in_shape_not_only_in_colour() -> None:
    figure = charts.dots(frame(ESTIMATES), unit="share", language="id", series=["akhir", "awal"])
    assert [trace.marker.symbol for trace in figure.data] == ["circle", "diamond-open", "line-ns"]


def test_a_mark_speaks_its_value_interval_and_responses() -> None:
    figure = charts.dots(frame(ESTIMATES), unit="share", language="en", series=["akhir", "awal"])
    assert figure.data[0].hovertext[0] == "<b>Utara</b><br>62.0%<br>between 55% and 68%<br>212 responses"


def test_a_way_runs_from_baseline_to_target_whatever_the_direction() -> None:
    figure = charts.paths(frame(WAYS), language="id")
    track, gone, now, due = figure.data
    # Air (0.60 - 0.40) / (0.80 - 0.40); Miskin (0.20 - 0.30) / (0.10 - 0.30); Mundur (30 - 50) / (70 - 50) = -1, cut at -0.5
    assert list(gone.x) == pytest.approx([0.5, 0.5, -0.5])
    assert list(now.x) == pytest.approx([0.5, 0.5, -0.5])
    assert list(due.x) == pytest.approx([0.25, 0.25, 0.5])
    assert list(track.x) == [1.0, 1.0, 1.0]
    # Air 0.70 is 0.75 of the way; Miskin 0.15 too, which is its lower end
    assert list(now.error_x.array)[:2] == pytest.approx([0.25, 0.25])
    assert list(now.error_x.arrayminus)[:2] == pytest.approx([0.25, 0.25])


def test_a_way_writes_its_exact_figures_even_where_the_drawing_is_cut() -> None:
    figure = charts.paths(frame(WAYS), language="en")
    *ways, start, end = words(figure)
    assert (start, end) == ("Baseline", "Target")
    assert ways == [
        "Air<br><span style='font-size:12px'>40.0% → 60.0% → 80.0%</span>",
        "Miskin<br><span style='font-size:12px'>30.0% → 20.0% → 10.0%</span>",
        "Mundur<br><span style='font-size:12px'>50.0 → 30.0 → 70.0 of 100</span>",
    ]


def points() -> pd.DataFrame:
    return pd.DataFrame({
        "name": ["Awal", "Tengah", "Akhir"], "measured_on": [date(2023, 6, 1), date(2024, 6, 1), date(2025, 6, 1)],
        "estimate": [0.48, 0.55, 0.61], "lower": [0.42, 0.50, 0.55], "upper": [0.54, 0.60, 0.67], "n": [200, 210, 220],
    })


def test_a_trajectory_has_the_straight_path_to_each_target() -> None:
    figure = charts.trajectory(points(), unit="share", language="id", baseline=(date(2023, 6, 1), 0.48),
                               goals=[(date(2025, 12, 31), 0.65), (date(2027, 12, 31), 0.75)])
    measured, path = figure.data
    assert list(measured.y) == pytest.approx([48, 55, 61])
    assert list(path.x) == [date(2023, 6, 1), date(2025, 12, 31), date(2027, 12, 31)]
    assert list(path.y) == pytest.approx([48, 65, 75])
    assert list(path.marker.size) == [0, 13, 13]


def test_no_line_crosses_a_break_of_the_series() -> None:
    figure = charts.trajectory(points(), unit="share", language="id", baseline=None, goals=[], breaks=[date(2025, 1, 1)])
    assert [list(trace.y) for trace in figure.data] == [pytest.approx([48, 55]), pytest.approx([61])]
    assert words(figure) == ["Cara ukur<br>berubah"]


def test_no_line_to_a_target_crosses_a_break_either() -> None:
    goals = [(date(2024, 12, 31), 0.65), (date(2025, 1, 1), 0.70), (date(2027, 12, 31), 0.75)]
    figure = charts.trajectory(points(), unit="share", language="id", baseline=(date(2023, 6, 1), 0.48), goals=goals,
                               breaks=[date(2025, 1, 1)])
    paths = [trace for trace in figure.data if trace.name == "Jalur menuju target"]
    assert [list(trace.y) for trace in paths] == [pytest.approx([48, 65]), pytest.approx([70, 75])]
    assert [trace.showlegend for trace in paths] == [False, True]


@given(breaks=st.lists(st.dates(date(2022, 1, 1), date(2029, 1, 1)), max_size=4, unique=True), has_baseline=st.booleans())
@settings(max_examples=25)
def test_whatever_the_breaks_no_two_joined_marks_lie_on_both_sides_of_one(breaks: list[date], has_baseline: bool) -> None:
    figure = charts.trajectory(points(), unit="share", language="id", breaks=breaks, comparison=points(),
                               baseline=(date(2023, 6, 1), 0.48) if has_baseline else None,
                               goals=[(date(2025, 12, 31), 0.65), (date(2027, 12, 31), 0.75)])
    assert [on for trace in figure.data for on in breaks if len({day < on for day in trace.x}) > 1] == []
    assert sum(len(trace.x) for trace in figure.data) == 3 + 3 + 2 + has_baseline      # and no mark is lost


def test_a_finger_scrolls_the_page_and_moves_no_chart() -> None:
    for figure in (charts.dots(frame(ESTIMATES), unit="share", language="id", series=["akhir", "awal"]),
                   charts.paths(frame(WAYS), language="id"),
                   charts.trajectory(points(), unit="share", language="id", baseline=None, goals=[])):
        assert (figure.layout.dragmode, figure.layout.xaxis.fixedrange, figure.layout.yaxis.fixedrange) == (False, True, True)
