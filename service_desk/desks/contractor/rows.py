"""An order as a line of the list or a stop of the route: words and numbers only. Everything comes from memory."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from flask_babel import gettext as _

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.contractors.rules import WITH_CONTRACTOR
from service_desk.desks.clerk.chips import DueChip
from service_desk.desks.contractor import words
from service_desk.desks.filters import by_language, due, on_day, span, where
from service_desk.tickets.rules import shown

if TYPE_CHECKING:
    from service_desk.contractors.queries.orders import OrderLine

#: time left that counts as soon, unless the whole is hardly longer
SOON = timedelta(hours=2)


class Row(NamedTuple):
    """One order as it is shown. place: words; lon, lat: degrees. go: address of a navigation, '' without a point."""

    id: int
    reference: str
    name: str
    icon: str
    number: int
    place: str
    landmark: str
    is_hazard: bool
    state: str
    colour: str
    duty: str
    due: DueChip
    visit: str
    lon: float | None
    lat: float | None
    go: str


def reference_of(reference: str, number: int) -> str:
    """Return an order's public name: 482-1937/2."""
    return f"{shown(reference)}/{number}"


def navigation(lon: float | None, lat: float | None) -> str:
    """Return an address that a phone opens in the map its owner chose, '' without a point (degrees)."""
    if lon is None or lat is None:
        return ""
    return f"geo:{lat:.6f},{lon:.6f}?q={lat:.6f},{lon:.6f}"


def chip(
    issued_at: datetime, due_at: datetime | None, now: datetime, *, is_paused: bool, done_at: datetime | None
) -> DueChip:
    """Return what the next duty says of its time; one reported as done says since when it waits."""
    if due_at is None:
        return DueChip("met", _("Reported as finished"), on_day(done_at), 100)
    if is_paused:
        return DueChip("paused", _("The clock stands still"), due(due_at), 40)
    left, whole = due_at - now, max((due_at - issued_at).total_seconds(), 1.0)
    if left < timedelta(0):
        return DueChip("late", _("Late by %(time)s", time=span(left)), due(due_at), 100)
    percent = max(0, min(round(100 * (1 - left.total_seconds() / whole)), 100))
    is_soon = left.total_seconds() <= whole / 5 or left < min(SOON, timedelta(seconds=whole / 2))
    return DueChip("soon" if is_soon else "ok", _("%(time)s left", time=span(left)), due(due_at), percent)


def centre_number(area_code: str | None) -> int:
    """Return the number of the centre that answers for the area, of the default one outside all areas."""
    city = city_map()
    known = area_code is not None and area_code in city.areas
    return (city.centre_of_area(str(area_code)) if known else city.default_centre).number


def row_of(line: OrderLine, now: datetime) -> Row:
    """Return an order's line in the reader's language."""
    service = catalogue().types.get(line.service_code)
    state, colour = words.STATE[line.state]
    is_with_us = line.state in WITH_CONTRACTOR
    return Row(
        id=line.id,
        reference=reference_of(line.reference, line.number),
        name=by_language(service.name) if service else line.service_code,
        icon=(service.icon if service else "") or "wrench",
        number=centre_number(line.area_code),
        place=where(line),
        landmark=line.landmark if line.address else "",
        is_hazard=line.is_hazard,
        state=str(state),
        colour=colour,
        duty=str(words.DUTY.get(line.due_kind or "", "")) if is_with_us else "",
        due=chip(
            line.issued_at,
            line.due_at if is_with_us else None,
            now,
            is_paused=line.is_paused,
            done_at=line.done_at,
        ),
        visit=on_day(line.scheduled_for) if line.state == "scheduled" else "",
        lon=line.lon,
        lat=line.lat,
        go=navigation(line.lon, line.lat),
    )


@lru_cache(maxsize=16)
def end_of_today(now: datetime) -> datetime:
    """Return the coming midnight on the city's clock; late in the evening, so far as what is due counts as soon."""
    day = clock.local(now).date() + timedelta(days=1)
    return max(datetime.combine(day, time(0), tzinfo=clock.CITY_ZONE), now + SOON)


def is_late(line: OrderLine, now: datetime) -> bool:
    """Say whether the next duty's time has passed while its clock ran."""
    return line.due_at is not None and not line.is_paused and line.due_at < now


def is_for_today(line: OrderLine, now: datetime) -> bool:
    """Say whether the order belongs to today: a danger, late, due or planned before its end, or begun."""
    if line.state not in WITH_CONTRACTOR:
        return False
    if line.is_hazard or line.state == "on_site":
        return True
    ends = end_of_today(now)
    return (line.due_at is not None and line.due_at <= ends) or (
        line.scheduled_for is not None and line.scheduled_for <= ends
    )
