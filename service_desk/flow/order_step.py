"""One step on a work order: lock its ticket, read it from the history, note the fact, and let rows and ticket follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from service_desk.contractors.actions import orders as actions
from service_desk.contractors.queries import orders as queries
from service_desk.contractors.rules.orders import OrderFact, Standing, order_state, who_has_it
from service_desk.contractors.rules.rebuild import follow, orders_from
from service_desk.errors import NotAllowed
from service_desk.flow import step
from service_desk.people import actions as people
from service_desk.people.rules import is_outside_own_centres, may
from service_desk.slas.queries import standards
from service_desk.tickets import actions as tickets
from service_desk.tickets import queries as ticket_queries
from service_desk.tickets.rules import is_working, text_digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from service_desk.contractors.models import WorkOrder
    from service_desk.contractors.rules.orders import Order
    from service_desk.people.rules import Actor
    from service_desk.slas.rules import Calendar
    from service_desk.tickets.models import Ticket, TicketEvent

#: statuses of a ticket that an order's act leaves alone: the resident has the ball
LEFT_ALONE = frozenset({"waiting", "resolved"})


class _Handled(Protocol):
    """What of a ticket follows its orders."""

    status: str
    handler_kind: str
    unit_id: int | None


@dataclass
class Hand:
    """An order in hand: its ticket is locked, its row fresh, its value read from the history."""

    ticket: Ticket
    row: WorkOrder
    order: Order


def calendar(calendar_id: int, at: datetime) -> Calendar:
    """Return the compiled calendar of that version, with the days that differ as known at the instant."""
    return standards().version(calendar_id, at)


def take_order(order_id: int, seen: int | None = None) -> Hand:
    """Return an order in hand. seen: the ticket's version on the page. Raises NotFound, StaleVersion.

    Whoever comes second to the same order waits here for the first, and then sees what the first did.
    """
    ticket = ticket_queries.lock(queries.order_or_404(order_id).ticket_id, seen)
    row = queries.order_or_404(order_id)
    order = orders_from(queries.facts_of(ticket.id, order_id), calendar)[order_id]
    return Hand(ticket, row, order)


def may_act(actor: Actor, verb: str, *, unit_id: int | None, issued_by: int | None) -> bool:
    """Say whether the city's person may do the verb to an order: the desk offers by it and the acts are held to it.

    unit_id: of the ticket. Who issued the order may go on with it; an inspector or unit verifies wherever it is.
    """
    if may(actor, verb, unit_id=unit_id) or (actor.kind == "staff" and issued_by == actor.id):
        return True
    return verb == "verify" and any(may(actor, verb, unit_id=unit) for unit in actor.unit_ids)


def check_city(hand: Hand, actor: Actor, verb: str, now: datetime) -> None:
    """Let the city's people go on: who may do the verb on the ticket, who issued the order, any inspector for verifying.

    An act outside the own centres is written in the access log. Raises NotAllowed.
    """
    if not may_act(actor, verb, unit_id=hand.ticket.unit_id, issued_by=hand.row.issued_by):
        raise NotAllowed
    if is_outside_own_centres(actor, hand.ticket.centre_id):
        people.note_access(actor, hand.ticket.id, verb, now, why="outside_own_centres")


def note(
    hand: Hand,
    kind: str,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any],
    *,
    words: str = "",
) -> TicketEvent:
    """Write one fact of the order on the ticket's history; order, rows and ticket follow it. Raises InvalidMove.

    data: codes and values beside the order's id and number. words: internal, kept beside their digest.
    """
    whole: dict[str, Any] = {"order": hand.order.id, "number": hand.order.number, **data}
    if words:
        whole["words"] = text_digest(words)
    hand.order = follow(hand.order, OrderFact(kind, now, actor.id, whole), calendar)
    actions.keep_order(hand.row, hand.order)
    event = settle(hand.ticket, kind, actor, now, whole)
    step.with_words(hand.ticket, event, "note", words, actor, now, is_internal=True)
    return event


def settle(ticket: Ticket, kind: str, actor: Actor, now: datetime, data: Mapping[str, Any]) -> TicketEvent:
    """Note an order's fact and give the ball to whom the ticket's orders say: a contractor, or the centre again."""
    standings = queries.standings(ticket.id)
    state, holder = order_state(standings), who_has_it(standings)
    had = ticket.order_state
    if state == "refused" and had is None and kind != "order_refused":
        # Somebody has taken up what was refused; a late word of the field does not undo that.
        state = None
    ticket.order_state = state
    if not is_working(ticket.status) or ticket.status in LEFT_ALONE:
        if is_working(ticket.status):
            set_handler(ticket, had, holder)
        return tickets.note(ticket, kind, actor, now, data)
    status = status_after(ticket, had, holder)
    before = (ticket.status, ticket.handler_kind, ticket.unit_id)
    set_handler(ticket, had, holder)
    if before == (status, ticket.handler_kind, ticket.unit_id):
        return tickets.note(ticket, kind, actor, now, data)
    if actor.kind in {"resident", "system"}:
        # Nobody has looked yet: the centre's own clocks run on.
        return tickets.move(ticket, status, kind, actor, now, data)
    return step.move(ticket, status, kind, actor, now, data)


def status_after(ticket: _Handled, had: str | None, holder: Standing | None) -> str:
    """Return the status of a ticket whose orders changed. had: what they waited for before; holder: whose move it is now."""
    if holder is not None:
        return "in_progress" if holder.state == "on_site" else "assigned"
    # The last order has come back: the centre has work to do. Otherwise the ticket is where people put it.
    return "in_progress" if had == "with_contractor" else ticket.status


def set_handler(ticket: _Handled, had: str | None, holder: Standing | None) -> None:
    """Give the ticket to the contractor whose move it is, or back to its centre."""
    if holder is not None:
        ticket.handler_kind, ticket.unit_id = "contractor", holder.unit_id
    elif had == "with_contractor":
        ticket.handler_kind, ticket.unit_id = "centre", None
