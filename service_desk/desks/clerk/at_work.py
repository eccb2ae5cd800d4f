"""What a ticket's page says of the work on it at this moment: who claimed it, and the wordings that stand ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.desks.clerk.live import claimed_words
from service_desk.desks.clerk.replies import offers
from service_desk.people.rules import may
from service_desk.tickets.rules import is_working

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.flow.dossier import Dossier
    from service_desk.people.rules import Actor


def working_on(dossier: Dossier, who: Actor, now: datetime) -> dict[str, Any]:
    """Return claimed (who else works on it, in words), is_mine, may_claim and the reply's ready wordings.

    From what was read already; one statement when the wordings are not in memory.
    """
    ticket, held = dossier.ticket, dossier.claim
    is_held = held is not None and held.until > now and is_working(ticket.status)
    running = (each.due_at for each in dossier.clocks if each.kind == "resolve" and each.stopped_at is None)
    return {
        "claimed": claimed_words(held.staff_id, held.since, who) if held and is_held else "",
        "is_mine": bool(held and is_held and held.staff_id == who.id),
        "may_claim": is_working(ticket.status) and may(who, "note", unit_id=ticket.unit_id),
        "offers": offers("reply", ticket, next(running, None)),
    }
