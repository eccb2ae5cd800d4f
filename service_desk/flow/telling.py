"""What a message says of a ticket, and to whom: put together once for every use-case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.extensions import db
from service_desk.messages import actions as messages
from service_desk.messages.models import Preference
from service_desk.people.models import Resident
from service_desk.tickets.models import Follower
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from service_desk.tickets.models import Ticket, TicketEvent
    from service_desk.work import After

DELIVER = "service_desk.jobs.deliver_messages"


def values_of(
    ticket: Ticket,
    *,
    due_at: datetime | None = None,
    text: str = "",
    holder: Any = None,
    other: str = "",
) -> dict[str, Any]:
    """Return what the wording may use of a ticket.

    holder: name by language of whoever it was handed to; other: reference of the ticket it was split from.
    """
    city = city_map()
    types = catalogue().types
    return {
        "city": city.authority.name,
        "centre_number": city.centres[ticket.centre_id].number,
        "service": types[ticket.service_code].name if ticket.service_code in types else None,
        "due_at": due_at,
        "text": text,
        "holder": holder,
        "other": other,
    }


def tell_followers(
    ticket: Ticket, event: TicketEvent, word: str, now: datetime, after: After, **values: Any
) -> None:
    """Tell everybody who follows the ticket about an event, and ring the queue. word: the message's name."""
    _tell(ticket, event, word, recipients_of([ticket.id]).get(ticket.id, []), now, after, values)


def tell_some(
    ticket: Ticket,
    event: TicketEvent,
    word: str,
    follower_ids: Collection[int],
    now: datetime,
    after: After,
    **values: Any,
) -> None:
    """Tell these followers only: those who had read what is no longer so."""
    found = recipients_of([ticket.id]).get(ticket.id, [])
    some = [each for each in found if each.follower_id in follower_ids]
    _tell(ticket, event, word, some, now, after, values)


def _tell(
    ticket: Ticket,
    event: TicketEvent,
    word: str,
    recipients: Sequence[messages.Recipient],
    now: datetime,
    after: After,
    values: dict[str, Any],
) -> None:
    if recipients and messages.tell(ticket, word, event.seq, recipients, values_of(ticket, **values), now):
        after.ring(DELIVER, tenant_id())


def recipients_of(ticket_ids: Collection[int]) -> dict[int, list[messages.Recipient]]:
    """Return {ticket id: who follows it, in the order they came}, in one statement for any number of tickets."""
    query = (
        select(Follower, Resident, Preference)
        .outerjoin(
            Resident, (Resident.authority_id == Follower.authority_id) & (Resident.id == Follower.resident_id)
        )
        .outerjoin(
            Preference,
            (Preference.authority_id == Follower.authority_id)
            & (Preference.resident_id == Follower.resident_id),
        )
        .where(
            Follower.authority_id == tenant_id(),
            Follower.ticket_id.in_(ticket_ids),
            Follower.left_at.is_(None),
        )
        .order_by(Follower.id)
    )
    found: dict[int, list[messages.Recipient]] = {}
    for follower, resident, preference in db.session.execute(query).tuples():
        person = messages.recipient(follower, resident, preference)
        found.setdefault(follower.ticket_id, []).append(person)
    return found
