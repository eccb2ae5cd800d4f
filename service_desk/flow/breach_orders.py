"""A contractor's duty passes unmet: it is put on the ticket's history, once. What it costs is judged elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.contractors.queries import orders
from service_desk.errors import InvalidMove
from service_desk.flow import order_step
from service_desk.people.rules import SYSTEM
from service_desk.telemetry import log
from service_desk.work import transaction

if TYPE_CHECKING:
    from datetime import datetime


def record_order_breaches(limit: int = 200) -> int:
    """Mark duties that ran out, each with an event of its ticket. Returns how many. Run by the timetable.

    One transaction an order, the ticket locked first as every act does, so a slow sweep holds nobody up for long.
    """
    now = clock.now()
    recorded = 0
    found: dict[int, set[str]] = {}
    for _ticket_id, order_id, kind in sorted(orders.overdue(now, limit)):
        found.setdefault(order_id, set()).add(kind)
    for order_id, kinds in found.items():
        try:
            recorded += _record(order_id, kinds, now)
        except (KeyError, InvalidMove) as error:
            # One order whose history contradicts itself must not keep the others from being judged.
            log.error("order_history_broken", order=order_id, exc_info=error)
    return recorded


def _record(order_id: int, kinds: set[str], now: datetime) -> int:
    recorded = 0
    with transaction():
        hand = order_step.take_order(order_id)
        touched = (hand.ticket.last_touch, hand.ticket.last_touch_at)
        for each in hand.order.clocks:
            # Somebody may have answered, paused or ended it between the list and the lock.
            is_running = each.stopped_at is None and each.paused_at is None and each.breached_at is None
            if each.kind in kinds and is_running and each.due_at < now:
                data = {"clock": each.kind, "due": each.due_at.isoformat()}
                order_step.note(hand, "order_breached", SYSTEM, now, data)
                recorded += 1
        # The clock is no touch of a person's: the queue goes on showing the last one.
        hand.ticket.last_touch, hand.ticket.last_touch_at = touched
    return recorded
