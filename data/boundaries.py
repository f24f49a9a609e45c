"""Boundaries of areas, from GeoJSON: for the map, and for how far villages are from each other."""
from __future__ import annotations

import gzip
import io
import json
import math
from collections.abc import Iterable
from typing import Any

import pandas as pd
from duckdb import DuckDBPyConnection

from access.policy import Action, Viewer, require
from data.areas import parse_code
from data.errors import UserError
from data.store import Store
from metrics.geometry import Polygon, centre_and_area

_MAX_BYTES = 100_000_000
_MAX_FEATURES = 100_000


def import_boundaries(store: Store, viewer: Viewer, content: bytes, name: str) -> int:
    """Takes in the boundaries of a GeoJSON feature collection (or one in gzip), by their properties `kode` or `code`.

    Returns how many there are. All or nothing: raises `UserError` naming the feature that is no boundary.
    """
    require(viewer, Action.CHANGE_REGISTER)
    rows = [_row(feature, at, name) for at, feature in enumerate(_features(content, name), start=1)]
    frame = pd.DataFrame(rows, columns=["code", "geometry", "longitude_deg", "latitude_deg", "area_ha"])
    frame = frame.drop_duplicates("code", keep="last").assign(source=name)
    with store.writing(viewer, "areas.boundaries", file=name, areas=len(frame)) as cursor:
        cursor.register("incoming_boundary", frame)
        cursor.execute("INSERT OR REPLACE INTO boundary SELECT * FROM incoming_boundary")
        cursor.unregister("incoming_boundary")
    return len(frame)


def boundaries(store: Store, viewer: Viewer, codes: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Code to GeoJSON geometry, of the areas that have one. Boundaries are public: no scope narrows them."""
    require(viewer, Action.SEE_SNAPSHOTS)
    with store.reading() as cursor:
        rows = cursor.execute("SELECT code, geometry FROM boundary WHERE list_contains(?, code)", [sorted(set(codes))]).fetchall()
    return {code: json.loads(geometry) for code, geometry in rows}


def missing(store: Store, viewer: Viewer, codes: Iterable[str]) -> int:
    """How many of these areas have no boundary yet."""
    require(viewer, Action.SEE_SNAPSHOTS)
    wanted = sorted(set(codes))
    with store.reading() as cursor:
        (there,) = cursor.execute("SELECT count(*) FROM boundary WHERE list_contains(?, code)", [wanted]).fetchall()
    return len(wanted) - int(there[0])


def centres(cursor: DuckDBPyConnection, codes: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Code to centre (longitude, latitude), of the areas that have a boundary; called inside a transaction."""
    rows = cursor.execute(
        "SELECT code, longitude_deg, latitude_deg FROM boundary WHERE list_contains(?, code)", [sorted(set(codes))],
    ).fetchall()
    return {code: (longitude, latitude) for code, longitude, latitude in rows}


def _features(content: bytes, name: str) -> list[Any]:
    try:
        if content[:2] == b"\x1f\x8b":
            with gzip.open(io.BytesIO(content)) as file:
                content = file.read(_MAX_BYTES + 1)
        if len(content) > _MAX_BYTES:
            raise UserError("area.too_large", name=name, megabytes=_MAX_BYTES // 1_000_000)
        features = json.loads(content).get("features")
    except (OSError, EOFError, ValueError, AttributeError, RecursionError) as error:
        raise UserError("area.not_geojson", name=name) from error
    if not isinstance(features, list) or not 0 < len(features) <= _MAX_FEATURES:
        raise UserError("area.not_geojson", name=name)
    return features


def _row(feature: Any, at: int, name: str) -> tuple[str, str, float, float, float]:
    try:
        properties, geometry = feature["properties"], feature["geometry"]
        code = parse_code(str(properties.get("kode") or properties.get("code") or ""))
        kind, coordinates = geometry["type"], geometry["coordinates"]
        polygons: list[Polygon] = {"Polygon": [coordinates], "MultiPolygon": coordinates}[kind]
        (longitude, latitude), hectares = centre_and_area(polygons)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise UserError("area.not_a_boundary", name=name, number=at) from error
    if code is None or not (-180 <= longitude <= 180 and -90 <= latitude <= 90 and math.isfinite(hectares)):
        raise UserError("area.not_a_boundary", name=name, number=at)
    return code, json.dumps({"type": kind, "coordinates": coordinates}, separators=(",", ":")), longitude, latitude, hectares
