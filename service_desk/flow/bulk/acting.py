"""One act on many tickets: one event each, one message each, all or nothing, and once however often it is pressed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from service_desk import clock
from service_desk.errors import BadInput, Conflict, NotAllowed
from service_desk.flow import finish, hand_over, merging, step, work_on
from service_desk.flow.bulk.asked import LIMIT, understand, why_left
from service_desk.flow.telling import recipients_of, values_of
from service_desk.messages import actions as messages
from service_desk.people.rules import may
from service_desk.slas import actions as slas
from service_desk.slas import putting_back as clocks_before
from service_desk.slas.queries import clocks_of_many
from service_desk.tickets import many
from service_desk.tickets import putting_back as before
from service_desk.tickets.models import BulkAct
from service_desk.tickets.rules import text_digest
from service_desk.work import new_id, put_and_get, tenant_id, transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Table

    from service_desk.flow.bulk.asked import BulkAsked, Meant
    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket, TicketEvent

#: how long messages wait, so that taking the act back takes them back too
HELD = timedelta(minutes=2)
#: how long the act itself may be taken back
UNDO = timedelta(minutes=10)
_ONCE = "ON CONFLICT (authority_id, submission_key) DO NOTHING RETURNING id"


@dataclass
class _Run:
    """One act under way: what it means, whose it is, what it has read for all its tickets, what it will tell."""

    meant: Meant
    actor: Actor
    now: datetime
    loaded: step.Loaded
    recipients: dict[int, list[messages.Recipient]]
    main: merging.Side | None = None
    followers: dict[int, list[Any]] = field(default_factory=dict)
    moving: list[int] = field(default_factory=list)
    telling: list[messages.Telling] = field(default_factory=list)

    def tell(self, ticket: Ticket, event: TicketEvent, word: str, **values: Any) -> None:
        """Keep what is to be told of a ticket, to all who follow it."""
        if people := self.recipients.get(ticket.id):
            self.telling.append(
                messages.Telling(ticket, word, event.seq, people, values_of(ticket, **values))
            )


def act(tickets: Sequence[tuple[int, int]], asked: BulkAsked, actor: Actor, submission_key: str) -> int:
    """Do what was previewed to every ticket that still is as it was shown; the rest is left, with the reason.

    tickets: (id, version shown), at most LIMIT. submission_key: of the preview page; a second press returns the first
    act. Returns the act's id. Raises BadInput, NotAllowed, Conflict (the key came with another act).
    """
    if not may(actor, "bulk"):
        raise NotAllowed
    meant = understand(asked, actor)
    seen = dict(tickets[:LIMIT])
    problems = dict(meant.problems) if seen else {**meant.problems, "tickets": "required"}
    if problems:
        raise BadInput(problems)
    now = clock.now()
    with transaction():
        bulk_id = _begin(meant, actor, submission_key, now)
        if bulk_id is None:
            return _same(submission_key, meant, actor)
        outcome = _run(seen, meant, actor, now)
        kept = many.bulk_act(bulk_id)
        if kept is not None:
            kept.outcome = outcome
        return bulk_id


def _begin(meant: Meant, actor: Actor, submission_key: str, now: datetime) -> int | None:
    """Write the act's row first: of two presses at once, the second waits here and finds it done (None)."""
    row: dict[str, Any] = {
        "authority_id": tenant_id(),
        "id": new_id(),
        "staff_id": actor.id,
        "at": now,
        "verb": meant.asked.verb,
        "asked": _kept(meant),
        "outcome": {"done": [], "left": []},
        "submission_key": submission_key,
        "undo_until": now + UNDO,
    }
    written = put_and_get(cast("Table", BulkAct.__table__), [row], _ONCE).first()
    return None if written is None else int(written.id)


def _kept(meant: Meant) -> dict[str, str]:
    """Return what the act's row keeps of what was asked: codes and values, and the words' digest."""
    words = {"words": text_digest(meant.text)} if meant.text else {}
    return meant.asked.kept() | words


def _same(submission_key: str, meant: Meant, actor: Actor) -> int:
    first = many.bulk_act_by_key(submission_key)
    if first is None or (first.staff_id, first.verb, first.asked) != (
        actor.id,
        meant.asked.verb,
        _kept(meant),
    ):
        raise Conflict
    return int(first.id)


