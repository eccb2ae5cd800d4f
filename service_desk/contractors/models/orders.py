"""Tables of work orders, with their clocks and pauses."""

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
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from service_desk.contractors.rules import (
    CLOCK_KINDS,
    ORDER_STATES,
)
from service_desk.extensions import Table
from service_desk.work import new_id

Instant = DateTime(timezone=True)


def of_order(*more: Any) -> tuple[Any, ...]:
    """Return table arguments of what belongs to a work order."""
    return (
        ForeignKeyConstraint(["authority_id", "order_id"], ["work_orders.authority_id", "work_orders.id"]),
        *more,
    )


class WorkOrder(Table):
    """What one contractor has to do for one ticket (הזמנת עבודה). Its history is the ticket's history."""

    __tablename__ = "work_orders"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "ticket_id"], ["tickets.authority_id", "tickets.id"]),
        ForeignKeyConstraint(["authority_id", "contract_id"], ["contracts.authority_id", "contracts.id"]),
        ForeignKeyConstraint(["authority_id", "unit_id"], ["units.authority_id", "units.id"]),
        UniqueConstraint("authority_id", "ticket_id", "number"),
        CheckConstraint(f"state IN {ORDER_STATES}", name="state"),
        Index(
            "ix_work_orders_unit",
            "authority_id",
            "unit_id",
            "due_at",
            "id",
            postgresql_where=text("is_open"),
        ),
        Index("ix_work_orders_waiting", "authority_id", "done_at", postgresql_where=text("state = 'done'")),
        Index("ix_work_orders_issued", "authority_id", "unit_id", "issued_at"),
        Index("ix_work_orders_kind_place", "authority_id", "service_code", "lat", "lon"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    ticket_id: Mapped[int] = mapped_column(BigInteger)
    #: 1, 2, 3 … within the ticket; shown as 482-1937/2
    number: Mapped[int] = mapped_column(SmallInteger)
    #: the version of the contract it is judged by
    contract_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int] = mapped_column(BigInteger)
    domain: Mapped[str] = mapped_column(Text)
    service_code: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    #: kept equal to «state is issued, accepted, scheduled, on_site or done»
    is_open: Mapped[bool] = mapped_column(default=True)
    is_hazard: Mapped[bool] = mapped_column(default=False)
    #: what has to be done, in the clerk's words
    instructions: Mapped[str] = mapped_column(Text, default="")
    #: place in words and degrees, copied from the ticket when issued
    address: Mapped[str] = mapped_column(Text, default="")
    area_code: Mapped[str | None] = mapped_column(Text)
    lon: Mapped[float | None] = mapped_column(Double)
    lat: Mapped[float | None] = mapped_column(Double)
    #: the clerk lets the contractor see the reporter's number for this order
    may_see_phone: Mapped[bool] = mapped_column(default=False)
    #: how it came to be: clerk | rule
    origin: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(Instant)
    issued_by: Mapped[int | None] = mapped_column(BigInteger)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    scheduled_for: Mapped[datetime | None] = mapped_column(Instant)
    arrived_at: Mapped[datetime | None] = mapped_column(Instant)
    made_safe_at: Mapped[datetime | None] = mapped_column(Instant)
    #: reported as done; null again when verification failed
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    #: passed, refused or cancelled
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    #: code of a refusal or cancellation
    reason: Mapped[str | None] = mapped_column(Text)
    #: failed verifications so far
    failed_count: Mapped[int] = mapped_column(SmallInteger, default=0)
    #: the earlier order on the same place and type within the contract's days, when this is a repeat failure
    repeat_of_id: Mapped[int | None] = mapped_column(BigInteger)
    #: since that order's work was done, when this one was issued
    repeat_after_seconds: Mapped[int | None]
    #: the next duty to fall due; null when none runs
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    #: happened_at of the newest fact taken from the contractor: an older one never overrides it
    last_fact_at: Mapped[datetime] = mapped_column(Instant)
    #: when the sweep has judged it for damages up to; null = not yet
    judged_at: Mapped[datetime | None] = mapped_column(Instant)


class OrderClock(Table):
    """One duty of the contractor to the city (שעון קבלן): accept, arrive, make safe, complete."""

    __tablename__ = "order_clocks"
    __table_args__ = of_order(
        CheckConstraint(f"kind IN {CLOCK_KINDS}", name="kind"),
        CheckConstraint("result IN ('met', 'missed', 'void')", name="result"),
        Index(
            "ix_order_clocks_due",
            "authority_id",
            "due_at",
            postgresql_where=text("stopped_at IS NULL AND paused_at IS NULL AND breached_at IS NULL"),
        ),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    order_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    calendar_id: Mapped[int] = mapped_column(BigInteger)
    calendar_code: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    stopped_at: Mapped[datetime | None] = mapped_column(Instant)
    result: Mapped[str | None] = mapped_column(Text)
    breached_at: Mapped[datetime | None] = mapped_column(Instant)


class OrderPause(Table):
    """A time in which a work order's clocks stand still (השהיה), with its reason: visible to both sides."""

    __tablename__ = "order_pauses"
    __table_args__ = of_order(Index("ix_order_pauses_order", "authority_id", "order_id"))
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    order_id: Mapped[int] = mapped_column(BigInteger)
    #: one of rules.PAUSE_REASONS
    reason: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
