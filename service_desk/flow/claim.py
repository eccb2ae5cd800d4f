"""A person works on a ticket for the moment, so that a second one does not: claimed, kept, let go, taken over.

A claim is no assignment: it holds a quarter of an hour, is renewed by the page that is open, and ends by itself.
It warns; it forbids nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.errors import NotAllowed
from service_desk.flow import step
from service_desk.people.rules import may
from service_desk.tickets import actions as tickets
from service_desk.tickets import claims, queries
from service_desk.work import transaction

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.people.rules import Actor


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who works on a ticket. staff_id: null when nobody does. since: aware UTC."""

    staff_id: int | None = None
    since: datetime | None = None

    def is_others(self, actor: Actor) -> bool:
        """Say whether somebody else than the actor works on it."""
        return self.staff_id is not None and self.staff_id != actor.id


NOBODY = Claimed()


def claim_ticket(ticket_id: int, actor: Actor) -> Claimed:
    """Claim the ticket unless somebody else works on it, and return who does. Raises NotFound, NotAllowed."""
    now = clock.now()
    with transaction():
        staff_id = _worker(ticket_id, actor)
        claims.take(ticket_id, staff_id, now)
        return _claimed(ticket_id, now)


def keep_claim(ticket_id: int, actor: Actor) -> Claimed:
    """Let the actor's living claim last on, and return who works on the ticket: perhaps somebody else by now.

    An ended claim is not begun again here: the page that was left open must not hold a ticket. Raises NotAllowed.
    """
    now = clock.now()
    with transaction():
        claims.renew(ticket_id, _worker(ticket_id, actor), now)
        return _claimed(ticket_id, now)


def let_claim_go(ticket_id: int, actor: Actor) -> None:
    """End the actor's own claim. Raises NotFound, NotAllowed."""
    with transaction():
        claims.let_go(ticket_id, _worker(ticket_id, actor))


def take_claim_over(ticket_id: int, actor: Actor) -> None:
    """Work on it instead of whoever does; the history says so. Nothing to take over: a plain claim. Raises NotAllowed."""
    now = clock.now()
    with transaction():
        ticket = step.take_ticket(ticket_id, None, actor, "note", now)
        before = _claimed(ticket_id, now)
        claims.take_over(ticket_id, actor.id or 0, now)
        if before.is_others(actor):
            tickets.note(ticket, "took_over", actor, now, {"from": before.staff_id})


def who_works_on(ticket_id: int) -> Claimed:
    """Return who works on the ticket at this moment. One statement."""
    return _claimed(ticket_id, clock.now())


def _claimed(ticket_id: int, now: datetime) -> Claimed:
    found = claims.claim_of(ticket_id, now)
    return Claimed(found.staff_id, found.since) if found else NOBODY


def _worker(ticket_id: int, actor: Actor) -> int:
    """Return the actor's id when she may work on this ticket. Raises NotFound, NotAllowed."""
    ticket = queries.ticket_or_404(ticket_id)
    if actor.id is None or not may(actor, "note", unit_id=ticket.unit_id):
        raise NotAllowed
    return actor.id
