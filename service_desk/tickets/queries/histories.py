"""Reads of what happened to a ticket, and of the words on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk.extensions import db
from service_desk.tickets.models import Remark, TicketEvent
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import datetime


def events_of(ticket_id: int) -> list[TicketEvent]:
    """Return the history, oldest first."""
    query = (
        select(TicketEvent)
        .where(TicketEvent.authority_id == tenant_id(), TicketEvent.ticket_id == ticket_id)
        .order_by(TicketEvent.seq)
    )
    return list(db.session.scalars(query))


def last_event(ticket_id: int) -> TicketEvent | None:
    """Return the newest fact of the history, or None."""
    query = select(TicketEvent).where(
        TicketEvent.authority_id == tenant_id(), TicketEvent.ticket_id == ticket_id
    )
    return db.session.scalar(query.order_by(TicketEvent.seq.desc()).limit(1))


def last_merge(ticket_id: int) -> TicketEvent | None:
    """Return the fact by which the ticket last became a duplicate, or None."""
    query = select(TicketEvent).where(
        TicketEvent.authority_id == tenant_id(),
        TicketEvent.ticket_id == ticket_id,
        TicketEvent.kind == "merged",
    )
    return db.session.scalar(query.order_by(TicketEvent.seq.desc()).limit(1))


def last_reopened(ticket_id: int) -> datetime | None:
    """Return when the ticket was last reopened, or None."""
    query = select(TicketEvent.at).where(
        TicketEvent.authority_id == tenant_id(),
        TicketEvent.ticket_id == ticket_id,
        TicketEvent.kind == "reopened",
    )
    return db.session.scalar(query.order_by(TicketEvent.seq.desc()).limit(1))


def was_handed_to(ticket_id: int, unit_code: str) -> bool:
    """Say whether the ticket was handed over to this unit before: the resident has heard of it then."""
    query = select(TicketEvent.seq).where(
        TicketEvent.authority_id == tenant_id(),
        TicketEvent.ticket_id == ticket_id,
        TicketEvent.kind == "handed_over",
        TicketEvent.data["unit"].astext == unit_code,
    )
    return db.session.scalar(query.limit(1)) is not None


def status_before(ticket_id: int, status: str) -> str | None:
    """Return the ticket's last status that was another than this one, or None."""
    query = select(TicketEvent.status).where(
        TicketEvent.authority_id == tenant_id(),
        TicketEvent.ticket_id == ticket_id,
        TicketEvent.status != status,
    )
    return db.session.scalar(query.order_by(TicketEvent.seq.desc()).limit(1))


def remarks_of(ticket_id: int, *, with_internal: bool) -> list[Remark]:
    """Return the words on a ticket, oldest first. with_internal: only for staff."""
    query = select(Remark).where(Remark.authority_id == tenant_id(), Remark.ticket_id == ticket_id)
    if not with_internal:
        query = query.where(Remark.is_internal.is_(False))
    return list(db.session.scalars(query.order_by(Remark.at, Remark.id)))
