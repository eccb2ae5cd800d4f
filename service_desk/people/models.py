"""Tables of people. Secrets are stored only as hashes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
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
ROLES = ("clerk", "manager", "unit", "inspector", "contractor", "mayor", "admin")


class Resident(Table):
    """Somebody who left a phone number (פונה). One row a number; no number, no row."""

    __tablename__ = "residents"
    __table_args__ = (UniqueConstraint("authority_id", "phone"),)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    #: E.164
    phone: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, default="")
    locale: Mapped[str] = mapped_column(Text)
    #: sms | whatsapp: what the person chose last
    channel: Mapped[str] = mapped_column(Text)
    #: channels the person stopped
    stopped: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    #: last message from the person on WhatsApp (24-hour window)
    last_inbound_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Staff(Table):
    """A person who works for the city or a contractor."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("authority_id", "email"),)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    #: lower case
    email: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    #: argon2id
    password_hash: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text, default="he")
    is_active: Mapped[bool] = mapped_column(default=True)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Membership(Table):
    """A role of a person, in one centre or unit, or over the whole city (both null)."""

    __tablename__ = "memberships"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "staff_id"], ["staff.authority_id", "staff.id"]),
        ForeignKeyConstraint(["authority_id", "centre_id"], ["centres.authority_id", "centres.id"]),
        ForeignKeyConstraint(["authority_id", "unit_id"], ["units.authority_id", "units.id"]),
        CheckConstraint(f"role IN {ROLES}", name="role"),
    )
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    role: Mapped[str] = mapped_column(Text)
    centre_id: Mapped[int | None] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)


class StaffSession(Table):
    """A login. The cookie holds the token; this row its hash, so a session can be ended here."""

    __tablename__ = "staff_sessions"
    __table_args__ = (ForeignKeyConstraint(["authority_id", "staff_id"], ["staff.authority_id", "staff.id"]),)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    #: sha256 of the cookie's token
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)


class ApiKey(Table):
    """A key for Open311 writes, made and revoked by an administrator."""

    __tablename__ = "api_keys"
    __table_args__ = (UniqueConstraint("authority_id", "key_hash"),)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(Text)
    #: sha256 of the key, which is shown once
    key_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class SavedFilter(Table):
    """A queue filter that a person named and kept (סינון שמור)."""

    __tablename__ = "saved_filters"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "staff_id"], ["staff.authority_id", "staff.id"]),
        UniqueConstraint("authority_id", "staff_id", "name"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text)
    #: the queue's query string, without page
    query: Mapped[str] = mapped_column(Text)
    sort: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Notice(Table):
    """A digest for one person (תקציר): what reached her ladder since the last one. One row, however much it holds."""

    __tablename__ = "notices"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "staff_id"], ["staff.authority_id", "staff.id"]),
        UniqueConstraint("authority_id", "dedupe_key"),
        Index("ix_notices_staff", "authority_id", "staff_id", "at"),
        # The bell of every staff page counts these.
        Index(
            "ix_notices_unseen",
            "authority_id",
            "staff_id",
            "at",
            postgresql_where=text("seen_at IS NULL"),
        ),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    #: when she may read it: in the future while the hour since the last one, or the quiet time, is not over; it fills until then
    at: Mapped[datetime] = mapped_column(Instant)
    #: codes and values: {"ticket": id, "kind", "round", "percent", "role"} of a rung, {"alert": id} of an alert
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    #: the same digest is written once
    dedupe_key: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[datetime | None] = mapped_column(Instant)


class AccessEntry(Table):
    """One look at personal data, or one refusal. Append-only for the application role."""

    __tablename__ = "access_log"
    __table_args__ = (Index("ix_access_log_ticket", "authority_id", "ticket_id"),)
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(Instant)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    ticket_id: Mapped[int | None] = mapped_column(BigInteger)
    #: what was looked at or tried: ticket, phone, export, login …
    what: Mapped[str] = mapped_column(Text)
    is_allowed: Mapped[bool]
    #: outside_centre when the clerk looked beyond the own centres
    why: Mapped[str | None] = mapped_column(Text)
