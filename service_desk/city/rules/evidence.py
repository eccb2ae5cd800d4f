"""From a street and a house number to an area, by what is known of the street; never a guess.

The first line that applies decides:

1. `exact_number`      the number is known, and all its points lie in one area;
2. `whole_street`      every known point of the street lies in one area; if only one point is known, it must stand
                       LONE_POINT_M clear of any other area (else `thin_evidence`: ask);
3. `between_numbers`   the nearest known numbers below and above, at most WIDEST_GAP apart, lie in one area;
4. `near_number`       a known number so deep in its area that WALK_M for each number of difference cannot leave it,
                       and every such number names the same area;
5. `main_area`         at least two points lie clear in one area, and the few others (STRAY_SHARE) stand within
                       STRAY_M of it: the street runs in that area and only touches another;
6. `block_and_names`   no point is known, but its cadastral block and the streets of adjoining codes (which are given
                       out quarter by quarter), at least two, all name one area.

Otherwise the answer is a reason to ask: `several_areas`, `no_points`, `thin_evidence`, `number_in_two_areas`. Lines
3 to 5 need a house number: a bare street of several areas always asks. The figures were chosen by keeping each
known address out in turn: see bench/addresses.py.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service_desk.city.rules.places import AreaIndex

LONE_POINT_M = 30.0
WIDEST_GAP = 30
WALK_M = 12.0
STRAY_M = 60.0
STRAY_SHARE = 0.25
ADJOINING_CODES = 4
FEWEST_ADJOINING = 2
BLOCK_KIND = "cadastral_block"


@dataclass(frozen=True, slots=True)
class StreetPoint:
    """A known point on a street. lon, lat in degrees; kind as in the seed (cadastral_block is only ±500 m)."""

    street_code: int
    house_no: int | None
    lon: float
    lat: float
    kind: str = "address"


@dataclass(frozen=True, slots=True)
class PlacedPoint:
    """A street point with its area.

    clearance_m: metres to the nearest ground of another area; infinite when there is none. near: (code, metres) of the
    other areas within STRAY_M.
    """

    point: StreetPoint
    area_code: str
    clearance_m: float
    near: tuple[tuple[str, float], ...]

    def touches(self, area_code: str) -> bool:
        """Return whether an area lies within STRAY_M of the point."""
        return area_code == self.area_code or any(code == area_code for code, _far in self.near)


@dataclass(frozen=True, slots=True)
class Verdict:
    """An area with the reason, or None with why it must be asked. areas: all that remain possible, in code order."""

    area_code: str | None
    reason: str
    areas: tuple[str, ...] = ()
    lon: float | None = None
    lat: float | None = None


def place_points(points: Iterable[StreetPoint], index: AreaIndex) -> list[PlacedPoint]:
    """Return the points with their areas; those outside every area are left out (geocoders err with confidence)."""
    placed = []
    for point in points:
        code = index.locate(point.lon, point.lat).area_code
        if code is not None:
            others = index.distances_m(point.lon, point.lat, code)
            clearance_m = min((far for _code, far in others), default=float("inf"))
            near = tuple(other for other in others if other[1] <= STRAY_M)
            placed.append(PlacedPoint(point, code, clearance_m, near))
    return placed


class Evidence:
    """What is known of every street of a city, ready to judge. Build once, share between threads."""

    def __init__(self, placed: Iterable[PlacedPoint]) -> None:
        """Sort the points by street; cadastral blocks are kept apart from true points."""
        self.points: dict[int, list[PlacedPoint]] = defaultdict(list)
        self._blocks: dict[int, set[str]] = defaultdict(set)
        for at in placed:
            if at.point.kind == BLOCK_KIND:
                self._blocks[at.point.street_code].add(at.area_code)
            else:
                self.points[at.point.street_code].append(at)

    def judge(self, street_code: int, house_no: int | None) -> Verdict:
        """Return the verdict for a street, with a house number or without."""
        points = self.points.get(street_code, [])
        if not points:
            return self._by_block(street_code)
        same = [at for at in points if house_no is not None and at.point.house_no == house_no]
        if same:
            return _agree(same, "exact_number", "number_in_two_areas")
        verdict = _whole_street(points)
        if verdict is None and house_no is not None:
            verdict = _between(points, house_no) or _near(points, house_no) or _main_area(points)
        return verdict or Verdict(None, "several_areas", _areas(points))

    def _by_block(self, street_code: int) -> Verdict:
        blocks = self._blocks.get(street_code, set())
        around = range(street_code - ADJOINING_CODES, street_code + ADJOINING_CODES + 1)
        adjoining = [{at.area_code for at in self.points[code]} for code in around if self.points.get(code)]
        named = set().union(*adjoining)
        if len(adjoining) >= FEWEST_ADJOINING and len(named) == 1 and named == blocks:
            return Verdict(next(iter(named)), "block_and_names", tuple(named))
        return Verdict(None, "no_points")


def _areas(points: Sequence[PlacedPoint]) -> tuple[str, ...]:
    return tuple(sorted({at.area_code for at in points}))


def _agree(points: Sequence[PlacedPoint], reason: str, otherwise: str) -> Verdict:
    areas, first = _areas(points), points[0].point
    if len(areas) > 1:
        return Verdict(None, otherwise, areas)
    return Verdict(areas[0], reason, areas, first.lon, first.lat)


def _whole_street(points: Sequence[PlacedPoint]) -> Verdict | None:
    areas = _areas(points)
    if len(areas) > 1:
        return None
    if len(points) == 1 and points[0].clearance_m < LONE_POINT_M:
        near = {code for code, far in points[0].near if far < LONE_POINT_M}
        return Verdict(None, "thin_evidence", tuple(sorted({*areas, *near})))
    return Verdict(areas[0], "whole_street", areas)


def _between(points: Sequence[PlacedPoint], house_no: int) -> Verdict | None:
    numbered = [(at.point.house_no, at) for at in points if at.point.house_no is not None]
    below = max((number for number, _ in numbered if number < house_no), default=None)
    above = min((number for number, _ in numbered if number > house_no), default=None)
    if below is None or above is None or above - below > WIDEST_GAP:
        return None
    ends = [at for number, at in numbered if number in (below, above)]
    areas = _areas(ends)
    if len(areas) > 1:
        return None
    low, high = (next(at.point for number, at in numbered if number == end) for end in (below, above))
    share = (house_no - below) / (above - below)
    lon, lat = low.lon + share * (high.lon - low.lon), low.lat + share * (high.lat - low.lat)
    return Verdict(areas[0], "between_numbers", areas, round(lon, 6), round(lat, 6))


def _near(points: Sequence[PlacedPoint], house_no: int) -> Verdict | None:
    numbered = [(abs(at.point.house_no - house_no), at) for at in points if at.point.house_no is not None]
    near = sorted(
        ((gap, at) for gap, at in numbered if gap * WALK_M < at.clearance_m), key=lambda found: found[0]
    )
    areas = _areas([at for _, at in near])
    if len(areas) != 1:
        return None
    closest = near[0][1].point
    return Verdict(areas[0], "near_number", areas, closest.lon, closest.lat)


def _main_area(points: Sequence[PlacedPoint]) -> Verdict | None:
    for area in _areas(points):
        clear = sum(at.area_code == area and at.clearance_m > STRAY_M for at in points)
        strays = [at for at in points if at.area_code != area]
        all_touch = all(at.touches(area) for at in strays)
        if clear >= 2 and all_touch and len(strays) <= STRAY_SHARE * len(points):
            return Verdict(area, "main_area", _areas(points))
    return None
