"""The charts of a snapshot: where there is no way to go none is drawn, and no line crosses a break of the series."""
from __future__ import annotations

import re
from datetime import date

import pytest

from access.policy import Viewer
from data.register import changes
from data.store import Store
from publishing import canonical, charts, html
from publishing.document import Document, Entry
from publishing.freeze import freeze
from publishing.verify import verify
from tests import partnership_store
from tests import snapshot_example as example
from tests.partnership_store import OTHER


def water(**facts: object) -> Entry:
    """Values of 2023, 2024, 2025 with comparison villages; on the way from 0.41 to 0.70 in December 2027."""
    entry = next(
        each for each in example.document()["indicators"] if each["id"] == "service_access.safe_water")
    return {**entry, **facts}  # type: ignore[typeddict-item]


def drawn(entry: Entry, name: str) -> list[int]:
    """Of how many points each piece of a line is, for every line of a class."""
    picture = charts.trajectory(entry, example.document()["rounds"], "id")
    lines = re.findall(rf'<path class="{name}" d="([^"]*)"', picture)
    return [piece.count("L") + 1 for line in lines for piece in line.split("M")[1:]]


@pytest.mark.parametrize(("comparison", "baseline", "has_way"), [
    ("at_least", 0.41, True), ("at_least", 0.70, False), ("at_least", 0.90, False), ("more_than", 0.90, False),
    ("at_most", 0.41, False), ("at_most", 0.90, True), ("zero", 0.90, True), ("between", 0.75, False), ("between", 0.41, True),
])
def test_a_way_is_drawn_only_where_the_target_was_not_met_from_the_start(comparison: str, baseline: float, has_way: bool) -> None:
    target = {**example.target(0.70, comparison), "upper_value": 0.80 if comparison == "between" else None}
    entry = water(target=target, baseline={"value": baseline, "round": "2023", "on": None})
    assert drawn(entry, "path") == ([2] if has_way else [1])
    assert (charts.road(entry, "id") != "") == has_way


def test_no_line_crosses_a_break_and_the_break_is_drawn_and_said() -> None:
    assert (drawn(water(), "through"), drawn(water(), "path"), drawn(water(), "break")) == ([3, 3], [2], [])
    entry = water(breaks=["2025-01-01"])
    assert (drawn(entry, "through"), drawn(entry, "path"), drawn(entry, "break")) == ([2, 1, 2, 1], [1, 1], [1])
    assert "Cara ukur berubah (1 Januari 2025)" in charts.in_words(entry, example.document()["rounds"], "id")


def test_the_page_marks_a_status_that_depends_on_the_method_and_a_break() -> None:
    document: Document = example.document()
    plainly = html.render(document, "id")
    assert "bergantung pada metode" not in plainly and "Cara ukur berubah" not in plainly
    document["indicators"] = [water(depends_on_method=True, breaks=["2025-01-01"])]
    page = html.render(document, "id")
    assert page.count('<span class="unsure">status bergantung pada metode</span>') == 2     # in the table, and on the card
    assert "Cara ukur berubah (1 Januari 2025)</p>" in page


def test_what_is_frozen_says_what_depends_on_the_method_and_where_a_series_breaks(store: Store, viewer: Viewer) -> None:
    partnership_store.surveyed(store, viewer)
    for sheet, record in (
        ("targets", {"partnership": "air", "indicator": "toy.water", "comparison": "at_least", "value": 95, "unit": "percent",
                     "due_on": "2028-01-01", "basis": "agreement", "source": "Perjanjian"}),
        ("series_breaks", {"indicator": "toy.income", "broken_on": "2025-06-01", "reason": "Pertanyaan berubah"}),
    ):
        assert not changes.save(store, viewer, sheet, record).has_errors
    entries = {entry["id"]: entry for entry in freeze(store, viewer, partnership="air", title="Air")["indicators"]}
    # 0.40 -> 0.65 of the way to 0.95: short of the straight path, fast enough by growth
    assert (entries["toy.water"]["depends_on_method"], entries["toy.water"]["breaks"]) == (True, [])
    assert (entries["toy.income"]["depends_on_method"], entries["toy.income"]["breaks"]) == (False, ["2025-06-01"])
    assert entries["toy.income"]["change"] is None


def test_a_snapshot_of_a_past_day_holds_when_members_change_afterwards(store: Store, viewer: Viewer) -> None:
    partnership_store.surveyed(store, viewer)
    document = freeze(store, viewer, partnership="air", title="Air", as_of=date(2026, 2, 1))
    identity = canonical.identity(canonical.encode(document))
    member = {"partnership": "air", "village": OTHER, "role": "member", "joined_on": "2026-03-01"}
    assert not changes.save(store, viewer, "members", member).has_errors
    found = verify(store, viewer, document)
    assert (found.holds, found.identity) == (True, identity)
    assert [each["code"] for each in document["partnership"]["members"]] == [partnership_store.A, partnership_store.B]
