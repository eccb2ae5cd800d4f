"""Writes of people."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import phonenumbers
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from service_desk.errors import BadInput
from service_desk.extensions import db
from service_desk.people.models import AccessEntry, ApiKey, Resident, Staff, StaffSession
from service_desk.people.rules import Actor, digest
from service_desk.work import new_id, put, put_and_get, tenant_id

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Table

LOCK_AFTER, LOCK_MINUTES = 8, 5
#: a name once told is kept when the person leaves it out
_REFRESH = (
    "ON CONFLICT (authority_id, phone) DO UPDATE SET locale = excluded.locale, channel = excluded.channel, "
    "name = coalesce(nullif(excluded.name, ''), residents.name) RETURNING id, stopped"
)


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    """Return the hasher at OWASP's second choice of cost; tests ask for the cheapest."""
    if os.environ.get("KESHET_CHEAP_HASHES") == "1":
        return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


#: what a wrong address is checked against, so that it takes as long as a wrong password
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$1pOSfVbF2oN2u7mUt3mGJ0wX5k2sC8l6o1QhQy0b1q8"


def phone_number(raw: str) -> str:
    """Return a number as E.164. Accepts any number that can exist (numbering plans lag). Raises BadInput."""
    try:
        parsed = phonenumbers.parse(raw, "IL")
    except phonenumbers.NumberParseException as error:
        raise BadInput({"phone": "phone_unreadable"}) from error
    if not phonenumbers.is_possible_number(parsed) or parsed.country_code != 972:
        raise BadInput({"phone": "phone_unreadable"})
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def can_receive_text(phone: str) -> bool:
    """Say whether an Israeli E.164 number is a mobile one. Landlines and 07x get no SMS."""
    return phone.startswith("+9725")


@dataclass(frozen=True, slots=True)
class Remembered:
    """Who is behind a number. stopped: channels she wants nothing on; is_new: nothing was known of the number before."""

    id: int
    stopped: tuple[str, ...]
    is_new: bool


def remember_resident(phone: str, name: str, locale: str, channel: str, now: datetime) -> Remembered:
    """Return the resident with this E.164 phone, made or refreshed in one statement."""
    row = {
        "authority_id": tenant_id(),
        "id": new_id(),
        "phone": phone,
        "name": name,
        "locale": locale,
        "channel": channel,
        "stopped": [],
        "created_at": now,
    }
    found = put_and_get(cast("Table", Resident.__table__), [row], _REFRESH).one()
    return Remembered(found.id, tuple(found.stopped), is_new=found.id == row["id"])


def hash_password(password: str) -> str:
    """Return the argon2id hash."""
    return _hasher().hash(password)


def fits(hashed: str, words: str) -> bool:
    """Say whether the words are those of the hash."""
    try:
        return _hasher().verify(hashed, words)
    except (VerificationError, InvalidHashError):
        return False


def check_password(staff: Staff | None, password: str, now: datetime) -> bool:
    """Say whether the password fits; counts failures and locks the account for a few minutes after too many."""
    fits = False
    try:
        fits = _hasher().verify(staff.password_hash if staff else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        fits = False  # the count below is what follows from it
    if staff is None or not staff.is_active or (staff.locked_until and staff.locked_until > now):
        return False
    staff.failed_logins = 0 if fits else staff.failed_logins + 1
    if staff.failed_logins >= LOCK_AFTER:
        staff.failed_logins, staff.locked_until = 0, now + timedelta(minutes=LOCK_MINUTES)
    return fits


def start_session(staff: Staff, now: datetime, hours: int) -> str:
    """Open a login and return its token, which is nowhere stored."""
    token = secrets.token_urlsafe(32)
    db.session.execute(
        insert(StaffSession).values(
            authority_id=tenant_id(),
            token_hash=digest(token),
            staff_id=staff.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(hours=hours),
        )
    )
    return token


def touch_session(token: str, now: datetime) -> None:
    """Note that the session is in use."""
    where = (StaffSession.authority_id == tenant_id(), StaffSession.token_hash == digest(token))
    db.session.execute(update(StaffSession).where(*where).values(last_seen_at=now))


def end_session(token: str) -> None:
    """End one login here, so that an old cookie opens nothing."""
    db.session.execute(
        delete(StaffSession).where(
            StaffSession.authority_id == tenant_id(), StaffSession.token_hash == digest(token)
        )
    )


def note_access(
    actor: Actor,
    ticket_id: int | None,
    what: str,
    now: datetime,
    *,
    is_allowed: bool = True,
    why: str | None = None,
) -> None:
    """Write one line of the access log."""
    entry = {
        "authority_id": tenant_id(),
        "id": new_id(),
        "at": now,
        "staff_id": actor.id,
        "ticket_id": ticket_id,
        "what": what,
        "is_allowed": is_allowed,
        "why": why,
    }
    put(cast("Table", AccessEntry.__table__), [entry])


def make_api_key(name: str, now: datetime, key: str | None = None) -> str:
    """Make a key and return it, once. key: given only for the demo's fixed one."""
    made = key or secrets.token_urlsafe(24)
    statement = upsert(ApiKey).values(
        authority_id=tenant_id(), id=new_id(), name=name, key_hash=digest(made), created_at=now
    )
    db.session.execute(statement.on_conflict_do_nothing())
    return made


def revoke_api_key(key_id: int, now: datetime) -> None:
    """End a key from this instant."""
    where = (ApiKey.authority_id == tenant_id(), ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
    db.session.execute(update(ApiKey).where(*where).values(revoked_at=now))


def note_inbound(resident_id: int, now: datetime) -> None:
    """Remember when the person last wrote on WhatsApp: free text is allowed for 24 h from then."""
    where = (Resident.authority_id == tenant_id(), Resident.id == resident_id)
    db.session.execute(update(Resident).where(*where).values(last_inbound_at=now))
