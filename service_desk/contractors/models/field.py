"""Tables of the field: what was said and shown of an order there, who checked it, and who comes by a link."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    Double,
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

from service_desk.contractors.models.orders import of_order
from service_desk.contractors.rules import (
    PROOF_KINDS,
    VERIFICATION_REASONS,
    VERIFICATION_STATES,
)
from service_desk.extensions import Table
from service_desk.work import new_id

Instant = DateTime(timezone=True)


class OrderEntry(Table):
    """One thing that a contractor's phone said (דיווח שטח), kept once by its key, also when it came too late to count."""

    __tablename__ = "order_entries"
    __table_args__ = of_order(
        UniqueConstraint("authority_id", "entry_key"),
        Index("ix_order_entries_order", "authority_id", "order_id"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    order_id: Mapped[int] = mapped_column(BigInteger)
    #: made by the phone: sent twice, taken once
    entry_key: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    #: by the phone's clock, corrected by the difference it measured to ours
    happened_at: Mapped[datetime] = mapped_column(Instant)
    received_at: Mapped[datetime] = mapped_column(Instant)
    #: seconds that the phone's clock was ahead of ours; null when not measured
    clock_ahead_seconds: Mapped[int | None]
    #: taken | late (an older fact) | repeated | refused
    outcome: Mapped[str] = mapped_column(Text)
    #: codes and values: place, words' digest, photo ids
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: staff or link
    actor_id: Mapped[int | None] = mapped_column(BigInteger)


class Proof(Table):
    """A photo that proves work (הוכחה): before, after or on the way, with place and time when the phone gave them."""

    __tablename__ = "proofs"
    __table_args__ = of_order(
        CheckConstraint(f"kind IN {PROOF_KINDS}", name="kind"),
        Index("ix_proofs_order", "authority_id", "order_id"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    order_id: Mapped[int] = mapped_column(BigInteger)
    photo_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    taken_at: Mapped[datetime] = mapped_column(Instant)
    received_at: Mapped[datetime] = mapped_column(Instant)
    lon: Mapped[float | None] = mapped_column(Double)
    lat: Mapped[float | None] = mapped_column(Double)
    accuracy_m: Mapped[float | None] = mapped_column(Double)
    #: from the order's place; null when either is unknown
    distance_m: Mapped[float | None] = mapped_column(Double)


class Verification(Table):
    """One check of reported work (אימות): asked by rule or person, passed or failed by an inspector or clerk."""

    __tablename__ = "verifications"
    __table_args__ = of_order(
        CheckConstraint(f"why IN {VERIFICATION_REASONS}", name="why"),
        CheckConstraint(f"state IN {VERIFICATION_STATES}", name="state"),
        Index("ix_verifications_order", "authority_id", "order_id"),
        Index("ix_verifications_asked", "authority_id", "asked_at", postgresql_where=text("state = 'asked'")),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    order_id: Mapped[int] = mapped_column(BigInteger)
    why: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    #: the resident said «not done»: it counts as failed until somebody decides
    is_failed_until_decided: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    #: code of what was wrong
    finding: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text, default="")
    photo_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)


class FieldLink(Table):
    """A signed link that lets a foreman work without an account (קישור לשטח): one contractor, until it expires."""

    __tablename__ = "field_links"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "unit_id"], ["units.authority_id", "units.id"]),
        UniqueConstraint("authority_id", "token_hash"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    unit_id: Mapped[int] = mapped_column(BigInteger)
    #: null: every open order of the contractor; else this one only
    order_id: Mapped[int | None] = mapped_column(BigInteger)
    #: who holds it, as the giver wrote
    holder: Mapped[str] = mapped_column(Text)
    #: sha256 of the link's token
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[int | None] = mapped_column(BigInteger)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
