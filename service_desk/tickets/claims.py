"""Who works on a ticket right now (תפיסה): reads and writes of claims, which end by themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, select, update

from service_desk.extensions import db
from service_desk.tickets.models import Claim
from service_desk.work import put_and_get, tenant_id

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Table

#: how long a claim lasts when its page no longer renews it
CLAIM = timedelta(minutes=15)
#: a claim that ended is anybody's; one's own begins anew only when it had ended
_UNLESS_HELD = (
    "ON CONFLICT (authority_id, ticket_id) DO UPDATE SET staff_id = excluded.staff_id, until = excluded.until, "
    "since = CASE WHEN claims.staff_id = excluded.staff_id AND claims.until > excluded.since "
    "THEN claims.since ELSE excluded.since END "
    "WHERE claims.staff_id = excluded.staff_id OR claims.until <= excluded.since RETURNING staff_id"
)
_IN_ANY_CASE = (
    "ON CONFLICT (authority_id, ticket_id) DO UPDATE SET staff_id = excluded.staff_id, since = excluded.since, "
    "until = excluded.until RETURNING staff_id"
)


def claim_of(ticket_id: int, now: datetime) -> Claim | None:
    """Return who works on the ticket at this moment, or None."""
    query = select(Claim).where(
        Claim.authority_id == tenant_id(), Claim.ticket_id == ticket_id, Claim.until > now
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


def take(ticket_id: int, staff_id: int, now: datetime) -> bool:
    """Claim the ticket, or go on with one's own claim. False: somebody else holds it. One statement."""
    return _put(ticket_id, staff_id, now, _UNLESS_HELD)


def take_over(ticket_id: int, staff_id: int, now: datetime) -> None:
    """Claim the ticket whoever holds it. One statement."""
    _put(ticket_id, staff_id, now, _IN_ANY_CASE)


def _put(ticket_id: int, staff_id: int, now: datetime, rest: str) -> bool:
    row: dict[str, Any] = {
        "authority_id": tenant_id(),
        "ticket_id": ticket_id,
        "staff_id": staff_id,
        "since": now,
        "until": now + CLAIM,
    }
    return put_and_get(cast("Table", Claim.__table__), [row], rest).first() is not None


def renew(ticket_id: int, staff_id: int, now: datetime) -> bool:
    """Let one's own living claim last on. False: it ended, or somebody took it over."""
    where = (*_own(ticket_id, staff_id), Claim.until > now)
    renewed = db.session.execute(
        update(Claim).where(*where).values(until=now + CLAIM).returning(Claim.ticket_id)
    )
    return renewed.first() is not None


def let_go(ticket_id: int, staff_id: int) -> None:
    """End one's own claim; somebody else's stays."""
    db.session.execute(delete(Claim).where(*_own(ticket_id, staff_id)))


def _own(ticket_id: int, staff_id: int) -> tuple[Any, ...]:
    return Claim.authority_id == tenant_id(), Claim.ticket_id == ticket_id, Claim.staff_id == staff_id
