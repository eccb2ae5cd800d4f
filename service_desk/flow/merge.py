"""Tickets of the same thing become one: followers move along, the earlier promise stands; and it can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.errors import BadInput, InvalidMove
from service_desk.flow import merging, step
from service_desk.flow.merging import Side
from service_desk.flow.telling import tell_followers, tell_some
from service_desk.intake.rules import clean_text
from service_desk.messages import actions as messages
from service_desk.slas import actions as slas
from service_desk.slas import putting_back as clocks_before
from service_desk.slas.queries import clocks_of, pauses_of
from service_desk.tickets import putting_back as before
from service_desk.tickets import queries
from service_desk.tickets.rules import is_working, text_digest
from service_desk.work import transaction

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket, TicketEvent


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
        # An act on the one that stays too: in another centre it is put on record.
        main = step.take_ticket(other.id, None, actor, "merge", now)
        if not is_working(main.status):
            raise InvalidMove("no_longer_open")
        event, moving = merging.absorb(_side(ticket), _side(main), actor, now)
        tell_followers(ticket, event, "merged", now, after)
        merging.move_followers(moving, [ticket.id], main.id, "follower")
        return main.id


def _side(ticket: Ticket) -> Side:
    return Side(ticket, clocks_of(ticket.id), queries.followers_of(ticket.id))


def _lock_both(ticket_id: int) -> None:
    """Lock a ticket and the one that it was merged into in the order in which a merge locks them."""
    into = queries.ticket_or_404(ticket_id).merged_into_id
    for each in sorted((ticket_id, into)) if into is not None else ():
        queries.lock(each)


def _release(ticket: Ticket, main_id: int, merged: TicketEvent, actor: Actor, now: datetime) -> None:
    main = _side(queries.lock(main_id))
    merging.release(
        ticket,
        merged,
        main,
        merging.absorbed(queries.events_of(main_id)),
        pauses_of(main_id),
        queries.followers_of(ticket.id),
        actor,
        now,
    )


def unmerge_ticket(ticket_id: int, seen: int | None, actor: Actor) -> int:
    """Take a merge back: the ticket is what it was, with its promises; the other one's promise is as it was too.

    Whoever had read of the merge reads that the request is open again; a message that still waited is kept back.
    Returns the id of the ticket it had been merged into. Raises InvalidMove, StaleVersion.
    """
    now = clock.now()
    with transaction() as after:
        _lock_both(ticket_id)
        ticket = step.take_ticket(ticket_id, seen, actor, "merge", now)
        merged, main_id = queries.last_merge(ticket.id), ticket.merged_into_id
        if merged is None or main_id is None or ticket.status != "duplicate":
            raise InvalidMove("not_merged")
        if "before" not in merged.data:
            raise InvalidMove("reopen_instead")
        _release(ticket, main_id, merged, actor, now)
        event = put_back_merged(ticket, merged, actor, now, {"seq": merged.seq})
        told = messages.of_event(ticket.id, merged.seq)
        if gone := messages.take_back(told, [ticket.id], now).get(ticket.id):
            tell_some(ticket, event, "reopened", gone, now, after, due_at=step.promised(ticket))
        return main_id


def put_back_merged(
    ticket: Ticket, merged: TicketEvent, actor: Actor, now: datetime, data: dict[str, object]
) -> TicketEvent:
    """Make a released ticket what it was before its merge: state, clocks, and the pause it was in."""
    held = clocks_of(ticket.id)
    clocks_before.put_back(held, merged.data["clocks"])
    if merged.data["before"]["status"] == "waiting":
        ended = [each for each in pauses_of(ticket.id) if each.ended_at and each.ended_at >= merged.at]
        clocks_before.reopen_pauses([each.id for each in ended])
    event = before.put_back(ticket, merged.data["before"], actor, now, {"what": "merge", **data})
    ticket.due_at = slas.next_due(held)
    return event


def reopen_ticket(ticket_id: int, seen: int | None, actor: Actor, words: str) -> None:
    """Open an ended or resolved ticket again, with a reason. Raises BadInput, InvalidMove, StaleVersion."""
    now = clock.now()
    text = clean_text(words, 1000)
    if not text:
        raise BadInput({"words": "required"})
    with transaction() as after:
        _lock_both(ticket_id)
        ticket = step.take_ticket(ticket_id, seen, actor, "reopen", now)
        merged = queries.last_merge(ticket.id)
        if ticket.merged_into_id is not None and merged is not None:
            _release(ticket, ticket.merged_into_id, merged, actor, now)
        ticket.merged_into_id = None
        event = step.move(
            ticket, "reopened", "reopened", actor, now, {"by": "staff", "words": text_digest(text)}
        )
        step.with_words(ticket, event, "note", text, actor, now, is_internal=True)
        tell_followers(ticket, event, "reopened", now, after, due_at=step.promised(ticket))
