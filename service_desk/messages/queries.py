"""Reads of messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, exists, func, or_, select

from service_desk import config, work
from service_desk.catalog.queries import catalogue
from service_desk.extensions import db
from service_desk.messages.models import Attempt, Consent, Conversation, Inbound, Message, Preference
from service_desk.messages.rules.entering import filled
from service_desk.messages.rules.which import Mine
from service_desk.tickets.models import Follower, Ticket

if TYPE_CHECKING:
    from datetime import datetime


def has_due(now: datetime) -> bool:
    """Say whether a message waits for a worker: to be sent, or to be asked about."""
    due = (Message.authority_id == work.tenant_id(), Message.next_try_at <= now)
    return bool(db.session.scalar(select(exists().where(*due))))


def tries_since(since: datetime, most: int) -> int:
    """Count the tries at handing a message over since an instant; counts no further than `most`."""
    mine = (Attempt.authority_id == work.tenant_id(), Attempt.claimed_at >= since)
    some = select(Attempt.token).where(*mine).limit(most).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def preference_of(resident_id: int) -> Preference | None:
    """Return how the person wants to hear, if she ever said so."""
    return db.session.get(Preference, (work.tenant_id(), resident_id))


def has_agreed(resident_id: int, purpose: str) -> bool:
    """Say whether the person's newest word about a purpose (service, news) was yes; never asked is no."""
    mine = (Consent.authority_id == work.tenant_id(), Consent.resident_id == resident_id)
    newest = select(Consent.is_given).where(*mine, Consent.purpose == purpose)
    return bool(db.session.scalar(newest.order_by(Consent.at.desc(), Consent.id.desc()).limit(1)))


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the outbox has not done yet. oldest_at: since when the oldest message that should have left waits; None: none does."""

    waiting: int
    oldest_at: datetime | None
    unknown: int


def backlog(now: datetime) -> Backlog:
    """Count what is due or was put back, and what the provider is asked about. One statement, by the index of what is due.

    What was tried before waits since its first try: else the longest outage would look young at each new one.
    """
    mine = (Attempt.authority_id == Message.authority_id, Attempt.message_id == Message.id)
    first_try = select(func.min(Attempt.claimed_at)).where(*mine).scalar_subquery()
    is_unknown, is_pending = Message.state == "unknown", Message.state == "pending"
    was_put_back = and_(is_pending, Message.reason == "retry")
    waits = or_(and_(is_pending, Message.next_try_at <= now), was_put_back)
    since = case(
        (or_(is_unknown, was_put_back), func.coalesce(first_try, Message.created_at)),
        else_=func.greatest(Message.next_try_at, Message.created_at),
    )
    row = db.session.execute(
        select(
            func.count().filter(waits),
            func.min(since).filter(or_(waits, is_unknown)),
            func.count().filter(is_unknown),
        ).where(Message.authority_id == work.tenant_id(), Message.next_try_at.is_not(None))
    ).one()
    return Backlog(*row)


def bound_ids(address: str, since: datetime) -> frozenset[str]:
    """Return the provider's ids already known to belong to messages to this number."""
    mine = (Message.authority_id == work.tenant_id(), Message.address == address, Message.created_at >= since)
    return frozenset(
        db.session.scalars(select(Message.provider_id).where(*mine, Message.provider_id.is_not(None)))
    )


def knows_token(token: str) -> bool:
    """Say whether an attempt of this authority bore the token."""
    mine = (Attempt.authority_id == work.tenant_id(), Attempt.token == token)
    return bool(db.session.scalar(select(exists().where(*mine))))


@dataclass(frozen=True, slots=True)
class Spoken:
    """A call's message, as whoever picked up hears it. ticket_id, follower_id: None when it is about no request."""

    ticket_id: int | None
    follower_id: int | None
    event: str
    address: str
    locale: str
    body: str


def spoken_by(token: str) -> Spoken | None:
    """Return the message of a call's attempt; None for a token that is not a call's of ours."""
    same = and_(Attempt.authority_id == Message.authority_id, Attempt.message_id == Message.id)
    row = db.session.execute(
        select(
            Message.ticket_id,
            Message.follower_id,
            Message.event,
            Message.address,
            Message.locale,
            Message.body,
            Message.template_values["nonce"].astext.label("nonce"),
        )
        .join(Attempt, same)
        .where(Message.authority_id == work.tenant_id(), Attempt.token == token, Message.channel == "voice")
    ).one_or_none()
    if row is None:
        return None
    body = filled(row.body, config.current().secret_key, row.nonce)
    return Spoken(row.ticket_id, row.follower_id, row.event, row.address, row.locale, body)


