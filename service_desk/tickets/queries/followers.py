"""Reads of who hears about a ticket, and of what somebody hears about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.people.rules import digest
from service_desk.tickets.models import Follower, Ticket
from service_desk.tickets.queries.tickets import ticket_or_404
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import datetime


def followers_of(ticket_id: int) -> list[Follower]:
    """Return who hears about the ticket, first first."""
    query = select(Follower).where(
        Follower.authority_id == tenant_id(), Follower.ticket_id == ticket_id, Follower.left_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(Follower.joined_at)))


def follower(ticket_id: int, resident_id: int) -> Follower | None:
    """Return the resident's own following of the ticket, or None."""
    query = select(Follower).where(
        Follower.authority_id == tenant_id(),
        Follower.ticket_id == ticket_id,
        Follower.resident_id == resident_id,
    )
    return db.session.scalar(query)


def by_token(token: str) -> tuple[Ticket, Follower]:
    """Return the ticket and follower behind a private link. Raises NotFound, the same for wrong and ended ones."""
    query = (
        select(Ticket, Follower)
        .join(Follower, (Follower.authority_id == Ticket.authority_id) & (Follower.ticket_id == Ticket.id))
        .where(
            Follower.authority_id == tenant_id(),
            Follower.token_hash == digest(token),
            Follower.left_at.is_(None),
        )
    )
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def followed(resident_id: int, limit: int) -> list[tuple[Ticket, Follower]]:
    """Return what a resident follows, open ones first, newest first."""
    same = (Follower.authority_id == Ticket.authority_id) & (Follower.ticket_id == Ticket.id)
    query = (
        select(Ticket, Follower)
        .join(Follower, same)
        .where(
            Follower.authority_id == tenant_id(),
            Follower.resident_id == resident_id,
            Follower.left_at.is_(None),
        )
        .order_by(Ticket.is_open.desc(), Ticket.opened_at.desc())
        .limit(limit)
    )
    return list(db.session.execute(query).tuples())


def open_of_resident(resident_id: int) -> list[Ticket]:
    """Return the tickets a resident follows that still ask something, newest touch first."""
    query = (
        select(Ticket)
        .join(Follower, (Follower.authority_id == Ticket.authority_id) & (Follower.ticket_id == Ticket.id))
        .where(
            Follower.authority_id == tenant_id(),
            Follower.resident_id == resident_id,
            Ticket.is_open,
            Follower.left_at.is_(None),
        )
        .order_by(Ticket.last_touch_at.desc())
    )
    return list(db.session.scalars(query))


def opener(ticket: Ticket, resident_id: int | None, at: datetime) -> Follower | None:
    """Return who opened the ticket at that instant (resident_id: None without a number), wherever merges led her since."""
    where, seen = [ticket.id], ticket
    while seen.merged_into_id is not None and seen.merged_into_id not in where:
        seen = ticket_or_404(seen.merged_into_id)
        where.append(seen.id)
    query = select(Follower).where(
        Follower.authority_id == tenant_id(),
        Follower.ticket_id.in_(where),
        Follower.resident_id.is_not_distinct_from(resident_id),
        Follower.joined_at == at,
        Follower.left_at.is_(None),
    )
    return db.session.scalar(query)
