"""The sandbox's reads: which phones were written to, and what went out to one of them and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from service_desk.extensions import db
from service_desk.messages.models import Message
from service_desk.people.models import Resident
from service_desk.tickets.models import Ticket
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import datetime

#: newest messages among which the phones are looked for
RECENT = 2000


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone with the last message written to it, whatever came of that."""

    address: str
    channel: str
    locale: str
    body: str
    state: str
    at: datetime


def phones(limit: int = 60) -> list[Phone]:
    """Return the phones last written to, newest first. One statement."""
    query = (
        select(
            Message.address, Message.channel, Message.locale, Message.body, Message.state, Message.created_at
        )
        .where(Message.authority_id == tenant_id(), Message.address != "")
        .order_by(Message.id.desc())
        .limit(RECENT)
    )
    found: dict[str, Phone] = {}
    for row in sorted(db.session.execute(query), key=lambda row: row.created_at, reverse=True):
        found.setdefault(row.address, Phone(*row))
    return list(found.values())[:limit]


def letters_of(phone: str, limit: int = 20) -> list[Message]:
    """Return the letters by e-mail to the person with this phone, newest first. One statement."""
    same = and_(Resident.authority_id == Message.authority_id, Resident.id == Message.resident_id)
    query = (
        select(Message)
        .join(Resident, same)
        .where(Message.authority_id == tenant_id(), Message.channel == "email", Resident.phone == phone)
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def log_of(address: str, limit: int = 40) -> list[tuple[Message, str]]:
    """Return (message, reference of its ticket, '' without one) of one phone, newest first, whatever their state."""
    same = and_(Ticket.authority_id == Message.authority_id, Ticket.id == Message.ticket_id)
    query = (
        select(Message, Ticket.reference)
        .outerjoin(Ticket, same)
        .where(Message.authority_id == tenant_id(), Message.address == address)
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(limit)
    )
    return [(message, reference or "") for message, reference in db.session.execute(query)]
