"""How the promises behind a digest stand now: a digest says what was reached, the page also what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk.extensions import db
from service_desk.slas.models import Clock
from service_desk.tickets.models import Ticket
from service_desk.tickets.noting import among
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

#: a clock: ticket id, kind, round
Key = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """A promise and its ticket as they are now; nothing personal. address: empty for a sensitive ticket."""

    ticket_id: int
    kind: str
    round: int
    reference: str
    service_code: str
    centre_id: int
    address: str
    is_hazard: bool
    due_at: datetime
    paused_at: datetime | None
    stopped_at: datetime | None
    result: str | None


def standings(keys: Collection[Key]) -> dict[Key, Standing]:
    """Return how each of these clocks stands. One statement, or none when nothing is asked."""
    if not keys:
        return {}
    same = (Clock.authority_id == Ticket.authority_id) & (Clock.ticket_id == Ticket.id)
    query = (
        select(
            Ticket.id,
            Clock.kind,
            Clock.round,
            Ticket.reference,
            Ticket.service_code,
            Ticket.centre_id,
            Ticket.address,
            Ticket.is_hazard,
            Clock.due_at,
            Clock.paused_at,
            Clock.stopped_at,
            Clock.result,
            Ticket.is_sensitive,
        )
        .join(Ticket, same)
        .where(Clock.authority_id == tenant_id(), Clock.ticket_id == among({key[0] for key in keys}))
    )
    found = {}
    for *values, is_sensitive in db.session.execute(query):
        if is_sensitive:
            values[6] = ""
        found[values[0], values[1], values[2]] = Standing(*values)
    return {key: found[key] for key in keys if key in found}
