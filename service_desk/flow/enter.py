"""A resident proves a number: a code by SMS, or spoken where no text arrives, and then a short visit to her own page."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from service_desk import clock, config, work
from service_desk.city.queries import city_map
from service_desk.errors import BadInput
from service_desk.flow.telling import DELIVER
from service_desk.messages import actions as messages
from service_desk.messages import wording
from service_desk.messages.actions import entering
from service_desk.messages.actions.timing import allowed_from
from service_desk.messages.channels import offered
from service_desk.messages.rules import entering as rules
from service_desk.messages.rules.choosing import CALLS_ONLY, Choice, can_call, code_way
from service_desk.messages.rules.segments import segments
from service_desk.people import actions as people
from service_desk.people.queries import resident_by_phone

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.people.models import Resident


def ask_code(raw_phone: str, address: str, locale: str) -> str:
    """Make a code for a number and return the secret that the asking browser keeps.

    Everything happens alike whether or not the city knows the number; only a known one is really written to, so that
    nobody can have strangers' phones ring; and no phone rings in quiet hours, since anybody can type any number here.
    address: where the request comes from. Raises BadInput.
    """
    now, secret = clock.now(), config.current().secret_key
    phone = people.phone_number(raw_phone)
    way = _way(phone, locale, now)
    asking = entering.Asking(
        phone,
        rules.origin_hash(secret, address),
        rules.origin_hash(secret, rules.network_of(address)),
    )
    # A flood is turned away before the hash, which is made to be slow; who is let through is counted once more.
    with work.transaction():
        _refuse(entering.asked_before(asking, now))
    request, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    code_hash = people.hash_password(rules.bound(rules.code_of(secret, nonce), request))
    with work.transaction() as after:
        entering.one_at_a_time()
        _refuse(entering.asked_before(asking, now))
        entering.keep_code(asking, code_hash, request, now)
        messages.insert_rows([_message(resident_by_phone(phone), way, nonce, locale, now)])
        after.ring(DELIVER, work.tenant_id())
    return request


def _refuse(asked: rules.Asked) -> None:
    """Raise BadInput when no further code is made."""
    refusal = rules.why_no_code(asked)
    if refusal:
        raise BadInput({"phone": refusal})


def _way(phone: str, locale: str, now: datetime) -> Choice:
    """Return how a code reaches the number. Raises BadInput when it cannot, or not now."""
    way = code_way(phone, locale, offered(config.current()))
    if way.channel == "sms" and not people.can_receive_text(phone):
        raise BadInput({"phone": "phone_no_code"})  # neither a mobile nor a line that we may ring
    if way.channel == "none":
        is_language = way.reason == "no_voice_for_language"
        raise BadInput({"phone": "code_no_voice" if is_language else "phone_no_code"})
    if way.channel == "voice" and allowed_from(now) > now:
        raise BadInput({"phone": "code_by_day"})
    return way


def _known_way(resident: Resident, way: Choice, locale: str, now: datetime) -> Choice:
    """Return the way; a call when the carrier has said that no text arrives at her number, if one may be placed."""
    may_ring = allowed_from(now) <= now and can_call(resident.phone, locale, offered(config.current()))
    if way.channel == "sms" and CALLS_ONLY in (resident.stopped or ()) and may_ring:
        return Choice("voice", resident.phone, "landline")
    return way


def _message(
    resident: Resident | None, way: Choice, nonce: str, locale: str, now: datetime
) -> dict[str, Any]:
    """Return the row of the message: for a number that nobody knows, one that is never sent and keeps no number."""
    if resident is not None:
        way = _known_way(resident, way, locale, now)
    body = wording.render_code(locale, way.channel, city_map().authority.name)
    return {
        "authority_id": work.tenant_id(),
        "id": work.new_id(),
        "ticket_id": None,
        "event_seq": 0,
        "event": rules.CODE,
        "resident_id": resident.id if resident else None,
        "follower_id": None,
        "channel": way.channel,
        "address": resident.phone if resident else "",
        "locale": locale,
        "body": body,
        "template_values": {"nonce": nonce} if resident else {},
        "dedupe_key": f"{rules.CODE}:{nonce}",
        "state": "pending" if resident else "skipped",
        "reason": None if resident else "unknown_number",
        "created_at": now,
        "next_try_at": now - rules.AHEAD if resident else None,
        "settled_at": None if resident else now,
        "expires_at": now + rules.LIFE,
        "segments": segments(body)[1] if way.channel == "sms" else None,
        "channel_reason": way.reason,
        "is_urgent": True,
    }


def enter(request: str, typed: str) -> str | None:
    """Try a code in the browser that asked for it. Returns the secret of the visit, or None: wrong, used, or too late."""
    code, fresh = rules.typed_code(typed), secrets.token_urlsafe(32)
    with work.transaction():
        return fresh if entering.try_code(request, code, fresh, clock.now()) else None


def who_visits(token: str) -> Resident | None:
    """Return the person whose number the visit proved; None when there is no such visit, or it is over."""
    phone = entering.visitor(token, clock.now())
    return resident_by_phone(phone) if phone else None


def leave(token: str) -> None:
    """End the visit on the server."""
    with work.transaction():
        entering.end_visit(token, clock.now())


def forget_codes() -> int:
    """Delete codes that no limit counts any more; the timetable's. Returns how many."""
    with work.transaction():
        return entering.forget_codes(clock.now())
