"""Taking an act on many tickets back: each ticket nothing has happened to since is what it was before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.errors import InvalidMove, NotAllowed, NotFound
from service_desk.flow import merging
from service_desk.flow.telling import DELIVER, recipients_of, values_of
from service_desk.messages import actions as messages
from service_desk.people.rules import may
from service_desk.slas import actions as slas
from service_desk.slas import putting_back as clocks_before
from service_desk.slas.queries import clocks_of_many, pauses_of
from service_desk.tickets import many, queries
from service_desk.tickets import putting_back as before
from service_desk.tickets.rules import may_put_back
from service_desk.work import tenant_id, transaction

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.people.rules import Actor
    from service_desk.slas.models import Clock
    from service_desk.tickets.models import BulkAct, Follower, Ticket, TicketEvent
    from service_desk.work import After

#: what the timetable notes by itself: it is no reason to leave a ticket as a hasty act made it
_BY_ITSELF = frozenset({"breached", "escalated", "order_breached"})
#: acts after whose message the person must hear that it is not so
_MUST_CORRECT = frozenset({"resolve", "reject", "merge"})


@dataclass
class _Undo:
    """One taking back under way."""

    bulk: BulkAct
    actor: Actor
    now: datetime
    held: dict[int, Ticket]
    clocks: dict[int, list[Clock]]
    merges: dict[int, TicketEvent] = field(default_factory=dict)
    followers: dict[int, list[Follower]] = field(default_factory=dict)


def undo(bulk_id: int, actor: Actor) -> int:
    """Take the act back where nothing has happened since. Returns how many tickets are as they were.

    What was done and what was left is kept in the act's outcome. A second press changes nothing. Raises NotFound,
    NotAllowed (another's act), InvalidMove when the time is over.
    """
    if not may(actor, "bulk"):
        raise NotAllowed
    now = clock.now()
    with transaction() as after:
        bulk = many.bulk_act(bulk_id, is_locked=True)
        if bulk is None:
            raise NotFound
        if bulk.staff_id != actor.id:
            raise NotAllowed
        if bulk.undone_at is not None:
            return len(bulk.outcome.get("undone", ()))
        if now > bulk.undo_until:
            raise InvalidMove("undo_over")
        done = {each["ticket"]: each for each in bulk.outcome["done"]}
        run = _load(bulk, done, actor, now)
        kept = _why_kept(run, done)
        back = [each for each in sorted(done) if each not in kept]
        events = {each: _one(done[each], run) for each in back}
        _mend(run, done, events, after)
        bulk.undone_at = now
        bulk.outcome = {
            **bulk.outcome,
            "undone": back,
            "kept": [{"ticket": each, "why": why} for each, why in kept.items()],
        }
        return len(back)


def _load(bulk: BulkAct, done: dict[int, Any], actor: Actor, now: datetime) -> _Undo:
    wanted = set(done)
    is_merge = bulk.verb == "merge"
    merges = many.last_merges(list(done)) if is_merge else {}
    wanted |= {each.data["into"] for each in merges.values()}
    run = _Undo(bulk, actor, now, many.lock_many(wanted), clocks_of_many(wanted), merges)
    if is_merge:
        run.followers = many.followers_of_many(wanted)
    return run


def _why_kept(run: _Undo, done: dict[int, Any]) -> dict[int, str]:
    """Return {ticket id: why it stays as it is}: it went on since, or is no longer where the act left it."""
    moved = {each: done[each]["seq"] for each in done if run.held[each].version != done[each]["seq"]}
    since = many.kinds_since(moved)
    kept = {each: "changed" for each, kinds in since.items() if kinds - _BY_ITSELF}
    for each, ticket in run.held.items():
        if each in done and not may_put_back(ticket.status, done[each]["before"]["status"]):
            kept.setdefault(each, "changed")
    for each, merged in run.merges.items():
        if run.held[merged.data["into"]].merged_into_id is not None:
            kept.setdefault(each, "main_merged_on")
    return kept


def _one(was: dict[str, Any], run: _Undo) -> TicketEvent:
    """Put one ticket back. Its clocks run as if they had never been stopped; the history shows both facts."""
    ticket = run.held[was["ticket"]]
    clocks = run.clocks.get(ticket.id, [])
    clocks_before.put_back(clocks, was["clocks"])
    data = {"bulk": run.bulk.id, "what": run.bulk.verb, "seq": was["seq"]}
    event = before.put_back(ticket, was["before"], run.actor, run.now, data)
    ticket.due_at = slas.next_due(clocks)
    return event


def _release(run: _Undo, back: dict[int, TicketEvent]) -> None:
    """Let the main ticket give back, of each merge that was taken back, the followers and the promise."""
    by_main: dict[int, list[int]] = {}
    for each in back:
        if each in run.merges:
            by_main.setdefault(run.merges[each].data["into"], []).append(each)
    for main_id, ids in by_main.items():
        main = merging.Side(
            run.held[main_id], run.clocks.get(main_id, []), list(run.followers.get(main_id, []))
        )
        merges, pauses = merging.absorbed(queries.events_of(main_id)), pauses_of(main_id)
        for each in reversed(ids):
            here = run.followers.get(each, [])
            merging.release(run.held[each], run.merges[each], main, merges, pauses, here, run.actor, run.now)


def _mend(run: _Undo, done: dict[int, Any], events: dict[int, TicketEvent], after: After) -> None:
    """Bring followers, pauses and messages back; tell those who had already read what is no longer so."""
    _release(run, events)
    clocks_before.reopen_pauses([done[each]["pause"] for each in events if done[each].get("pause")])
    outcome, back = run.bulk.outcome, list(events)
    told = messages.take_back(outcome.get("messages", ()), back, run.now)
    messages.bring_again(outcome.get("retired", ()), [each for each in back if each not in told], run.now)
    if not told or run.bulk.verb not in _MUST_CORRECT:
        return
    people = recipients_of(list(told))
    telling = [
        messages.Telling(
            run.held[each],
            "reopened",
            events[each].seq,
            [one for one in people.get(each, []) if one.follower_id in followers],
            values_of(run.held[each], due_at=_promised(run.clocks.get(each, []))),
        )
        for each, followers in told.items()
    ]
    if messages.tell_many(telling, run.now, run.now)[0]:
        after.ring(DELIVER, tenant_id())


def _promised(clocks: list[Clock]) -> datetime | None:
    """Return until when the work is promised, of clocks at hand."""
    return next((each.due_at for each in clocks if each.stopped_at is None and each.kind == "resolve"), None)
