"""Tables of money: what a breach costs, and the month that was signed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
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
    DAMAGE_STATES,
    METRICS,
)
from service_desk.extensions import Table
from service_desk.work import new_id

Instant = DateTime(timezone=True)


class Damage(Table):
    """One breach priced by the contract (פיצוי מוסכם): proposed by rule, answered by the contractor, decided by a manager."""

    __tablename__ = "damages"
    __table_args__ = of_order(
        ForeignKeyConstraint(["authority_id", "contract_id"], ["contracts.authority_id", "contracts.id"]),
        UniqueConstraint("authority_id", "order_id", "metric", "round"),
        CheckConstraint(f"metric IN {METRICS}", name="metric"),
        CheckConstraint(f"state IN {DAMAGE_STATES}", name="state"),
        Index("ix_damages_month", "authority_id", "unit_id", "month"),
        Index("ix_damages_open", "authority_id", "answer_by", postgresql_where=text("decided_at IS NULL")),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    order_id: Mapped[int] = mapped_column(BigInteger)
    ticket_id: Mapped[int] = mapped_column(BigInteger)
    contract_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int] = mapped_column(BigInteger)
    metric: Mapped[str] = mapped_column(Text)
    #: 0, or the number of the failed verification for quality
    round: Mapped[int] = mapped_column(SmallInteger, default=0)
    #: first day of the month (city's time) in which the breach ended
    month: Mapped[date]
    #: when the duty was broken (due time passed, verification failed, work repeated)
    breached_at: Mapped[datetime] = mapped_column(Instant)
    #: shown working: {"due", "happened", "over_minutes", "grace_minutes", "unit", "units", "amount_agorot", …}
    working: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: numbers of the ticket's events that prove it
    event_seqs: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    #: before allowance, step-up and cap, which belong to the month
    amount_agorot: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    answer_by: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answer_words: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    #: code of why it was waived
    waiver: Mapped[str | None] = mapped_column(Text)
    decision_words: Mapped[str] = mapped_column(Text, default="")


class Statement(Table):
    """A contractor's month (דוח חודשי), frozen when signed: never updated, never deleted."""

    __tablename__ = "statements"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "unit_id"], ["units.authority_id", "units.id"]),
        UniqueConstraint("authority_id", "unit_id", "month"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    unit_id: Mapped[int] = mapped_column(BigInteger)
    #: first day of the month
    month: Mapped[date]
    #: every line and sum as shown, see rules.statement
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: sha256 over the canonical content
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    total_agorot: Mapped[int] = mapped_column(BigInteger)
    signed_at: Mapped[datetime] = mapped_column(Instant)
    signed_by: Mapped[int] = mapped_column(BigInteger)
