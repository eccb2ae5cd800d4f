"""Clocks climb the escalation ladder: each rung reached is written once, and from the broken promise on it is history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.extensions import db
from service_desk.flow.breach import BATCH, MOST
from service_desk.people.rules import SYSTEM
from service_desk.slas import climbing
from service_desk.slas.rules.ladder import BROKEN
from service_desk.tickets import noting
from service_desk.work import transaction

if TYPE_CHECKING:
    from datetime import datetime


def climb_rungs(limit: int = MOST) -> int:
    """Put the rungs on record that clocks have reached. Returns how many. Run by the timetable after `record_breaches`.

    Below 100 % a rung is a reminder, and stays out of the history to keep it readable; who heard of a broken promise is
    a fact of the ticket. Tickets a person is acting on just now wait for the next sweep.
    """
    now = clock.now()
    seen = climbed = 0
    while seen < limit:
        looked, done = _climb(min(BATCH, limit - seen), now)
        if not looked:
            break
        seen += looked
        climbed += done
    return climbed


def _climb(limit: int, now: datetime) -> tuple[int, int]:
    """Return how many tickets were moved on, and how many rungs they reached."""
    with transaction():
        heads = noting.lock_heads(climbing.at_a_rung(now, limit))
        if not heads:
            return 0, 0
        rungs = climbing.climb({head.id: head.is_hazard for head in heads.values()}, now)
        facts = [
            (
                heads[each.ticket_id],
                "escalated",
                {"clock": each.kind, "round": each.round, "percent": each.percent, "role": each.role},
            )
            for each in rungs
            if each.percent >= BROKEN
        ]
        noting.note_many(facts, SYSTEM, now)
        db.session.expire_all()  # written past the session: nobody must read what it remembers
    return len(heads), len(rungs)
