"""Tickets of the same thing become one: followers move along, the earlier promise stands. And a ticket is reopened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from service_desk import clock
from service_desk.errors import BadInput, InvalidMove
from service_desk.extensions import db
from service_desk.flow import step
from service_desk.flow.telling import tell_followers
from service_desk.intake.rules import clean_text
from service_desk.slas import actions as slas
from service_desk.slas.queries import clocks_of
from service_desk.tickets import actions as tickets
from service_desk.tickets import queries
from service_desk.tickets.models import Follower
from service_desk.tickets.rules import is_working, text_digest
from service_desk.work import tenant_id, transaction

if TYPE_CHECKING:
    from service_desk.people.rules import Actor


def merge_ticket(ticket_id: int, seen: int | None, into_reference: str, actor: Actor) -> int:
    """Make the ticket a duplicate of another open one. Its followers hear of it and follow that one from now on.

    Locks both in the order of their ids, so that two clerks merging crosswise do not block each other.
    Returns the id of the ticket that stays. Raises BadInput, InvalidMove, StaleVersion.
    """
    now = clock.now()
    with transaction() as after:
        other = queries.by_reference(into_reference)
        if other is None or other.id == ticket_id:
            raise BadInput({"into": "no_such_ticket"})
        for each in sorted((ticket_id, other.id)):
            queries.lock(each)
        ticket = step.take_ticket(ticket_id, seen, actor, "merge", now)
        main = queries.lock(other.id)
        if not is_working(main.status):
            raise InvalidMove("no_longer_open")
        ticket.merged_into_id = main.id
        promised = [clock for clock in clocks_of(ticket.id) if clock.stopped_at is None]
        event = step.move(ticket, "duplicate", "merged", actor, now, {"into": main.id})
        tell_followers(ticket, event, "merged", now, after)
        moved = _move_followers(ticket.id, main.id)
        main.follower_count += moved
        # Nobody waits longer than she was told because somebody else reported it too.
        held = clocks_of(main.id)
        slas.inherit(held, promised)
        main.due_at = slas.next_due(held)
        tickets.note(main, "absorbed", actor, now, {"from": ticket.id, "followers": moved})
        return main.id


def _move_followers(ticket_id: int, main_id: int) -> int:
    """Let everybody who does not already follow the main ticket follow it too, by the same link."""
    held = {each.resident_id for each in queries.followers_of(main_id) if each.resident_id}
    moved = [each.id for each in queries.followers_of(ticket_id) if each.resident_id not in held]
    if moved:
        db.session.execute(
            update(Follower)
            .where(Follower.authority_id == tenant_id(), Follower.id.in_(moved))
            .values(ticket_id=main_id, role="follower")
        )
    return len(moved)


def reopen_ticket(ticket_id: int, seen: int | None, actor: Actor, words: str) -> None:
    """Open an ended or resolved ticket again, with a reason. Raises BadInput, InvalidMove, StaleVersion."""
    now = clock.now()
    text = clean_text(words, 1000)
    if not text:
        raise BadInput({"words": "required"})
    with transaction() as after:
        ticket = step.take_ticket(ticket_id, seen, actor, "reopen", now)
        ticket.merged_into_id = None
        event = step.move(
            ticket, "reopened", "reopened", actor, now, {"by": "staff", "words": text_digest(text)}
        )
        step.with_words(ticket, event, "note", text, actor, now, is_internal=True)
        tell_followers(ticket, event, "reopened", now, after, due_at=step.promised(ticket))
