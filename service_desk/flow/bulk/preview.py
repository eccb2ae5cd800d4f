"""What an act on many tickets would do, before it is done: nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.errors import NotAllowed
from service_desk.flow.bulk.asked import LIMIT, Meant, understand, why_left
from service_desk.people.rules import may
from service_desk.tickets import many, queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service_desk.flow.bulk.asked import BulkAsked
    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket
    from service_desk.tickets.queries import QueueFilter

#: acts whose followers get a message
_TELLING = frozenset({"resolve", "reject", "merge"})


@dataclass(frozen=True)
class Preview:
    """What would be done to which tickets, by due time; and to which not, and why.

    matched: how many were chosen or fit the filter, which may be more than one act takes. told: {language: people}.
    main: the ticket that stays, of a merge. meant.problems: what is still missing or wrong.
    """

    meant: Meant
    doing: list[Ticket]
    left: list[tuple[Ticket | None, str]]
    matched: int
    told: dict[str, int]
    main: Ticket | None


def preview(
    asked: BulkAsked, actor: Actor, *, chosen: Sequence[tuple[int, int | None]] = (), wanted: QueueFilter | None = None
) -> Preview:  # fmt: skip
    """Return what the act would do. chosen: (ticket id, version shown, None for any); wanted: all that a queue shows.

    At most LIMIT tickets, by due time. Raises NotAllowed, BadInput for an unknown verb.
    """
    if not may(actor, "bulk"):
        raise NotAllowed
    meant = understand(asked, actor)
    now = clock.now()
    found: list[tuple[Ticket | None, int | None]]
    if wanted is not None:
        matched = queries.counts({"all": wanted}, now)["all"]
        found = [(each, each.version) for each in queries.queue(wanted, now, limit=LIMIT)]
    else:
        seen = dict(chosen[:LIMIT])
        tickets = queries.many(seen)
        matched, found = len(dict(chosen)), [(tickets.get(each), version) for each, version in seen.items()]
    doing: list[Ticket] = []
    left: list[tuple[Ticket | None, str]] = []
    for ticket, version in found:
        why = why_left(ticket, version, meant, actor)
        if ticket is not None and why is None:
            doing.append(ticket)
        else:
            left.append((ticket, why or "gone"))
    is_told = asked.verb in _TELLING or meant.unit is not None
    told = many.languages_of([each.id for each in doing]) if is_told and doing else {}
    main = queries.ticket_or_404(meant.main_id) if meant.main_id else None
    return Preview(meant, doing, left, matched, told, main)
