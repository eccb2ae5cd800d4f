"""What each figure counts: one condition each, used by the figure, by the list behind it and by its CSV.

A promise is a row of clocks of the kind «resolve»: the first of a ticket, and one more for each reopening. A paused
promise is counted nowhere until it runs again, one taken back (void) never.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, or_
from sqlalchemy.orm import aliased

from service_desk.slas.models import Clock
from service_desk.tickets.models import Ticket
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.sql.selectable import FromClause

    from service_desk.reports.rules import Period

KEPT_OR_NOT = ("met", "missed")
#: endings without work: what they took is no working time
WITHOUT_WORK = ("rejected", "duplicate")
#: figures whose cases are tickets; the cases of the others are promises
OF_TICKETS = frozenset({"received", "open"})
FIGURES = ("received", "open", "late", "due", "met", "missed", "done", "reopened", "answered")


def of_tickets() -> ColumnElement[bool]:
    """Return the condition of the present authority's tickets."""
    return Ticket.authority_id == tenant_id()


def source(name: str) -> FromClause:
    """Return what a figure's rows come from."""
    tickets: FromClause = Ticket.__table__
    if name in OF_TICKETS:
        return tickets
    same = and_(Clock.authority_id == Ticket.authority_id, Clock.ticket_id == Ticket.id)
    return Clock.__table__.join(tickets, same)


def cases(name: str, period: Period, now: datetime) -> ColumnElement[bool]:
    """Return the condition of a figure's cases in a period. name: one of FIGURES. Raises KeyError."""
    found = _CASES[name](period, now)
    if name in OF_TICKETS:
        return and_(of_tickets(), found)
    return and_(of_tickets(), Clock.authority_id == tenant_id(), found)


def _received(period: Period, _now: datetime) -> ColumnElement[bool]:
    return and_(Ticket.opened_at >= period.since, Ticket.opened_at < period.until)


def _open(_period: Period, _now: datetime) -> ColumnElement[bool]:
    return and_(Ticket.is_open)


def _running() -> ColumnElement[bool]:
    return and_(Clock.stopped_at.is_(None), Clock.paused_at.is_(None))


def _late(_period: Period, now: datetime) -> ColumnElement[bool]:
    return and_(Clock.kind == "resolve", _running(), Clock.due_at < now, Ticket.is_open)


def _due(period: Period, _now: datetime) -> ColumnElement[bool]:
    return and_(
        Clock.kind == "resolve",
        Clock.due_at >= period.since,
        Clock.due_at < period.until,
        or_(Clock.result.in_(KEPT_OR_NOT), _running()),
    )


def _met(period: Period, now: datetime) -> ColumnElement[bool]:
    return and_(_due(period, now), is_met())


def _missed(period: Period, now: datetime) -> ColumnElement[bool]:
    return and_(_due(period, now), ~is_met())


def _stopped(kind: str, period: Period) -> ColumnElement[bool]:
    return and_(
        Clock.kind == kind,
        Clock.result.in_(KEPT_OR_NOT),
        Clock.stopped_at >= period.since,
        Clock.stopped_at < period.until,
        Ticket.status.not_in(WITHOUT_WORK),
    )


def _done(period: Period, _now: datetime) -> ColumnElement[bool]:
    return _stopped("resolve", period)


def _reopened(period: Period, now: datetime) -> ColumnElement[bool]:
    return and_(_done(period, now), came_back())


def _answered(period: Period, _now: datetime) -> ColumnElement[bool]:
    return _stopped("acknowledge", period)


def is_met() -> ColumnElement[bool]:
    """Return whether a promise was kept, never unknown: one still running past its due time was not."""
    return Clock.result.is_not_distinct_from("met")


def came_back() -> ColumnElement[bool]:
    """Return whether a promise of the same ticket began after this one: the ticket was reopened."""
    later = aliased(Clock)
    return exists().where(
        later.authority_id == Clock.authority_id,
        later.ticket_id == Clock.ticket_id,
        later.kind == "resolve",
        later.round > Clock.round,
    )


_CASES = {
    "received": _received,
    "open": _open,
    "late": _late,
    "due": _due,
    "met": _met,
    "missed": _missed,
    "done": _done,
    "reopened": _reopened,
    "answered": _answered,
}
