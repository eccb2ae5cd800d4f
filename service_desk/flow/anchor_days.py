"""Each finished day of a city is sealed: one hash over all its events and the seal before, so no day can be rewritten unseen."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from service_desk import clock, config, work
from service_desk.extensions import db
from service_desk.tickets.models import DayAnchor, TicketEvent
from service_desk.work import tenant_id, transaction

if TYPE_CHECKING:
    from collections.abc import Iterable

#: a transaction that began before midnight is durable long before this
SETTLING = timedelta(hours=1)
ONE_DAY = timedelta(days=1)
BATCH = 5000


def anchor_days(now: datetime | None = None) -> int:
    """Seal every finished local day that is not yet sealed, from the first event's on. Returns how many. Safe to repeat."""
    last = clock.local((now or clock.now()) - SETTLING).date() - ONE_DAY
    with transaction():
        sealed = db.session.scalar(
            select(DayAnchor)
            .where(DayAnchor.authority_id == tenant_id())
            .order_by(DayAnchor.day.desc())
            .limit(1)
        )
        day = sealed.day + ONE_DAY if sealed else _first_day()
        previous = sealed.hash if sealed else b""
        made = 0
        while day is not None and day <= last:
            count, previous = seal(day, previous, hashes_of(day))
            values = {"authority_id": tenant_id(), "day": day, "events": count, "hash": previous}
            db.session.execute(insert(DayAnchor).values(values).on_conflict_do_nothing())
            day, made = day + ONE_DAY, made + 1
    return made


def _first_day() -> date | None:
    first = db.session.scalar(select(func.min(TicketEvent.at)).where(TicketEvent.authority_id == tenant_id()))
    return clock.local(first).date() if first else None


def seal(day: date, previous: bytes, hashes: Iterable[bytes]) -> tuple[int, bytes]:
    """Return (how many events, the day's hash). hashes: of the day's events by time, ticket and number; previous: seal of the day before."""
    digest = hashlib.sha256(previous + day.isoformat().encode())
    count = 0
    for each in hashes:
        digest.update(each)
        count += 1
    digest.update(str(count).encode())
    return count, digest.digest()


def hashes_of(day: date) -> Iterable[bytes]:
    """Yield the hashes of a local day's events in the order in which they are sealed. One statement."""
    start, end = bounds(day)
    query = (
        select(TicketEvent.hash)
        .where(TicketEvent.authority_id == tenant_id(), TicketEvent.at >= start, TicketEvent.at < end)
        .order_by(TicketEvent.at, TicketEvent.ticket_id, TicketEvent.seq)
    )
    return db.session.scalars(query.execution_options(yield_per=BATCH))


def bounds(day: date) -> tuple[datetime, datetime]:
    """Return the first instants (UTC) of a local day and of the next; 23 to 25 hours apart."""
    start, end = (
        datetime.combine(each, time(), clock.CITY_ZONE).astimezone(UTC) for each in (day, day + ONE_DAY)
    )
    return start, end


def anchor_anew() -> int:
    """Break the seals and seal again: only for a demonstration whose past has just been invented. Returns how many days.

    Raises RuntimeError outside demo mode.
    """
    if not config.current().is_demo:
        raise RuntimeError("only an invented past may be sealed anew")
    with work.as_owner(), transaction():
        db.session.execute(delete(DayAnchor).where(DayAnchor.authority_id == tenant_id()))
    return anchor_days()
