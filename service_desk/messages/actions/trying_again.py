"""The new row of a message that is known not delivered: later on the same channel, or on the next that may reach the person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import insert

from service_desk import config, work
from service_desk.city.queries import city_map
from service_desk.extensions import db
from service_desk.messages import rules, wording
from service_desk.messages.actions.timing import allowed_from
from service_desk.messages.channels import offered
from service_desk.messages.models import Message, Preference
from service_desk.messages.rules.choosing import can_call
from service_desk.messages.rules.codes import Again, again
from service_desk.messages.rules.entering import CODE
from service_desk.messages.rules.segments import segments
from service_desk.messages.rules.talking import CHAT, FAREWELL
from service_desk.people.models import Resident
from service_desk.tickets.models import Ticket

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

_SHORTEST_LIFE = timedelta(hours=4)
_SAME = ("ticket_id", "event_seq", "event", "resident_id", "follower_id", "address", "locale")


def try_again(row: Row[Any], code: int | None, now: datetime) -> None:
    """Write the new row of a lost message, linked to it. Told once holds for it as well. row: of messages."""
    way = again(row.channel, code, rules.retry_of(row.dedupe_key))
    if way is None or row.event in {CODE, CHAT, FAREWELL}:
        return  # whoever waits for a code or an answer asks again
    stopped, is_any_hour, ticket = _behind(row)
    if rules.why_skip(has_phone=bool(row.address), channel=way.channel, stopped=stopped):
        return
    words = _words(row, way, ticket)
    if words is None:
        return
    is_same = way.channel == row.channel
    is_urgent = (ticket is not None and ticket.is_hazard) or is_any_hour or _still_at_once(row, way)
    start = now + way.wait if is_urgent else allowed_from(now + way.wait)
    number = way.number if is_same else 0
    values = {
        "authority_id": row.authority_id,
        "id": work.new_id(),
        **{name: getattr(row, name) for name in _SAME},
        "channel": way.channel,
        "channel_reason": row.channel_reason if is_same else "fallback",
        "is_urgent": is_urgent,
        "body": words,
        "segments": segments(words)[1] if way.channel == "sms" else None,
        "template_values": row.template_values if is_same else {},
        "dedupe_key": rules.dedupe_key(
            row.event, row.ticket_id, row.event_seq, row.follower_id, way.channel, number
        ),
        "state": "pending",
        "reason": "again" if is_same else "fallback",
        "created_at": now,
        "next_try_at": start,
        "expires_at": max(row.expires_at, start + _SHORTEST_LIFE),
        "fallback_of_id": row.id,
    }
    once = (
        insert(Message).values(values).on_conflict_do_nothing(index_elements=["authority_id", "dedupe_key"])
    )
    db.session.execute(once)


def _still_at_once(row: Row[Any], way: Again) -> bool:
    """Say whether what could go at any hour still can: at once and in writing, yes; hours later or as a call, no."""
    return row.is_urgent and not way.wait and way.channel != "voice"


def _behind(row: Row[Any]) -> tuple[list[str], bool, Ticket | None]:
    """Return the person's stopped channels, whether she hears at any hour, and the ticket, in one statement."""
    person = and_(Resident.authority_id == Message.authority_id, Resident.id == Message.resident_id)
    wish = and_(
        Preference.authority_id == Message.authority_id, Preference.resident_id == Message.resident_id
    )
    same = and_(Ticket.authority_id == Message.authority_id, Ticket.id == Message.ticket_id)
    found = db.session.execute(
        select(Resident.stopped, Preference.is_any_hour, Ticket)
        .select_from(Message)
        .outerjoin(Resident, person)
        .outerjoin(Preference, wish)
        .outerjoin(Ticket, same)
        .where(Message.authority_id == work.tenant_id(), Message.id == row.id)
    ).one()
    return found[0] or [], bool(found[1]), found[2]


def _words(row: Row[Any], way: Again, ticket: Ticket | None) -> str | None:
    """Return what the new row says; None when it cannot be said there."""
    if way.channel == row.channel:
        return str(row.body)
    if way.channel == "sms":
        return str(row.template_values.get("sms") or row.body)
    if ticket is None or not can_call(row.address, row.locale, offered(config.current())):
        return None
    facts = {
        "reference": ticket.reference,
        "references": row.template_values.get("references"),
        "link": "",
        "city": city_map().authority.name,
        "is_sensitive": ticket.is_sensitive,
    }
    return wording.render(row.event, "voice", row.locale, facts)
