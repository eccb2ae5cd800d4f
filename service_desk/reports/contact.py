"""Do messages reach people, and does a person answer them? By channel, area, language or month.

A fact told to one person counts once, by whatever way it came in the end: a second try is not a second message. What
she asked not to be told, what a newer message replaced and what went within a digest was not meant for her.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service_desk.extensions import db
from service_desk.messages.models import Message
from service_desk.reports.rules import may_compare, percent
from service_desk.tickets.models import Remark, Ticket
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from sqlalchemy import Subquery

    from service_desk.reports.rules import Period

#: what the rows may be grouped by
BY = ("channel", "area", "language", "month")
#: messages behind which a person stands, not the system
HUMAN = ("question", "reply", "resolved", "rejected")
#: an answer to a question counts within so long
ANSWER = timedelta(days=7)
ZONE = "Asia/Jerusalem"
_ARRIVED = ("delivered", "read")
_NOT_MEANT = ("no_phone", "no_channel", "opted_out", "undone", "in_digest", "dropped", "nothing_asked")


@dataclass(frozen=True, slots=True)
class Contact:
    """One row. people: who were told something of a request; reached: by one message at least; waits in hours."""

    key: str
    people: int
    reached: int
    told: int
    delivered: int
    read: int
    asked: int
    answered: int
    waited: int
    half_hours: float | None
    nine_tenths_hours: float | None

    @property
    def is_few(self) -> bool:
        """Say whether so few people stand behind the row that it is not shown."""
        return not may_compare(self.people)

    def share(self, name: str) -> float | None:
        """Return a share in percent: reached of people; delivered of told; read of delivered; answered of asked."""
        part, whole = {
            "reached": (self.reached, self.people),
            "delivered": (self.delivered, self.told),
            "read": (self.read, self.delivered),
            "answered": (self.answered, self.asked),
        }[name]
        return percent(part, whole)


def contact(period: Period, by: str) -> list[Contact]:
    """Return the rows of a period, by their key; by: one of BY. One statement.

    Messages count by when they were written; the wait for a human answer by people of requests opened in the period.
    """
    fact = _facts(period, by).c
    is_human = and_(fact.event.in_(HUMAN), fact.opened_at >= period.since)
    wait = func.extract("epoch", func.min(fact.told_at).filter(is_human) - func.min(fact.opened_at)) / 3600
    arrived = func.count().filter(fact.has_arrived)
    was_asked = and_(fact.event == "question", fact.has_arrived)
    person = (
        select(
            fact.key,
            func.count().label("told"),
            arrived.label("delivered"),
            func.count().filter(fact.is_read).label("read"),
            func.count().filter(was_asked).label("asked"),
            func.count().filter(was_asked, fact.is_answered).label("answered"),
            wait.label("wait"),
        )
        .group_by(fact.key, fact.ticket_id, fact.follower_id)
        .subquery()
        .c
    )
    half, nine = (func.percentile_cont(part).within_group(person.wait) for part in (0.5, 0.9))
    query = (
        select(
            person.key,
            func.count(),
            func.count().filter(person.delivered > 0),
            *(func.sum(column) for column in (person.told, person.delivered, person.read)),
            *(func.sum(column) for column in (person.asked, person.answered)),
            func.count(person.wait),
            half,
            nine,
        )
        .group_by(person.key)
        .order_by(person.key)
    )
    return [_row(row) for row in db.session.execute(query)]


def _row(row: Any) -> Contact:
    key, *counts, half, nine = row
    return Contact(
        str(key or ""),
        *(int(each) for each in counts),
        *(None if each is None else round(float(each), 1) for each in (half, nine)),
    )


def _facts(period: Period, by: str) -> Subquery:
    """Return one row a fact and person, whatever number of tries it took: when, whether it arrived, was read, answered."""
    same = and_(Ticket.authority_id == Message.authority_id, Ticket.id == Message.ticket_id)
    first_channel = func.array_agg(aggregate_order_by(Message.channel, Message.id))[1]
    told_at = func.min(Message.created_at)
    keys = {
        "channel": first_channel,
        "area": func.coalesce(func.min(Ticket.area_code), ""),
        "language": func.min(Message.locale),
        "month": func.to_char(func.timezone(ZONE, told_at), "YYYY-MM"),
    }
    answer = exists(
        select(Remark.id).where(
            Remark.authority_id == Message.authority_id,
            Remark.ticket_id == Message.ticket_id,
            Remark.actor_kind == "resident",
            Remark.actor_id == Message.follower_id,
            Remark.at > Message.created_at,
            Remark.at <= Message.created_at + ANSWER,
        )
    )
    return (
        select(
            keys[by].label("key"),
            Message.ticket_id,
            Message.follower_id,
            Message.event,
            told_at.label("told_at"),
            func.min(Ticket.opened_at).label("opened_at"),
            func.bool_or(Message.state.in_(_ARRIVED)).label("has_arrived"),
            func.bool_or(Message.state == "read").label("is_read"),
            func.bool_or(answer).label("is_answered"),
        )
        .join(Ticket, same)
        .where(
            Message.authority_id == tenant_id(),
            Message.created_at >= period.since,
            Message.created_at < period.until,
            Message.channel != "none",
            Message.state != "superseded",
            or_(Message.reason.is_(None), Message.reason.not_in(_NOT_MEANT)),
        )
        .group_by(Message.ticket_id, Message.event, Message.event_seq, Message.follower_id)
        .subquery()
    )
