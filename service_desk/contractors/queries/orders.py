"""Reads of work orders with their clocks, pauses, proofs and verifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from service_desk.contractors.models import OrderClock, OrderEntry, Proof, WorkOrder
from service_desk.contractors.queries.lists import OrderLine, ToVerify, open_orders, to_verify
from service_desk.contractors.rules.orders import ORDER_EVENTS, OrderFact, Standing
from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.tickets.models import TicketEvent
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import datetime


__all__ = [
    "OrderLine",
    "ToVerify",
    "facts_of",
    "has_open",
    "is_taken_in",
    "open_ids",
    "open_orders",
    "order_or_404",
    "overdue",
    "passed_since",
    "proofs_of_passed",
    "standings",
    "to_verify",
]


def order_or_404(order_id: int) -> WorkOrder:
    """Return the order. Raises NotFound."""
    query = select(WorkOrder).where(WorkOrder.authority_id == tenant_id(), WorkOrder.id == order_id)
    order = db.session.scalar(query.execution_options(populate_existing=True))
    if order is None:
        raise NotFound
    return order


def facts_of(ticket_id: int, order_id: int | None = None) -> list[OrderFact]:
    """Return what the ticket's history says of its orders (order_id: of this one), oldest first. One statement."""
    event = TicketEvent
    query = select(event.kind, event.at, event.actor_id, event.data).where(
        event.authority_id == tenant_id(), event.ticket_id == ticket_id, event.kind.in_(ORDER_EVENTS)
    )
    facts = [OrderFact(*row) for row in db.session.execute(query.order_by(event.seq))]
    return [fact for fact in facts if order_id in (None, fact.data["order"])]


def standings(ticket_id: int) -> list[Standing]:
    """Return what each order of a ticket says of whose move it is, in their order."""
    row = WorkOrder
    query = select(row.number, row.unit_id, row.state, row.issued_at, row.due_at, row.ended_at).where(
        row.authority_id == tenant_id(), row.ticket_id == ticket_id
    )
    return [Standing(*each) for each in db.session.execute(query.order_by(row.number))]


def open_ids(ticket_id: int) -> list[tuple[int, str]]:
    """Return (id, state) of the ticket's orders that have not ended."""
    row = WorkOrder
    query = select(row.id, row.state).where(
        row.authority_id == tenant_id(), row.ticket_id == ticket_id, row.is_open
    )
    return [(each.id, each.state) for each in db.session.execute(query.order_by(row.number))]


def has_open(ticket_id: int, unit_id: int, domain: str) -> bool:
    """Say whether the contractor has an open order for this work on the ticket."""
    row = WorkOrder
    query = select(row.id).where(
        row.authority_id == tenant_id(),
        row.ticket_id == ticket_id,
        row.unit_id == unit_id,
        row.domain == domain,
    )
    return db.session.scalar(query.where(row.is_open).limit(1)) is not None


def passed_since(ticket_id: int, since: datetime | None) -> int | None:
    """Return the id of the ticket's order that passed last, after ``since`` when given; None when there is none."""
    row = WorkOrder
    query = select(row.id).where(
        row.authority_id == tenant_id(), row.ticket_id == ticket_id, row.state == "passed"
    )
    if since is not None:
        query = query.where(row.ended_at > since)
    return db.session.scalar(query.order_by(row.ended_at.desc(), row.number.desc()).limit(1))


def proofs_of_passed(ticket_id: int) -> int:
    """Return how many photos of finished work prove the ticket's orders that passed."""
    query = (
        select(func.count())
        .select_from(Proof)
        .join(WorkOrder, (WorkOrder.authority_id == Proof.authority_id) & (WorkOrder.id == Proof.order_id))
        .where(
            Proof.authority_id == tenant_id(),
            WorkOrder.ticket_id == ticket_id,
            WorkOrder.state == "passed",
            Proof.kind == "after",
        )
    )
    return db.session.scalar(query) or 0


def is_taken_in(entry_key: str) -> bool:
    """Say whether an entry with this key was taken in before."""
    query = select(OrderEntry.id).where(
        OrderEntry.authority_id == tenant_id(), OrderEntry.entry_key == entry_key
    )
    return db.session.scalar(query) is not None


def overdue(now: datetime, limit: int) -> list[tuple[int, int, str]]:
    """Return (ticket id, order id, kind) of running duties past due and not yet on record, by the partial index."""
    clock = OrderClock
    query = (
        select(WorkOrder.ticket_id, clock.order_id, clock.kind)
        .join(WorkOrder, (WorkOrder.authority_id == clock.authority_id) & (WorkOrder.id == clock.order_id))
        .where(
            clock.authority_id == tenant_id(),
            clock.stopped_at.is_(None),
            clock.paused_at.is_(None),
            clock.breached_at.is_(None),
            clock.due_at < now,
        )
        .order_by(clock.due_at)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]
