"""What became of an act on many tickets, for whoever did it or may do the like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_desk.errors import NotAllowed, NotFound
from service_desk.messages import actions as messages
from service_desk.people.rules import may
from service_desk.tickets import many, queries
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from service_desk.people.rules import Actor
    from service_desk.tickets.models import BulkAct, Ticket

#: states in which a message waits, and in which it was kept back
_WAITING, _KEPT_BACK = frozenset({"pending"}), frozenset({"skipped", "superseded", "expired"})


@dataclass(frozen=True)
class Bulk:
    """An act with its tickets as they now are. left, kept: (why, tickets). Messages: waiting, kept back, gone out."""

    act: BulkAct
    done: list[Ticket]
    left: list[tuple[str, list[Ticket]]]
    kept: list[tuple[str, list[Ticket]]]
    undone: int
    waiting: int
    kept_back: int
    gone: int
    main: Ticket | None


def read_bulk(bulk_id: int, actor: Actor) -> Bulk:
    """Return an act and what became of it, in three statements. Raises NotFound, NotAllowed (another's act)."""
    if not may(actor, "bulk"):
        raise NotAllowed
    with transaction():
        act = many.bulk_act(bulk_id)
        if act is None:
            raise NotFound
        if act.staff_id != actor.id:
            raise NotAllowed
        outcome = act.outcome
        lists = {name: outcome.get(name, []) for name in ("done", "left", "kept")}
        ids = {each["ticket"] for rows in lists.values() for each in rows}
        tickets = queries.many(ids)
        done = [tickets[each["ticket"]] for each in lists["done"] if each["ticket"] in tickets]
        into = next((each.merged_into_id for each in done if each.merged_into_id), None)
        fates = messages.fates(outcome.get("messages", ()))
        return Bulk(
            act=act,
            done=done,
            left=_grouped(lists["left"], tickets),
            kept=_grouped(lists["kept"], tickets),
            undone=len(outcome.get("undone", ())),
            waiting=sum(count for state, count in fates.items() if state in _WAITING),
            kept_back=sum(count for state, count in fates.items() if state in _KEPT_BACK),
            gone=sum(count for state, count in fates.items() if state not in _WAITING | _KEPT_BACK),
            main=queries.ticket_or_404(into) if act.verb == "merge" and into else None,
        )


def _grouped(rows: Iterable[dict[str, Any]], tickets: dict[int, Ticket]) -> list[tuple[str, list[Ticket]]]:
    found: dict[str, list[Ticket]] = {}
    for each in rows:
        group = found.setdefault(each["why"], [])
        if each["ticket"] in tickets:
            group.append(tickets[each["ticket"]])
    return sorted(found.items(), key=lambda group: -len(group[1]))


def acts_of(actor: Actor, since: datetime) -> list[Any]:
    """Return the person's own acts since then, newest first."""
    with transaction():
        return list(many.bulk_acts_of(actor.id or 0, since))
