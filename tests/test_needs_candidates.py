"""Needs and candidate partners: the planted match is offered, and none that rests on noise."""
from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from access.policy import NotAllowed, Role, Viewer
from data import boundaries, needs, register
from data.errors import UserError
from data.register import changes
from data.store import Store
from metrics.peers import against_neighbours
from tests.results_store import put, survey
from tests.test_areas_boundaries import collection

CODES = [f"18.02.02.20{number:02}" for number in range(1, 13)]
DRY, WET = CODES[3], CODES[7]
# Litres a second for each needed: what neighbours have varies by a few percent.
USUAL = [1.00, 1.03, 0.98, 1.02, 1.05, 0.97, 1.01, 0.99, 1.04, 1.00, 0.96, 1.02]


def profiled(store: Store, viewer: Viewer, water: Mapping[str, float]) -> None:
    changes.save(store, viewer, "rounds", {
        "id": "r1", "name": "Awal", "kind": "baseline", "starts_on": "2024-01-01", "ends_on": "2024-01-31"})
    for at, code in enumerate(CODES):
        changes.save(store, viewer, "villages", {"code": code, "name": f"Desa {at + 1}"})
    instrument = survey(
        store, viewer, questions={"village": "text", "water": "decimal"}, design={"village": "village", "census": "yes"},
        indicators=[{"id": "toy.water", "kind": "mean", "numerator": "water", "unit": "score_100"}],
    )
    put(store, viewer, instrument, pd.DataFrame({"_round": "r1", "_village": list(water), "water": list(water.values())}))


def test_a_short_village_is_matched_with_one_that_has_a_surplus(store: Store, viewer: Viewer) -> None:
    profiled(store, viewer, dict(zip(CODES, USUAL, strict=True)) | {DRY: 0.55, WET: 1.90})
    assert {(place.village, place.side) for place in needs.places(store, viewer) if place.side} == {(DRY, -1), (WET, 1)}
    (match,) = needs.candidates(store, viewer)
    assert (match.village, match.partner, match.indicator) == (DRY, WET, "toy.water")
    assert (match.estimate, match.partner_estimate, match.distance_km, match.partnerships) == (0.55, 1.90, None, ())


def test_differences_like_everyone_elses_are_not_offered(store: Store, viewer: Viewer) -> None:
    # the least and the most of them differ by nine percent, as neighbours do
    profiled(store, viewer, dict(zip(CODES, USUAL, strict=True)))
    assert [place for place in needs.places(store, viewer) if place.side] == []
    assert needs.candidates(store, viewer) == []


def test_a_strong_village_too_far_away_is_no_candidate(store: Store, viewer: Viewer) -> None:
    profiled(store, viewer, dict(zip(CODES, USUAL, strict=True)) | {DRY: 0.55, WET: 1.90})

    def square(longitude: float) -> object:
        return [[[longitude, -5.0], [longitude + 0.01, -5.0], [longitude + 0.01, -4.99], [longitude, -4.99], [longitude, -5.0]]]

    # in a row, 0.01 degree (1.1 km) apart; then the wet one is moved 0.5 degree (55 km) away
    row = [(code, "Polygon", square(105 + 0.01 * at)) for at, code in enumerate(CODES)]
    boundaries.import_boundaries(store, viewer, collection(*row), "dekat.geojson")
    (match,) = needs.candidates(store, viewer)
    assert match.distance_km == pytest.approx(4.43, abs=0.01)     # four steps of 0.01 degree at 5 degrees south
    boundaries.import_boundaries(store, viewer, collection((WET, "Polygon", square(105.5))), "jauh.geojson")
    assert needs.candidates(store, viewer) == []


def test_a_candidate_becomes_a_draft_partnership_once(store: Store, viewer: Viewer) -> None:
    profiled(store, viewer, dict(zip(CODES, USUAL, strict=True)) | {DRY: 0.55, WET: 1.90})
    (match,) = needs.candidates(store, viewer)
    id = needs.draft(store, viewer, match)
    made = register.partnership(store, viewer, id)
    assert (made.name, made.state, made.stage, made.lead, made.members) == (
        "Desa 4 – Desa 8: toy.water", "draft", "preparation", DRY, (DRY, WET))
    # 0.9916 is the median of the eleven others, 1.005 with the wet one among them
    assert made.note == (
        "toy.water, Awal: Desa 4 0,6, Desa 8 1,9; biasanya di 11 desa sekitar Desa 4 1,0. Ini baru usul: periksa di lapangan.")
    assert needs.candidates(store, viewer)[0].partnerships == (id,)
    with pytest.raises(UserError, match=r"needs\.already_drafted"):
        needs.draft(store, viewer, match)
    with pytest.raises(NotAllowed):
        needs.draft(store, Viewer(name="camat", roles=frozenset({Role.OFFICIAL})), match)


def test_a_viewer_is_offered_villages_of_the_own_area_alone(store: Store, viewer: Viewer) -> None:
    profiled(store, viewer, dict(zip(CODES, USUAL, strict=True)) | {DRY: 0.55, WET: 1.90})
    narrow = Viewer(name="kades", roles=frozenset({Role.OFFICIAL}), areas=frozenset({DRY}))
    assert {place.village for place in needs.places(store, narrow)} <= {DRY}
    assert needs.candidates(store, narrow) == []


def test_without_neighbours_or_spread_nothing_is_judged() -> None:
    assert against_neighbours(3.0, 0.0, [1.0, 1.1, 0.9, 1.0]) is None
    assert against_neighbours(3.0, 0.0, [0.0] * 12) is None
    assert against_neighbours(float("nan"), 0.0, [1.0, 2.0, 3.0, 4.0, 5.0]) is None


def test_a_standing_among_neighbours_by_hand() -> None:
    # median 3, absolute deviations 2 1 0 1 2: median 1, so the spread is 1.4826; times sqrt(1 + pi/10) it is 1.6996, and with a
    # standard error of 2 the scale is 2.6246
    found = against_neighbours(8.0, 2.0, [1.0, 2.0, 3.0, 4.0, 5.0])
    assert found is not None
    assert (found.usual, found.scale) == (3.0, pytest.approx(2.624625, rel=1e-6))
    # two degrees of freedom, for which P(|T| > x) = 1 - x / sqrt(2 + x^2); x = 5 / 2.624625 = 1.905034
    assert found.p_value == pytest.approx(1 - 1.905034 / (2 + 1.905034**2) ** 0.5, abs=1e-6)


def test_villages_that_differ_by_chance_alone_raise_no_more_alarms_than_promised() -> None:
    # 17 villages, 44 indicators beside each other, a family error of 5 percent: 1 in 880 of the indicators may raise one
    random, families = np.random.default_rng(7), 3_000
    limit = 0.05 / 44 / 17
    alarms = 0
    for values in random.normal(50, 4, (families, 17)):
        lowest, highest = int(values.argmin()), int(values.argmax())          # no other village is further out
        found = (against_neighbours(values[at], 0.0, np.delete(values, at).tolist()) for at in (lowest, highest))
        alarms += any(each is not None and each.p_value < limit for each in found)
    # 3.4 are expected; with Student's usual 15 degrees of freedom there would be some 70
    assert alarms <= 10
