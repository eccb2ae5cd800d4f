"""Ground that changes hands: a drawn or uploaded shape, cut out of the areas so that they still cover the city exactly.

Every line, old and new, is noded once and the city falls into faces; each face is given to one area. So neighbours
share their new border point by point, and no gap or overlap can arise; holes of the city stay holes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import mapping, shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from service_desk.city.rules import Plane

#: longest GeoJSON that is read, in characters, and most points in it
MOST_CHARS, MOST_POINTS = 2_000_000, 20_000
#: less ground than this is a slip of the hand (m²), and so is a strip narrower than this (m)
LEAST_M2, LEAST_WIDTH_M = 1_000.0, 4.0
#: gaps and overlaps of uploaded areas are closed up to this (m²): a border traced twice never fits exactly
CLOSED_M2 = 200.0
#: new corners are rounded to about a millimetre (degrees)
GRID = 1e-8


class BadGround(ValueError):
    """Ground that cannot change hands.

    code: unreadable | too_large | no_polygon | invalid | unknown_area | outside | nothing_new | tiny | area_gone | gap | overlap.
    """

    def __init__(self, code: str) -> None:
        """Keep the code of the sentence that a page shows."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class NewGround:
    """Areas after a change. changed: {code: its whole new shape} of those that changed, in degrees; moved_m2: ground in all."""

    changed: dict[str, Any]
    moved: Any
    moved_m2: float


def read_shapes(text: str, codes: Sequence[str]) -> Any | dict[str, Any]:
    """Return what a GeoJSON text says: {code: shape} when its features name areas of the city (property «code»), else one shape.

    Raises BadGround.
    """
    if len(text) > MOST_CHARS:
        raise BadGround("too_large")
    try:
        features = _features(json.loads(text, parse_constant=_refuse))
    except (json.JSONDecodeError, RecursionError):
        raise BadGround("unreadable") from None
    if not features:
        raise BadGround("no_polygon")
    shapes = [_polygon(geometry) for _code, geometry in features]
    if sum(int(shapely.get_num_coordinates(each)) for each in shapes) > MOST_POINTS:
        raise BadGround("too_large")
    named = [code for code, _geometry in features]
    if not any(named):
        return shapely.union_all(shapes)
    if not all(code in codes for code in named) or len(set(named)) < len(named):
        raise BadGround("unknown_area")
    return dict(zip([str(code) for code in named], shapes, strict=True))


def _refuse(_number: str) -> float:
    raise BadGround("unreadable")


def _features(data: object) -> list[tuple[object, object]]:
    """Return (code or None, geometry) of each feature. Raises BadGround."""
    if not isinstance(data, dict):
        raise BadGround("unreadable")
    if data.get("type") == "FeatureCollection":
        found = data.get("features")
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise BadGround("unreadable")
        return [_feature(each) for each in found]
    return [_feature(data) if data.get("type") == "Feature" else (None, data)]


def _feature(data: Mapping[str, Any]) -> tuple[object, object]:
    said = data.get("properties")
    code = said.get("code") if isinstance(said, dict) else None
    return code if isinstance(code, str) else None, data.get("geometry")


def _polygon(geometry: object) -> Any:
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise BadGround("no_polygon")
    try:
        found = shapely.force_2d(shape(geometry))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, shapely.errors.ShapelyError):
        raise BadGround("unreadable") from None
    at = shapely.get_coordinates(found)
    if len(at) < 4 or not np.isfinite(at).all() or (np.abs(at) > [180, 90]).any():
        raise BadGround("unreadable")
    if not found.is_valid:
        raise BadGround("invalid")
    return found


