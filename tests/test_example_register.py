"""The example survey through the register, the statuses, the attention list and the needs: what was planted is found."""
from __future__ import annotations

import io
import json
from datetime import date

from openpyxl import load_workbook

from access.policy import Viewer
from data import attention, needs
from data.example.making import FILES
from data.progress import progress
from data.register import workbook
from data.store import Store

TRUTH = json.loads((FILES / "truth.json").read_text(encoding="utf-8"))
TODAY = date.fromisoformat(TRUTH["as_of"])


def test_the_exported_register_changes_nothing_and_one_edit_shows_exactly_that_edit(example_store: Store, viewer: Viewer) -> None:
    content = workbook.export(example_store, viewer)
    same = workbook.read(example_store, viewer, content, "register.xlsx")
    assert (same.changes, same.has_errors, same.not_named) == ((), False, {})
    book = load_workbook(io.BytesIO(content))
    page = book["Target"]
    column = next(cell.column for cell in page[1] if str(cell.value).split("\n")[0] == "Nilai")
    row = next(each for each in range(2, page.max_row + 1) if page.cell(each, column).value)
    before = page.cell(row, column).value
    page.cell(row, column).value = before + 1
    edited = io.BytesIO()
    book.save(edited)
    (change,) = workbook.read(example_store, viewer, edited.getvalue(), "register.xlsx").changes
    assert (change.sheet.name, change.columns) == ("targets", ("value",))
    assert ((change.before or {})["value"], (change.after or {})["value"]) == (before, before + 1)


def test_the_attention_list_names_what_was_planted_and_nothing_else(example_store: Store, viewer: Viewer) -> None:
    found = {(item.kind, item.partnership, item.subject) for item in attention.items(example_store, viewer, today=TODAY)}
    planted = {(each["kind"], each["partnership"], each["subject"]) for each in TRUTH["planted"]["attention"]}
    of_uploads = {each for each in found if each[0] == "findings"}      # the dirt in the files, which is of no partnership
    assert found - of_uploads == planted
    assert len(of_uploads) == 3


def test_the_needs_page_offers_the_planted_match_and_no_other(example_store: Store, viewer: Viewer) -> None:
    planted = TRUTH["planted"]["needs"]
    assert [(each.village, each.partner, each.indicator) for each in needs.candidates(example_store, viewer)] == [
        (planted["short_of_water"], planted["rich_in_water"], "service_access.water_supply"),
    ]


def test_a_certain_status_is_the_one_the_truth_implies(example_store: Store, viewer: Viewer) -> None:
    found = progress(example_store, viewer, as_of=TODAY)
    certain = found[found["is_certain"].astype(bool) & found["baseline_round"].notna()]
    judged = 0
    for row in certain.itertuples(index=False):
        truth = TRUTH["values"].get(row.indicator, {}).get(f"partnership:{row.partnership}")
        if truth is None:
            continue
        first, now = truth[row.baseline_round], truth[row.round]
        passed = (row.measured_on - row.baseline_on).days / (row.target_on - row.baseline_on).days
        due = first + (row.target - first) * passed
        sign = 1 if row.target_kind in ("at_least", "more_than", "yes", "above_poverty_line") else -1
        if row.status == "achieved":
            assert sign * (now - row.target) >= 0, row
        else:
            assert (sign * (now - due) >= 0) == (row.status == "on_track"), row
        judged += 1
    assert judged >= 5

