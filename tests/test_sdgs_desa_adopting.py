from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from access.policy import NotAllowed, Role, Viewer
from data import register
from data.errors import UserError
from data.register import changes, papers
from data.sdgs_desa import adopting
from data.sdgs_desa.adopting import Offer
from data.store import Store
from tests import shipped_store


@pytest.fixture
def shipped(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Store]:
    yield from shipped_store.copied(tmp_path_factory, tmp_path)


def offer(store: Store, viewer: Viewer, indicator: str) -> Offer:
    return next(each for each in adopting.offers(store, viewer, "a") if each.indicator.id == indicator)


def test_a_partnership_adopts_an_official_target_with_its_basis_and_source(shipped: Store, viewer: Viewer) -> None:
    adopted = adopting.adopt(shipped, viewer, "a", "participation.women_at_planning", "2030")
    assert not adopted.has_errors
    row = register.targets(shipped, viewer, "a").iloc[0]
    assert (row["comparison"], row["value"], row["unit"], row["basis"]) == ("at_least", 30.0, "percent", "official_stated")
    assert row["due_on"].date() == date(2030, 12, 31)
    assert row["source"] == "SDGs Desa 2025, 5/5.8.1: minimal 30%; 16/16.18.1: minimal 30%"


def test_all_official_targets_that_shipped_indicators_can_be_held_to_are_offered(shipped: Store, viewer: Viewer) -> None:
    found = [(each.sources[0].goal, each.sources[0].code, each.indicator.id, each.comparison, each.value, each.unit, each.basis)
             for each in adopting.offers(shipped, viewer, "a")]
    assert found == [
        (1, "1.1.3", "income.poverty_by_income", "zero", None, "percent", "official_implied"),
        (3, "3.27.1", "service_access.health_insurance", "at_least", 100.0, "percent", "official_stated"),
        (5, "5.7.1", "participation.women_officials", "at_least", 30.0, "percent", "official_stated"),
        (5, "5.8.1", "participation.women_at_planning", "at_least", 30.0, "percent", "official_stated"),
        (7, "7.1.1", "service_access.electricity", "at_least", 100.0, "percent", "official_stated"),
        (8, "8.1.1", "income.earner_income", "above_poverty_line", 12.0, "rp_per_year", "official_stated"),
        (8, "8.3.1", "income.seeks_work", "at_most", 3.0, "percent", "official_stated"),
        (9, "9.9.1", "service_access.mobile_broadband", "at_least", 100.0, "percent", "official_stated"),
        (10, "10.4.1", "participation.voted", "at_least", 100.0, "percent", "official_stated"),
        (10, "10.5.1", "participation.groups_at_planning", "at_least", 100.0, "percent", "official_stated"),
        (16, "16.2.1", "cohesion.conflicts", "zero", None, "count", "official_stated"),
        (16, "16.4.1", "cohesion.brawls", "zero", None, "count", "official_stated"),
        (16, "16.5.1", "cohesion.crimes", "zero", None, "count", "official_stated"),
    ]


def test_what_is_known_about_the_source_goes_along(shipped: Store, viewer: Viewer) -> None:
    # an income per year is held to twelve times the line, which is per month; the framework's row says so
    adopting.adopt(shipped, viewer, "a", "income.earner_income", "2030")
    row = register.targets(shipped, viewer, "a").iloc[0]
    assert (row["comparison"], row["value"], row["unit"]) == ("above_poverty_line", 12.0, "rp_per_year")
    assert row["note"].startswith("Garis kemiskinan dihitung per orang per bulan")


def test_several_are_prepared_first_and_saved_together(shipped: Store, viewer: Viewer) -> None:
    chosen = ["service_access.electricity", "cohesion.brawls"]
    prepared = adopting.prepare(shipped, viewer, "a", chosen, "2028")
    assert [(each.before, each.after["indicator"]) for each in prepared.changes] == [(None, name) for name in chosen]
    assert register.targets(shipped, viewer, "a").empty
    assert changes.apply(shipped, viewer, prepared) == 2
    assert sorted(register.targets(shipped, viewer, "a")["indicator"]) == sorted(chosen)
    assert papers.history(shipped, viewer, "a")["sheet"].tolist() == ["targets", "targets", "partnerships"]


def test_what_is_adopted_is_marked_and_not_adopted_twice(shipped: Store, viewer: Viewer) -> None:
    adopting.adopt(shipped, viewer, "a", "service_access.electricity", "2030")
    assert offer(shipped, viewer, "service_access.electricity").adopted == (date(2030, 12, 31),)
    with pytest.raises(UserError, match=r"framework\.adopted_before"):
        adopting.prepare(shipped, viewer, "a", ["service_access.electricity"], "2031")


def test_a_target_of_its_own_is_named_and_never_written_over(shipped: Store, viewer: Viewer) -> None:
    changes.save(shipped, viewer, "targets", {
        "partnership": "a", "indicator": "service_access.electricity", "comparison": "at_least", "value": 95, "unit": "percent",
        "due_on": "2027", "basis": "agreement", "source": "Pasal 5"})
    found = offer(shipped, viewer, "service_access.electricity")
    assert (found.adopted, found.others) == ((), (date(2027, 12, 31),))
    same_day = adopting.prepare(shipped, viewer, "a", ["service_access.electricity"], "2027")
    assert [each.code for each in same_day.findings] == ["target_on_that_day"]
    assert same_day.has_errors
    assert not adopting.prepare(shipped, viewer, "a", ["service_access.electricity"], "2030").has_errors


def test_an_indicator_without_an_official_target_cannot_adopt_one(shipped: Store, viewer: Viewer) -> None:
    with pytest.raises(UserError, match=r"register\.no_official_target"):
        adopting.adopt(shipped, viewer, "a", "service_access.safe_water", "2030")


def test_a_due_year_that_is_none_is_refused_with_its_remedy(shipped: Store, viewer: Viewer) -> None:
    prepared = adopting.adopt(shipped, viewer, "a", "service_access.electricity", "segera")
    assert [each.code for each in prepared.findings] == ["not_a_date"]
    assert register.targets(shipped, viewer, "a").empty


def test_only_who_may_change_the_register_adopts(shipped: Store) -> None:
    official = Viewer(name="o", roles=frozenset({Role.OFFICIAL}))
    with pytest.raises(NotAllowed):
        adopting.prepare(shipped, official, "a", ["service_access.electricity"], "2030")
