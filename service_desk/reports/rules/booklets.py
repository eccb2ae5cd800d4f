"""Pure rules of monthly booklets: which month is over, what is frozen of it, what a correction changed, when a letter is tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service_desk.contractors.rules.statement import content_hash

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

#: shape of the content; a page reads the shapes it knows
VERSION = 1
#: months of a trend, the booklet's own the last
TREND = 12
#: types of request, late requests, hot spots and contractors that a booklet names at most
MOST_TYPES, MOST_LATE, MOST_SPOTS, MOST_CONTRACTORS = 8, 8, 6, 8
#: day of the month, and hour of the city's clock, from which the month before is made
DAY, HOUR = 2, 6
#: so many months back may be asked for
MOST_MONTHS_BACK = 24
#: measures of a booklet, in the order of the page; those of this moment are none of a month's
CODES = (
    "received", "per_1000", "hazards", "repeats", "due", "on_time", "breached", "over_half", "answer_half", "half", "most",
    "done", "came_back", "without_work", "satisfaction", "response",
)  # fmt: skip
#: parts of the content that are of the month, and change only when its past is corrected
OF_MONTH = ("measures", "centres", "trend", "types", "contractors", "arrivals")
#: waits before a letter is tried again, in minutes; after the last of them it is given up
WAITS = (1, 5, 30, 120, 360, 720, 1440)
#: a letter that was begun and not settled so long after: whoever began it is gone
LEASE = timedelta(minutes=10)


def is_time(local: datetime) -> bool:
    """Say whether last month's booklets may be made. local: on the city's clock; later in the month is time too."""
    return (local.day, local.hour) >= (DAY, HOUR)


def is_corrected(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Say whether what is counted of the month came out differently. What was true at a moment does not count."""
    return any(content_hash({"": old.get(part)}) != content_hash({"": new.get(part)}) for part in OF_MONTH)


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the measures of the booklet's own place that differ: [{code, was, now}], each a value as frozen.

    Empty when only other parts differ (the city beside it, a year ago, a type, a contractor).
    """
    before = {each["code"]: each["own"] for each in old.get("measures", ())}
    return [
        {"code": each["code"], "was": before[each["code"]], "now": each["own"]}
        for each in new["measures"]
        if each["code"] in before and before[each["code"]] != each["own"]
    ]


def next_try(tries: int, now: datetime) -> datetime | None:
    """Return when a letter that failed is tried again; None: it is given up. tries: made so far, at least one."""
    return now + timedelta(minutes=WAITS[tries - 1]) if tries <= len(WAITS) else None
