"""Tables of field visits (ישיבות בשטח): where the mayor met residents, what was promised to whom, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service_desk.community.rules import COMMITMENT_EVENTS, COMMITMENT_STATES, VISIT_STATES
from service_desk.extensions import Table
from service_desk.work import new_id

Instant = DateTime(timezone=True)


class Visit(Table):
    """One meeting of the mayor or management with residents in a neighbourhood (ביקור בשטח)."""

    __tablename__ = "visits"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "centre_id"], ["centres.authority_id", "centres.id"]),
        UniqueConstraint("authority_id", "submission_key"),
        CheckConstraint(f"state IN {VISIT_STATES}", name="state"),
        Index("ix_visits_at", "authority_id", "at"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    centre_id: Mapped[int] = mapped_column(BigInteger)
    #: when it begins
    at: Mapped[datetime] = mapped_column(Instant)
    title: Mapped[str] = mapped_column(Text)
    #: where people meet, in words
    place: Mapped[str] = mapped_column(Text, default="")
    lon: Mapped[float | None] = mapped_column(Double)
    lat: Mapped[float | None] = mapped_column(Double)
    #: who came from the city, and what was spoken of; for staff
    words: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(Text, default="planned")
    #: shown on the centre's public page
    is_public: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[int] = mapped_column(BigInteger)
    #: one per form: a double press is one visit
    submission_key: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=0)


class Commitment(Table):
    """What was promised at a visit (התחייבות): to whom, by when, by whom to be kept."""

    __tablename__ = "commitments"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "visit_id"], ["visits.authority_id", "visits.id"]),
        ForeignKeyConstraint(["authority_id", "centre_id"], ["centres.authority_id", "centres.id"]),
        ForeignKeyConstraint(["authority_id", "unit_id"], ["units.authority_id", "units.id"]),
        ForeignKeyConstraint(["authority_id", "ticket_id"], ["tickets.authority_id", "tickets.id"]),
        UniqueConstraint("authority_id", "submission_key"),
        CheckConstraint(f"state IN {COMMITMENT_STATES}", name="state"),
        Index("ix_commitments_visit", "authority_id", "visit_id"),
        Index(
            "ix_commitments_ticket",
            "authority_id",
            "ticket_id",
            postgresql_where=text("ticket_id IS NOT NULL"),
        ),
        Index("ix_commitments_open", "authority_id", "due_on", postgresql_where=text("state = 'open'")),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    visit_id: Mapped[int] = mapped_column(BigInteger)
    centre_id: Mapped[int] = mapped_column(BigInteger)
    #: the city unit that has to keep it; null = the centre
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    #: what was promised, as residents may read it
    words: Mapped[str] = mapped_column(Text)
    #: to whom, for staff only: may name a person
    to_whom: Mapped[str] = mapped_column(Text, default="")
    #: shown on the centre's public page, without to_whom
    is_public: Mapped[bool] = mapped_column(default=False)
    due_on: Mapped[date] = mapped_column(Date)
    #: as first promised; due_on may be moved, this never
    first_due_on: Mapped[date] = mapped_column(Date)
    ticket_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text, default="open")
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[int] = mapped_column(BigInteger)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    submission_key: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=0)


class CommitmentEvent(Table):
    """One fact in a commitment's life. Written once: no update, no delete."""

    __tablename__ = "commitment_events"
    __table_args__ = (
        ForeignKeyConstraint(
            ["authority_id", "commitment_id"], ["commitments.authority_id", "commitments.id"]
        ),
        CheckConstraint(f"kind IN {COMMITMENT_EVENTS}", name="kind"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    commitment_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    #: 1, 2, 3 …: equals the commitment's version after it
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    #: codes and values: due dates before and after, unit, ticket
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: the reason in words, for staff
    words: Mapped[str] = mapped_column(Text, default="")
