"""Tables of what was said. A report is never edited; the ticket is the city's reading of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
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
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service_desk.extensions import Table
from service_desk.work import new_id

Instant = DateTime(timezone=True)


class Report(Table):
    """One report (דיווח) as it was said, whoever said it and by whatever door."""

    __tablename__ = "reports"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "ticket_id"], ["tickets.authority_id", "tickets.id"]),
        UniqueConstraint("authority_id", "submission_key"),
        Index("ix_reports_ticket", "authority_id", "ticket_id"),
        CheckConstraint(
            "channel IN ('web', 'phone', 'walk_in', 'open311', 'sms', 'whatsapp')", name="channel"
        ),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    ticket_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Instant)
    channel: Mapped[str] = mapped_column(Text)
    service_code: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: the place exactly as said: {kind, line, street_code, house_no, place_id, lon, lat, landmark}
    place: Mapped[dict[str, Any]] = mapped_column(JSONB)
    lon: Mapped[float | None] = mapped_column(Double)
    lat: Mapped[float | None] = mapped_column(Double)
    locale: Mapped[str] = mapped_column(Text)
    resident_id: Mapped[int | None] = mapped_column(BigInteger)
    #: the clerk who wrote it down for a caller or walk-in
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    api_key_id: Mapped[int | None] = mapped_column(BigInteger)
    #: one per rendered form: makes a double submit one report
    submission_key: Mapped[str] = mapped_column(Text)
    #: sha256 of the content, to tell a repeat from another report under the same key
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)


class Photo(Table):
    """A photo, re-encoded (no metadata survives). The file lives in the photo storage under its key."""

    __tablename__ = "photos"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "ticket_id"], ["tickets.authority_id", "tickets.id"]),
        Index("ix_photos_ticket", "authority_id", "ticket_id"),
        CheckConstraint("kind IN ('report', 'remark', 'before', 'after')", name="kind"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    ticket_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    #: unguessable name in the storage
    storage_key: Mapped[str] = mapped_column(Text)
    width: Mapped[int]
    height: Mapped[int]
    size_bytes: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    #: resident | staff | contractor
    added_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
