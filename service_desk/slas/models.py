"""Tables of calendars, standards and clocks. Standards and calendars are versioned; a clock keeps what it was judged by."""

from __future__ import annotations

from datetime import date, datetime
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
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service_desk.extensions import Table
from service_desk.work import new_id

Instant = DateTime(timezone=True)


class CalendarRow(Table):
    """A version of a calendar (לוח שעות): weekly windows; days off are calendar_days."""

    __tablename__ = "calendars"
    __table_args__ = (
        Index(
            "uq_calendars_in_force",
            "authority_id",
            "code",
            unique=True,
            postgresql_where=text("valid_to IS NULL"),
        ),
    )
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    #: 24x7 | business | office | K1…K7 | contractor
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    #: [[weekday 0=Monday, opens minute, closes minute], …]; empty for 24x7
    windows: Mapped[list[Any]] = mapped_column(JSONB)
    is_always_open: Mapped[bool]
    #: whether holidays and eves apply: none | business (eves closed) | office (eves half)
    holidays: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class CalendarDay(Table):
    """A day that differs: holiday, eve, closure or longer hours. Null calendar = all that keep holidays.

    Never changed nor deleted: taken back, it is ended, since promises given while it stood count by it.
    """

    __tablename__ = "calendar_days"
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    calendar_code: Mapped[str | None] = mapped_column(Text)
    day: Mapped[date]
    #: closed | half
    kind: Mapped[str] = mapped_column(Text)
    #: [[opens minute, closes minute], …] of a half day
    windows: Mapped[list[Any]] = mapped_column(JSONB)
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    source: Mapped[str] = mapped_column(Text)
    #: when it was entered; promises given before do not count by it
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    #: when it was taken back or gave way to another entry of the same day; null = it stands
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class Sla(Table):
    """A version of the standard (תקן) of a service type."""

    __tablename__ = "slas"
    __table_args__ = (
        Index(
            "uq_slas_in_force",
            "authority_id",
            "service_code",
            unique=True,
            postgresql_where=text("valid_to IS NULL"),
        ),
    )
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    service_code: Mapped[str] = mapped_column(Text)
    #: minutes of open time on calendar_code (24x7 for hazards)
    acknowledge_minutes: Mapped[int]
    #: hazards only, always 24x7
    make_safe_minutes: Mapped[int | None]
    resolve_minutes: Mapped[int]
    #: after a resident's «not done»
    reopened_minutes: Mapped[int]
    calendar_code: Mapped[str] = mapped_column(Text)
    #: who hears when: [[percent of the promise used, role], …]; null = the city's usual ladder
    ladder: Mapped[list[Any] | None] = mapped_column(JSONB)
    source: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class CityLadder(Table):
    """A version of the city's usual ladder (סולם הסלמה), for types without one of their own. Written once; the newest is in force."""

    __tablename__ = "city_ladders"
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    #: clocks started from here on climb it; those before stay with the one before
    since: Mapped[datetime] = mapped_column(Instant)
    #: [[percent of the promise used, role], …]
    rungs: Mapped[list[Any]] = mapped_column(JSONB)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)


class Clock(Table):
    """One running or frozen clock of a ticket (שעון)."""

    __tablename__ = "clocks"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "ticket_id"], ["tickets.authority_id", "tickets.id"]),
        CheckConstraint("kind IN ('acknowledge', 'make_safe', 'resolve')", name="kind"),
        CheckConstraint("result IN ('met', 'missed', 'void')", name="result"),
        Index("ix_clocks_judged", "authority_id", "kind", "due_at"),
        Index("ix_clocks_stopped", "authority_id", "kind", "stopped_at"),
        Index(
            "ix_clocks_due",
            "authority_id",
            "due_at",
            postgresql_where=text("stopped_at IS NULL AND paused_at IS NULL AND breached_at IS NULL"),
        ),
        Index(
            "ix_clocks_rung",
            "authority_id",
            "next_rung_at",
            postgresql_where=text("next_rung_at IS NOT NULL"),
        ),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    #: 0 for the first promise, then one per reopening
    round: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    sla_id: Mapped[int | None] = mapped_column(BigInteger)
    calendar_id: Mapped[int] = mapped_column(BigInteger)
    calendar_code: Mapped[str] = mapped_column(Text)
    #: promised open time
    minutes: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(Instant)
    #: moves later with each pause; frozen when stopped
    due_at: Mapped[datetime] = mapped_column(Instant)
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    #: open seconds that were left when it was paused
    remaining_seconds: Mapped[int | None]
    stopped_at: Mapped[datetime | None] = mapped_column(Instant)
    result: Mapped[str | None] = mapped_column(Text)
    #: when the promise passed unmet; the first breach stays on record
    breached_at: Mapped[datetime | None] = mapped_column(Instant)
    #: when the ladder's next rung is reached, so that a sweep finds it by index; null while held, stopped or at the top
    next_rung_at: Mapped[datetime | None] = mapped_column(Instant)


class Escalation(Table):
    """One rung of the ladder reached by one clock (הסלמה): never twice, and told in the person's next digest."""

    __tablename__ = "escalations"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "ticket_id"], ["tickets.authority_id", "tickets.id"]),
        UniqueConstraint("authority_id", "ticket_id", "kind", "round", "percent", "role"),
        Index("ix_escalations_untold", "authority_id", "id", postgresql_where=text("told_at IS NULL")),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    ticket_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    round: Mapped[int] = mapped_column(SmallInteger)
    #: 50 | 80 | 100 | 150 … of the promise
    percent: Mapped[int] = mapped_column(SmallInteger)
    #: clerk | manager | unit | management
    role: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
    #: when it went into somebody's digest; null = waits for the end of the quiet hours or the next digest
    told_at: Mapped[datetime | None] = mapped_column(Instant)


class Pause(Table):
    """A time in which a ticket's clocks stood still, with its reason."""

    __tablename__ = "pauses"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "ticket_id"], ["tickets.authority_id", "tickets.id"]),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    ticket_id: Mapped[int] = mapped_column(BigInteger, index=True)
    #: waiting_for_resident …
    reason: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