def is_heard(provider_id: str) -> bool:
    """Say whether something that a person said is kept under this id of the provider's."""
    mine = (Inbound.authority_id == work.tenant_id(), Inbound.provider_id == provider_id)
    return bool(db.session.scalar(select(exists().where(*mine))))


def thread(address: str, channel: str, limit: int = 100) -> list[Message | Inbound]:
    """Return one phone's conversation on one channel, oldest first. For the sandbox's page."""
    said = select(Message).where(
        Message.authority_id == work.tenant_id(),
        Message.address == address,
        Message.channel == channel,
        Message.state.in_(("accepted", "sent", "delivered", "read")),
    )
    heard = select(Inbound).where(
        Inbound.authority_id == work.tenant_id(), Inbound.address == address, Inbound.channel == channel
    )
    messages = db.session.scalars(said.order_by(Message.created_at.desc()).limit(limit)).all()
    answers = db.session.scalars(heard.order_by(Inbound.at.desc()).limit(limit)).all()
    both: list[Message | Inbound] = [
        *answers,
        *messages,
    ]  # of one moment, the answer comes after what it answers
    return sorted(both, key=_moment)[-limit:]


def words_of(one: Message | Inbound) -> str:
    """Return what stood on the phone: the stored words, with the digits of a code, which are stored nowhere."""
    nonce = one.template_values.get("nonce") if isinstance(one, Message) else None
    return filled(one.body, config.current().secret_key, nonce)


def _moment(one: Message | Inbound) -> datetime:
    return one.at if isinstance(one, Inbound) else one.created_at


def followed_by(resident_id: int, limit: int = 50) -> list[Mine]:
    """Return the tickets that a person follows, newest first, with when each was last written about."""
    told_at = (
        select(func.max(Message.created_at))
        .where(
            Message.authority_id == Follower.authority_id,
            Message.ticket_id == Follower.ticket_id,
            Message.follower_id == Follower.id,
        )
        .correlate(Follower)
        .scalar_subquery()
    )
    same = and_(Ticket.authority_id == Follower.authority_id, Ticket.id == Follower.ticket_id)
    rows = db.session.execute(
        select(
            Ticket.id, Ticket.reference, Ticket.is_open, Ticket.status, Ticket.service_code, Ticket.opened_at,
            Ticket.is_sensitive, told_at.label("told_at"),
        )
        .join(Follower, same)
        .where(
            Follower.authority_id == work.tenant_id(),
            Follower.resident_id == resident_id,
            Follower.left_at.is_(None),
        )
        .order_by(Ticket.opened_at.desc())
        .limit(limit)
    ).all()  # fmt: skip
    types = catalogue().types
    return [
        Mine(
            row.id, row.reference, row.is_open, row.status, row.service_code, row.opened_at, row.told_at,
            {} if row.is_sensitive or row.service_code not in types else types[row.service_code].name,
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes to the city. resident_id: None for a number that nobody left; locale: written to last; stopped: channels.

    lines: of a chat written to the number of late; is_talking: a chat with it is kept.
    """

    resident_id: int | None
    locale: str
    stopped: tuple[str, ...]
    lines: int
    is_talking: bool


#: asked for each message that comes in, so it is put together once
_WRITER = """
SELECT r.id, r.locale, r.stopped,
  (SELECT count(*) FROM messages m WHERE m.authority_id = %(authority_id)s AND m.address = %(address)s
     AND m.created_at >= %(since)s AND m.event = %(event)s),
  EXISTS (SELECT FROM conversations c WHERE c.authority_id = %(authority_id)s AND c.channel = %(channel)s AND c.address = %(address)s)
FROM (VALUES (1)) AS one (n) LEFT JOIN residents r ON r.authority_id = %(authority_id)s AND r.phone = %(address)s
"""


def writer(channel: str, address: str, since: datetime, event: str) -> Writer:
    """Return who writes from a number, and what was said with it; lines of that event are counted since. One statement."""
    asked = {
        "authority_id": work.tenant_id(),
        "channel": channel,
        "address": address,
        "since": since,
        "event": event,
    }
    row = db.session.connection().exec_driver_sql(_WRITER, asked).one()
    return Writer(row[0], row[1] or "he", tuple(row[2] or ()), row[3], row[4])


def talk_of(channel: str, address: str) -> Conversation | None:
    """Return the chat that is going on with a number, even if its time is over. Locked until the transaction ends."""
    return db.session.get(Conversation, (work.tenant_id(), channel, address), with_for_update=True)


def chat_lines(address: str, since: datetime, event: str) -> int:
    """Return how many lines of that event were written to a number since."""
    mine = (Message.authority_id == work.tenant_id(), Message.address == address, Message.created_at >= since)
    return (
        db.session.scalar(select(func.count()).select_from(Message).where(*mine, Message.event == event)) or 0
    )
