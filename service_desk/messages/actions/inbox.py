"""What people write back: kept once, and their wish to be left alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import func, tuple_, update

from service_desk import work
from service_desk.extensions import db
from service_desk.messages import rules
from service_desk.messages.actions.receipts import flag
from service_desk.messages.models import Inbound
from service_desk.people.models import Resident

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Table

#: a chat is over before
_ONE_CHAT = timedelta(hours=24)
#: kept once; what the same number writes next waits until this transaction is over
_HEARD_ONCE = """ON CONFLICT (authority_id, provider_id) DO NOTHING
RETURNING id, pg_advisory_xact_lock(hashtext('keshet.chat.' || address), authority_id)"""
_PLACED = """UPDATE inbound SET outcome = %(outcome)s, resident_id = %(resident_id)s, ticket_id = %(ticket_id)s
WHERE authority_id = %(authority_id)s AND id = %(id)s"""


@dataclass(frozen=True)
class InboundMessage:
    """One message from a person, as the door understood it.

    provider_id: unique at the provider (it repeats a webhook with the same id); channel: sms or whatsapp; address:
    E.164; media: (address, content type) of each attachment, not fetched yet; pin: (lon, lat) degrees.
    """

    provider_id: str
    channel: str
    address: str
    body: str
    media: tuple[tuple[str, str], ...] = ()
    pin: tuple[float, float] | None = None


def keep_inbound(said: InboundMessage, now: datetime) -> int | None:
    """Keep the message, before anything is decided about it. Returns its id, or None when it was kept before.

    Messages of one number are taken in one after the other: a second waits here until this transaction is over.
    """
    values = {
        "authority_id": work.tenant_id(),
        "id": work.new_id(),
        "provider_id": said.provider_id,
        "channel": said.channel,
        "address": said.address,
        "body": said.body.replace("\x00", ""),  # PostgreSQL keeps no such character
        "media": [{"url": url, "type": kind} for url, kind in said.media],
        "at": now,
        "outcome": "undecided",
        "media_next_at": now if said.media else None,
        "lon": said.pin[0] if said.pin else None,
        "lat": said.pin[1] if said.pin else None,
    }
    row = work.put_and_get(cast("Table", Inbound.__table__), [values], _HEARD_ONCE).first()
    return row.id if row else None


def place_inbound(
    inbound_id: int, outcome: str, *, resident_id: int | None = None, ticket_id: int | None = None
) -> None:
    """Note what was done with it. outcome: what flow.hear returns."""
    placed = {"outcome": outcome, "resident_id": resident_id, "ticket_id": ticket_id}
    one = {"authority_id": work.tenant_id(), "id": inbound_id}
    db.session.connection().exec_driver_sql(_PLACED, {**placed, **one})


def put_on_ticket(inbound_ids: Collection[int], ticket_id: int) -> None:
    """Put messages on a ticket that was found later, so that their photos follow."""
    if inbound_ids:
        _change(Inbound.id.in_(inbound_ids), ticket_id=ticket_id)


def put_chat_on_ticket(said: InboundMessage, ticket_id: int, now: datetime) -> None:
    """Put what a person wrote in the chat that made a ticket on it, so that photos and pins follow."""
    _change(
        Inbound.address == said.address,
        Inbound.channel == said.channel,
        Inbound.outcome == "chatting",
        Inbound.ticket_id.is_(None),
        Inbound.at > now - _ONE_CHAT,
        ticket_id=ticket_id,
    )


def leave_unfinished(numbers: Collection[tuple[str, str]]) -> None:
    """Note that chats came to nothing, so that a clerk sees what was said in them. numbers: (channel, address)."""
    if numbers:
        _change(
            tuple_(Inbound.channel, Inbound.address).in_(numbers),
            Inbound.outcome.in_(("chatting", "asked")),
            Inbound.ticket_id.is_(None),
            outcome="unfinished",
        )


def _change(*conditions: Any, **values: Any) -> None:
    statement = update(Inbound).where(Inbound.authority_id == work.tenant_id(), *conditions).values(**values)
    db.session.execute(statement.execution_options(synchronize_session=False))


def stop(resident_id: int, channel: str) -> None:
    """Write nothing more to the person on this channel."""
    flag(resident_id, channel)


def resume(resident_id: int, channel: str) -> None:
    """Write to the person on this channel again."""
    one = (Resident.authority_id == work.tenant_id(), Resident.id == resident_id)
    without = func.array_remove(func.array_remove(Resident.stopped, channel), rules.unreachable(channel))
    db.session.execute(
        update(Resident).where(*one).values(stopped=without).execution_options(synchronize_session=False)
    )
