"""Tables of what comes in, and of the talk that it belongs to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Double,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service_desk.extensions import Table
from service_desk.work import new_id

Instant = DateTime(timezone=True)


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
