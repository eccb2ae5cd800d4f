"""What changed since an instant, for pages that are open: one statement each, by the index of the history's time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, select

from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.tickets.models import Claim, Ticket, TicketEvent
from service_desk.tickets.queries import conditions
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.tickets.queries import QueueFilter

#: facts looked through at most, the newest
MOST_EVENTS = 2000
#: facts by which a ticket comes to a queue where it was not
_ARRIVING = ("received", "reopened", "moved_centre", "rerouted", "triaged", "handed_over", "assigned")


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened in a queue. new: ids of tickets that came to it. versions: {id: version} of all that changed in scope."""

    new: tuple[int, ...]
    versions: dict[int, int]


def changes(scope: QueueFilter, wanted: QueueFilter, since: datetime, now: datetime) -> Changes:
    """Return what changed since the instant. scope: whose changes are told; wanted: which of them count as new.

    since: aware. One statement; it reads the facts after the instant and their tickets, never the whole queue.
    """
    recent = (
        select(TicketEvent.ticket_id, TicketEvent.kind)
        .where(TicketEvent.authority_id == tenant_id(), TicketEvent.at > since)
        .order_by(TicketEvent.at.desc())
        .limit(MOST_EVENTS)
        .subquery()
    )
    touched = (
        select(
            recent.c.ticket_id,
            func.bool_or(recent.c.kind.in_(_ARRIVING)).label("has_arrived"),
        )
        .group_by(recent.c.ticket_id)
        .subquery()
    )
    fits = case((and_(touched.c.has_arrived, *conditions(wanted, now)), True), else_=False)
    query = (
        select(Ticket.id, Ticket.version, fits)
        .join(touched, touched.c.ticket_id == Ticket.id)
        .where(Ticket.authority_id == tenant_id(), *conditions(scope, now))
        .order_by(Ticket.id)
    )
    rows = db.session.execute(query).all()
    return Changes(tuple(row[0] for row in rows if row[2]), {row[0]: row[1] for row in rows})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ticket stands now. The last fact by its kind and actor; claimed_by with claimed_since: who works on it."""

    version: int
    unit_id: int | None
    kind: str
    actor_kind: str
    actor_id: int | None
    claimed_by: int | None
    claimed_since: datetime | None


def standing(ticket_id: int, now: datetime) -> Standing:
    """Return where the ticket stands. One statement over three primary keys. Raises NotFound."""
    last = and_(
        TicketEvent.authority_id == Ticket.authority_id,
        TicketEvent.ticket_id == Ticket.id,
        TicketEvent.seq == Ticket.version,
    )
    held = and_(Claim.authority_id == Ticket.authority_id, Claim.ticket_id == Ticket.id, Claim.until > now)
    query = (
        select(
            Ticket.version,
            Ticket.unit_id,
            TicketEvent.kind,
            TicketEvent.actor_kind,
            TicketEvent.actor_id,
            Claim.staff_id,
            Claim.since,
        )
        .join(TicketEvent, last)
        .outerjoin(Claim, held)
        .where(Ticket.authority_id == tenant_id(), Ticket.id == ticket_id)
    )
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    return Standing(*row)
