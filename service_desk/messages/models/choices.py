"""Tables of what people chose to hear, and of the codes by which they show that a phone is theirs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from service_desk.extensions import Table
from service_desk.work import new_id

Instant = DateTime(timezone=True)


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
