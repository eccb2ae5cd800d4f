"""A small map drawn by us: the areas around a point and the pin. It needs no tiles and no script."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_desk.city.kept import Kept
from service_desk.city.queries import city_map

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH, HEIGHT = 384, 200
#: metres across the small map
SPAN_M = 900.0
_METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Shape:
    """An area as a path in the picture's own units. number: of its centre."""

    number: int
    path: str


@dataclass(frozen=True, slots=True)
class Label:
    """A known place in the picture."""

    x: float
    y: float
    name: Any


@dataclass(frozen=True, slots=True)
class MiniMap:
    """The picture: areas, labels; the pin stands in the middle."""

    shapes: list[Shape]
    labels: list[Label]
    width: int = WIDTH
    height: int = HEIGHT


Ring = tuple[tuple[float, float], ...]


def _load() -> list[tuple[int, list[Ring], tuple[float, float, float, float]]]:
    """Return (centre number, rings, bounds west south east north) of each area, once per city data version."""
    city = city_map()
    found = []
    for code, area in city.areas.items():
        rings = [tuple((point[0], point[1]) for point in ring) for ring in _rings(area.geometry)]
        lons = [point[0] for ring in rings for point in ring]
        lats = [point[1] for ring in rings for point in ring]
        found.append((city.centre_of_area(code).number, rings, (min(lons), min(lats), max(lons), max(lats))))
    return found


_kept = Kept(_load)


def _rings(geometry: dict[str, Any]) -> Iterator[Any]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        yield from polygon


def mini_map(lon: float, lat: float) -> MiniMap:
    """Return the surroundings of a point (degrees)."""
    scale = WIDTH / SPAN_M
    across = _METRES_PER_DEGREE * math.cos(math.radians(lat)) * scale
    up = _METRES_PER_DEGREE * scale

    def place(x: float, y: float) -> tuple[float, float]:
        return (x - lon) * across + WIDTH / 2, (lat - y) * up + HEIGHT / 2

    near_x, near_y = WIDTH / 2 / across, HEIGHT / 2 / up
    shapes = []
    for number, rings, (west, south, east, north) in _kept.get():
        if west > lon + near_x or east < lon - near_x or south > lat + near_y or north < lat - near_y:
            continue
        shapes.append(Shape(number, "".join(_path(ring, place) for ring in rings)))
    labels = [
        Label(*place(spot.lon, spot.lat), spot.name)
        for spot in city_map().places.values()
        if abs(spot.lon - lon) < near_x * 0.85 and abs(spot.lat - lat) < near_y * 0.8
    ]
    return MiniMap(shapes, labels[:3])


def _path(ring: Ring, place: Any) -> str:
    points = [place(x, y) for x, y in ring]
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points) + "Z"
