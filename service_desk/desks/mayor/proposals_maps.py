"""Both maps of a border: the part of the city around the ground that changes hands, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import shape

from service_desk.city.queries import city_map
from service_desk.desks.area_svg import AreaDrawing, draw, path_of

if TYPE_CHECKING:
    from service_desk.reports.replay.changes import BoundaryChange

#: degrees that are shown at least: a few streets around a small change
LEAST_DEGREES = 0.008
#: how much of the city is shown around the change, of its own size
AROUND = 0.75
#: of an area less than this share of the picture is left out: there is no room for its number
LEAST_SHARE = 0.01


@dataclass(frozen=True)
class Maps:
    """The ground before and after, and what changes hands as a path of both drawings."""

    before: AreaDrawing
    after: AreaDrawing
    ground: str


def maps_of(change: BoundaryChange) -> Maps:
    """Return both drawings of the part of the city around the ground that changes hands."""
    city = city_map()
    moved = shape(change.moved)
    west, south, east, north = moved.bounds
    reach = max(east - west, north - south, LEAST_DEGREES) * AROUND
    middle = ((west + east) / 2, (south + north) / 2)
    window = shapely.box(
        min(west, middle[0] - reach),
        min(south, middle[1] - reach),
        max(east, middle[0] + reach),
        max(north, middle[1] + reach),
    )
    sides = []
    for other in (change.was, change.areas):
        cut = {
            code: _within(shape(other.get(code, area.geometry)), window) for code, area in city.areas.items()
        }
        sides.append(
            draw(city, {code: each for code, each in cut.items() if each.area > LEAST_SHARE * window.area})
        )
    ground = path_of(shapely.transform(moved, sides[1].frame.project_many))
    return Maps(sides[0], sides[1], ground)


def _within(outline: Any, window: Any) -> Any:
    """Return the polygons of an outline inside the window, or an empty one."""
    parts = [
        part
        for part in shapely.get_parts(shapely.intersection(outline, window))
        if part.geom_type == "Polygon"
    ]
    return shapely.union_all(parts) if parts else shapely.Polygon()
