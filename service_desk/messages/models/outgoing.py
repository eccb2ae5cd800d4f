"""Tables of what goes out. A message is a row before it is anything else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
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
