"""Tables of supervision (פיקוח): rounds with their stops, checklists, and enforcement cases with their history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Double,
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
from service_desk.supervision.rules import CASE_KINDS, CASE_STATES, ROUND_STATES, STOP_KINDS, STOP_RESULTS
from service_desk.work import new_id

Instant = DateTime(timezone=True)


class Checklist(Table):
    """A version of what an inspector looks at in one kind of place (רשימת בדיקה)."""

    __tablename__ = "checklists"
    __table_args__ = (
        Index(
            "uq_checklists_in_force",
            "authority_id",
            "code",
            unique=True,
            postgresql_where=text("valid_to IS NULL"),
        ),
    )
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    #: [{"code", "label": by language, "service_code": type of the ticket a finding opens, or null, "answers": answers of
    #: that type as a finding gives them, "danger": those that a finding marked dangerous gives instead}, …]
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Round(Table):
    """An inspector's planned way through places, orders and cases of one day (סיור)."""

    __tablename__ = "rounds"
    __table_args__ = (
        UniqueConstraint("authority_id", "submission_key"),
        CheckConstraint(f"state IN {ROUND_STATES}", name="state"),
        Index("ix_rounds_day", "authority_id", "day"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(Text)
    day: Mapped[date] = mapped_column(Date)
    #: null: the whole city
    centre_id: Mapped[int | None] = mapped_column(BigInteger)
    inspector_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[int | None] = mapped_column(BigInteger)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    #: of the form it was planned with: a double press plans one round
    submission_key: Mapped[str | None] = mapped_column(Text)


class RoundStop(Table):
    """One stop of a round: a place with its checklist, a work order to verify, or a case to look at."""

    __tablename__ = "round_stops"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "round_id"], ["rounds.authority_id", "rounds.id"]),
        CheckConstraint(f"kind IN {STOP_KINDS}", name="kind"),
        CheckConstraint(f"result IN {STOP_RESULTS}", name="result"),
        UniqueConstraint("authority_id", "entry_key"),
        Index("ix_round_stops_round", "authority_id", "round_id"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    round_id: Mapped[int] = mapped_column(BigInteger)
    #: order on the way: 1, 2, 3 …
    seq: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(Text)
    checklist_id: Mapped[int | None] = mapped_column(BigInteger)
    order_id: Mapped[int | None] = mapped_column(BigInteger)
    case_id: Mapped[int | None] = mapped_column(BigInteger)
    address: Mapped[str] = mapped_column(Text, default="")
    lon: Mapped[float | None] = mapped_column(Double)
    lat: Mapped[float | None] = mapped_column(Double)
    #: null until visited
    result: Mapped[str | None] = mapped_column(Text)
    #: {item code: "ok" | "bad" | "na"}
    answers: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    words: Mapped[str] = mapped_column(Text, default="")
    visited_at: Mapped[datetime | None] = mapped_column(Instant)
    visited_lon: Mapped[float | None] = mapped_column(Double)
    visited_lat: Mapped[float | None] = mapped_column(Double)
    #: tickets that its findings opened
    ticket_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)
    #: of the phone's entry: sent twice, taken once
    entry_key: Mapped[str | None] = mapped_column(Text)


class Case(Table):
    """An enforcement case (תיק אכיפה), seen by every unit; the row follows its history."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("authority_id", "reference"),
        UniqueConstraint("authority_id", "submission_key"),
        CheckConstraint(f"kind IN {CASE_KINDS}", name="kind"),
        CheckConstraint(f"state IN {CASE_STATES}", name="state"),
        Index("ix_cases_open", "authority_id", "next_at", postgresql_where=text("is_open")),
        Index("ix_cases_place", "authority_id", "lat", "lon", postgresql_where=text("is_open")),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    #: shown as E-1042
    reference: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    is_open: Mapped[bool] = mapped_column(default=True)
    centre_id: Mapped[int | None] = mapped_column(BigInteger)
    #: the unit that leads it; others are in the history
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    #: who acts on it now, so that a second inspector knows; null = free
    taken_by: Mapped[int | None] = mapped_column(BigInteger)
    taken_at: Mapped[datetime | None] = mapped_column(Instant)
    #: the report it came from
    ticket_id: Mapped[int | None] = mapped_column(BigInteger)
    subject: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text, default="")
    lon: Mapped[float | None] = mapped_column(Double)
    lat: Mapped[float | None] = mapped_column(Double)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    opened_by: Mapped[int | None] = mapped_column(BigInteger)
    #: when somebody must look again: the end of a notice's days
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    #: of the form it was opened with: a double press opens one case
    submission_key: Mapped[str | None] = mapped_column(Text)
    #: grows by one with each event
    version: Mapped[int] = mapped_column(default=0)
    last_hash: Mapped[bytes] = mapped_column(LargeBinary, default=b"")


class CaseEvent(Table):
    """One fact of a case. No update, no delete; chained by hash as a ticket's history is."""

    __tablename__ = "case_events"
    __table_args__ = (ForeignKeyConstraint(["authority_id", "case_id"], ["cases.authority_id", "cases.id"]),)
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(Text)
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    #: codes, values and words: a case is the city's own paper and is kept as it is
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class CasePhoto(Table):
    """A photo that came with a case's event, re-encoded like every photo. Never updated, never deleted."""

    __tablename__ = "case_photos"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "case_id"], ["cases.authority_id", "cases.id"]),
        Index("ix_case_photos_case", "authority_id", "case_id"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    case_id: Mapped[int] = mapped_column(BigInteger)
    #: event it came with; the event's data keeps its digest
    seq: Mapped[int]
    #: unguessable name in the storage
    storage_key: Mapped[str] = mapped_column(Text)
    width: Mapped[int]
    height: Mapped[int]
    size_bytes: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
