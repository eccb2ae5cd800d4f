"""Tables of messages. A message is a row before it is anything else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service_desk.extensions import Table
from service_desk.messages.rules import STATES
from service_desk.work import new_id

Instant = DateTime(timezone=True)


class Message(Table):
    """One message to one person on one channel (הודעה): the outbox row and its whole life."""

    __tablename__ = "messages"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "ticket_id"], ["tickets.authority_id", "tickets.id"]),
        UniqueConstraint("authority_id", "dedupe_key"),
        UniqueConstraint("attempt_token"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("channel IN ('sms', 'whatsapp', 'voice', 'email', 'none')", name="channel"),
        Index("ix_messages_ticket", "authority_id", "ticket_id"),
        Index("ix_messages_address", "authority_id", "address", "created_at"),
        Index(
            "ix_messages_due", "authority_id", "next_try_at", postgresql_where=text("next_try_at IS NOT NULL")
        ),
        Index(
            "ix_messages_provider",
            "authority_id",
            "provider_id",
            postgresql_where=text("provider_id IS NOT NULL"),
        ),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    #: null: no ticket stands behind it (a line of a chat, a code)
    ticket_id: Mapped[int | None] = mapped_column(BigInteger)
    #: event of the ticket it tells; 0 when it tells none
    event_seq: Mapped[int]
    #: one of rules.EVENTS
    event: Mapped[str] = mapped_column(Text)
    #: null when no phone number was left: the row then only says why nothing was sent
    resident_id: Mapped[int | None] = mapped_column(BigInteger)
    #: null: it goes to a number, not to somebody who follows a ticket
    follower_id: Mapped[int | None] = mapped_column(BigInteger)
    #: none when the person asked for no messages
    channel: Mapped[str] = mapped_column(Text)
    #: E.164 phone; empty when there is none
    address: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text)
    #: as rendered in the recipient's language
    body: Mapped[str] = mapped_column(Text)
    #: WhatsApp only: {"name": approved template, "variables": {"1": …}, "sms": words of the SMS it may fall back to}
    template_values: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: event:ticket:seq:follower:channel — the database's own «told once»
    dedupe_key: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    #: when the sweep looks again: to send, to end a lease, to ask the provider; null = nothing more to do
    next_try_at: Mapped[datetime | None] = mapped_column(Instant)
    #: not worth sending after this
    expires_at: Mapped[datetime] = mapped_column(Instant)
    attempt: Mapped[int] = mapped_column(SmallInteger, default=0)
    #: of the attempt in the air or the last one; in the callback address
    attempt_token: Mapped[str | None] = mapped_column(Text)
    claimed_at: Mapped[datetime | None] = mapped_column(Instant)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    #: times the provider was asked about it since the last attempt
    reconciled: Mapped[int] = mapped_column(SmallInteger, default=0)
    provider_id: Mapped[str | None] = mapped_column(Text)
    error_code: Mapped[str | None] = mapped_column(Text)
    #: why it was or was not sent: a code shown to the clerk
    reason: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    #: sent again although an earlier attempt may have arrived
    is_possible_duplicate: Mapped[bool] = mapped_column(default=False)
    #: earlier row that ended undelivered and that this one tries again
    fallback_of_id: Mapped[int | None] = mapped_column(BigInteger)
    #: parts an SMS takes; null for other channels
    segments: Mapped[int | None] = mapped_column(SmallInteger)
    #: what the provider charged, in millionths of its currency; null until it says
    price_micros: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(Text)
    #: why this channel: one of rules.choosing.REASONS
    channel_reason: Mapped[str | None] = mapped_column(Text)
    #: may leave at night and on days of rest too: a hazard, a code, an answer to what the person just did, or her wish
    is_urgent: Mapped[bool] = mapped_column(default=False, server_default=false())


class Attempt(Table):
    """One try at handing a message to the provider: so that a late callback of any try still proves its acceptance."""

    __tablename__ = "attempts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["authority_id", "message_id"], ["messages.authority_id", "messages.id"], ondelete="CASCADE"
        ),
        Index("ix_attempts_message", "authority_id", "message_id"),
        # The day's budget counts these.
        Index("ix_attempts_claimed", "authority_id", "claimed_at"),
    )
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    #: authority and ≥ 128 random bits; travels in the callback address, under the provider's signature
    token: Mapped[str] = mapped_column(Text, primary_key=True)
    message_id: Mapped[int] = mapped_column(BigInteger)
    #: 1, 2, 3 …
    number: Mapped[int] = mapped_column(SmallInteger)
    claimed_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    #: what came of it; null while in the air or when its worker died
    outcome: Mapped[str | None] = mapped_column(Text)
    provider_id: Mapped[str | None] = mapped_column(Text)
    error_code: Mapped[str | None] = mapped_column(Text)


class Receipt(Table):
    """One status callback, stored once."""

    __tablename__ = "receipts"
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    provider_id: Mapped[str] = mapped_column(Text, primary_key=True)
    status: Mapped[str] = mapped_column(Text, primary_key=True)
    #: null: its token is not ours (quarantine)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    attempt_token: Mapped[str] = mapped_column(Text)
    error_code: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class Inbound(Table):
    """One message from a person, stored once by the provider's id."""

    __tablename__ = "inbound"
    __table_args__ = (
        UniqueConstraint("authority_id", "provider_id"),
        Index("ix_inbound_address", "authority_id", "address", "at"),
        Index(
            "ix_inbound_media",
            "authority_id",
            "media_next_at",
            postgresql_where=text("media_next_at IS NOT NULL"),
        ),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    provider_id: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    #: [{"url": …, "type": …, "state": kept | refused | lost}], fetched later by a worker; no state: it waits
    media: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list)
    at: Mapped[datetime] = mapped_column(Instant)
    resident_id: Mapped[int | None] = mapped_column(BigInteger)
    #: ticket it was put on; null when it could not be decided
    ticket_id: Mapped[int | None] = mapped_column(BigInteger)
    #: what was done with it: remark | stopped | started | undecided | unknown_sender | reported | asked | helped …
    outcome: Mapped[str] = mapped_column(Text)
    #: a pin that came with it (degrees)
    lon: Mapped[float | None] = mapped_column(Double)
    lat: Mapped[float | None] = mapped_column(Double)
    #: when a worker has settled the last of its media; null while some waits or there is none
    media_fetched_at: Mapped[datetime | None] = mapped_column(Instant)
    #: when a worker fetches its media next; null = none waits
    media_next_at: Mapped[datetime | None] = mapped_column(Instant)


