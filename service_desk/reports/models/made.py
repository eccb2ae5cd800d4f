"""Tables of what is made of the figures: expected times, proposals, alerts, hot spots, booklets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Double,
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
from service_desk.reports.rules import PROPOSAL_KINDS, PROPOSAL_STATES
from service_desk.work import new_id

Instant = DateTime(timezone=True)


class Expected(Table):
    """How long a request of this kind really takes here (זמן צפוי): open ones counted. Made anew each night."""

    __tablename__ = "figures_expected"
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    service_code: Mapped[str] = mapped_column(Text, primary_key=True)
    #: 0 = the whole city
    centre_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    #: wall minutes within which half, and nine of ten, are done; null when the cases do not reach so far
    half_minutes: Mapped[int | None]
    most_minutes: Mapped[int | None]
    #: how sure: the true values lie between these in 95 of 100 such estimates; null where the cases do not say
    half_low: Mapped[int | None]
    half_high: Mapped[int | None]
    most_low: Mapped[int | None]
    most_high: Mapped[int | None]
    #: of them those that were done, and those that wait
    cases: Mapped[int]
    still_open: Mapped[int]
    #: [[minutes, share not done, lowest, highest], …], rising
    curve: Mapped[list[Any]] = mapped_column(JSONB)
    #: of the whole city only: [[month, judged, done within half_minutes, within most_minutes], …] had it been told then
    back_test: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    #: of the whole city only: [judged, done within half, within most] of the requests whose people were really told
    kept: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    made_at: Mapped[datetime] = mapped_column(Instant)


class Proposal(Table):
    """A change tried on last year before it is made (הצעת שינוי), with what it would have done."""

    __tablename__ = "proposals"
    __table_args__ = (
        CheckConstraint(f"kind IN {PROPOSAL_KINDS}", name="kind"),
        CheckConstraint(f"state IN {PROPOSAL_STATES}", name="state"),
        UniqueConstraint("authority_id", "submission_key"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    #: what would be changed: see rules of the kind
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: before and after, as replayed
    result: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(Text, default="draft")
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[int] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    #: the date from which an applied one holds
    valid_from: Mapped[date | None] = mapped_column(Date)
    submission_key: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=0)


class AlertRule(Table):
    """What management wants to be told of (כלל התראה): a figure over a threshold, or one that has changed."""

    __tablename__ = "alert_rules"
    __table_args__ = (CheckConstraint("kind IN ('threshold', 'change')", name="kind"),)
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(Text)
    #: null: each centre, each type
    centre_id: Mapped[int | None] = mapped_column(BigInteger)
    service_code: Mapped[str | None] = mapped_column(Text)
    #: told when the figure is above (or below) this; of a change: how sure, in percent
    limit_value: Mapped[float] = mapped_column(Double)
    is_above: Mapped[bool] = mapped_column(default=True)
    #: whole days that are looked at
    days: Mapped[int] = mapped_column(SmallInteger, default=7)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[int | None] = mapped_column(BigInteger)


class Alert(Table):
    """A rule that held on a day (התראה): once per rule, centre, type and day, told in the next digest."""

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("authority_id", "rule_id", "centre_id", "service_code", "day"),
        Index("ix_alerts_untold", "authority_id", "id", postgresql_where=text("told_at IS NULL")),
        Index("ix_alerts_day", "authority_id", "day"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    rule_id: Mapped[int] = mapped_column(BigInteger)
    #: 0 = the whole city
    centre_id: Mapped[int] = mapped_column(BigInteger)
    #: '' = all types
    service_code: Mapped[str] = mapped_column(Text)
    day: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(Instant)
    #: the figure, what it was before, how sure
    found: Mapped[dict[str, Any]] = mapped_column(JSONB)
    told_at: Mapped[datetime | None] = mapped_column(Instant)


class HotSpot(Table):
    """A place where requests of one kind keep coming beyond chance (מוקד חוזר). Made anew each night."""

    __tablename__ = "hot_spots"
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    service_code: Mapped[str] = mapped_column(Text)
    centre_id: Mapped[int] = mapped_column(BigInteger)
    #: the street's name as addresses have it; '' = none known
    street: Mapped[str] = mapped_column(Text)
    lon: Mapped[float] = mapped_column(Double)
    lat: Mapped[float] = mapped_column(Double)
    radius_m: Mapped[float] = mapped_column(Double)
    #: how many came, how many were to be expected, and the share of such findings that chance makes
    cases: Mapped[int]
    expected: Mapped[float] = mapped_column(Double)
    false_share: Mapped[float] = mapped_column(Double)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    #: cases by week, oldest first
    weeks: Mapped[list[Any]] = mapped_column(JSONB)
    ticket_ids: Mapped[list[Any]] = mapped_column(JSONB)
    made_at: Mapped[datetime] = mapped_column(Instant)


class Booklet(Table):
    """A month of a centre, or of the city, as it was published (חוברת). Written once; a correction is a new edition."""

    __tablename__ = "booklets"
    __table_args__ = (UniqueConstraint("authority_id", "centre_id", "month", "edition"),)
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    #: 0 = the whole city
    centre_id: Mapped[int] = mapped_column(BigInteger)
    #: its first day
    month: Mapped[date] = mapped_column(Date)
    edition: Mapped[int] = mapped_column(SmallInteger, default=1)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: sha256 over the canonical content
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[int | None] = mapped_column(BigInteger)


class BookletReader(Table):
    """Who gets a booklet by mail each month."""

    __tablename__ = "booklet_readers"
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    staff_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    #: 0 = the whole city
    centre_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant)


class Letter(Table):
    """A mail to a member of staff with a booklet: one per reader and booklet, sent once."""

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("authority_id", "staff_id", "booklet_id"),
        Index("ix_letters_due", "authority_id", "next_try_at", postgresql_where=text("sent_at IS NULL")),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    booklet_id: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Instant)
    #: null: given up, see `trouble`
    next_try_at: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    trouble: Mapped[str | None] = mapped_column(Text)
