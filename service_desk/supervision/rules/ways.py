"""The order of a walk: nearest next, then crossings untangled, in straight lines. Pure."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

METRES_PER_DEGREE = 111_195.0
#: (lon, lat) in degrees
Point = tuple[float, float]


def metres(one: Point, other: Point) -> float:
    """Return the straight distance of two points of a city (m)."""
    across = math.cos(math.radians((one[1] + other[1]) / 2))
    return METRES_PER_DEGREE * math.hypot((one[0] - other[0]) * across, one[1] - other[1])


def length(points: Sequence[Point]) -> float:
    """Return the length of a way through the points in this order (m)."""
    return sum(metres(one, other) for one, other in pairwise(points))


def short_way(points: Sequence[Point | None], start: Point | None = None) -> list[int]:
    """Return the positions of the points in the order of a short way that need not come back.

    start: where one sets out; without it the first point that is placed. Points that are not placed come last, in
    their own order. The same points give the same way. Raises nothing.
    """
    placed = [n for n, point in enumerate(points) if point is not None]
    rest = [n for n, point in enumerate(points) if point is None]
    if not placed:
        return rest
    here = {n: point for n, point in enumerate(points) if point is not None}
    if start is None:
        way, at = [placed[0]], here[placed[0]]
        left = placed[1:]
        is_fixed = 1
    else:
        way, at, left, is_fixed = [], start, placed, 0
    left = list(left)
    while left:
        nearest = min(left, key=lambda n: (metres(at, here[n]), n))
        left.remove(nearest)
        way.append(nearest)
        at = here[nearest]
    return [*_untangle(way, here, start, is_fixed), *rest]


def _untangle(way: list[int], here: dict[int, Point], start: Point | None, is_fixed: int) -> list[int]:
    """Turn stretches of the way round for as long as that makes it shorter (2-opt on an open way)."""
    is_better = True
    while is_better:
        is_better = False
        for first in range(is_fixed, len(way) - 1):
            for last in range(first + 1, len(way)):
                if _gain(way, here, start, first, last) > 0.01:
                    way[first : last + 1] = reversed(way[first : last + 1])
                    is_better = True
    return way


def _gain(way: list[int], here: dict[int, Point], start: Point | None, first: int, last: int) -> float:
    """Return how much shorter (m) the way gets when the stretch first…last is walked the other way round."""
    before = here[way[first - 1]] if first else start
    after = here[way[last + 1]] if last + 1 < len(way) else None
    one, other = here[way[first]], here[way[last]]
    now = (metres(before, one) if before else 0.0) + (metres(other, after) if after else 0.0)
    turned = (metres(before, other) if before else 0.0) + (metres(one, after) if after else 0.0)
    return now - turned
