"""Tables of figures: cases as counted, their daily sums, and what is made of them. All can be made again from the history."""

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
from service_desk.reports.rules import PROPOSAL_KINDS, PROPOSAL_STATES, SPREADS
from service_desk.work import new_id

Instant = DateTime(timezone=True)


class FigureCase(Table):
    """One promise of one ticket as it is counted now (מקרה): the first round stands for the ticket's arrival too.

    Every day is a date in the city's time; null: not counted by it. The sums of `figures_days` are sums of these rows.
    """

    __tablename__ = "figures_cases"
    __table_args__ = (
        Index("ix_figures_cases_due", "authority_id", "due_at", "ticket_id", "round"),
        Index("ix_figures_cases_opened", "authority_id", "opened_at", "ticket_id", "round"),
        Index(
            "ix_figures_cases_done",
            "authority_id",
            "done_at",
            "ticket_id",
            "round",
            postgresql_where=text("done_at IS NOT NULL"),
        ),
        Index(
            "ix_figures_cases_breached",
            "authority_id",
            "breached_day",
            "ticket_id",
            "round",
            postgresql_where=text("breached_day IS NOT NULL"),
        ),
        Index(
            "ix_figures_cases_answered",
            "authority_id",
            "answered_day",
            "ticket_id",
            "round",
            postgresql_where=text("answered_day IS NOT NULL"),
        ),
        Index(
            "ix_figures_cases_ended",
            "authority_id",
            "ended_day",
            "ticket_id",
            "round",
            postgresql_where=text("ended_day IS NOT NULL"),
        ),
        Index(
            "ix_figures_cases_open",
            "authority_id",
            "opened_at",
            "ticket_id",
            "round",
            postgresql_where=text("is_open"),
        ),
        Index(
            "ix_figures_cases_late",
            "authority_id",
            "due_at",
            "ticket_id",
            "round",
            postgresql_where=text("is_late"),
        ),
        Index(
            "ix_figures_cases_place",
            "authority_id",
            "place_cell",
            "service_code",
            "opened_at",
            postgresql_where=text("place_cell IS NOT NULL"),
        ),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    #: 0 for the first promise, then one per reopening, as the clocks have it
    round: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    #: of the ticket now
    centre_id: Mapped[int] = mapped_column(BigInteger)
    area_code: Mapped[str | None] = mapped_column(Text)
    service_code: Mapped[str] = mapped_column(Text)
    handler_kind: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    #: of the ticket, true on its last round only
    is_open: Mapped[bool]
    is_hazard: Mapped[bool]
    is_sensitive: Mapped[bool]
    #: of the report; opened_day is null on later rounds, which are no arrivals
    opened_at: Mapped[datetime] = mapped_column(Instant)
    opened_day: Mapped[date | None] = mapped_column(Date)
    #: of this round's promise; null when the ticket has no clock
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    calendar_id: Mapped[int | None] = mapped_column(BigInteger)
    #: open time promised
    promised_minutes: Mapped[int | None]
    #: its due date, once it is judged: kept, missed, or running past its time with the breach on record
    due_day: Mapped[date | None] = mapped_column(Date)
    is_met: Mapped[bool] = mapped_column(default=False)
    #: running, and its breach is on record
    is_late: Mapped[bool] = mapped_column(default=False)
    breached_day: Mapped[date | None] = mapped_column(Date)
    #: work was said to be done: refused and merged are not
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    done_day: Mapped[date | None] = mapped_column(Date)
    #: wall time from the round's start until done
    took_minutes: Mapped[int | None]
    #: wall time past the due time, of a promise answered late
    over_minutes: Mapped[int | None]
    #: the ticket was reopened after this round
    came_back: Mapped[bool] = mapped_column(default=False)
    #: what the resident said of the work of this round: yes | no; null = nothing
    said: Mapped[str | None] = mapped_column(Text)
    #: somebody at the city took it up
    answered_day: Mapped[date | None] = mapped_column(Date)
    answer_minutes: Mapped[int | None]
    #: the ticket ended (closed or refused, not merged); on its last round
    ended_day: Mapped[date | None] = mapped_column(Date)
    #: it ended though no work was done: refused, or said to be nothing found
    without_work: Mapped[bool] = mapped_column(default=False)
    #: the same kind came again at the same place within 30 days after work there was said to be done; on the first round
    is_repeat: Mapped[bool] = mapped_column(default=False)
    #: seconds from the round's start until done by who held it; 0 until done
    held_centre: Mapped[int] = mapped_column(BigInteger, default=0)
    held_unit: Mapped[int] = mapped_column(BigInteger, default=0)
    held_contractor: Mapped[int] = mapped_column(BigInteger, default=0)
    held_outside: Mapped[int] = mapped_column(BigInteger, default=0)
    held_resident: Mapped[int] = mapped_column(BigInteger, default=0)
    #: what the resident was told to expect when it was opened: half, and nine of ten, are done within
    told_half_minutes: Mapped[int | None]
    told_most_minutes: Mapped[int | None]
    lon: Mapped[float | None] = mapped_column(Double)
    lat: Mapped[float | None] = mapped_column(Double)
    #: number of the square of about 25 m that the place lies in; null of a merged ticket too, which is counted with the one that stays
    place_cell: Mapped[int | None] = mapped_column(BigInteger)


class FigureDay(Table):
    """Sums of the cases of one centre, one day and one service type; service '' = all types together."""

    __tablename__ = "figures_days"
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    service_code: Mapped[str] = mapped_column(Text, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    centre_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    #: by the day of the report
    received: Mapped[int] = mapped_column(default=0)
    hazards: Mapped[int] = mapped_column(default=0)
    repeats: Mapped[int] = mapped_column(default=0)
    #: by the due day
    due: Mapped[int] = mapped_column(default=0)
    met: Mapped[int] = mapped_column(default=0)
    #: by the day of the breach
    breached: Mapped[int] = mapped_column(default=0)
    #: by the day on which work was said to be done
    done: Mapped[int] = mapped_column(default=0)
    came_back: Mapped[int] = mapped_column(default=0)
    said_yes: Mapped[int] = mapped_column(default=0)
    said_no: Mapped[int] = mapped_column(default=0)
    held_centre: Mapped[int] = mapped_column(BigInteger, default=0)
    held_unit: Mapped[int] = mapped_column(BigInteger, default=0)
    held_contractor: Mapped[int] = mapped_column(BigInteger, default=0)
    held_outside: Mapped[int] = mapped_column(BigInteger, default=0)
    held_resident: Mapped[int] = mapped_column(BigInteger, default=0)
    #: by the day on which somebody took it up
    answered: Mapped[int] = mapped_column(default=0)
    #: by the day of the end
    ended: Mapped[int] = mapped_column(default=0)
    without_work: Mapped[int] = mapped_column(default=0)


class FigureNow(Table):
    """How many tickets and promises of a centre and service type stand how at this moment; service '' = all types together."""

    __tablename__ = "figures_now"
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    service_code: Mapped[str] = mapped_column(Text, primary_key=True)
    centre_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    open: Mapped[int] = mapped_column(default=0)
    late: Mapped[int] = mapped_column(default=0)
    hazards: Mapped[int] = mapped_column(default=0)


class FigureSpread(Table):
    """How long something took, as a count per step of time (see rules.spreads): of one centre and one day or month."""

    __tablename__ = "figures_spreads"
    __table_args__ = (
        CheckConstraint(f"measure IN {SPREADS}", name="measure"),
        CheckConstraint("span IN ('day', 'month')", name="span"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    #: resolve (by done day) | answer (by answered day) | over (by due day)
    measure: Mapped[str] = mapped_column(Text, primary_key=True)
    span: Mapped[str] = mapped_column(Text, primary_key=True)
    #: the day, or the first of the month
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    centre_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    #: pairs of (step uint16, cases uint32), little-endian, steps rising, none without cases
    steps: Mapped[bytes] = mapped_column(LargeBinary)


class FigureState(Table):
    """Where counting stands: one row per authority."""

    __tablename__ = "figures_state"
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    #: everything that was committed before is counted
    counted_at: Mapped[datetime] = mapped_column(Instant)
    #: made from scratch last
    rebuilt_at: Mapped[datetime | None] = mapped_column(Instant)
    #: the definitions it was counted by; another number in the code asks for a rebuild
    definitions: Mapped[int]


class FigureOrder(Table):
    """One work order as it is counted now, for the contractors' scorecards."""

    __tablename__ = "figures_orders"
    __table_args__ = (
        Index("ix_figures_orders_ticket", "authority_id", "ticket_id"),
        Index("ix_figures_orders_unit", "authority_id", "unit_id", "issued_day"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    order_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int] = mapped_column(BigInteger)
    service_code: Mapped[str] = mapped_column(Text)
    area_code: Mapped[str | None] = mapped_column(Text)
    issued_day: Mapped[date] = mapped_column(Date)
    #: of the duty to complete, once it is judged
    due_day: Mapped[date | None] = mapped_column(Date)
    is_met: Mapped[bool] = mapped_column(default=False)
    done_day: Mapped[date | None] = mapped_column(Date)
    took_minutes: Mapped[int | None]
    failed: Mapped[int] = mapped_column(SmallInteger, default=0)
    is_refused: Mapped[bool] = mapped_column(default=False)
    is_repeat: Mapped[bool] = mapped_column(default=False)
    is_open: Mapped[bool] = mapped_column(default=False)


class FigureContractor(Table):
    """Sums of the work orders of one contractor and one day."""

    __tablename__ = "figures_contractors"
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    unit_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    issued: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    repeats: Mapped[int] = mapped_column(default=0)
    due: Mapped[int] = mapped_column(default=0)
    met: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)


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
