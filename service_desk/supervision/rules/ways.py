"""The order of a walk, for stops of which some have no place. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from service_desk.city.rules.way import METRES_PER_DEGREE, Stop, ordered

if TYPE_CHECKING:
    from collections.abc import Sequence

#: (lon, lat) in degrees
Point = tuple[float, float]


def metres(one: Point, other: Point) -> float:
    """Return the straight distance of two points of a city (m)."""
    across = math.cos(math.radians((one[1] + other[1]) / 2))
    return METRES_PER_DEGREE * math.hypot((one[0] - other[0]) * across, one[1] - other[1])


def short_way(points: Sequence[Point | None], start: Point | None = None) -> list[int]:
    """Return the positions of the points in the order of a short way that need not come back.

    start: where one sets out; without it the first point that is placed. Points that are not placed come last, in
    their own order. The same points give the same way.
    """
    placed = [(n, point) for n, point in enumerate(points) if point is not None]
    way = ordered([Stop(*point) for _n, point in placed], start)
    return [*(placed[at][0] for at in way), *(n for n, point in enumerate(points) if point is None)]
