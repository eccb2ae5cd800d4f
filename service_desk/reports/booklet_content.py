"""The content of a booklet: codes, numbers and names by language, so that it reads in every language and never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.reports.arrivals import NOBODY
from service_desk.reports.measures import MEASURES
from service_desk.reports.rules import FEWEST, HIDDEN, is_hidden, percent
from service_desk.reports.rules.booklets import CODES, MOST_CONTRACTORS, MOST_TYPES, VERSION
from service_desk.reports.rules.days import month_before, year_before
from service_desk.reports.sums import CITY, Sums
from service_desk.reports.values import residents, value
from service_desk.slas.queries import standards
from service_desk.slas.rules.weekly import open_minutes, week_of

if TYPE_CHECKING:
    from datetime import date

    from service_desk.city.models import Centre
    from service_desk.reports.booklet_reading import MonthRead, Worked

#: measures of the trend, and of the centres side by side
TREND_CODES = ("on_time", "received", "half")
SIDE_CODES = ("received", "on_time", "half", "came_back", "satisfaction")


def of_month(read: MonthRead, centre: Centre | None) -> dict[str, Any]:
    """Return what is counted of a month. centre: None for the city. Every number is said to be hidden or few here."""
    key = centre.id if centre else CITY
    return {
        "version": VERSION,
        "month": read.month.isoformat(),
        "centre": {"number": centre.number, "name": centre.name} if centre else None,
        "city": city_map().authority.name,
        "fewest": FEWEST,
        "hidden": HIDDEN,
        "measures": [_measure(code, read, key) for code in CODES],
        "centres": [] if centre else [_side(read, each) for each in city_map().centres.values()],
        "trend": _trend(read, key),
        "types": _types(read, key),
        "contractors": _contractors(read, key),
        "arrivals": _arrivals(read, centre),
    }


def _measure(code: str, read: MonthRead, key: int) -> dict[str, Any]:
    return {
        "code": code,
        "own": value_of(code, read, read.month, key),
        "city": None if key == CITY else value_of(code, read, read.month, CITY),
        "before": _then(code, read, month_before(read.month), key),
        "year": _then(code, read, year_before(read.month), key),
    }


def _then(code: str, read: MonthRead, month: date, key: int) -> dict[str, Any] | None:
    """Return the value of an earlier month; None when the city counted nothing then: nought would be a claim."""
    return value_of(code, read, month, key) if has_happened(read, month) else None


def has_happened(read: MonthRead, month: date) -> bool:
    """Say whether anything at all was counted in the city in a month."""
    city = read.sums[month][CITY]
    return bool(city.received or city.due or city.done)


def value_of(code: str, read: MonthRead, month: date, key: int) -> dict[str, Any]:
    """Return a measure as frozen: {number or None, cases, few, hidden}. A count below HIDDEN is hidden as a share is."""
    sums = read.sums[month].get(key, Sums())
    steps = {name: held[key] for name, held in read.spreads[month].items() if key in held}
    found = value(code, sums, steps, residents=residents(key))
    hidden = found.is_hidden or (MEASURES[code].unit in ("cases", "per_1000") and is_hidden(found.cases))
    return {
        "number": None if hidden else found.number,
        # how few is not said of what is hidden
        "cases": None if hidden else found.cases,
        "few": found.is_few,
        "hidden": hidden,
    }


def _side(read: MonthRead, centre: Centre) -> dict[str, Any]:
    return {
        "number": centre.number,
        "name": centre.name,
        "values": {code: value_of(code, read, read.month, centre.id) for code in SIDE_CODES},
    }


def _trend(read: MonthRead, key: int) -> dict[str, Any]:
    def line(code: str, of: int) -> list[float | None]:
        found = [value_of(code, read, month, of) for month in read.months]
        return [None if each["few"] or each["hidden"] else each["number"] for each in found]

    return {
        "months": [each.isoformat() for each in read.months],
        "own": {code: line(code, key) for code in TREND_CODES},
        "city": {} if key == CITY else {code: line(code, CITY) for code in ("on_time", "half")},
    }


def _types(read: MonthRead, key: int) -> list[dict[str, Any]]:
    """Return the types with most requests; those too few to show are left out."""
    known = catalogue().types
    found = [
        (code, each) for code, each in read.types.get(key, {}).items() if each.received and code in known
    ]
    found = [pair for pair in found if not is_hidden(pair[1].received)]
    found.sort(key=lambda pair: (-pair[1].received, pair[0]))
    return [
        {"code": code, "name": known[code].name, "received": each.received, **_share(each.met, each.due)}
        for code, each in found[:MOST_TYPES]
    ]


def _share(met: int, due: int) -> dict[str, Any]:
    """Return {due, on_time}: None where they are too few to show."""
    hidden = is_hidden(due)
    return {
        "due": None if hidden else due,
        "on_time": None if hidden else percent(met, due),
        "few": due < FEWEST,
    }


def _contractors(read: MonthRead, key: int) -> list[dict[str, Any]]:
    units = city_map().units
    found: list[tuple[int, Worked]] = [
        pair for pair in read.contractors.get(key, {}).items() if pair[0] in units
    ]
    found.sort(key=lambda pair: (-pair[1].issued, -pair[1].done, pair[0]))
    return [
        {
            "name": units[unit_id].name,
            "issued": _count(each.issued),
            "done": _count(each.done),
            **_share(each.met, each.due),
        }
        for unit_id, each in found[:MOST_CONTRACTORS]
    ]


def _count(number: int) -> int | None:
    return None if is_hidden(number) else number


def _arrivals(read: MonthRead, centre: Centre | None) -> dict[str, Any]:
    """Return how many reports came, and the share of them while their centre was closed."""
    total = closed = 0
    for each in [centre] if centre else city_map().centres.values():
        _version, calendar = standards().calendar(each.calendar_code)
        came = read.arrivals.get(each.id, NOBODY)
        total, closed = total + came.total, closed + came.while_closed(calendar)
    hidden = is_hidden(total)
    week = week_of(standards().in_force[centre.calendar_code].windows) if centre else None
    return {
        "total": None if hidden else total,
        "closed": None if hidden else percent(closed, total),
        "few": total < FEWEST,
        "week_minutes": None if week is None else open_minutes(week),
    }
