"""Reads of damages and statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select, text

from service_desk.contractors.models import Damage, Statement, WorkOrder
from service_desk.contractors.rules.damages import DAMAGE_EVENTS, DamageEvent
from service_desk.contractors.rules.orders import ORDER_EVENTS, OrderFact
from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.tickets.models import Ticket, TicketEvent
from service_desk.work import one_at_a_time, tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime


def to_judge(now: datetime, since: datetime, limit: int) -> list[tuple[int, int, datetime | None]]:
    """Return (order id, ticket id, judged at) of orders to be judged: never yet, ended since, or open and last judged before ``since``."""
    query = (
        select(WorkOrder.id, WorkOrder.ticket_id, WorkOrder.judged_at)
        .where(
            WorkOrder.authority_id == tenant_id(),
            or_(
                WorkOrder.judged_at.is_(None),
                WorkOrder.judged_at < WorkOrder.ended_at,
                (WorkOrder.is_open & (WorkOrder.judged_at < since)),
            ),
            WorkOrder.issued_at < now,
        )
        .order_by(WorkOrder.ticket_id, WorkOrder.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def order_events(ticket_ids: Collection[int]) -> list[tuple[int, int, OrderFact]]:
    """Return (ticket id, seq, fact) of the orders' events of many tickets, each ticket's oldest first. One statement."""
    event = TicketEvent
    query = (
        select(event.ticket_id, event.seq, event.kind, event.at, event.actor_id, event.data)
        .where(
            event.authority_id == tenant_id(),
            event.ticket_id.in_(ticket_ids),
            event.kind.in_(ORDER_EVENTS),
        )
        .order_by(event.ticket_id, event.seq)
    )
    return [(row[0], row[1], OrderFact(*row[2:])) for row in db.session.execute(query)]


def damage_events(unit_id: int | None = None) -> list[DamageEvent]:
    """Return every event of damages, of one contractor or of all, by ticket and number. One statement."""
    event = TicketEvent
    query = select(event.ticket_id, event.seq, event.at, event.kind, event.actor_id, event.data).where(
        event.authority_id == tenant_id(), event.kind.in_(DAMAGE_EVENTS)
    )
    if unit_id is not None:
        query = query.where(event.data["unit"].as_integer() == unit_id)
    return [DamageEvent(*row) for row in db.session.execute(query.order_by(event.ticket_id, event.seq))]


def damages_of_orders(order_ids: Collection[int]) -> dict[tuple[int, str, int], Damage]:
    """Return {(order, metric, round): damage} of these orders."""
    query = select(Damage).where(Damage.authority_id == tenant_id(), Damage.order_id.in_(order_ids))
    # Whoever waited for a lock in between must not see what the session remembers from before.
    found = db.session.scalars(query.execution_options(populate_existing=True))
    return {(each.order_id, each.metric, each.round): each for each in found}


def lock_damage(damage_id: int) -> Damage:
    """Return the damage, locked; its ticket is locked first by the use-case. Raises NotFound."""
    query = select(Damage).where(Damage.authority_id == tenant_id(), Damage.id == damage_id).with_for_update()
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def damage_or_404(damage_id: int) -> Damage:
    """Return the damage. Raises NotFound."""
    found = db.session.get(Damage, (tenant_id(), damage_id))
    if found is None:
        raise NotFound
    return found


def damages_in(
    *,
    unit_ids: Iterable[int] | None = None,
    month: date | None = None,
    states: Iterable[str] | None = None,
    limit: int = 500,
) -> list[tuple[Damage, str, int]]:
    """Return (damage, ticket's reference, order's number), those to be answered or decided soonest first. One statement."""
    query = (
        select(Damage, Ticket.reference, WorkOrder.number)
        .join(Ticket, (Ticket.authority_id == Damage.authority_id) & (Ticket.id == Damage.ticket_id))
        .join(WorkOrder, (WorkOrder.authority_id == Damage.authority_id) & (WorkOrder.id == Damage.order_id))
        .where(Damage.authority_id == tenant_id())
    )
    if unit_ids is not None:
        query = query.where(Damage.unit_id.in_(list(unit_ids)))
    if month is not None:
        query = query.where(Damage.month == month)
    if states is not None:
        query = query.where(Damage.state.in_(list(states)))
    query = query.order_by(Damage.decided_at.is_not(None), Damage.breached_at.desc(), Damage.id).limit(limit)
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def counts_by_month() -> list[tuple[int, date, str, int, int]]:
    """Return (unit, month, state, number, sum of amounts in agorot) of all damages, newest month first."""
    query = (
        select(Damage.unit_id, Damage.month, Damage.state, func.count(), func.sum(Damage.amount_agorot))
        .where(Damage.authority_id == tenant_id())
        .group_by(Damage.unit_id, Damage.month, Damage.state)
        .order_by(Damage.month.desc(), Damage.unit_id)
    )
    return [(row[0], row[1], row[2], row[3], int(row[4])) for row in db.session.execute(query)]


def statements(unit_ids: Iterable[int] | None = None) -> list[Statement]:
    """Return signed statements, newest month first, of these contractors or of all."""
    query = select(Statement).where(Statement.authority_id == tenant_id())
    if unit_ids is not None:
        query = query.where(Statement.unit_id.in_(list(unit_ids)))
    return list(db.session.scalars(query.order_by(Statement.month.desc(), Statement.unit_id)))


def statement_of(unit_id: int, month: date) -> Statement | None:
    """Return the signed statement of a contractor's month, or None."""
    query = select(Statement).where(
        Statement.authority_id == tenant_id(), Statement.unit_id == unit_id, Statement.month == month
    )
    return db.session.scalar(query)


