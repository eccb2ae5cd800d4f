"""Promises pass unmet: they are put on record, once, ten thousand in a sweep. Nothing is decided by the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.extensions import db
from service_desk.people.rules import SYSTEM
from service_desk.slas import climbing
from service_desk.slas import queries as slas
from service_desk.tickets import noting
from service_desk.work import transaction

if TYPE_CHECKING:
    from datetime import datetime

#: clocks of one transaction: few enough that a clerk whose ticket is among them hardly waits
BATCH = 2000
#: clocks of one sweep; the next comes within half a minute
MOST = 20_000


def record_breaches(limit: int = MOST) -> int:
    """Mark clocks that ran out, each with an event of its ticket. Returns how many. Run by the timetable.

    The tickets are locked first, as every act does; those a person is acting on just now wait for the next sweep.
    """
    now = clock.now()
    recorded = 0
    while recorded < limit:
        done = _record(min(BATCH, limit - recorded), now)
        if not done:
            break
        recorded += done
    return recorded


def _record(limit: int, now: datetime) -> int:
    with transaction():
        heads = noting.lock_heads(slas.overdue(now, limit))
        broken = climbing.mark_breached(heads, now) if heads else []
        facts = [
            (
                heads[each.ticket_id],
                "breached",
                {"clock": each.kind, "round": each.round, "due": each.due_at.isoformat()},
            )
            for each in broken
        ]
        noting.note_many(facts, SYSTEM, now)
        db.session.expire_all()  # written past the session: nobody must read what it remembers
    return len(broken)
