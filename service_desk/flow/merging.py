"""What happens to two locked tickets when one is merged into the other, and when that is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from service_desk.errors import InvalidMove
from service_desk.extensions import db
from service_desk.flow import step
from service_desk.slas import actions as slas
from service_desk.slas import inheriting
from service_desk.slas import putting_back as clocks_before
from service_desk.tickets import actions as tickets
from service_desk.tickets import putting_back as before
from service_desk.tickets.models import Follower
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from service_desk.people.rules import Actor
    from service_desk.slas.models import Clock, Pause
    from service_desk.tickets.models import Ticket, TicketEvent


@dataclass
class Side:
    """One side of a merge: the locked ticket, its clocks of all rounds, who follows it."""

    ticket: Ticket
    clocks: list[Clock]
    followers: list[Follower]


def absorb(
    duplicate: Side, main: Side, actor: Actor, now: datetime, *, loaded: step.Loaded | None = None
) -> tuple[TicketEvent, list[int]]:
    """Make one ticket a duplicate of the other; the earlier promise stands for the one that stays. Raises InvalidMove.

    Returns its event, and the ids of the followers who are to follow the main ticket: whoever calls moves them, once
    they have been told of their own. Both histories hold what is needed to take it back.
    """
    ticket, known = duplicate.ticket, {each.resident_id for each in main.followers if each.resident_id}
    moving = [each for each in duplicate.followers if each.resident_id not in known]
    running = [each for each in duplicate.clocks if each.stopped_at is None]
    data = {
        "into": main.ticket.id,
        "followers": [each.id for each in moving],
        "before": before.state_of(ticket),
        "clocks": clocks_before.picture(running),
    }
    ticket.merged_into_id = main.ticket.id
    event = step.move(ticket, "duplicate", "merged", actor, now, data, loaded=loaded)
    main.followers.extend(moving)
    main.ticket.follower_count += len(moving)
    # Nobody waits longer than she was told because somebody else reported it too.
    own = clocks_before.picture(main.clocks)
    slas.inherit(main.clocks, running)
    main.ticket.due_at = slas.next_due(main.clocks)
    said = {
        "from": ticket.id,
        "followers": len(moving),
        "given": clocks_before.picture(running),
        "displaced": clocks_before.changed(own, main.clocks),
    }
    tickets.note(main.ticket, "absorbed", actor, now, said)
    return event, [each.id for each in moving]


def move_followers(ids: Sequence[int], from_ids: Iterable[int], to_id: int, role: str) -> int:
    """Let these followers follow another ticket, by the same links. Returns how many there still were to move."""
    if not ids:
        return 0
    moved = db.session.execute(
        update(Follower)
        .where(
            Follower.authority_id == tenant_id(),
            Follower.id.in_(ids),
            Follower.ticket_id.in_(tuple(from_ids)),
        )
        .values(ticket_id=to_id, role=role)
        .returning(Follower.id)
    )
    return len(moved.all())


def release(
    ticket: Ticket,
    merged: TicketEvent,
    main: Side,
    merges: list[inheriting.Absorbed],
    pauses: Sequence[Pause],
    here: Sequence[Follower],
    actor: Actor,
    now: datetime,
) -> int:
    """Bring back whom a merge had led to the main ticket, and give its promise back. Returns how many came back.

    merged: the event by which the ticket became a duplicate; merges, pauses: of the main ticket, oldest first (this one
    no longer stands afterwards); here: who follows the duplicate still. They hear of their own again by the same links. Raises InvalidMove when the main ticket was itself
    merged on: that merge is to be undone first.
    """
    if main.ticket.merged_into_id is not None:
        raise InvalidMove("main_merged_on")
    ids, known = (
        set(merged.data.get("followers", [])),
        {each.resident_id for each in here if each.resident_id},
    )
    there = [each for each in main.followers if each.id in ids and each.resident_id not in known]
    opened = [each.id for each in there if each.joined_at == ticket.opened_at]
    rest = [each.id for each in there if each.joined_at != ticket.opened_at]
    back = move_followers(rest, [main.ticket.id], ticket.id, "follower")
    back += move_followers(opened, [main.ticket.id], ticket.id, "reporter")
    main.followers = [each for each in main.followers if each not in there]
    main.ticket.follower_count -= back
    inheriting.give_back(main.clocks, ticket.id, merges, pauses)
    merges[:] = [_without(each, ticket.id) for each in merges]
    main.ticket.due_at = slas.next_due(main.clocks)
    tickets.note(main.ticket, "released", actor, now, {"released": ticket.id, "followers": back})
    return back


def absorbed(history: Iterable[TicketEvent]) -> list[inheriting.Absorbed]:
    """Return the merges into a ticket, oldest first, from its history."""
    found: list[inheriting.Absorbed] = []
    for event in history:
        if event.kind == "absorbed":
            found.append(_absorbed(event.at, event.data))
        elif "released" in event.data:
            found = [_without(each, event.data["released"]) for each in found]
    return found


def _absorbed(at: datetime, data: dict[str, Any]) -> inheriting.Absorbed:
    given, displaced = tuple(data.get("given", ())), tuple(data.get("displaced", ()))
    return inheriting.Absorbed(data["from"], at, given, displaced, stands=True)


def _without(each: inheriting.Absorbed, released: int) -> inheriting.Absorbed:
    if each.from_id != released:
        return each
    return inheriting.Absorbed(each.from_id, each.at, each.given, each.displaced, stands=False)
