"""A measure over time: its value of each week or month, with too few cases left out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from service_desk.reports.measures import MEASURES
from service_desk.reports.rules import Days, Steps, month_of, week_of
from service_desk.reports.rules.days import days_of, year_before
from service_desk.reports.sums import CITY, Sums, spreads_of, sums
from service_desk.reports.values import residents, value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service_desk.city.models import Centre

#: what a line's points may be
BY = ("month", "week")
#: points of a line: a year of months, half a year of weeks
_COUNT = {"month": 12, "week": 26}
_YEAR = timedelta(weeks=52)


def points(by: str, today: date) -> tuple[list[date], list[date]]:
    """Return the first days of the spans that are over, and of those a year before; oldest first. by: one of BY."""
    first = month_of(today) if by == "month" else week_of(today)
    found: list[date] = []
    for _each in range(_COUNT[by]):
        first = month_of(first - timedelta(days=1)) if by == "month" else first - timedelta(weeks=1)
        found.append(first)
    found.reverse()
    before = [year_before(each) if by == "month" else each - _YEAR for each in found]
    return found, before


def days_from(first: date, by: str) -> Days:
    """Return the days of a point of the line. by: month or week; first: its first day."""
    return days_of(first) if by == "month" else Days(first, first + timedelta(days=6))


def series(code: str, by: str, firsts: Sequence[date], centre: Centre | None) -> list[float | None]:
    """Return the measure of each span that begins on one of these days, None where it has too few cases. One statement."""
    key = centre.id if centre else CITY
    if MEASURES[code].spread:
        name = MEASURES[code].spread
        held = spreads_of([days_from(each, by) for each in firsts], [name], by="centre" if centre else "city")
        values = [value(code, spreads={name: each[name].get(key, Steps())}) for each in held]
    else:
        first, last = min(firsts), max(days_from(each, by).last for each in firsts)
        found = sums(Days(first, last), by=by, centre_id=centre.id if centre else None)
        values = [value(code, found.get(each, Sums()), residents=residents(key)) for each in firsts]
    return [None if each.is_few or each.is_hidden else each.number for each in values]
