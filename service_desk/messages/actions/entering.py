"""Codes and the visits they open. Limits are counted in the database, so that no lost cache opens them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, func, select, text, update

from service_desk import work
from service_desk.extensions import db
from service_desk.messages.models import PhoneCode
from service_desk.messages.rules import entering as rules
from service_desk.people.actions import fits
from service_desk.people.rules import digest

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Table

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('keshet.codes'), :authority)")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for a code. phone: E.164; origin, network: keyed hashes of the address it comes from."""

    phone: str
    origin: bytes
    network: bytes


def one_at_a_time() -> None:
    """Let whoever asks next wait until this transaction is over, so that two do not count the same."""
    db.session.execute(_ONE_AT_A_TIME, {"authority": work.tenant_id()})


def asked_before(asking: Asking, now: datetime) -> rules.Asked:
    """Count what was asked for before. The count holds while `one_at_a_time` does."""

    def count(since: timedelta, *conditions: Any) -> Any:
        found = func.count().filter(PhoneCode.created_at > now - since)
        return found.filter(*conditions) if conditions else found

    row = db.session.execute(
        select(
            count(rules.PAUSE, PhoneCode.phone == asking.phone),
            count(_DAY, PhoneCode.phone == asking.phone),
            count(_HOUR, PhoneCode.origin_hash == asking.origin),
            count(_HOUR, PhoneCode.network_hash == asking.network),
            count(_HOUR),
            count(_DAY),
        ).where(PhoneCode.authority_id == work.tenant_id(), PhoneCode.created_at > now - _DAY)
    ).one()
    return rules.Asked(*row)


def keep_code(asking: Asking, code_hash: str, request: str, now: datetime) -> None:
    """Keep a code, hashed, for the browser that holds the request's secret."""
    row = {
        "authority_id": work.tenant_id(),
        "id": work.new_id(),
        "phone": asking.phone,
        "code_hash": code_hash,
        "request_hash": digest(request),
        "origin_hash": asking.origin,
        "network_hash": asking.network,
        "created_at": now,
        "expires_at": now + rules.LIFE,
        "tries": 0,
    }
    work.put(cast("Table", PhoneCode.__table__), [row])


def try_code(request: str, code: str, fresh: str, now: datetime) -> bool:
    """Say whether the code is the one sent for this request; if so it is used up and becomes the visit of `fresh`.

    The row is locked: however many try at once, each try counts and one at most succeeds. fresh: the visit's secret.
    """
    row = db.session.scalar(
        select(PhoneCode)
        .where(
            PhoneCode.authority_id == work.tenant_id(),
            PhoneCode.request_hash == digest(request),
            PhoneCode.used_at.is_(None),
            PhoneCode.expires_at > now,
            PhoneCode.tries < rules.MOST_TRIES,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        return False
    row.tries += 1
    if not fits(row.code_hash, rules.bound(code, request)):
        return False
    row.used_at, row.expires_at, row.request_hash = now, now + rules.VISIT, digest(fresh)
    return True


def visitor(token: str, now: datetime) -> str | None:
    """Return the number (E.164) that a visit is for; None when it is over or never was."""
    return db.session.scalar(
        select(PhoneCode.phone).where(
            PhoneCode.authority_id == work.tenant_id(),
            PhoneCode.request_hash == digest(token),
            PhoneCode.used_at.is_not(None),
            PhoneCode.expires_at > now,
        )
    )


def end_visit(token: str, now: datetime) -> None:
    """End a visit here. The row stays a day longer: the limits count it."""
    mine = (PhoneCode.authority_id == work.tenant_id(), PhoneCode.request_hash == digest(token))
    db.session.execute(
        update(PhoneCode)
        .where(*mine, PhoneCode.used_at.is_not(None))
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )


def forget_codes(now: datetime) -> int:
    """Delete codes that no limit counts any more. Returns how many."""
    old = (PhoneCode.authority_id == work.tenant_id(), PhoneCode.created_at < now - _DAY - _HOUR)
    done = db.session.execute(delete(PhoneCode).where(*old).execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]  # a DELETE has a count