class ReplyTemplate(Table):
    """Words a clerk starts a reply from (נוסח מוכן), by type and status, in the resident's language."""

    __tablename__ = "reply_templates"
    __table_args__ = (UniqueConstraint("authority_id", "code"),)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    #: null: for every type
    group_code: Mapped[str | None] = mapped_column(Text)
    service_code: Mapped[str | None] = mapped_column(Text)
    #: reply | question | resolved | rejected | order: where it is offered
    use: Mapped[str] = mapped_column(Text)
    #: {"he": …, "ar": …, "ru": …, "en": …, "am": …} with {reference}, {street}, {due}
    words: Mapped[dict[str, str]] = mapped_column(JSONB)
    sort: Mapped[int] = mapped_column(SmallInteger, default=0)
    is_active: Mapped[bool] = mapped_column(default=True)


class Preference(Table):
    """How a person wants to hear (העדפות). One row a resident; without it the channel of each report holds."""

    __tablename__ = "preferences"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "resident_id"], ["residents.authority_id", "residents.id"]),
        CheckConstraint("channel IN ('sms', 'whatsapp', 'voice', 'email', 'none')", name="channel"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    resident_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    channel: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text)
    #: lower case; empty when none was left
    email: Mapped[str] = mapped_column(Text, default="")
    #: messages may come at night and on Shabbat too
    is_any_hour: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class Consent(Table):
    """One yes or no of a person for one channel and purpose (הסכמה). Append-only: the newest holds."""

    __tablename__ = "consents"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "resident_id"], ["residents.authority_id", "residents.id"]),
        CheckConstraint("purpose IN ('service', 'news')", name="purpose"),
        Index("ix_consents_resident", "authority_id", "resident_id"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    resident_id: Mapped[int] = mapped_column(BigInteger)
    channel: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    is_given: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Instant)
    #: where it was said: report | page | chat | word | desk | provider
    source: Mapped[str] = mapped_column(Text)
    #: sha256 of the words that were agreed to, null for a word of the person's own
    wording_hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class PhoneCode(Table):
    """A one-time code sent to a number (קוד חד־פעמי): stored only as a hash, bound to the browser that asked.

    Once used, the row is the visit that it opened: request_hash is then of a fresh secret, expires_at the visit's end.
    """

    __tablename__ = "phone_codes"
    __table_args__ = (
        Index("ix_phone_codes_phone", "authority_id", "phone", "created_at"),
        Index("ix_phone_codes_created", "authority_id", "created_at"),
        Index("ix_phone_codes_request", "authority_id", "request_hash"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    #: E.164
    phone: Mapped[str] = mapped_column(Text)
    #: argon2id over code and request: a dump gives no code away
    code_hash: Mapped[str] = mapped_column(Text)
    #: sha256 of the asking browser's secret
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    #: keyed hash of the address it was asked from, for limits
    origin_hash: Mapped[bytes] = mapped_column(LargeBinary)
    #: keyed hash of that address's network (/24, /48), for limits
    network_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class Wording(Table):
    """A version of the city's own words for one event, channel and language (נוסח הודעה)."""

    __tablename__ = "wordings"
    __table_args__ = (
        UniqueConstraint("authority_id", "event", "channel", "locale", "version"),
        Index(
            "uq_wordings_in_force",
            "authority_id",
            "event",
            "channel",
            "locale",
            unique=True,
            postgresql_where=text("valid_to IS NULL"),
        ),
    )
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    event: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(SmallInteger)
    #: with {reference}, {link}, {due}, {service} … as messages.wording names them
    body: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[datetime] = mapped_column(Instant)
    valid_to: Mapped[datetime | None] = mapped_column(Instant)
    created_by: Mapped[int | None] = mapped_column(BigInteger)


class Approval(Table):
    """What the provider says of a WhatsApp template (אישור תבנית), kept in sync."""

    __tablename__ = "approvals"
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    #: as submitted: keshet_<event>_<locale>, of a city's own words with its slug and a mark of the words
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    content_sid: Mapped[str | None] = mapped_column(Text)
    #: unsubmitted | received | pending | approved | rejected | paused | disabled
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    synced_at: Mapped[datetime] = mapped_column(Instant)


class Conversation(Table):
    """A report being made in a chat (שיחה): what was understood so far. One a number and channel, forgotten when it is over."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_expires", "authority_id", "expires_at"),)
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    #: E.164
    address: Mapped[str] = mapped_column(Text, primary_key=True)
    locale: Mapped[str] = mapped_column(Text)
    #: what is asked now: language | what | where | which_street | number | photo | confirm | which_ticket
    step: Mapped[str] = mapped_column(Text)
    #: what was understood: {"service_code", "text", "place", "answers", "photos", "choices", "key"}
    draft: Mapped[dict[str, Any]] = mapped_column(JSONB)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
