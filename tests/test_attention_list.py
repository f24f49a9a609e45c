"""The attention list: what was planted is there with its evidence, and nothing else, what matters most first."""
from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from access.policy import NotAllowed, Role, Viewer
from data import attention, forum
from data.errors import UserError
from data.indicators import indicators
from data.messages import catalogue
from data.register import changes
from data.store import Store
from metrics.significance import holm
from tests import partnership_store
from tests.partnership_store import A, B, responses
from tests.results_store import put

TODAY = date(2026, 2, 1)


@pytest.fixture
def surveyed(store: Store, viewer: Viewer) -> Store:
    partnership_store.surveyed(store, viewer)
    return store


def save(store: Store, viewer: Viewer, sheet: str, **values: object) -> None:
    assert not changes.save(store, viewer, sheet, values).has_errors


def target(store: Store, viewer: Viewer, value: int) -> None:
    save(store, viewer, "targets", partnership="air", indicator="toy.water", comparison="at_least", value=value, unit="percent",
         due_on="2028-01-01", basis="agreement", source="Perjanjian")


def listed(store: Store, viewer: Viewer, today: date = TODAY) -> list[tuple[str, str | None, str]]:
    return [(item.kind, item.partnership, item.subject) for item in attention.items(store, viewer, today=today)]


FALLEN = ("fell", "lain", "toy.water")       # 19 of 20 had water, then 6 of 20


def test_only_what_fell_beyond_chance_is_listed(surveyed: Store, viewer: Viewer) -> None:
    assert listed(surveyed, viewer) == [FALLEN]
    (item,) = attention.items(surveyed, viewer, today=TODAY)
    known = indicators(surveyed, viewer)
    for language in ("id", "en"):
        assert "toy.water" in attention.message(item, known, language)


def test_a_small_fall_among_many_comparisons_is_noise(store: Store, viewer: Viewer) -> None:
    instrument = partnership_store.surveyed(store, viewer)
    save(store, viewer, "rounds", id="r3", name="Akhir", kind="endline", starts_on="2027-01-01", ends_on="2027-01-01")
    put(store, viewer, instrument, pd.concat([responses("r3", A, 10, 20, 149), responses("r3", B, 12, 20, 249)]))
    # water of "air" fell from 26 to 22 of 40: less than two standard errors
    assert [each for each in listed(store, viewer, date(2027, 2, 1)) if each[2] == "toy.water"] == []


def test_a_figure_that_became_unreliable_is_listed(store: Store, viewer: Viewer) -> None:
    instrument = partnership_store.surveyed(store, viewer)
    save(store, viewer, "rounds", id="r3", name="Akhir", kind="endline", starts_on="2027-01-01", ends_on="2027-01-01")
    put(store, viewer, instrument, responses("r3", partnership_store.OTHER, 1, 20, 0))
    # 1 of 20: the standard error, 0.05, is as large as the share; 6 of 20 before was to be read with care
    assert [kind for kind, _, _ in listed(store, viewer, date(2027, 2, 1)) if kind == "unreliable"] == []   # nobody waits for it
    save(store, viewer, "targets", partnership="lain", indicator="toy.water", comparison="at_least", value=99, unit="percent",
         due_on="2028-01-01", basis="own", source="Rencana")
    assert ("unreliable", "lain", "toy.water") in listed(store, viewer, date(2027, 2, 1))


def test_off_pace_is_listed_when_it_is_certain_and_not_before(surveyed: Store, viewer: Viewer) -> None:
    target(surveyed, viewer, 95)             # 0.675 was due, 0.65 measured: it may be chance
    assert listed(surveyed, viewer) == [FALLEN]
    save(surveyed, viewer, "targets", partnership="air", indicator="toy.water", due_on="2028-01-01", baseline_value=90,
         baseline_on="2024-01-01")
    assert sorted(listed(surveyed, viewer)) == [FALLEN, ("off_pace", "air", "toy.water")]


def test_agreements_reviews_and_reports_come_up_in_time(surveyed: Store, viewer: Viewer) -> None:
    save(surveyed, viewer, "partnerships", id="air", ends_on="2026-05-02", review_on="2026-05-03", report_every_months=1,
         last_report_on="2025-12-15")
    found = [(item.kind, item.since) for item in attention.items(surveyed, viewer, today=TODAY) if item.partnership == "air"]
    # 90 days before 2 May is 1 February; the review is due a day too late for the list; a month after 15 December is past
    assert found == [("agreement_ends", date(2026, 2, 1)), ("report_overdue", date(2026, 1, 15))]
    later = [kind for kind, who, _ in listed(surveyed, viewer, date(2026, 5, 10)) if who == "air"]
    assert sorted(later) == ["agreement_ends_past", "report_overdue", "review_due_past", "stale_data"]
    save(surveyed, viewer, "partnerships", id="air", state="completed")
    assert listed(surveyed, viewer, date(2026, 5, 10)) == [FALLEN]


@pytest.mark.parametrize(("planned", "realised", "kind"), [
    (100, 101, "overspent"), (100, 100, None), (100, 76, None), (100, 74, "unspent"), (100, None, None),
])
def test_money_is_held_against_the_year(
    surveyed: Store, viewer: Viewer, planned: int, realised: int | None, kind: str | None,
) -> None:
    # the year 2025 is over: less than 75 of 100 spent is unspent
    save(surveyed, viewer, "budget", partnership="air", year=2025, money_source="village_fund",
         planned_rp=planned, realised_rp=realised)
    assert listed(surveyed, viewer) == ([FALLEN] if kind is None else [FALLEN, (kind, "air", "2025")])


