"""Plane geometry of small areas on the Earth: centres, sizes, distances. Longitude first, in degrees."""
from __future__ import annotations

import math
from collections.abc import Sequence

_EARTH_KM = 6371.0088            # mean radius
Ring = Sequence[Sequence[float]]
Polygon = Sequence[Ring]


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The great-circle distance of two points."""
    (x1, y1), (x2, y2) = ((math.radians(x), math.radians(y)) for x, y in (one, other))
    half = math.sin((y2 - y1) / 2) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(half))


def centre_and_area(polygons: Sequence[Polygon]) -> tuple[tuple[float, float], float]:
    """The centre of area of polygons with holes, and their area in hectares.

    On the plane that touches the Earth nearby: for villages and subdistricts the error is far below a percent.
    """
    middle = math.radians(polygons[0][0][0][1])
    moment_x = moment_y = whole = 0.0
    for polygon in polygons:
        for at, ring in enumerate(polygon):
            area, x, y = _ring(ring)
            sign = math.copysign(1.0, area) * (1 if at == 0 else -1)   # the first ring is the border, the others are holes
            whole += sign * area
            moment_x += sign * area * x
            moment_y += sign * area * y
    if whole == 0:
        raise ValueError("a boundary without area")
    hectares = abs(whole) * math.cos(middle) * (math.pi / 180 * _EARTH_KM) ** 2 * 100
    return (moment_x / whole, moment_y / whole), hectares


def _ring(ring: Ring) -> tuple[float, float, float]:
    """Signed area in square degrees, and the centre, of a closed ring; the centre of a ring without area is its first point."""
    x0, y0 = ring[0][0], ring[0][1]
    double = x = y = 0.0
    for one, other in zip(ring, [*ring[1:], ring[0]], strict=True):
        ax, ay, bx, by = one[0] - x0, one[1] - y0, other[0] - x0, other[1] - y0
        cross = ax * by - bx * ay
        double += cross
        x += (ax + bx) * cross
        y += (ay + by) * cross
    if double == 0:
        return 0.0, x0, y0
    return double / 2, x0 + x / (3 * double), y0 + y / (3 * double)
