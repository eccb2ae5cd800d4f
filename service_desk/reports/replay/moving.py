"""Borders moved: which centre last year's cases would have had, and how many lay close to a border."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from service_desk.reports.replay.counting import count_by, side_by_side

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from service_desk.city.rules import AreaIndex
    from service_desk.reports.replay.counting import Both
    from service_desk.reports.replay.loading import PlacedCases


#: west, south, east, north in degrees
Bounds = tuple[float, float, float, float]
#: degrees around moved ground within which a border may be near: more than 30 m in every direction
AROUND = 0.0005


@dataclass(frozen=True)
class Moved:
    """What other borders come to. by_centre: both sides, ALL first; moved: arrivals that would have gone to another centre."""

    by_centre: dict[int, Both]
    moved: int


@dataclass(frozen=True)
class _Placing:
    """Where each case's place falls under some borders: the centre (0: none), and whether another area is near."""

    centre_id: NDArray[np.int64]
    is_near: NDArray[np.bool_]


def _placing(
    index: AreaIndex, lon: NDArray[np.float64], lat: NDArray[np.float64], centre_of: Mapping[str, int]
) -> _Placing:
    ids = np.array([*(centre_of[code] for code in index.codes), 0], dtype=np.int64)
    # NO_AREA is −1: the last
    return _Placing(ids[index.locate_many(lon, lat)], index.near_many(lon, lat))


def _with_new_borders(
    was: _Placing, cases: PlacedCases, new: AreaIndex, moved: Bounds, centre_of: Mapping[str, int]
) -> _Placing:
    """Return the places under the new borders: only those around the moved ground are looked up again."""
    west, south, east, north = moved
    around = (cases.lon >= west - AROUND) & (cases.lon <= east + AROUND)
    around &= (cases.lat >= south - AROUND) & (cases.lat <= north + AROUND)
    here = _placing(new, cases.lon[around], cases.lat[around], centre_of)
    centre_id, is_near = was.centre_id.copy(), was.is_near.copy()
    centre_id[around], is_near[around] = here.centre_id, here.is_near
    return _Placing(centre_id, is_near)


def move(
    cases: PlacedCases, old: AreaIndex, new: AreaIndex, moved: Bounds, centre_of: Mapping[str, int]
) -> Moved:
    """Count the cases by centre under the old and the new borders. moved: around the ground that changes hands.

    A case goes along with its place when the place changes hands, and when its centre is the one of its place: a person
    who gave it to another centre did so for a reason that a border does not change. Without a place nothing changes.
    centre_of: {area code: centre id}.
    """
    was = _placing(old, cases.lon, cases.lat, centre_of)
    now = _with_new_borders(was, cases, new, moved, centre_of)
    goes = (was.centre_id != now.centre_id) & (was.centre_id == cases.centre_id) & (now.centre_id != 0)
    after = np.where(goes, now.centre_id, cases.centre_id)
    columns = {"received": cases.is_received, "due": cases.is_due, "met": cases.is_due & cases.is_met}
    return Moved(
        side_by_side(
            count_by(cases.centre_id, border=cases.is_received & was.is_near, **columns),
            count_by(after, border=cases.is_received & now.is_near, **columns),
        ),
        int((cases.is_received & goes).sum()),
    )