def test_pace_and_falls_come_first_and_uploads_last_whatever_is_newer(surveyed: Store, viewer: Viewer) -> None:
    target(surveyed, viewer, 95)
    save(surveyed, viewer, "targets", partnership="air", indicator="toy.water", due_on="2028-01-01", baseline_value=90,
         baseline_on="2024-01-01")                                                                  # off pace since 1 January
    save(surveyed, viewer, "partnerships", id="air", ends_on="2026-04-30", review_on="2026-03-01")  # since 30 January, 1 December
    save(surveyed, viewer, "budget", partnership="air", year=2025, money_source="village_fund", planned_rp=100, realised_rp=120)
    forum.follow_up(surveyed, viewer, "air", "Rapat", owner="BKAD", due_on=TODAY)
    with surveyed.writing(viewer, "test") as cursor:        # an upload of today with a rejected row
        cursor.execute("INSERT INTO batch_form"
                       " SELECT min(id), 'survey', 'Sheet1', 21, 20, 1, '{}', '{}', '[]' FROM batch")
    assert [(item.kind, item.group) for item in attention.items(surveyed, viewer, today=TODAY)] == [
        ("off_pace", "pace"), ("fell", "fall"), ("agreement_ends", "agreement"), ("review_due", "agreement"),
        ("overspent", "budget"), ("follow_up_due", "follow_up"), ("findings", "upload"),
    ]


def test_every_kind_has_its_group_and_its_words() -> None:
    kinds = [kind for kinds in attention.GROUPS.values() for kind in kinds]
    messages = {key.removeprefix("attention.") for key in catalogue("id") if key.startswith("attention.")}
    groups = {f"group.{group}" for group in attention.GROUPS}
    assert sorted(messages - groups - {"needs_note", "unknown_item"}) == sorted(kinds)
    assert groups <= messages


def test_follow_ups_are_listed_a_week_before_they_are_due(surveyed: Store, viewer: Viewer) -> None:
    first = forum.follow_up(surveyed, viewer, "air", "Perbaiki pipa", owner="Pemerintah Desa", due_on=date(2026, 2, 8))
    forum.follow_up(surveyed, viewer, "air", "Rapat", owner="BKAD", due_on=date(2026, 2, 9))
    assert ("follow_up_due", "air", str(first)) in listed(surveyed, viewer) and len(listed(surveyed, viewer)) == 2
    forum.close(surveyed, viewer, first, "done", "Selesai")
    assert listed(surveyed, viewer) == [FALLEN]


def test_an_acknowledged_item_is_gone_until_its_evidence_changes(surveyed: Store, viewer: Viewer) -> None:
    save(surveyed, viewer, "partnerships", id="air", ends_on="2026-03-01")
    fallen, item = attention.items(surveyed, viewer, today=TODAY)      # newest first: since January, since December
    assert (fallen.kind, item.kind) == ("fell", "agreement_ends")
    with pytest.raises(UserError, match=r"attention\.unknown_item"):
        attention.acknowledge(surveyed, viewer, "agreement_ends|air||1999-01-01", "sudah", today=TODAY)
    with pytest.raises(UserError, match=r"attention\.needs_note"):
        attention.acknowledge(surveyed, viewer, item.key, " ", today=TODAY)
    attention.acknowledge(surveyed, viewer, fallen.key, "Sumur rusak, perbaikan bulan depan", today=TODAY)
    assert listed(surveyed, viewer) == [("agreement_ends", "air", "")]
    noted = [each for each in attention.items(surveyed, viewer, today=TODAY, with_acknowledged=True) if each.key == fallen.key]
    assert [(each.acknowledged_by, each.note) for each in noted] == [("local", "Sumur rusak, perbaikan bulan depan")]


def test_the_list_is_narrowed_to_the_viewer(surveyed: Store) -> None:
    named = Viewer(name="mitra", roles=frozenset({Role.OFFICIAL}), partnerships=frozenset({"air"}))
    assert listed(surveyed, named) == []
    with pytest.raises(NotAllowed):
        attention.items(surveyed, Viewer(name="donor", roles=frozenset({Role.DONOR})))


def test_a_forum_keeps_messages_and_decisions_of_a_partnership(surveyed: Store, viewer: Viewer) -> None:
    forum.write(surveyed, viewer, "air", "Debit turun di musim kemarau.", indicator="toy.water")
    forum.write(surveyed, viewer, "air", "Disepakati: sumur kedua.", kind="decision")
    assert forum.messages(surveyed, viewer, "air")[["kind", "text"]].to_numpy().tolist() == [
        ["message", "Debit turun di musim kemarau."], ["decision", "Disepakati: sumur kedua."],
    ]
    assert len(forum.messages(surveyed, viewer, "air", indicator="toy.water")) == 1
    assert forum.messages(surveyed, viewer, "lain").empty
    other = Viewer(name="mitra", roles=frozenset({Role.OFFICIAL}), partnerships=frozenset({"lain"}))
    with pytest.raises(UserError, match=r"register\.unknown_partnership"):
        forum.messages(surveyed, other, "air")


def test_holm_by_hand() -> None:
    # m = 4 at 0.05: limits 0.0125, 0.0167, 0.025, 0.05; 0.03 exceeds 0.025, so it and what follows are kept
    assert holm([0.01, 0.04, 0.03, 0.001], 0.05) == [True, False, False, True]
    assert holm([], 0.05) == []
