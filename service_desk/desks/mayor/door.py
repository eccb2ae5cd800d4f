"""The mayor's blueprint, and what a reader asked for: a period, a centre, a figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, url_for

from service_desk.city.queries import city_map
from service_desk.clock import CITY_ZONE
from service_desk.errors import NotFound
from service_desk.reports.populations import FIGURES
from service_desk.reports.rules import LENGTHS, USUAL_DAYS, Period, between, last_days

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from service_desk.city.models import Centre

desk = Blueprint("mayor", __name__)


@dataclass(frozen=True)
class Asked:
    """A period as it was asked for. first, last: dates as typed; is_wrong: they make no period, the usual one is shown."""

    period: Period
    first: str = ""
    last: str = ""
    is_wrong: bool = False

    @property
    def query(self) -> dict[str, Any]:
        """Return the words of an address that ask for the same period again."""
        if self.period.days is not None:
            return {"days": self.period.days}
        return {"from": self.first, "to": self.last}


def read_period(args: Mapping[str, str], now: datetime) -> Asked:
    """Return the period asked for: ?from=&to= (city dates), or ?days= one of LENGTHS; the usual one otherwise."""
    first, last = args.get("from", "").strip()[:10], args.get("to", "").strip()[:10]
    if first or last:
        found = _dates(first, last, now)
        if found is not None:
            return Asked(found, first, last)
        return Asked(last_days(USUAL_DAYS, now), first, last, is_wrong=True)
    asked = args.get("days", "")
    days = int(asked) if asked in {str(each) for each in LENGTHS} else USUAL_DAYS
    return Asked(last_days(days, now))


def _dates(first: str, last: str, now: datetime) -> Period | None:
    try:
        return between(date.fromisoformat(first), date.fromisoformat(last), now, CITY_ZONE)
    except ValueError:
        return None  # the page says that the dates make no period


def read_centre(args: Mapping[str, str]) -> Centre | None:
    """Return the centre of ?centre=number, None for the city. Raises NotFound for a number that is no centre's."""
    number = args.get("centre", "")
    if not number:
        return None
    found = next((each for each in city_map().centres.values() if str(each.number) == number), None)
    if found is None:
        raise NotFound
    return found


def read_figure(args: Mapping[str, str]) -> str:
    """Return the name of ?figure=. Raises NotFound for a name that is no figure's."""
    name = args.get("figure", "")
    if name not in FIGURES:
        raise NotFound
    return name


def link(figure: str, asked: Asked, number: int | None = None, **more: Any) -> str:
    """Return the address of the tickets behind a figure. number: of a centre, None for the city."""
    centre: dict[str, Any] = {} if number is None else {"centre": number}
    return url_for("mayor.tickets", figure=figure, **centre, **asked.query, **more)
