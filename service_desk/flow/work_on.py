"""The desk's everyday acts on a ticket: take or assign, start, note, reply, make safe. One transaction each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.errors import BadInput
from service_desk.flow import step
from service_desk.flow.telling import tell_followers
from service_desk.intake.rules import clean_text
from service_desk.people import queries as people
from service_desk.tickets import actions as tickets
from service_desk.tickets import claims
from service_desk.tickets.rules import text_digest
from service_desk.work import transaction

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket, TicketEvent


def assign_ticket(
    ticket_id: int, seen: int | None, actor: Actor, assignee_id: int, *, is_claimed: bool = False
) -> None:
    """Give the ticket to a colleague, or take it (assignee is the actor). Raises BadInput, InvalidMove, StaleVersion.

    is_claimed: whoever takes it also works on it for the moment, so that colleagues see it.
    """
    now = clock.now()
    with transaction():
        ticket = step.take_ticket(ticket_id, seen, actor, "assign", now)
        if not people.works_at_a_centre(assignee_id):
            raise BadInput({"assignee": "no_such_person"})
        give_to(ticket, assignee_id, actor, now)
        if is_claimed and actor.id is not None:
            claims.take_over(ticket.id, actor.id, now)


def give_to(
    ticket: Ticket, assignee_id: int, actor: Actor, now: datetime, *, loaded: step.Loaded | None = None
) -> TicketEvent:
    """Put a locked ticket into one person's hands at the centre. Raises InvalidMove.

    While a contractor has an order of it, the ball stays there: she follows it, and nothing else moves.
    """
    ticket.assignee_id = assignee_id
    if ticket.order_state == "with_contractor":
        kind = "taken" if assignee_id == actor.id else "assigned"
        event = tickets.note(ticket, kind, actor, now, {"assignee": assignee_id})
        ticket.has_news = False
        step.look(ticket, now)
        return event
    # The centre's own person works on it now; handing on to a unit or contractor is another act.
    ticket.handler_kind, ticket.unit_id = "centre", None
    kind = "taken" if assignee_id == actor.id else "assigned"
    return step.move(ticket, "assigned", kind, actor, now, {"assignee": assignee_id}, loaded=loaded)


def start_work(ticket_id: int, seen: int | None, actor: Actor) -> None:
    """Say that work has begun, by whoever holds it. Raises InvalidMove, StaleVersion."""
    now = clock.now()
    with transaction():
        ticket = step.take_ticket(ticket_id, seen, actor, "work", now)
        if ticket.assignee_id is None and ticket.handler_kind == "centre":
            ticket.assignee_id = actor.id
        step.move(ticket, "in_progress", "started", actor, now)


def make_safe(ticket_id: int, seen: int | None, actor: Actor, words: str) -> None:
    """Say that the place is safe now (cone, fence, power cut). Stops the make-safe clock, not the repair's."""
    now = clock.now()
    with transaction():
        ticket = step.take_ticket(ticket_id, seen, actor, "work", now)
        text = clean_text(words)
        event = tickets.note(ticket, "made_safe", actor, now, {"words": text_digest(text)} if text else {})
        step.with_words(ticket, event, "note", text, actor, now, is_internal=True)
        step.make_safe(ticket, now)


def add_note(ticket_id: int, actor: Actor, words: str) -> None:
    """Add an internal note; it is never shown to a resident. Raises BadInput when empty."""
    now = clock.now()
    text = clean_text(words)
    if not text:
        raise BadInput({"words": "required"})
    with transaction():
        ticket = step.take_ticket(ticket_id, None, actor, "note", now)
        event = tickets.note(ticket, "noted", actor, now, {"words": text_digest(text)})
        step.with_words(ticket, event, "note", text, actor, now, is_internal=True)


def reply_to_resident(ticket_id: int, actor: Actor, words: str) -> None:
    """Write to everybody who follows the ticket. Raises BadInput when empty."""
    now = clock.now()
    text = clean_text(words, 600)
    if not text:
        raise BadInput({"words": "required"})
    with transaction() as after:
        ticket = step.take_ticket(ticket_id, None, actor, "reply", now)
        event = tickets.note(ticket, "replied", actor, now, {"words": text_digest(text)})
        step.with_words(ticket, event, "reply", text, actor, now)
        ticket.has_news = False
        step.look(ticket, now)
        tell_followers(ticket, event, "reply", now, after, text=text)


def ask_resident(ticket_id: int, seen: int | None, actor: Actor, words: str) -> None:
    """Ask the person something; the city's clocks stand still until the answer. Raises BadInput, InvalidMove."""
    now = clock.now()
    text = clean_text(words, 600)
    if not text:
        raise BadInput({"words": "required"})
    with transaction() as after:
        ticket = step.take_ticket(ticket_id, seen, actor, "ask", now)
        event = step.move(ticket, "waiting", "asked", actor, now, {"words": text_digest(text)})
        step.with_words(ticket, event, "question", text, actor, now)
        tell_followers(ticket, event, "question", now, after, text=text)


def see_news(ticket_id: int, actor: Actor) -> None:
    """Say that the person's new words were read. Not an event of the ticket's life."""
    with transaction():
        step.take_ticket(ticket_id, None, actor, "note", clock.now()).has_news = False
