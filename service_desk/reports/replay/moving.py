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


@dataclass(frozen=True)
class Moved:
    """What other borders come to. by_centre: both sides, ALL first; moved: arrivals that would have gone to another centre."""

    by_centre: dict[int, Both]
    moved: int


def centres_of(
    cases: PlacedCases, old: AreaIndex, new: AreaIndex, centre_of: Mapping[str, int]
) -> NDArray[np.int64]:
    """Return the centre of each case under the new borders.

    A case goes along with its place when the place changes hands, and when its centre is the one of its place: a person
    who gave it to another centre did so for a reason that a border does not change. Without a place nothing changes.
    """
    before = _centres_at(old, cases, centre_of)
    after = _centres_at(new, cases, centre_of)
    goes = (before != after) & (before == cases.centre_id) & (after != 0)
    return np.where(goes, after, cases.centre_id)


def _centres_at(index: AreaIndex, cases: PlacedCases, centre_of: Mapping[str, int]) -> NDArray[np.int64]:
    """Return the centre that answers for each case's place; 0 for none."""
    ids = np.array([*(centre_of[code] for code in index.codes), 0], dtype=np.int64)
    return ids[index.locate_many(cases.lon, cases.lat)]  # NO_AREA is −1: the last


def move(cases: PlacedCases, old: AreaIndex, new: AreaIndex, centre_of: Mapping[str, int]) -> Moved:
    """Count the cases by centre under the old and the new borders. centre_of: {area code: centre id}."""
    after = centres_of(cases, old, new, centre_of)
    columns = {"received": cases.is_received, "due": cases.is_due, "met": cases.is_due & cases.is_met}
    was_near = cases.is_received & old.near_many(cases.lon, cases.lat)
    is_near = cases.is_received & new.near_many(cases.lon, cases.lat)
    return Moved(
        side_by_side(
            count_by(cases.centre_id, border=was_near, **columns), count_by(after, border=is_near, **columns)
        ),
        int((cases.is_received & (after != cases.centre_id)).sum()),
    )