def hold_months(unit_ids: Iterable[int]) -> None:
    """Let nobody else propose for these contractors, or sign their months, until this transaction ends."""
    for unit_id in sorted(unit_ids):
        one_at_a_time(f"months of {unit_id}")


def signed_months(unit_ids: Collection[int]) -> set[tuple[int, date]]:
    """Return (unit, month) of the months already signed."""
    query = select(Statement.unit_id, Statement.month).where(
        Statement.authority_id == tenant_id(), Statement.unit_id.in_(unit_ids)
    )
    return {(row[0], row[1]) for row in db.session.execute(query)}


_WORK = text(
    """
    SELECT e.kind, e.data ->> 'result', count(*) FROM ticket_events e
    JOIN work_orders o ON o.authority_id = e.authority_id AND o.id = (e.data ->> 'order')::bigint
    WHERE e.authority_id = :authority AND o.unit_id = :unit AND e.at >= :since AND e.at < :until
      AND e.kind IN ('order_issued', 'order_done', 'order_verified', 'order_refused')
    GROUP BY 1, 2
    """
)


def month_work(unit_id: int, since: datetime, until: datetime) -> dict[str, int]:
    """Return what happened to a contractor's orders in the month, counted from the history, which does not change afterwards.

    Keys: issued, done (reports of it), passed, failed (verifications), refused.
    """
    given = {"authority": tenant_id(), "unit": unit_id, "since": since, "until": until}
    found = {(row[0], row[1]): row[2] for row in db.session.execute(_WORK, given)}
    return {
        "issued": found.get(("order_issued", None), 0),
        "done": found.get(("order_done", None), 0),
        "passed": found.get(("order_verified", "passed"), 0),
        "failed": found.get(("order_verified", "failed"), 0),
        "refused": found.get(("order_refused", None), 0),
    }


def references_of(ticket_ids: Collection[int]) -> dict[int, str]:
    """Return the public reference of each ticket."""
    query = select(Ticket.id, Ticket.reference).where(
        Ticket.authority_id == tenant_id(), Ticket.id.in_(ticket_ids)
    )
    return dict(db.session.execute(query).tuples().all())


def order_number(order_id: int) -> int:
    """Return the number of an order within its ticket. Raises NotFound."""
    query = select(WorkOrder.number).where(WorkOrder.authority_id == tenant_id(), WorkOrder.id == order_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return int(found)
