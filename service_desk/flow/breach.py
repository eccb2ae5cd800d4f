"""A promise passes unmet: it is put on record, once. Nothing is decided by the machine."""

from __future__ import annotations

from service_desk import clock
from service_desk.extensions import db
from service_desk.people.rules import SYSTEM
from service_desk.slas import queries as slas
from service_desk.tickets import actions as tickets
from service_desk.tickets import queries
from service_desk.work import transaction


def record_breaches(limit: int = 200) -> int:
    """Mark clocks that ran out, each with an event of its ticket. Returns how many. Run by the timetable."""
    now = clock.now()
    with transaction():
        recorded = 0
        for each in sorted(slas.overdue(now, limit), key=lambda row: row.ticket_id):
            # The ticket first, as every act does: locking clocks first would block a clerk's act, and be blocked by it.
            ticket = queries.lock(each.ticket_id)
            db.session.refresh(each)
            if each.breached_at or each.stopped_at or each.paused_at or each.due_at >= now:
                continue
            each.breached_at = each.due_at
            recorded += 1
            touched = (ticket.last_touch, ticket.last_touch_at)
            tickets.note(
                ticket,
                "breached",
                SYSTEM,
                now,
                {"clock": each.kind, "round": each.round, "due": each.due_at.isoformat()},
            )
            # The clock is no touch of a person's: the queue goes on showing the last one.
            ticket.last_touch, ticket.last_touch_at = touched
    return recorded
