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
    from collections.abc import Sequence
    from datetime import datetime

    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket


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
        moving = _who_moves(ticket.id, main.id)
        event = step.move(ticket, "duplicate", "merged", actor, now, {"into": main.id, "followers": moving})
        tell_followers(ticket, event, "merged", now, after)
        _move_followers(moving, ticket.id, main.id, "follower")
        main.follower_count += len(moving)
        # Nobody waits longer than she was told because somebody else reported it too.
        held = clocks_of(main.id)
        slas.inherit(held, promised)
        main.due_at = slas.next_due(held)
        tickets.note(main, "absorbed", actor, now, {"from": ticket.id, "followers": len(moving)})
        return main.id


def _who_moves(ticket_id: int, main_id: int) -> list[int]:
    """Return the ids of the followers who do not already follow the main ticket."""
    held = {each.resident_id for each in queries.followers_of(main_id) if each.resident_id}
    return [each.id for each in queries.followers_of(ticket_id) if each.resident_id not in held]


def _move_followers(ids: Sequence[int], from_id: int, to_id: int, role: str) -> int:
    """Let these followers follow another ticket, by the same links. Returns how many there still were to move."""
    if not ids:
        return 0
    moved = db.session.execute(
        update(Follower)
        .where(Follower.authority_id == tenant_id(), Follower.id.in_(ids), Follower.ticket_id == from_id)
        .values(ticket_id=to_id, role=role)
        .returning(Follower.id)
    )
    return len(moved.all())


def _lock_both(ticket_id: int) -> None:
    """Lock a ticket and the one that it was merged into in the order in which a merge locks them."""
    into = queries.ticket_or_404(ticket_id).merged_into_id
    for each in sorted((ticket_id, into)) if into is not None else ():
        queries.lock(each)


def _undo(ticket: Ticket, main_id: int, actor: Actor, now: datetime) -> None:
    """Bring back whom the merge had led to the main ticket: they hear of their own again, by the same links."""
    merged = queries.last_merge(ticket.id)
    ids = merged.data.get("followers", []) if merged else []
    main = queries.lock(main_id)
    here = {each.resident_id for each in queries.followers_of(ticket.id) if each.resident_id}
    there = [
        each for each in queries.followers_of(main.id) if each.id in ids and each.resident_id not in here
    ]
    back = _move_followers([each.id for each in there], main.id, ticket.id, "follower")
    opened = [each.id for each in there if each.joined_at == ticket.opened_at]
    _move_followers(opened, ticket.id, ticket.id, "reporter")
    main.follower_count -= back
    tickets.note(main, "noted", actor, now, {"released": ticket.id, "followers": back})


def reopen_ticket(ticket_id: int, seen: int | None, actor: Actor, words: str) -> None:
    """Open an ended or resolved ticket again, with a reason. Raises BadInput, InvalidMove, StaleVersion."""
    now = clock.now()
    text = clean_text(words, 1000)
    if not text:
        raise BadInput({"words": "required"})
    with transaction() as after:
        _lock_both(ticket_id)
        ticket = step.take_ticket(ticket_id, seen, actor, "reopen", now)
        if ticket.merged_into_id is not None:
            _undo(ticket, ticket.merged_into_id, actor, now)
        ticket.merged_into_id = None
        event = step.move(
            ticket, "reopened", "reopened", actor, now, {"by": "staff", "words": text_digest(text)}
        )
        step.with_words(ticket, event, "note", text, actor, now, is_internal=True)
        tell_followers(ticket, event, "reopened", now, after, due_at=step.promised(ticket))
