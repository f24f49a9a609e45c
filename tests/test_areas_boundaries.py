from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from access.policy import Viewer
from data import boundaries
from data.errors import UserError
from data.store import Store
from metrics.geometry import centre_and_area, distance_km

SQUARE = [[[105.0, -5.0], [105.1, -5.0], [105.1, -4.9], [105.0, -4.9], [105.0, -5.0]]]


def collection(*features: tuple[str, str, object]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"kode": code}, "geometry": {"type": kind, "coordinates": coordinates}}
        for code, kind, coordinates in features
    ]}).encode()


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert distance_km((105.0, -5.0), (105.0, -6.0)) == pytest.approx(6371.0088 * 3.141592653589793 / 180)
    assert distance_km((105.0, -5.0), (105.0, -5.0)) == 0


def test_centre_and_area_of_a_square_with_a_hole_and_a_second_part() -> None:
    centre, hectares = centre_and_area([SQUARE])
    assert centre == pytest.approx((105.05, -4.95))
    # 0.1 degree is 11.12 km, narrower by cos(5) in longitude: 123.2 square kilometres
    assert hectares == pytest.approx(12_317, rel=1e-3)
    hole = [[105.0, -5.0], [105.05, -5.0], [105.05, -4.9], [105.0, -4.9], [105.0, -5.0]]
    centre, half = centre_and_area([[*SQUARE, hole]])
    assert centre == pytest.approx((105.075, -4.95)) and half == pytest.approx(hectares / 2)
    beside = [[[x + 0.1, y] for x, y in SQUARE[0]]]
    centre, both = centre_and_area([SQUARE, beside])
    assert centre == pytest.approx((105.1, -4.95)) and both == pytest.approx(2 * hectares)
    assert centre_and_area([[SQUARE[0][::-1]]]) == (pytest.approx((105.05, -4.95)), pytest.approx(hectares))


def test_boundaries_come_in_and_go_out(store: Store, viewer: Viewer) -> None:
    content = collection(("1802022001", "Polygon", SQUARE), ("18.02.02.2002", "MultiPolygon", [SQUARE]))
    assert boundaries.import_boundaries(store, viewer, gzip.compress(content), "desa.geojson.gz") == 2
    found = boundaries.boundaries(store, viewer, ["18.02.02.2001", "18.02.02.2009"])
    assert found == {"18.02.02.2001": {"type": "Polygon", "coordinates": SQUARE}}


@pytest.mark.parametrize(("content", "code"), [
    (b"{", "area.not_geojson"), (b"[]", "area.not_geojson"),
    (b'{"features": []}', "area.not_geojson"), (b"\x1f\x8b", "area.not_geojson"),
    (collection(("x", "Polygon", SQUARE)), "area.not_a_boundary"),
    (collection(("18.02.02.2001", "Point", [105, -5])), "area.not_a_boundary"),
    (collection(("18.02.02.2001", "Polygon", [])), "area.not_a_boundary"),
    # latitude first
    (collection(("18.02.02.2001", "Polygon", [[[-5, 105.0], [-5, 105.1], [-4.9, 105.1]]])), "area.not_a_boundary"),
])
def test_what_is_no_boundary_is_refused(store: Store, viewer: Viewer, content: bytes, code: str) -> None:
    with pytest.raises(UserError) as error:
        boundaries.import_boundaries(store, viewer, content, "desa.geojson")
    assert error.value.code == code


def test_the_villages_of_lampung_tengah_come_in_with_their_distances(store: Store, viewer: Viewer, testdata: Path) -> None:
    file = testdata / "boundaries" / "lampung_tengah_18.02_desa.geojson.gz"
    assert boundaries.import_boundaries(store, viewer, file.read_bytes(), file.name) == 311
    with store.reading() as cursor:
        found = boundaries.centres(cursor, ["18.02.02.2004", "18.02.02.2005"])
    # Cimarias and Bangun Rejo, whose published positions are 2.2 km from each other
    assert distance_km(found["18.02.02.2004"], found["18.02.02.2005"]) == pytest.approx(2.2, abs=0.8)
