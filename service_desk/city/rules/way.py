"""The order of a day's stops: nearest neighbour, then 2-opt, over straight-line metres. What is urgent goes first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

METRES_PER_DEGREE = 111_195.0
#: more passes no longer help at the sizes of a day
PASSES = 20


@dataclass(frozen=True, slots=True)
class Stop:
    """A place to be at. lon, lat in degrees. rank: all stops of a lower rank come before those of a higher one."""

    lon: float
    lat: float
    rank: int = 0


Point = tuple[float, float]


def ordered(stops: Sequence[Stop], start: Point | None = None) -> list[int]:
    """Return the positions of the stops in the order to go. start: (lon, lat) to set out from; None: from the first stop.

    Within a rank the way is open (no return) and no longer than the nearest-neighbour way. Equal stops keep their order.
    """
    if not stops:
        return []
    across = math.cos(math.radians(sum(each.lat for each in stops) / len(stops)))
    points = [_metres(each.lon, each.lat, across) for each in stops]
    here = _metres(*start, across) if start else None
    way: list[int] = []
    for rank in sorted({each.rank for each in stops}):
        wanted = [n for n, each in enumerate(stops) if each.rank == rank]
        part = _straightened(_nearest(wanted, points, here), points, here)
        way += part
        here = points[part[-1]]
    return way


def length_m(stops: Sequence[Stop], way: Sequence[int], start: Point | None = None) -> float:
    """Return the metres of a way, straight from stop to stop, with the way from the start when there is one."""
    if not way:
        return 0.0
    across = math.cos(math.radians(sum(each.lat for each in stops) / len(stops)))
    points = [_metres(stops[n].lon, stops[n].lat, across) for n in way]
    if start:
        points.insert(0, _metres(*start, across))
    return sum(math.dist(one, other) for one, other in pairwise(points))


def _metres(lon: float, lat: float, across: float) -> Point:
    return lon * METRES_PER_DEGREE * across, lat * METRES_PER_DEGREE


def _nearest(wanted: list[int], points: list[Point], here: Point | None) -> list[int]:
    left, way = list(wanted), []
    at = here or points[left[0]]
    while left:
        best = min(left, key=lambda n: math.dist(at, points[n]))
        left.remove(best)
        way.append(best)
        at = points[best]
    return way


def _straightened(way: list[int], points: list[Point], here: Point | None) -> list[int]:
    """Return the way with crossings undone: turn a stretch around wherever that makes it shorter."""
    way = list(way)
    for _pass in range(PASSES):
        # A list, not a generator: each pass makes every turn that helps, not only the first.
        turned = [
            _turn(way, points, here, first, last)
            for first in range(0 if here else 1, len(way) - 1)
            for last in range(first + 1, len(way))
        ]
        if not any(turned):
            break
    return way


def _turn(way: list[int], points: list[Point], here: Point | None, first: int, last: int) -> bool:
    before = points[way[first - 1]] if first else here
    after = points[way[last + 1]] if last + 1 < len(way) else None
    one, other = points[way[first]], points[way[last]]
    gain = (math.dist(before, one) - math.dist(before, other)) if before else 0.0
    gain += (math.dist(other, after) - math.dist(one, after)) if after else 0.0
    if gain <= 1e-6:
        return False
    way[first : last + 1] = reversed(way[first : last + 1])
    return True
