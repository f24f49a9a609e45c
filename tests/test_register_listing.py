"""Records of the register, as pages list them."""
from __future__ import annotations

from access.policy import Role, Viewer
from data.register import changes, listing
from data.store import Store

AIR = {"id": "air", "name": "Air bersih", "kind": "bilateral"}
PASAR = {"id": "pasar", "name": "Pasar desa", "kind": "multilateral"}


def filled(store: Store, viewer: Viewer) -> None:
    for sheet, values in [
        ("partnerships", AIR), ("partnerships", PASAR),
        ("budget", {"partnership": "air", "year": 2025, "money_source": "village_fund", "planned_rp": 1000}),
        ("budget", {"partnership": "pasar", "year": 2024, "money_source": "self_help", "planned_rp": 2000}),
        ("rounds", {"id": "awal", "name": "Awal", "kind": "baseline", "starts_on": "2024-01-01", "ends_on": "2024-02-01"}),
    ]:
        assert not changes.save(store, viewer, sheet, values).has_errors


def test_records_are_of_one_partnership_or_of_all(store: Store, viewer: Viewer) -> None:
    filled(store, viewer)
    assert [each["id"] for each in listing.records(store, viewer, "partnerships")] == ["air", "pasar"]
    assert [each["planned_rp"] for each in listing.records(store, viewer, "budget")] == [1000, 2000]
    assert [each["planned_rp"] for each in listing.records(store, viewer, "budget", partnership="pasar")] == [2000]


def test_records_of_partnerships_out_of_scope_are_not_seen_and_rounds_are_everyones(store: Store, viewer: Viewer) -> None:
    filled(store, viewer)
    official = Viewer(name="camat", roles=frozenset({Role.OFFICIAL}), partnerships=frozenset({"air"}))
    assert [each["id"] for each in listing.records(store, official, "partnerships")] == ["air"]
    assert [each["partnership"] for each in listing.records(store, official, "budget")] == ["air"]
    assert listing.records(store, official, "budget", partnership="pasar") == []
    assert [each["id"] for each in listing.records(store, official, "rounds")] == ["awal"]
