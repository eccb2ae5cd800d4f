"""What stood how when a booklet was made: late when the month ended, places that recur, and commitments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.clock import CITY_ZONE
from service_desk.reports.rules import is_hidden
from service_desk.reports.rules.booklets import MOST_LATE, MOST_SPOTS
from service_desk.reports.rules.days import days_of
from service_desk.reports.sums import CITY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service_desk.city.models import Centre
    from service_desk.reports.booklet_reading import MonthRead
    from service_desk.reports.models import HotSpot


def of_moment(
    read: MonthRead, centre: Centre | None, spots: Sequence[HotSpot] | None, promised: Any, now: datetime
) -> dict[str, Any]:
    """Return what stood how when the booklet was made. spots: None when the month is too long ago to say.

    promised: {open, late, kept, not_kept} of commitments, None likewise. Late are those of the month's end.
    """
    key = centre.id if centre else CITY
    own = [each for each in read.late if key in (CITY, each.centre_id)][:MOST_LATE]
    until = days_of(read.month).until(CITY_ZONE)
    numbers = {each.id: each.number for each in city_map().centres.values()}
    return {
        "at": now.isoformat(timespec="seconds"),
        "late": {
            "count": read.late_counts.get(key, 0),
            "longest": [
                {
                    "reference": each.reference,
                    "name": _name(each.service_code),
                    "centre": numbers.get(each.centre_id),
                    "street": each.street,
                    "hours": round((until - each.due_at).total_seconds() / 3600, 1),
                }
                for each in own
            ],
        },
        "spots": None if spots is None else [_spot(each) for each in spots if key in (CITY, each.centre_id)][:MOST_SPOTS],
        "promised": promised,
    }  # fmt: skip


def _spot(spot: HotSpot) -> dict[str, Any]:
    numbers = {each.id: each.number for each in city_map().centres.values()}
    hidden = is_hidden(spot.cases)
    return {
        "name": _name(spot.service_code),
        "centre": numbers.get(spot.centre_id),
        "street": spot.street,
        "cases": None if hidden else spot.cases,
        "expected": round(spot.expected, 1),
    }


def _name(service_code: str) -> Any:
    found = catalogue().types.get(service_code)
    return found.name if found else {"he": service_code}