def _run(seen: dict[int, int], meant: Meant, actor: Actor, now: datetime) -> dict[str, Any]:
    """Do it, and return what is kept of it: which were done, with what they were; which were left, and why.

    Nothing is rung: the messages wait, and the sweep finds them when their time has come.
    """
    wanted = {*seen, meant.main_id} if meant.main_id else set(seen)
    held = many.lock_many(wanted)
    _check_main(held, meant)
    why = {each: why_left(held.get(each), version, meant, actor) for each, version in seen.items()}
    doing = sorted(each for each in seen if why[each] is None)
    left = [{"ticket": each, "why": reason} for each, reason in why.items() if reason]
    if not doing:
        return {"done": [], "left": left}
    run = _load(doing, held, meant, actor, now)
    done = [_one(held[each], run) for each in doing]
    pauses = slas.end_pauses(run.loaded.resumed, now) if run.loaded.resumed else {}
    for each in done:
        each["pause"] = pauses.get(each["ticket"])
    waiting, retired = messages.tell_many(run.telling, now, now + HELD)
    if run.main is not None:
        merging.move_followers(run.moving, doing, run.main.ticket.id, "follower")
    return {"done": done, "left": left, "messages": waiting, "retired": retired}


def _check_main(held: dict[int, Ticket], meant: Meant) -> None:
    """The ticket that stays may have ended between the preview and the lock."""
    if meant.main_id is None:
        return
    main = held.get(meant.main_id)
    if main is None or not main.is_open or main.status == "resolved":
        raise BadInput({"into": "no_longer_open"})


def _load(doing: list[int], held: dict[int, Ticket], meant: Meant, actor: Actor, now: datetime) -> _Run:
    wanted = [*doing, meant.main_id] if meant.main_id else doing
    run = _Run(
        meant, actor, now, step.Loaded(clocks_of_many(wanted)), recipients_of(doing) if _tells(meant) else {}
    )
    if meant.main_id:
        run.followers = many.followers_of_many(wanted)
        main = held[meant.main_id]
        run.main = merging.Side(
            main, run.loaded.clocks.get(main.id, []), list(run.followers.get(main.id, []))
        )
    return run


def _tells(meant: Meant) -> bool:
    return meant.asked.verb != "assign" or meant.unit is not None


def _one(ticket: Ticket, run: _Run) -> dict[str, Any]:
    """Do it to one locked ticket, and return what it was before."""
    clocks = run.loaded.clocks.get(ticket.id, [])
    state, seen = before.state_of(ticket), clocks_before.picture(clocks)
    event = _do(ticket, run)
    return {
        "ticket": ticket.id,
        "seq": event.seq,
        "before": state,
        "clocks": clocks_before.changed(seen, clocks),
    }


def _do(ticket: Ticket, run: _Run) -> TicketEvent:
    """Do the act by the same steps that one ticket's page takes. Returns the event."""
    meant, actor, now, loaded = run.meant, run.actor, run.now, run.loaded
    if meant.staff_id is not None:
        return work_on.give_to(ticket, meant.staff_id, actor, now, loaded=loaded)
    if meant.unit is not None:
        data = {"words": text_digest(meant.text)} if meant.text else {}
        event = hand_over.give_to_unit(ticket, meant.unit, data, actor, now, loaded=loaded)
        step.with_words(ticket, event, "reason", meant.text, actor, now, is_internal=True)
        run.tell(ticket, event, "handed_over", holder=meant.unit.name)
    elif run.main is not None:
        mine = merging.Side(ticket, loaded.clocks.get(ticket.id, []), run.followers.get(ticket.id, []))
        event, moving = merging.absorb(mine, run.main, actor, now, loaded=loaded)
        run.moving.extend(moving)
        run.tell(ticket, event, "merged")
    elif meant.asked.verb == "resolve":
        event = finish.mark_resolved(ticket, meant.asked.outcome, meant.text, 0, actor, now, loaded=loaded)
        run.tell(ticket, event, "resolved")
    else:
        event = finish.mark_rejected(ticket, meant.asked.reason, meant.text, actor, now, loaded=loaded)
        run.tell(ticket, event, "rejected", text=meant.text)
    return event
