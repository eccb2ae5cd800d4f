"""Reads of tickets themselves: one by its id or number, locked or not, and several by what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk.errors import NotFound, StaleVersion
from service_desk.extensions import db
from service_desk.tickets.models import Ticket
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


def lock(ticket_id: int, seen: int | None = None) -> Ticket:
    """Return the ticket locked for this transaction. Raises NotFound, StaleVersion when it moved on since «seen»."""
    # Why flush: reading the row anew must not lose what this very transaction has done to it.
    db.session.flush()
    query = select(Ticket).where(Ticket.authority_id == tenant_id(), Ticket.id == ticket_id).with_for_update()
    ticket = db.session.scalar(query.execution_options(populate_existing=True))
    if ticket is None:
        raise NotFound
    if seen is not None and ticket.version != seen:
        raise StaleVersion(ticket_id, seen, ticket.version)
    return ticket


def ticket_or_404(ticket_id: int) -> Ticket:
    """Return the ticket. Raises NotFound."""
    ticket = db.session.scalar(
        select(Ticket).where(Ticket.authority_id == tenant_id(), Ticket.id == ticket_id)
    )
    if ticket is None:
        raise NotFound
    return ticket


def many(ids: Iterable[int]) -> dict[int, Ticket]:
    """Return {id: ticket}."""
    wanted = list(ids)
    if not wanted:
        return {}
    return {
        row.id: row
        for row in db.session.scalars(
            select(Ticket).where(Ticket.authority_id == tenant_id(), Ticket.id.in_(wanted))
        )
    }


def by_reference(reference: str) -> Ticket | None:
    """Return the ticket with this public number (any punctuation), or None."""
    digits = "".join(ch for ch in reference if ch in "0123456789")
    return db.session.scalar(
        select(Ticket).where(Ticket.authority_id == tenant_id(), Ticket.reference == digits)
    )


def resolved_before(instant: datetime, limit: int) -> list[int]:
    """Return ids of tickets resolved before the instant and not yet confirmed."""
    query = select(Ticket.id).where(
        Ticket.authority_id == tenant_id(),
        Ticket.is_open,
        Ticket.status == "resolved",
        Ticket.resolved_at < instant,
    )
    return list(db.session.scalars(query.limit(limit)))
