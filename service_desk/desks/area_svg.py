"""The city's areas as shapes for an SVG drawing: no map server, no JavaScript, the same on every page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.ops import polylabel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shapely.geometry import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from service_desk.city.queries import CityMap

#: drawing units of the widest side; one unit is about a CSS pixel on a phone
WIDTH = 344.0
#: no drawing is taller than this, in drawing units
MOST_HEIGHT = 320.0
_MARGIN = 6.0
#: how far a border may move when it is drawn with fewer points, in drawing units
_TOLERANCE = 0.5


@dataclass(frozen=True)
class Frame:
    """How degrees become drawing units. west, north: degrees of the corner; across, down: units per degree."""

    west: float
    north: float
    across: float
    down: float

    def project_many(self, points: Any) -> Any:
        """Return the points (an array of lon, lat) in drawing units."""
        return np.column_stack(self.project(points[:, 0], points[:, 1]))

    def project(self, lon: float, lat: float) -> tuple[float, float]:
        """Return (x, y) in drawing units, unrounded; y grows southwards."""
        return _MARGIN + (lon - self.west) * self.across, _MARGIN + (self.north - lat) * self.down


@dataclass(frozen=True)
class Shape:
    """One area, drawn. path: the d of an SVG path; label_x, label_y: well inside it; name: by language."""

    number: int
    code: str
    name: dict[str, str]
    path: str
    label_x: float
    label_y: float


@dataclass(frozen=True)
class AreaDrawing:
    """All areas of an authority, in one viewBox."""

    view_box: str
    shapes: tuple[Shape, ...]
    frame: Frame

    def project_many(self, points: Any) -> Any:
        """Return the points (an array of lon, lat) in drawing units."""
        return np.column_stack(self.project(points[:, 0], points[:, 1]))

    def project(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a point of the city lies in this drawing, to one decimal."""
        x, y = self.frame.project(lon, lat)
        return round(x, 1), round(y, 1)


def area_shapes(city_map: CityMap) -> AreaDrawing:
    """Return the drawing of a city's areas, by centre number; drawn once per version of the city's data."""
    here, version = city_map.authority.id, city_map.authority.data_version
    kept = _kept.get(here)
    if kept is None or kept[0] != version:
        kept = _kept[here] = (version, _draw(city_map))
    return kept[1]


_kept: dict[int, tuple[int, AreaDrawing]] = {}


def _draw(city_map: CityMap) -> AreaDrawing:
    """Draw every area of the city."""
    return draw(city_map, {code: shape(area.geometry) for code, area in city_map.areas.items()})


def draw(city_map: CityMap, outlines: Mapping[str, BaseGeometry]) -> AreaDrawing:
    """Return a drawing of these outlines, {area code: degrees}: project, thin out the shared borders together, write the paths."""
    areas = sorted(
        (city_map.areas[code] for code in outlines),
        key=lambda area: city_map.centre_of_area(area.code).number,
    )
    frame, height = _frame(outlines[area.code].bounds for area in areas)
    flat = [shapely.transform(outlines[area.code], frame.project_many) for area in areas]
    drawn = shapely.coverage_simplify(flat, _TOLERANCE)
    shapes = []
    for area, outline in zip(areas, drawn, strict=True):
        label = polylabel(_largest(outline), 1.0)
        number = city_map.centre_of_area(area.code).number
        at = round(label.x, 1), round(label.y, 1)
        shapes.append(Shape(number, area.code, area.name, path_of(outline), *at))
    return AreaDrawing(f"0 0 {WIDTH:.0f} {height:.0f}", tuple(shapes), frame)


def _frame(bounds: Iterable[tuple[float, float, float, float]]) -> tuple[Frame, float]:
    """Fit the bounds (degrees) into the drawing, equirectangular about their middle; also the height used."""
    lefts, bottoms, rights, tops = zip(*bounds, strict=True)
    west, south, east, north = min(lefts), min(bottoms), max(rights), max(tops)
    narrowing = math.cos(math.radians((south + north) / 2))
    wide, tall = (east - west) * narrowing, north - south
    scale = min((WIDTH - 2 * _MARGIN) / wide, (MOST_HEIGHT - 2 * _MARGIN) / tall)
    spare = (WIDTH - 2 * _MARGIN - wide * scale) / 2
    frame = Frame(west - spare / (scale * narrowing), north, scale * narrowing, scale)
    return frame, tall * scale + 2 * _MARGIN


def _largest(outline: BaseGeometry) -> Polygon:
    """Return the part a label belongs in."""
    return max(_parts(outline), key=lambda part: part.area)


def _parts(outline: BaseGeometry) -> list[Polygon]:
    """Return a geometry's polygons."""
    many: MultiPolygon | Polygon = outline
    return list(getattr(many, "geoms", [many]))


def path_of(outline: BaseGeometry) -> str:
    """Return the d of the rings, one decimal; holes follow their shell (fill-rule evenodd)."""
    rings = []
    for part in _parts(outline):
        for ring in (part.exterior, *part.interiors):
            points = " ".join(f"{x:.1f} {y:.1f}" for x, y in list(ring.coords)[:-1])
            rings.append(f"M{points}Z")
    return "".join(rings)
