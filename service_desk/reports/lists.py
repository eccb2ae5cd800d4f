"""The tickets behind a figure: the very cases that were summed, so the same number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from service_desk.clock import CITY_ZONE
from service_desk.extensions import db
from service_desk.reports.rules.populations import POPULATIONS
from service_desk.reports.sums import CITY, Now, Sums, spreads, standing, standing_by_service, sums
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from service_desk.reports.rules import Days
    from service_desk.reports.rules.populations import Population

PAGE = 50
#: late tickets drawn on the map at most, the longest late first
MOST_DOTS = 400


@dataclass(frozen=True, slots=True)
class Case:
    """A row behind a figure: the ticket without anything personal, and the promise when the figure is of promises.

    at: what the list is ordered by: an instant, or the beginning of a day in UTC.
    """

    id: int
    reference: str
    service_code: str
    status: str
    centre_id: int
    unit_id: int | None
    address: str
    holder_kind: str
    holder_since: datetime
    opened_at: datetime
    is_sensitive: bool
    lon: float | None
    lat: float | None
    due_at: datetime | None
    started_at: datetime | None
    stopped_at: datetime | None
    result: str | None
    round: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a list: the case at it, by what the list is ordered by."""

    at: datetime
    id: int
    round: int


def mark_of(_name: str, case: Case) -> Mark:
    """Return the place of a case in the list of a figure."""
    return Mark(case.at, case.id, case.round or 0)


_OF_TICKET = (
    "t.id, t.reference, t.service_code, t.status, t.centre_id, t.unit_id, t.address, t.holder_kind, t.holder_since, "
    "t.opened_at, t.is_sensitive, t.lon, t.lat"
)


def behind(
    name: str,
    days: Days,
    *,
    centre_id: int | None = None,
    service_code: str | None = None,
    limit: int = PAGE,
    after: Mark | None = None,
    before: Mark | None = None,
) -> list[Case]:
    """Return a page of the cases behind a figure, the earliest first. name: one of POPULATIONS; raises KeyError.

    days: those the figure is of; a figure of this moment has none. after, before: a place of the list; with neither,
    the first page. A deep page costs what the first does. One statement.
    """
    population = POPULATIONS[name]
    place, is_backward = after or before, after is None and before is not None
    where, given = conditions(population, days, centre_id, service_code)
    if place is not None:
        sign = "<" if is_backward else ">"
        # the first column alone as well: that is what the index of the list can start from
        where += f" AND c.{population.at} {sign}= :at AND (c.{population.at}, c.ticket_id, c.round) {sign} (:at, :id, :round)"
        at = place.at if population.at.endswith("_at") else place.at.astimezone(UTC).date()
        given |= {"at": at, "id": place.id, "round": place.round}
    way = "DESC" if is_backward else "ASC"
    order = f"c.{population.at} {way}, c.ticket_id {way}, c.round {way}"
    if population.is_of_tickets:
        promise = "t.due_at, NULL, NULL, NULL, c.round"
    else:
        promise = "c.due_at, c.started_at, k.stopped_at, k.result, c.round"
    query = f"""
        SELECT {_OF_TICKET}, {promise}, c.at
        FROM (
            SELECT c.*, c.{population.at} AS at FROM figures_cases c WHERE {where} ORDER BY {order} LIMIT :limit
        ) c
        JOIN tickets t ON t.authority_id = c.authority_id AND t.id = c.ticket_id
        LEFT JOIN clocks k ON k.authority_id = c.authority_id AND k.ticket_id = c.ticket_id AND k.kind = 'resolve'
            AND k.round = c.round
        ORDER BY {order}
    """  # noqa: S608
    rows = db.session.execute(text(query), {**given, "limit": limit})
    found = [Case(*(*row[:-1], _instant(row[-1]))) for row in rows]
    return found[::-1] if is_backward else found


def conditions(
    population: Population, days: Days, centre_id: int | None = None, service_code: str | None = None
) -> tuple[str, dict[str, Any]]:
    """Return the WHERE of a population's cases («c») and its parameters: what the sums counted, so that a list is the figure."""
    given: dict[str, Any] = {"here": tenant_id()}
    where = f"c.authority_id = :here AND {population.where}"
    if population.day:
        where += f" AND c.{population.day} BETWEEN :first AND :last"
        given |= {"first": days.first, "last": days.last}
    if population.day and population.at.endswith("_at"):
        # the same days as instants: what the index is by
        where += f" AND c.{population.at} >= :since AND c.{population.at} < :until"
        given |= {"since": days.since(CITY_ZONE), "until": days.until(CITY_ZONE)}
    if centre_id is not None:
        where += " AND c.centre_id = :centre"
        given["centre"] = centre_id
    if service_code is not None:
        where += " AND c.service_code = :service"
        given["service"] = service_code
    return where, given


def _instant(at: datetime | date) -> datetime:
    return at if isinstance(at, datetime) else datetime.combine(at, time(), UTC)


def count(name: str, days: Days, *, centre_id: int | None = None, service_code: str | None = None) -> int:
    """Return how many cases are behind a figure: its sum. One statement, however many they are. Raises KeyError."""
    population = POPULATIONS[name]
    if name == "over" and service_code is None:
        found = spreads(days, "over").get(CITY if centre_id is None else centre_id)
        return found.cases if found else 0
    if name == "over":
        where, given = conditions(population, days, centre_id, service_code)
        return int(db.session.scalar(text(f"SELECT count(*) FROM figures_cases c WHERE {where}"), given) or 0)  # noqa: S608
    if not population.day:
        standing_name = {"open": "open", "late": "late", "hazards_open": "hazards"}[name]
        return int(getattr(_standing(centre_id, service_code), standing_name))
    of_days = sums(days, by="city", centre_id=centre_id, service_code=service_code).get(CITY, Sums())
    return int(getattr(of_days, name))


def _standing(centre_id: int | None, service_code: str | None) -> Now:
    if service_code is not None:
        return standing_by_service(centre_id).get(service_code, Now())
    return standing().get(CITY if centre_id is None else centre_id, Now())
