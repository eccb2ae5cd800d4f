"""Tables of what was counted one by one: each case and each work order, as it stands now, and how far counting has come."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Double,
    Index,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from service_desk.extensions import Table

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
