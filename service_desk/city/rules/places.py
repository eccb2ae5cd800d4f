"""Where a point falls: which area, whether inside the city, and which neighbours are close by.

One rule for borders, everywhere: an area owns the ground up to TIE_M beyond its line; where several own a point, the
lowest code (plain text order) has it. So the answer never depends on rounding or on the order of the input. The same
slack closes slivers between areas and makes a point on the city limit count as inside.

Degrees are turned into metres on a local plane (one scale east, one north, exact for the middle of the city): lengths
are right to better than 0.1 % over a city. A coarse grid knows the cells where only one answer is possible; only the
cells near a line need geometry.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

NEIGHBOUR_M = 30.0
TIE_M = 0.01
CELL_M = 40.0
NO_AREA = -1
_OPEN, _OUTSIDE = -3, -2


@dataclass(frozen=True, slots=True)
class Located:
    """The answer for one point. neighbours: (code, distance in metres), nearest first, within NEIGHBOUR_M."""

    area_code: str | None
    is_inside_boundary: bool
    neighbours: tuple[tuple[str, float], ...] = ()
    on_border: bool = False


@dataclass(frozen=True, slots=True)
class Plane:
    """A local flat plane around a middle point (degrees); x grows east and y north, in metres."""

    lon: float
    lat: float

    @property
    def scale(self) -> tuple[float, float]:
        """Return metres per degree east and north at the middle latitude (series for the WGS84 ellipsoid)."""
        phi = radians(self.lat)
        east = 111_412.84 * cos(phi) - 93.5 * cos(3 * phi) + 0.118 * cos(5 * phi)
        north = 111_132.92 - 559.82 * cos(2 * phi) + 1.175 * cos(4 * phi)
        return east, north

    def flatten(self, geometry: Any) -> Any:
        """Return a shapely geometry in degrees as one in metres."""
        return shapely.transform(geometry, lambda at: (at - [self.lon, self.lat]) * self.scale)


def _pieces(lines: Any) -> Any:
    """Return the straight pieces of lines, each a line of its own: few cells are near any one of them."""
    points, line = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    goes_on = line[:-1] == line[1:]
    return shapely.linestrings(np.stack([points[:-1][goes_on], points[1:][goes_on]], axis=1))


class AreaIndex:
    """The areas of one city at one version, ready for look-ups. Build once, share between threads.

    areas: (code, polygon or multipolygon in WGS84 degrees). boundary: the jurisdiction, holes included.
    """

    def __init__(self, areas: Sequence[tuple[str, Any]], boundary: Any) -> None:
        """Prepare the plane, the slack polygons and the grid. areas may be empty: then only the boundary answers."""
        ordered = sorted(areas, key=lambda area: area[0])
        west, south, east, north = shapely.bounds(boundary).tolist()
        self.plane = Plane((west + east) / 2, (south + north) / 2)
        self.codes: tuple[str, ...] = tuple(code for code, _ in ordered)
        self._lon, self._lat = self.plane.lon, self.plane.lat
        self._east_m, self._north_m = self.plane.scale
        self._flat = np.array([self.plane.flatten(polygon) for _, polygon in ordered], dtype=object)
        self._owned = shapely.buffer(self._flat, TIE_M)
        limit = self.plane.flatten(boundary)
        self._limit = shapely.buffer(limit, TIE_M)
        for prepared in (self._flat, self._owned, self._limit):
            shapely.prepare(prepared)
        self._alone = tuple(Located(code, is_inside_boundary=True) for code in self.codes)
        self._build_grid(limit)

    def _build_grid(self, limit: Any) -> None:
        west, south, east, north = shapely.bounds(shapely.union_all([limit, *self._flat])).tolist()
        self._x0, self._y0 = west - CELL_M, south - CELL_M
        self._columns = int((east - west) // CELL_M) + 3
        self._rows = int((north - south) // CELL_M) + 3
        x = self._x0 + CELL_M * np.arange(self._columns)
        y = self._y0 + CELL_M * np.arange(self._rows)
        # A cell is open to doubt when a line passes within the neighbour distance of any point in it.
        reach = NEIGHBOUR_M + 2 * TIE_M
        cells = shapely.box(
            x - reach, (y - reach)[:, None], x + CELL_M + reach, (y + CELL_M + reach)[:, None]
        )
        grid = np.full(cells.shape, _OUTSIDE, dtype=np.int16)
        middle_x, middle_y = np.broadcast_arrays(x + CELL_M / 2, (y + CELL_M / 2)[:, None])
        # Inside the city but in nobody's area keeps no shortcut: it is rare and must say so honestly.
        grid[shapely.contains_xy(self._limit, middle_x, middle_y)] = _OPEN
        for number in reversed(range(len(self.codes))):
            grid[shapely.contains_xy(self._owned[number], middle_x, middle_y)] = number
        lines = shapely.union_all([shapely.boundary(polygon) for polygon in (limit, *self._flat)])
        _piece, near = shapely.STRtree(cells.ravel()).query(_pieces(lines), predicate="intersects")
        grid.ravel()[near] = _OPEN
        self._grid = grid
        self._cells = grid.ravel().data  # the same cells, in row order, each readable as a plain int

    def locate(self, lon: float, lat: float) -> Located:
        """Return the area, neighbours and border note of one point (degrees). Not-a-number is outside."""
        x = (lon - self._lon) * self._east_m
        y = (lat - self._lat) * self._north_m
        column, row = (x - self._x0) / CELL_M, (y - self._y0) / CELL_M
        if not (0 <= column < self._columns and 0 <= row < self._rows):
            return _NOWHERE
        cell = self._cells[int(row) * self._columns + int(column)]
        if cell >= 0:
            return self._alone[cell]
        return _NOWHERE if cell == _OUTSIDE else self._locate_closely(x, y)

    def _locate_closely(self, x: float, y: float) -> Located:
        # One call over all areas costs what a call for one of them costs: most of it is the crossing into C.
        owners = np.flatnonzero(shapely.contains_xy(self._owned, x, y)).tolist()
        if not owners and not shapely.contains_xy(self._limit, x, y):
            return _NOWHERE
        own = owners[0] if owners else NO_AREA
        point = shapely.points(x, y)
        close = [
            at for at in np.flatnonzero(shapely.dwithin(self._flat, point, NEIGHBOUR_M)).tolist() if at != own
        ]
        if not close and own != NO_AREA:
            return self._alone[own]
        near = sorted(
            (round(float(shapely.distance(self._flat[at], point)), 2), self.codes[at]) for at in close
        )
        neighbours = tuple((code, distance) for distance, code in near)
        return Located(None if own == NO_AREA else self.codes[own], True, neighbours, len(owners) > 1)

    def locate_many(self, lons: npt.ArrayLike, lats: npt.ArrayLike) -> npt.NDArray[np.int16]:
        """Return for each point (degrees) the position of its area in self.codes, or NO_AREA.

        Shapes: two arrays of n; result n. A point inside the city but in no area is NO_AREA too.
        """
        x, y, found = self._cells_of(lons, lats)
        doubtful = np.flatnonzero(found == _OPEN)
        found[found < 0] = NO_AREA
        found[doubtful] = self._owners(x[doubtful], y[doubtful])
        return found

    def near_many(self, lons: npt.ArrayLike, lats: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Say for each point (degrees) whether `locate` would name a neighbour: another area within NEIGHBOUR_M."""
        x, y, found = self._cells_of(lons, lats)
        doubtful = np.flatnonzero(found == _OPEN)
        x, y = x[doubtful], y[doubtful]
        own = self._owners(x, y)
        is_here = (own != NO_AREA) | shapely.contains_xy(self._limit, x, y)
        near = np.zeros(len(own), dtype=bool)
        # Exact distances are dear: only points in a rough belt around an area are measured.
        belts = shapely.buffer(self._flat, NEIGHBOUR_M + 1)
        shapely.prepare(belts)
        for number, belt in enumerate(belts):
            asked = np.flatnonzero(is_here & ~near & (own != number))
            asked = asked[shapely.contains_xy(belt, x[asked], y[asked])]
            near[asked] = shapely.dwithin(self._flat[number], shapely.points(x[asked], y[asked]), NEIGHBOUR_M)
        result = np.zeros(found.shape, dtype=bool)
        result[doubtful] = near
        return result

    def _cells_of(
        self, lons: npt.ArrayLike, lats: npt.ArrayLike
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.int16]]:
        """Return x, y in metres and what the grid knows of each point: an area's position, _OPEN, _OUTSIDE or NO_AREA."""
        x = (np.asarray(lons, dtype=float) - self._lon) * self._east_m
        y = (np.asarray(lats, dtype=float) - self._lat) * self._north_m
        column, row = (x - self._x0) / CELL_M, (y - self._y0) / CELL_M
        covered = (column >= 0) & (column < self._columns) & (row >= 0) & (row < self._rows)
        found = np.full(x.shape, NO_AREA, dtype=np.int16)
        found[covered] = self._grid[row[covered].astype(np.int32), column[covered].astype(np.int32)]
        return x, y, found

    def _owners(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.int16]:
        """Return the position of the area that owns each point (metres), or NO_AREA: the lowest code of several."""
        own = np.full(x.shape, NO_AREA, dtype=np.int16)
        for number in reversed(range(len(self.codes))):
            own[shapely.contains_xy(self._owned[number], x, y)] = number
        return own

    def distances_m(self, lon: float, lat: float, area_code: str) -> tuple[tuple[str, float], ...]:
        """Return (code, metres) from a point (degrees) to the ground of every other area, in code order."""
        point = shapely.points((lon - self._lon) * self._east_m, (lat - self._lat) * self._north_m)
        others = (
            (code, flat) for code, flat in zip(self.codes, self._flat, strict=True) if code != area_code
        )
        return tuple((code, float(shapely.distance(flat, point))) for code, flat in others)

    def distance_m(self, one: tuple[float, float], other: tuple[float, float]) -> float:
        """Return the metres between two (lon, lat) points of this city."""
        return float(np.hypot((one[0] - other[0]) * self._east_m, (one[1] - other[1]) * self._north_m))


_NOWHERE = Located(None, is_inside_boundary=False)
