"""What a contractor's page tells of one order: its facts with the words beside them, and the photos that prove it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from service_desk.contractors.models import Proof
from service_desk.contractors.rules.orders import ORDER_EVENTS, OrderFact
from service_desk.extensions import db
from service_desk.tickets.models import Remark, TicketEvent
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of an order's history. said: words kept beside it, in their order."""

    fact: OrderFact
    said: tuple[str, ...]


def story_of(ticket_id: int, order_id: int) -> list[Line]:
    """Return the order's facts, oldest first, with their words. Nothing of the ticket's other orders. One statement."""
    event = TicketEvent
    words = (
        select(func.json_agg(Remark.text))
        .where(
            Remark.authority_id == event.authority_id,
            Remark.ticket_id == event.ticket_id,
            Remark.seq == event.seq,
        )
        .correlate(event)
        .scalar_subquery()
    )
    query = (
        select(event.kind, event.at, event.actor_id, event.data, words)
        .where(
            event.authority_id == tenant_id(),
            event.ticket_id == ticket_id,
            event.kind.in_(ORDER_EVENTS),
            event.data["order"].as_integer() == order_id,
        )
        .order_by(event.seq)
    )
    return [Line(OrderFact(*row[:4]), tuple(row[4] or ())) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo that proves work. kind: before, after or other. distance_m: from the order's place, None when unknown."""

    photo_id: int
    kind: str
    taken_at: datetime
    distance_m: float | None


def proofs_of(order_id: int) -> list[Shot]:
    """Return the order's proofs as they were taken. One statement."""
    query: Any = (
        select(Proof.photo_id, Proof.kind, Proof.taken_at, Proof.distance_m)
        .where(Proof.authority_id == tenant_id(), Proof.order_id == order_id)
        .order_by(Proof.taken_at, Proof.id)
    )
    return [Shot(*row) for row in db.session.execute(query)]
