"""Sentences of the pages on which a change is tried before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from service_desk.desks.mayor import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString


#: the city's week begins on Sunday; weekdays count from Monday = 0
KIND: Mapping[str, LazyString] = {
    "boundary": _l("A border between centres"),
    "sla": _l("The standard of a type of request"),
    "hours": _l("A centre's opening hours"),
    "contract_area": _l("The areas of a contractor"),
}
ABOUT: Mapping[str, LazyString] = {
    "boundary": _l("Drawn on the map or uploaded: how many requests each centre would have had."),
    "sla": _l("Another time or calendar: how many promises would have been kept."),
    "hours": _l("Other hours: how many reports would have found the door closed."),
    "contract_area": _l("Other areas: how many orders each contractor would have had."),
}
ICON: Mapping[str, str] = {
    "boundary": "map-trifold",
    "sla": "clock-countdown",
    "hours": "calendar",
    "contract_area": "users",
}
STATE: Mapping[str, LazyString] = {
    "draft": _l("Draft"),
    "agreed": _l("Agreed, waits for its day"),
    "applied": _l("In force"),
    "dropped": _l("Dropped"),
}
#: colour of a state's tag; the word is always beside it
STATE_COLOUR: Mapping[str, str] = {
    "draft": "neutral",
    "agreed": "info",
    "applied": "success",
    "dropped": "neutral",
}
CALENDAR: Mapping[str, LazyString] = {
    "24x7": _l("Every hour of every day"),
    "business": _l("Working days, all 24 hours"),
    "office": _l("Office hours of working days"),
}
#: what a replay cannot know, said with each result
LIMITS: Mapping[str, tuple[LazyString, ...]] = {
    "boundary": (
        _l("Everybody would have acted as they did: the same requests, each done when it was done."),
        _l("A request without a place, or one that a person gave to another centre, stays where it was."),
    ),
    "sla": (
        _l(
            "Everybody would have acted as they did: each request done when it was done. People who are given more time may use it."
        ),
        _l(
            "What pauses took is given back as the same amount of open time. A request that is still open counts once its new time has passed."
        ),
    ),
    "hours": (
        _l("Everybody would have reported at the same moment."),
        _l(
            "Promises are counted on the calendar of their standard: opening hours change them only where a standard names the centre's own calendar."
        ),
    ),
    "contract_area": (
        _l("Each order would have been done when it was done, whoever did it."),
        _l("Orders that a person gave to a contractor outside its areas stay where they were."),
    ),
}
PROBLEM: Mapping[str, LazyString] = {
    "required": _l("This is needed."),
    "unreadable": _l("This is not GeoJSON that can be read."),
    "too_large": _l("The shape has too many points: up to 20,000 can be read."),
    "no_polygon": _l("A closed shape is needed: a polygon, not points or lines."),
    "invalid": _l("The shape's outline crosses itself."),
    "unknown_area": _l(
        "A feature names an area that the city does not have, or one twice. The codes are in the file of today's areas."
    ),
    "outside": _l("The shape lies outside the city."),
    "nothing_new": _l("This ground belongs to that centre already."),
    "tiny": _l("The ground that would change hands is less than 1,000 m², or a strip narrower than 4 m."),
    "area_gone": _l("A centre would be left without any ground."),
    "gap": _l("Some ground of the city would belong to no centre: the uploaded areas leave a gap."),
    "overlap": _l("Some ground would belong to two centres: the uploaded areas overlap."),
    "hours": _l("A number of hours is needed, from 0.1 to 8,760."),
    "longer": _l("A reopened request cannot be promised more time than a new one."),
    "same": _l("This is how it is today: nothing would change."),
    "ends": _l("The calendar's holidays are not known so far ahead."),
    "no_area": _l("A contract needs at least one area."),
    "contract_gone": _l("Another contractor would be left without any area."),
    "shared_work": _l(
        "Another contract there is for more kinds of work than this one. Its areas are changed on its own page."
    ),
    "other_work": _l("That contract is not for all of this work."),
    "past": _l("Only today and days to come can be chosen."),
    "far": _l("At most a year ahead."),
    "changed": _l(
        "What this would replace has been changed meanwhile. A new proposal can be made on the new data."
    ),
    "used": _l("This form was already sent."),
    "unreadable_hours": _l("Hours are written like 08:00-13:00, 16:00-20:00."),
    "reversed": _l("The door must open before it closes."),
    "never_open": _l("A centre that never opens cannot serve anybody: at least one day needs hours."),
    "too_many": _l("At most six openings a day."),
}


def problem(field: str, code: str) -> str:
    """Return the sentence of a problem beside its field."""
    if field.startswith("day_") and code == "unreadable":
        code = "unreadable_hours"
    if field.startswith("day_") and code == "overlap":
        return _("Two of the times overlap.")
    return str(PROBLEM.get(code, PROBLEM["changed"]))


def hours(minutes: int) -> str:
    """Return open time in hours, with a decimal where it has one."""
    return _("%(hours)s hours", hours=format_decimal(round(minutes / 60, 1)))


def typed_hours(minutes: int) -> str:
    """Return minutes as a form's hours: 72, 1.5."""
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")


def ground(square_m: float) -> str:
    """Return ground in dunams, as land is measured here."""
    return _("%(dunams)s dunams", dunams=format_decimal(round(square_m / 1000, 1)))


#: around what is written left to right inside any line
_APART, _TOGETHER = "\u2066", "\u2069"


def difference(number: float, *, is_share: bool = False) -> str:
    """Return a signed difference, of shares in percentage points; no change is said as 0."""
    shown = format_decimal(round(abs(number), 1))
    sign = "" if not number else "+" if number > 0 else "\u2212"
    signed = f"{_APART}{sign}{shown}{_TOGETHER}"
    return _("%(num)s points", num=signed) if is_share and number else signed


def week() -> list[tuple[int, str]]:
    """Return (weekday 0=Monday, its name) of a week, Sunday first."""
    return [(weekday, words.day_name(weekday)) for weekday in words.WEEK]
