"""The tickets behind a figure: the same condition as the figure, so the same number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, select, tuple_

from service_desk.extensions import db
from service_desk.reports.holders import NOBODY, turns
from service_desk.reports.populations import OF_TICKETS, cases, source
from service_desk.slas.models import Clock
from service_desk.tickets.models import Ticket, TicketEvent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Select

    from service_desk.reports.rules import Period

PAGE = 50
#: rows of a CSV at most: what a spreadsheet opens without complaint
CSV_LIMIT = 100_000
#: where the time goes is summed over at most so many of the latest tickets done
MOST_TICKETS = 20_000
#: late tickets drawn on the map at most, the longest late first
MOST_DOTS = 400


@dataclass(frozen=True, slots=True)
class Case:
    """A row behind a figure: the ticket without anything personal, and the promise when the figure is of promises."""

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


def _columns(name: str) -> list[Any]:
    of_ticket = [
        Ticket.id,
        Ticket.reference,
        Ticket.service_code,
        Ticket.status,
        Ticket.centre_id,
        Ticket.unit_id,
        Ticket.address,
        Ticket.holder_kind,
        Ticket.holder_since,
        Ticket.opened_at,
        Ticket.is_sensitive,
        Ticket.lon,
        Ticket.lat,
    ]
    if name in OF_TICKETS:
        return [*of_ticket, Ticket.due_at, literal(None), literal(None), literal(None), literal(None)]
    return [*of_ticket, Clock.due_at, Clock.started_at, Clock.stopped_at, Clock.result, Clock.round]


def _behind(
    name: str, period: Period, now: datetime, centre_id: int | None, columns: list[Any]
) -> Select[Any]:
    query = select(*columns).select_from(source(name)).where(cases(name, period, now))
    return query if centre_id is None else query.where(Ticket.centre_id == centre_id)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a list: the case at it, by what the list is ordered by. round: 0 for figures of tickets."""

    at: datetime
    id: int
    round: int


def mark_of(name: str, case: Case) -> Mark:
    """Return the place of a case in the list of a figure."""
    if name in OF_TICKETS or case.started_at is None or case.due_at is None:
        return Mark(case.opened_at, case.id, 0)
    return Mark(case.due_at, case.id, case.round or 0)


def _order(name: str) -> tuple[Any, ...]:
    """Return what a list is ordered by; together unique."""
    return (
        (Ticket.opened_at, Ticket.id) if name in OF_TICKETS else (Clock.due_at, Clock.ticket_id, Clock.round)
    )


def behind(
    name: str,
    period: Period,
    now: datetime,
    *,
    centre_id: int | None = None,
    limit: int = PAGE,
    after: Mark | None = None,
    before: Mark | None = None,
) -> list[Case]:
    """Return a page of the cases behind a figure, the earliest due (or opened) first. Raises KeyError.

    after, before: a place of the list; with neither, the first page. A deep page costs what the first does. One statement.
    """
    query, order = _behind(name, period, now, centre_id, _columns(name)), _order(name)
    place = after or before
    if place is not None:
        here = tuple_(*(literal(each) for each in (place.at, place.id, place.round)[: len(order)]))
        # the first column alone as well: that is what the index of the list can start from
        query = query.where(
            *(order[0] >= place.at, tuple_(*order) > here)
            if after
            else (order[0] <= place.at, tuple_(*order) < here)
        )
    is_backward = after is None and before is not None
    query = query.order_by(*(column.desc() if is_backward else column for column in order))
    found = [Case(*row) for row in db.session.execute(query.limit(limit))]
    return found[::-1] if is_backward else found


def count(name: str, period: Period, now: datetime, *, centre_id: int | None = None) -> int:
    """Return how many cases are behind a figure. One statement."""
    return db.session.scalar(_behind(name, period, now, centre_id, [func.count()])) or 0


def each_of(
    name: str, period: Period, now: datetime, *, centre_id: int | None = None, limit: int = CSV_LIMIT
) -> Iterator[Case]:
    """Yield the cases behind a figure without keeping them all in memory."""
    query = _behind(name, period, now, centre_id, _columns(name)).order_by(*_order(name)).limit(limit)
    for row in db.session.execute(query.execution_options(yield_per=500)):
        yield Case(*row)


def where_time_goes(period: Period, now: datetime) -> dict[str, float]:
    """Return {holder kind: hours held} of the tickets done in the period, from report to «done». One statement.

    The wait for the resident's answer after the city said «done» is nobody's delay and is left out.
    """
    done = (
        select(Clock.ticket_id)
        .select_from(source("done"))
        .where(cases("done", period, now))
        .order_by(Clock.stopped_at.desc())
        .limit(MOST_TICKETS)
        .subquery()
    )
    held = turns(TicketEvent.ticket_id.in_(select(done.c.ticket_id)))
    hours = func.sum(func.extract("epoch", held.c.until - held.c.at)) / 3600
    query = (
        select(held.c.holder_kind, hours)
        .where(held.c.until.is_not(None), held.c.status != "resolved", held.c.holder_kind != NOBODY)
        .group_by(held.c.holder_kind)
    )
    return {kind: float(total) for kind, total in db.session.execute(query) if total}
