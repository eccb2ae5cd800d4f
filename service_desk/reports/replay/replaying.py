"""A change, replayed on a year: the one door from a change as stored to its result as stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from shapely.geometry import shape
from sqlalchemy import select

from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.city.rules import AreaIndex
from service_desk.clock import CITY_ZONE
from service_desk.contractors.queries import contracts
from service_desk.extensions import db
from service_desk.reports.models import FigureState
from service_desk.reports.replay.changes import BoundaryChange, HoursChange, SlaChange
from service_desk.reports.replay.contract_areas import Served, orders_of, reassign
from service_desk.reports.replay.counting import ALL, Both, Count
from service_desk.reports.replay.loading import arrived_at, placed_cases, timed_cases
from service_desk.reports.replay.moving import move
from service_desk.reports.replay.promised_by import as_promised
from service_desk.reports.replay.promising import NewPromise, Span, promise_again
from service_desk.reports.rules import Days, usual_days
from service_desk.reports.sums import CITY, Sums, sums
from service_desk.slas.queries import standards
from service_desk.slas.rules.vectorised import open_seconds_between_many
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from service_desk.reports.replay.changes import Change, ContractAreaChange
    from service_desk.slas.rules import Calendar

#: days that are replayed: the last year of whole days
YEAR = 365


@dataclass(frozen=True)
class Result:
    """What a change comes to. by_key: {centre or contractor: both sides}, ALL for all of them.

    moved: arrivals or orders that would have gone to another; city: promises of every type together, where only one type
    was replayed; counted_at: the figures knew everything before; data_version: the city's data that it was made on.
    """

    days: Days
    by_key: dict[int, Both]
    moved: int
    data_version: int
    counted_at: datetime | None
    city: Both | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that `from_json` reads back."""
        return {
            "first": self.days.first.isoformat(),
            "last": self.days.last.isoformat(),
            "by_key": {str(key): each.to_json() for key, each in self.by_key.items()},
            "moved": self.moved,
            "data_version": self.data_version,
            "counted_at": self.counted_at.isoformat() if self.counted_at else None,
            "city": self.city.to_json() if self.city else None,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Result:
        """Return a stored result."""
        return cls(
            days=Days(date.fromisoformat(data["first"]), date.fromisoformat(data["last"])),
            by_key={int(key): Both.from_json(each) for key, each in data["by_key"].items()},
            moved=data["moved"],
            data_version=data["data_version"],
            counted_at=datetime.fromisoformat(data["counted_at"]) if data["counted_at"] else None,
            city=Both.from_json(data["city"]) if data["city"] else None,
        )


@dataclass(frozen=True)
class _Found:
    by_key: dict[int, Both]
    moved: int = 0
    city: Both | None = field(default=None)


def replay(change: Change, now: datetime) -> Result:
    """Return what a change would have come to in the last YEAR days. now: aware UTC. Two to five statements, which only read.

    Raises CalendarError when the calendar cannot answer for the promise.
    """
    days = usual_days(now.astimezone(CITY_ZONE).date(), YEAR)
    known = db.session.scalar(select(FigureState.counted_at).where(FigureState.authority_id == tenant_id()))
    if isinstance(change, BoundaryChange):
        found = _boundary(change, days)
    elif isinstance(change, SlaChange):
        found = _standard(change, days, now)
    elif isinstance(change, HoursChange):
        found = _hours(change, days, now)
    else:
        found = _contracts(change, days)
    return Result(days, found.by_key, found.moved, city_map().authority.data_version, known, found.city)


def new_index(change: BoundaryChange) -> AreaIndex:
    """Return the city's areas as the change would have them, ready for look-ups."""
    city = city_map()
    shapes = {code: shape(change.areas.get(code, area.geometry)) for code, area in city.areas.items()}
    return AreaIndex(list(shapes.items()), shape(city.boundary.geometry))


def _boundary(change: BoundaryChange, days: Days) -> _Found:
    city = city_map()
    centre_of = {code: city.centre_of_area(code).id for code in city.areas}
    bounds = shape(change.moved).bounds
    found = move(placed_cases(days), city.index, new_index(change), bounds, centre_of)
    return _Found(found.by_centre, found.moved)


def _span(days: Days, now: datetime) -> Span:
    ends = (days.since(CITY_ZONE), days.until(CITY_ZONE), now)
    return Span(*(int(each.timestamp()) for each in ends))


def _standard(change: SlaChange, days: Days, now: datetime) -> _Found:
    calendar = standards().calendar(change.calendar_code)[1]
    cases, calendars = as_promised(timed_cases(days, service_code=change.service_code))
    first = change.resolve_minutes if change.resolve_minutes != change.was_resolve_minutes else None
    again = change.reopened_minutes if change.reopened_minutes != change.was_reopened_minutes else None
    other = calendar if change.calendar_code != change.was_calendar_code else None
    if other is not None:
        first, again = change.resolve_minutes, change.reopened_minutes
    judged = promise_again(cases, NewPromise(first, again, other), calendars, _span(days, now))
    counted = sums(days, by="centre", service_code=change.service_code)
    arrivals = {key: Count(received=each.received) for key, each in counted.items()}
    arrivals[ALL] = Count(received=sum(each.received for each in counted.values()))
    return _Found(_with(judged, arrivals), city=_anew(sums(days, by="city").get(CITY), judged[ALL]))


def _hours(change: HoursChange, days: Days, now: datetime) -> _Found:
    known, centre = standards(), city_map().centre(change.centre_id)
    code = centre.calendar_code
    before, after = known.calendar(code)[1], known.trial(code, change.windows)
    versions = [row.id for row in known.versions.values() if row.code == code]
    cases, calendars = as_promised(timed_cases(days, calendar_ids=versions))
    judged = promise_again(cases, NewPromise(None, None, after), calendars, _span(days, now))
    came = arrived_at(centre.id, days)
    counted = sums(days, by="centre")
    own = judged.get(centre.id, Both(Count(), Count()))
    was = _anew(counted.get(centre.id), own)
    both = Both(
        was.before + Count(received=len(came), closed=_while_closed(came, before)),
        was.after + Count(received=len(came), closed=_while_closed(came, after)),
    )
    whole = sum(counted.values(), Sums())
    return _Found({ALL: both, centre.id: both}, city=_anew(whole, judged[ALL]))


def _while_closed(opened: NDArray[Any], calendar: Calendar) -> int:
    """Return how many came while the door was closed, holidays and changed days counted."""
    return int((open_seconds_between_many(opened, opened + 1, calendar) == 0).sum())


def _contracts(change: ContractAreaChange, days: Days) -> _Found:
    changed = []
    for code, areas in change.areas.items():
        row = contracts.versions_of(code)[-1]
        was = change.was[code]
        changed.append(
            Served(
                row.unit_id,
                frozenset(contracts.terms_of(row.id).domains),
                None if was is None else frozenset(was),
                None if areas is None else frozenset(areas),
            )
        )
    domain_of = {each.code: each.contractor_domain for each in catalogue().types.values()}
    return _Found(*reassign(orders_of(days), changed, domain_of))


def _with(judged: dict[int, Both], more: dict[int, Count]) -> dict[int, Both]:
    """Return both sides with the same counts added to each of them."""
    none = Both(Count(), Count())
    return {
        key: Both(
            judged.get(key, none).before + more.get(key, Count()),
            judged.get(key, none).after + more.get(key, Count()),
        )
        for key in sorted(judged.keys() | more.keys())
    }


def _anew(counted: Sums | None, part: Both) -> Both:
    """Return promises as counted, and with a part of them judged anew."""
    before = Count(due=counted.due, met=counted.met) if counted else Count()
    return Both(before, before - part.before + part.after)