def take(areas: Mapping[str, Any], drawn: Any, target: str, plane: Plane) -> NewGround:
    """Give the drawn ground to one area, and take it from whoever has it. Raises BadGround.

    areas: {code: shape} that cover the city, in degrees. What of the drawn shape lies outside them is left out; splinters
    of under LEAST_M2 that a neighbour would be left with, apart from its body, go along.
    """
    faces, old = _faces(areas, [drawn])
    inside = shapely.contains(drawn, shapely.point_on_surface(faces)) & (old != "")
    if not inside.any():
        raise BadGround("outside")
    new = np.where(inside, target, old)
    return _changed(areas, faces, old, _with_splinters(faces, old, new, target, plane), plane)


def redraw(areas: Mapping[str, Any], wanted: Mapping[str, Any], plane: Plane) -> NewGround:
    """Let some areas have new shapes; the others stay as they are. Raises BadGround, for gaps and overlaps too.

    A gap or overlap that comes to less than CLOSED_M2 in all is closed: the ground stays with whoever had it.
    """
    drawn = {code: wanted.get(code, each) for code, each in areas.items()}
    faces, old = _faces(areas, list(wanted.values()))
    middles = shapely.point_on_surface(faces)
    owners = np.array([shapely.contains(each, middles) for each in drawn.values()])
    many, covered = owners.sum(axis=0), old != ""
    size = shapely.area(shapely.transform(faces, _flat(plane)))
    if size[covered & (many == 0)].sum() > CLOSED_M2:
        raise BadGround("gap")
    if size[covered & (many > 1)].sum() > CLOSED_M2:
        raise BadGround("overlap")
    first = np.array(list(drawn), dtype=object)[owners.argmax(axis=0)]
    return _changed(areas, faces, old, np.where(covered & (many == 1), first, old), plane)


def _faces(areas: Mapping[str, Any], drawn: Sequence[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the faces into which all lines part the ground, and whose each is now ('' outside the city)."""
    lines = shapely.union_all(shapely.boundary([*areas.values(), *drawn]), grid_size=GRID)
    faces = shapely.get_parts(shapely.polygonize([lines]))
    middles = shapely.point_on_surface(faces)
    owner = np.full(len(faces), "", dtype=object)
    for code in sorted(areas, reverse=True):
        owner[shapely.contains(areas[code], middles)] = code
    return faces, owner


def _with_splinters(
    faces: NDArray[Any], old: NDArray[Any], new: NDArray[Any], target: str, plane: Plane
) -> NDArray[Any]:
    """Let splinters of those who lose ground go along."""
    given = new.copy()
    for code in set(old[old != new].tolist()):
        left = np.flatnonzero(new == code)
        parts = shapely.get_parts(shapely.union_all(faces[left]))
        size = shapely.area(shapely.transform(parts, _flat(plane)))
        for part in parts[(size < LEAST_M2) & (size < size.max(initial=0.0))]:
            given[left[shapely.contains(part, shapely.point_on_surface(faces[left]))]] = target
    return given


def _changed(
    areas: Mapping[str, Any], faces: NDArray[Any], old: NDArray[Any], new: NDArray[Any], plane: Plane
) -> NewGround:
    is_moved = old != new
    if not is_moved.any():
        raise BadGround("nothing_new")
    moved = shapely.union_all(faces[is_moved])
    flat = plane.flatten(moved)
    if flat.area < LEAST_M2 or shapely.buffer(flat, -LEAST_WIDTH_M / 2).is_empty:
        raise BadGround("tiny")
    touched = sorted(set(old[is_moved].tolist()) | set(new[is_moved].tolist()))
    if any(not (new == code).any() for code in touched):
        raise BadGround("area_gone")
    changed = {code: shapely.union_all(faces[new == code]) for code in touched if code in areas}
    return NewGround(changed, moved, float(flat.area))


def _flat(plane: Plane) -> Any:
    return lambda at: (at - [plane.lon, plane.lat]) * plane.scale


def as_json(geometry: Any) -> dict[str, Any]:
    """Return a shape as a GeoJSON geometry of lists."""
    said: dict[str, Any] = json.loads(json.dumps(mapping(geometry)))
    return said
