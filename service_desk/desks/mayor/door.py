"""The mayor's blueprint, and what a reader asked for: a period, a centre, a figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, url_for
from flask_login import current_user

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.clock import CITY_ZONE
from service_desk.errors import NotFound
from service_desk.reports.populations import FIGURES
from service_desk.reports.rules import (
    LENGTHS,
    USUAL_DAYS,
    Days,
    Period,
    between,
    days_between,
    last_days,
    usual_days,
)
from service_desk.reports.rules.populations import POPULATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from service_desk.city.models import Centre, Unit
    from service_desk.people.rules import Actor

desk = Blueprint("mayor", __name__)


#: periods that are not over, by what an address calls them: how many days before today they begin
GOING_ON = {"today": 0, "yesterday": 1}


@dataclass(frozen=True)
class Asked:
    """A period as it was asked for. first, last: dates as typed; is_wrong: they make no period, the usual one is shown.

    days: the whole days of the city that figures count by, which ended yesterday at the latest; on: one of GOING_ON.
    """

    period: Period
    days: Days
    first: str = ""
    last: str = ""
    is_wrong: bool = False
    on: str = ""

    @property
    def query(self) -> dict[str, Any]:
        """Return the words of an address that ask for the same period again."""
        if self.on:
            return {"on": self.on}
        if self.period.days is not None:
            return {"days": self.period.days}
        return {"from": self.first, "to": self.last}


def read_period(args: Mapping[str, str], now: datetime) -> Asked:
    """Return the period asked for, until this moment: ?from=&to= (city dates), or ?days= one of LENGTHS; the usual one otherwise."""
    today = clock.local(now).date()
    first, last = args.get("from", "").strip()[:10], args.get("to", "").strip()[:10]
    if first or last:
        found = _dates(first, last, now)
        if found is not None:
            return Asked(found, usual_days(today), first, last)
        return Asked(last_days(USUAL_DAYS, now), usual_days(today), first, last, is_wrong=True)
    days = _length(args)
    return Asked(last_days(days, now), usual_days(today, days))


def read_days(args: Mapping[str, str], now: datetime) -> Asked:
    """Return the whole days asked for: as read_period, but over; ?on= one of GOING_ON for days that are not."""
    today = clock.local(now).date()
    on = args.get("on", "")
    if on in GOING_ON:
        return _whole(Days(today - timedelta(days=GOING_ON[on]), today), on=on)
    first, last = args.get("from", "").strip()[:10], args.get("to", "").strip()[:10]
    if first or last:
        found = _whole_dates(first, last, today)
        if found is not None:
            return _whole(found, first=first, last=last)
        return _whole(usual_days(today), USUAL_DAYS, first=first, last=last, is_wrong=True)
    days = _length(args)
    return _whole(usual_days(today, days), days)


def _whole(days: Days, length: int | None = None, **more: Any) -> Asked:
    since, until = days.since(CITY_ZONE).astimezone(UTC), days.until(CITY_ZONE).astimezone(UTC)
    return Asked(Period(since, until, length), days, **more)


def _length(args: Mapping[str, str]) -> int:
    asked = args.get("days", "")
    return int(asked) if asked in {str(each) for each in LENGTHS} else USUAL_DAYS


def _dates(first: str, last: str, now: datetime) -> Period | None:
    try:
        return between(date.fromisoformat(first), date.fromisoformat(last), now, CITY_ZONE)
    except ValueError:
        return None  # the page says that the dates make no period


def _whole_dates(first: str, last: str, today: date) -> Days | None:
    try:
        return days_between(date.fromisoformat(first), date.fromisoformat(last), today)
    except ValueError:
        return None  # the page says that the dates make no period


def read_centre(args: Mapping[str, str]) -> Centre | None:
    """Return the centre of ?centre=number, None for the city. Raises NotFound for a number that is no centre's."""
    number = args.get("centre", "")
    if not number:
        return None
    found = city_map().numbered(number)
    if found is None:
        raise NotFound
    return found


def contractor_or_404(unit_id: int) -> Unit:
    """Return the contractor. Raises NotFound for another unit."""
    unit = city_map().units.get(unit_id)
    if unit is None or unit.kind != "contractor":
        raise NotFound
    return unit


def read_figure(args: Mapping[str, str]) -> str:
    """Return the name of ?figure=. Raises NotFound for a name that is no figure's."""
    name = args.get("figure", "")
    if name not in FIGURES:
        raise NotFound
    return name


def link(figure: str, asked: Asked, number: int | None = None, **more: Any) -> str:
    """Return the address of the tickets behind a figure. number: of a centre, None for the city."""
    centre: dict[str, Any] = {} if number is None else {"centre": number}
    # figures of this moment have no days
    days = asked.query if POPULATIONS[figure].day else {}
    return url_for("mayor.tickets", figure=figure, **centre, **days, **more)


def actor() -> Actor:
    """Return who is at the desk; the guard let nobody else in."""
    return cast("Actor", cast("Any", current_user).actor)
