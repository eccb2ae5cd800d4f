"""One step on a ticket: lock it, ask whether the actor may, move it, and let its clocks follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service_desk.errors import InvalidMove, NotAllowed
from service_desk.extensions import db
from service_desk.people import actions as people
from service_desk.people.rules import is_outside_own_centres, may
from service_desk.slas import actions as slas
from service_desk.slas import queries as clocks
from service_desk.tickets import actions as tickets
from service_desk.tickets import queries
from service_desk.tickets.rules import ACKNOWLEDGING, PAUSING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from service_desk.people.rules import Actor
    from service_desk.slas.models import Clock
    from service_desk.tickets.models import Ticket, TicketEvent

ENDING_WITHOUT_WORK = frozenset({"rejected", "duplicate"})
#: where a ticket cannot go while its work orders are open: {what they wait for: statuses}
_BARRED = {
    "with_contractor": frozenset({"triaged", "handed_over", "resolved", "rejected", "duplicate"}),
    "to_verify": frozenset({"resolved", "rejected", "duplicate"}),
}
#: acts of the city's people by which somebody takes up what a contractor refused
_TAKING_UP = frozenset(
    {"taken", "assigned", "started", "handed_over", "moved_centre", "resolved", "rejected", "merged"}
)
RESOLVE_CLOCKS = ("acknowledge", "make_safe", "resolve")


@dataclass
class Loaded:
    """What an act on many tickets has read for all of them at once, and what it writes for all of them at its end.

    clocks: of each ticket, all rounds. resumed: tickets whose running pauses are to be ended in one statement.
    """

    clocks: Mapping[int, list[Clock]]
    resumed: set[int] = field(default_factory=set)


def take_ticket(ticket_id: int, seen: int | None, actor: Actor, verb: str, now: datetime) -> Ticket:
    """Return the locked ticket for an act. seen: the version on the clerk's page (None: not from a page).

    Raises NotFound, StaleVersion, NotAllowed. An act outside the own centres is written in the access log.
    """
    ticket = queries.lock(ticket_id, seen)
    if not may(actor, verb, unit_id=ticket.unit_id):
        raise NotAllowed
    if is_outside_own_centres(actor, ticket.centre_id):
        people.note_access(actor, ticket.id, verb, now, why="outside_own_centres")
    return ticket


def move(
    ticket: Ticket,
    status: str,
    kind: str,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    *,
    loaded: Loaded | None = None,
) -> TicketEvent:
    """Move the locked ticket, and its clocks with it: first look, pause, resume, stop.

    Raises InvalidMove: by the table of moves, or since a work order of it is open (`orders_open`, `orders_to_verify`).

    loaded: given by an act on many tickets, which then costs no statement for each.
    """
    if status in _BARRED.get(ticket.order_state or "", ()):
        refuse_while_ordered(ticket, "with_contractor", "to_verify")
    if ticket.order_state == "refused" and kind in _TAKING_UP:
        ticket.order_state = None
    before = ticket.status
    event = tickets.move(ticket, status, kind, actor, now, data)
    if actor.kind == "staff":
        ticket.has_news = False
    _follow_with_clocks(ticket, before, now, loaded)
    return event


def refuse_while_ordered(ticket: Ticket, *states: str) -> None:
    """Raise InvalidMove while the ticket's work orders wait for what is named: with_contractor, to_verify."""
    if ticket.order_state in states:
        raise InvalidMove("orders_open" if ticket.order_state == "with_contractor" else "orders_to_verify")


def _follow_with_clocks(ticket: Ticket, before: str, now: datetime, loaded: Loaded | None) -> None:
    held = clocks.clocks_of(ticket.id) if loaded is None else loaded.clocks.get(ticket.id, [])
    status = ticket.status
    if before in PAUSING and status not in PAUSING:
        if loaded is None:
            slas.resume_clocks(held, ticket.id, now)
        else:
            slas.resume_held(held, now)
            loaded.resumed.add(ticket.id)
    if status in ACKNOWLEDGING:
        slas.stop_clocks(held, ("acknowledge",), now)
    if status in PAUSING:
        slas.pause_clocks(held, ticket.id, f"{status}_for_resident", now)
    if status in {"resolved", "closed"}:
        slas.stop_clocks(held, RESOLVE_CLOCKS, now)
    if status in ENDING_WITHOUT_WORK:
        slas.void_clocks(held, now)
    if status == "reopened":
        held = _restart(held, ticket, now)
    ticket.due_at = slas.next_due(held)


def _restart(held: list[Clock], ticket: Ticket, now: datetime) -> list[Clock]:
    slas.void_clocks(held, now)
    return [
        *held,
        *slas.restart_clocks(
            held, ticket.id, clocks.standards().sla(ticket.service_code), now, is_hazard=ticket.is_hazard
        ),
    ]


def look(ticket: Ticket, now: datetime) -> None:
    """Stop the acknowledge clock: a person has looked, though nothing moved."""
    held = clocks.clocks_of(ticket.id)
    slas.stop_clocks(held, ("acknowledge",), now)
    ticket.due_at = slas.next_due(held)


def promised(ticket: Ticket) -> datetime | None:
    """Return until when the work itself is promised, for telling people; None when it is not promised now.

    The ticket's own due_at orders the queue: it may be the centre's first look, hours before anything is done.
    """
    db.session.flush()
    running = [each for each in clocks.clocks_of(ticket.id) if each.stopped_at is None]
    return next((each.due_at for each in running if each.kind == "resolve"), None)


def make_safe(ticket: Ticket, now: datetime) -> None:
    """Stop the make-safe clock."""
    held = clocks.clocks_of(ticket.id)
    slas.stop_clocks(held, ("make_safe",), now)
    ticket.due_at = slas.next_due(held)


def with_words(
    ticket: Ticket,
    event: TicketEvent,
    kind: str,
    text: str,
    actor: Actor,
    now: datetime,
    *,
    is_internal: bool = False,
) -> None:
    """Keep words beside their event, when there are any."""
    if text:
        tickets.add_words(ticket, event.seq, kind, text, actor, now, is_internal=is_internal)
