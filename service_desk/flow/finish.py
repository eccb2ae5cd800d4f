"""A ticket's end by the city: resolved with proof, rejected with a reason, closed in silence after the time to answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.contractors.queries.orders import proofs_of_passed
from service_desk.errors import BadInput
from service_desk.flow import step
from service_desk.flow.keeping import drop, keep_photos
from service_desk.flow.telling import tell_followers
from service_desk.flow.verify_order import pass_waiting
from service_desk.intake import actions as intake
from service_desk.intake.rules import clean_text
from service_desk.people.rules import SYSTEM
from service_desk.tickets import queries
from service_desk.tickets.rules import REJECTIONS, text_digest
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service_desk.intake.rules import EncodedPhoto
    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket, TicketEvent

#: how long the resident may say «not done» before silence counts as agreement
ANSWER_DAYS = 14
#: why a ticket may be resolved without a photo
OUTCOMES = ("photo", "seen_by_staff", "answered", "done_by_other", "nothing_found")


def resolve_ticket(
    ticket_id: int,
    seen: int | None,
    actor: Actor,
    outcome: str,
    words: str,
    photos: Sequence[EncodedPhoto] = (),
    *,
    pass_orders: bool = False,
) -> None:
    """Say that it is done, with evidence: a photo, or a reason code with words. The resident is asked.

    A contractor's photo of the finished work counts as one. pass_orders: the clerk passes the work orders that wait
    for verification in the same act. Raises BadInput when there is no evidence, InvalidMove (also while work orders
    are open), StaleVersion.
    """
    now = clock.now()
    text = clean_text(words, 1000)
    problems = {}
    if outcome not in OUTCOMES:
        problems["outcome"] = "required"
    if outcome != "photo" and not text:
        problems["words"] = "required"
    if problems:
        raise BadInput(problems)
    stored, _lost = keep_photos(photos)
    try:
        with transaction() as after:
            ticket = step.take_ticket(ticket_id, seen, actor, "resolve", now)
            if pass_orders:
                pass_waiting(ticket, actor, now)
            step.refuse_while_ordered(ticket, "with_contractor", "to_verify")
            proven = len(stored) if photos or outcome != "photo" else _proofs(ticket)
            intake.attach(ticket.id, stored, "after", actor.kind, now)
            ticket.photo_count += len(stored)
            event = mark_resolved(ticket, outcome, text, proven, actor, now)
            tell_followers(ticket, event, "resolved", now, after)
    except BaseException:
        drop(stored)
        raise


def _proofs(ticket: Ticket) -> int:
    """Return how many photos of its contractors prove a ticket's work. Raises BadInput when none does."""
    found = proofs_of_passed(ticket.id)
    if not found:
        raise BadInput({"photos": "photo_required"})
    return found


def mark_resolved(
    ticket: Ticket,
    outcome: str,
    text: str,
    photos: int,
    actor: Actor,
    now: datetime,
    *,
    loaded: step.Loaded | None = None,
) -> TicketEvent:
    """Move a locked ticket to «done» with its proof. text: cleaned words; photos: how many prove it. Raises InvalidMove."""
    ticket.outcome = outcome
    data = {"outcome": outcome, "photos": photos, "words": text_digest(text)}
    event = step.move(ticket, "resolved", "resolved", actor, now, data, loaded=loaded)
    step.with_words(ticket, event, "reply", text, actor, now)
    return event


def mark_rejected(
    ticket: Ticket, reason: str, text: str, actor: Actor, now: datetime, *, loaded: step.Loaded | None = None
) -> TicketEvent:
    """Refuse a locked ticket. text: cleaned words for the resident. Raises InvalidMove."""
    ticket.outcome = reason
    data = {"reason": reason, "words": text_digest(text)}
    event = step.move(ticket, "rejected", "rejected", actor, now, data, loaded=loaded)
    step.with_words(ticket, event, "reason", text, actor, now)
    return event


def reject_ticket(ticket_id: int, seen: int | None, actor: Actor, reason: str, words: str) -> None:
    """Refuse the ticket with a reason code and words the resident reads. Raises BadInput, InvalidMove, StaleVersion."""
    now = clock.now()
    text = clean_text(words, 1000)
    problems = {}
    if reason not in REJECTIONS:
        problems["reason"] = "required"
    if not text:
        problems["words"] = "required"
    if problems:
        raise BadInput(problems)
    with transaction() as after:
        ticket = step.take_ticket(ticket_id, seen, actor, "reject", now)
        event = mark_rejected(ticket, reason, text, actor, now)
        tell_followers(ticket, event, "rejected", now, after, text=text)


def close_silent(limit: int = 200) -> int:
    """Close resolved tickets nobody answered for within ANSWER_DAYS. Returns how many. Run by the timetable."""
    now = clock.now()
    done = 0
    for ticket_id in queries.resolved_before(now - timedelta(days=ANSWER_DAYS), limit):
        with transaction() as after:
            ticket = queries.lock(ticket_id)
            # Somebody may have answered between the list and the lock.
            if (
                ticket.status != "resolved"
                or ticket.resolved_at is None
                or ticket.resolved_at > now - timedelta(days=ANSWER_DAYS)
            ):
                continue
            event = step.move(ticket, "closed", "closed", SYSTEM, now, {"by": "silence"})
            tell_followers(ticket, event, "closed", now, after)
            done += 1
    return done
