"""Taking back an act: what a ticket was before it, and putting it back. The history keeps both facts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from service_desk.errors import InvalidMove
from service_desk.tickets import actions, rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket, TicketEvent

#: columns that a clerk's act may change; clocks and pauses are pictured apart
_STATE = (
    "status",
    "handler_kind",
    "unit_id",
    "assignee_id",
    "triage_reason",
    "outcome",
    "merged_into_id",
    "order_state",
    "has_news",
)
_INSTANTS = ("resolved_at", "closed_at", "due_at")


def state_of(ticket: Ticket) -> dict[str, Any]:
    """Return what a ticket is now, as JSON values, for putting it back later."""
    state = {name: getattr(ticket, name) for name in _STATE}
    for name in _INSTANTS:
        instant = getattr(ticket, name)
        state[name] = instant.isoformat() if instant else None
    return state


def put_back(
    ticket: Ticket, before: Mapping[str, Any], actor: Actor, now: datetime, data: Mapping[str, Any]
) -> TicketEvent:
    """Make a locked ticket what it was, and record that an act was taken back. Raises InvalidMove.

    before: of ``state_of``. due_at is the caller's, from the clocks as they now stand.
    """
    if not rules.may_put_back(ticket.status, before["status"]):
        raise InvalidMove(before=ticket.status, after=before["status"])
    for name in _STATE:
        setattr(ticket, name, before[name])
    for name in ("resolved_at", "closed_at"):
        setattr(ticket, name, datetime.fromisoformat(before[name]) if before[name] else None)
    ticket.is_open = rules.is_open(ticket.status)
    actions.pass_ball(ticket, now)
    return actions.note(ticket, "undone", actor, now, data)
