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
#: units of the picture to a degree of latitude
UP = _METRES_PER_DEGREE * WIDTH / SPAN_M


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
    """The picture: areas, labels; the pin stands in the middle. dx, dy: how far the areas, drawn once, are moved."""

    shapes: list[Shape]
    labels: list[Label]
    dx: int
    dy: int
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A city's areas as paths in units of the picture, east and south of one corner (degrees)."""

    lon: float
    lat: float
    across: float
    areas: list[tuple[Shape, tuple[float, float, float, float]]]
    #: (lon, lat, names) of the known places
    places: list[tuple[float, float, Any]]


Ring = tuple[tuple[float, float], ...]


def _load() -> _Drawn:
    """Return the areas with their bounds (west south east north), once per city data version.

    A city is small enough for one length of a degree of longitude: the error across a small map is below half a unit.
    """
    city = city_map()
    rings = {code: [_points(ring) for ring in _rings(area.geometry)] for code, area in city.areas.items()}
    bounds = {code: _bounds([point for ring in each for point in ring]) for code, each in rings.items()}
    lon, lat = min(each[0] for each in bounds.values()), max(each[3] for each in bounds.values())
    middle = (lat + min(each[1] for each in bounds.values())) / 2
    across = UP * math.cos(math.radians(middle))

    def place(x: float, y: float) -> tuple[float, float]:
        return (x - lon) * across, (lat - y) * UP

    shapes = [
        (Shape(city.centre_of_area(code).number, "".join(_path(ring, place) for ring in each)), bounds[code])
        for code, each in rings.items()
    ]
    places = [(spot.lon, spot.lat, spot.name) for spot in city.places.values()]
    return _Drawn(lon, lat, across, shapes, places)


def _points(ring: Any) -> Ring:
    return tuple((point[0], point[1]) for point in ring)


def _bounds(points: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    return min(lons), min(lats), max(lons), max(lats)


_kept = Kept(_load)


def _rings(geometry: dict[str, Any]) -> Iterator[Any]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        yield from polygon


def mini_map(lon: float, lat: float) -> MiniMap:
    """Return the surroundings of a point (degrees)."""
    drawn = _kept.get()
    near_x, near_y = WIDTH / 2 / drawn.across, HEIGHT / 2 / UP
    shapes = [
        shape
        for shape, (west, south, east, north) in drawn.areas
        if west <= lon + near_x and east >= lon - near_x and south <= lat + near_y and north >= lat - near_y
    ]
    labels = [
        Label((east - lon) * drawn.across + WIDTH / 2, (lat - north) * UP + HEIGHT / 2, name)
        for east, north, name in drawn.places
        if abs(east - lon) < near_x * 0.85 and abs(north - lat) < near_y * 0.8
    ]
    dx = round(WIDTH / 2 - (lon - drawn.lon) * drawn.across)
    return MiniMap(shapes, labels[:3], dx, round(HEIGHT / 2 - (drawn.lat - lat) * UP))


def _path(ring: Ring, place: Any) -> str:
    points = [place(x, y) for x, y in ring]
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points) + "Z"
