"""What an operator asks of the outbox: how deep, how old, how fast, what failed and why, what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, and_, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from service_desk.extensions import db
from service_desk.messages.models import Message
from service_desk.tickets.models import Ticket
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import ColumnElement

#: how far back the page looks (days)
DAYS = 7
ZONE = "Asia/Jerusalem"
#: states in which a person has to look
STUCK = ("manual", "unknown", "failed", "undelivered")
MOST_ROWS = 50
_DEPARTED = ("accepted", "sent", "delivered", "read", "undelivered")


@dataclass(frozen=True, slots=True)
class Flow:
    """The outbox now and in the last day. oldest_due: when the longest overdue should have gone; None: none waits."""

    waiting: int
    oldest_due: datetime | None
    #: pending, but not before the day or their next try
    held: int
    unknown: int
    manual: int
    #: handed over in the last ten minutes
    sent_recently: int
    sent_day: int
    #: asked about at the provider since their last attempt
    reconciled: int
    possible_duplicates: int

    @property
    def per_minute(self) -> float:
        """Return how many a minute were handed over in the last ten."""
        return self.sent_recently / 10


def flow(now: datetime) -> Flow:
    """Count the outbox. One statement."""
    day, recently = now - timedelta(days=1), now - timedelta(minutes=10)
    waiting = and_(Message.state == "pending", Message.next_try_at <= now)
    held = and_(Message.state == "pending", Message.next_try_at > now)

    def gone(since: datetime) -> ColumnElement[bool]:
        return and_(Message.claimed_at >= since, Message.state.in_(_DEPARTED))

    row = db.session.execute(
        select(
            func.count().filter(waiting),
            func.min(func.greatest(Message.next_try_at, Message.created_at)).filter(waiting),
            func.count().filter(held),
            func.count().filter(Message.state == "unknown"),
            func.count().filter(Message.state == "manual"),
            func.count().filter(gone(recently)),
            func.count().filter(gone(day)),
            func.count().filter(Message.claimed_at >= day, Message.reconciled > 0),
            func.count().filter(Message.created_at >= day, Message.is_possible_duplicate),
        ).where(
            Message.authority_id == tenant_id(),
            or_(Message.next_try_at.is_not(None), Message.state == "manual", Message.created_at >= day),
        )
    ).one()
    return Flow(*row)


@dataclass(frozen=True, slots=True)
class Failure:
    """How many messages failed with one code in the last week. code: the provider's, or a word of ours; '' for none."""

    channel: str
    code: str
    count: int


def failures(now: datetime) -> list[Failure]:
    """Return what failed in the last week, most frequent first. One statement."""
    code = func.coalesce(Message.error_code, "")
    query = (
        select(Message.channel, code, func.count())
        .where(
            Message.authority_id == tenant_id(),
            Message.created_at >= now - timedelta(days=DAYS),
            Message.state.in_(("failed", "undelivered")),
        )
        .group_by(Message.channel, code)
        .order_by(func.count().desc(), code)
    )
    return [Failure(*row) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one day's messages of a channel and event cost. micros: of what has a price; unpriced: how many have none yet."""

    day: date
    channel: str
    event: str
    count: int
    parts: int
    micros: int
    currency: str
    unpriced: int


def costs(now: datetime) -> list[Cost]:
    """Return a week's costs by the city's own day, newest first. One statement."""
    day = func.date(func.timezone(ZONE, Message.created_at))
    currency = func.coalesce(func.max(Message.currency), "")
    query = (
        select(
            day,
            Message.channel,
            Message.event,
            func.count(),
            func.coalesce(func.sum(Message.segments), 0),
            cast(func.coalesce(func.sum(Message.price_micros), 0), BigInteger),
            currency,
            func.count().filter(Message.price_micros.is_(None)),
        )
        .where(
            Message.authority_id == tenant_id(),
            Message.created_at >= now - timedelta(days=DAYS),
            Message.state.in_(_DEPARTED),
        )
        .group_by(day, Message.channel, Message.event)
        .order_by(day.desc(), func.count().desc(), Message.channel, Message.event)
    )
    return [Cost(*row) for row in db.session.execute(query)]


def stuck(now: datetime) -> list[tuple[Message, str, bool]]:
    """Return (message, reference of its ticket or '', is tried again by another) of what a person may have to look at.

    Newest first; one statement.
    """
    later = aliased(Message)
    is_followed = exists(
        select(later.id).where(
            later.authority_id == Message.authority_id,
            later.ticket_id == Message.ticket_id,
            later.fallback_of_id == Message.id,
        )
    )
    same = and_(Ticket.authority_id == Message.authority_id, Ticket.id == Message.ticket_id)
    query = (
        select(Message, func.coalesce(Ticket.reference, ""), is_followed)
        .outerjoin(Ticket, same)
        .where(
            Message.authority_id == tenant_id(),
            Message.state.in_(STUCK),
            or_(Message.state.in_(("manual", "unknown")), Message.created_at >= now - timedelta(days=DAYS)),
        )
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(MOST_ROWS)
    )
    return list(db.session.execute(query).tuples())
