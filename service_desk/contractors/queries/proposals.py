"""Reads of how often a damage was proposed, and with which working each time."""

from __future__ import annotations

from sqlalchemy import select

from service_desk.contractors.rules.damages import DamageEvent
from service_desk.extensions import db
from service_desk.tickets.models import TicketEvent
from service_desk.work import tenant_id


def proposals_of(ticket_id: int, damage_id: int) -> list[DamageEvent]:
    """Return every proposal of one damage, oldest first: a clearer one takes the place of the one before. One statement."""
    event = TicketEvent
    query = select(event.ticket_id, event.seq, event.at, event.kind, event.actor_id, event.data).where(
        event.authority_id == tenant_id(),
        event.ticket_id == ticket_id,
        event.kind == "damage_proposed",
        event.data["damage"].as_integer() == damage_id,
    )
    return [DamageEvent(*row) for row in db.session.execute(query.order_by(event.seq))]
