"""Tables of contractors. Contracts are versioned; a work order keeps the version it is judged by."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
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

from service_desk.contractors.rules import (
    CLOCK_KINDS,
    DAMAGE_STATES,
    METRICS,
    ORDER_STATES,
    PROOF_KINDS,
    VERIFICATION_REASONS,
    VERIFICATION_STATES,
)
from service_desk.extensions import Table
from service_desk.work import new_id

Instant = DateTime(timezone=True)


def _of_order(*more: Any) -> tuple[Any, ...]:
    """Return table arguments of what belongs to a work order."""
    return (
        ForeignKeyConstraint(["authority_id", "order_id"], ["work_orders.authority_id", "work_orders.id"]),
        *more,
    )


class Contract(Table):
    """One version of a contract (חוזה) with a contractor. An edit ends it and begins the next version."""

    __tablename__ = "contracts"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "unit_id"], ["units.authority_id", "units.id"]),
        UniqueConstraint("authority_id", "code", "version"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="valid"),
    )
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    #: stable over versions, as the city files it
    code: Mapped[str] = mapped_column(Text)
    #: 1, 2, 3 …
    version: Mapped[int] = mapped_column(SmallInteger)
    #: the contractor
    unit_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    #: the version's whole content as `rules.contract.ContractTerms` reads and writes it
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    valid_from: Mapped[date]
    #: first day it no longer holds; null = without an end
    valid_to: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[int | None] = mapped_column(BigInteger)


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
    __table_args__ = _of_order(
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
    __table_args__ = _of_order(Index("ix_order_pauses_order", "authority_id", "order_id"))
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    order_id: Mapped[int] = mapped_column(BigInteger)
    #: one of rules.PAUSE_REASONS
    reason: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class OrderEntry(Table):
    """One thing that a contractor's phone said (דיווח שטח), kept once by its key, also when it came too late to count."""

    __tablename__ = "order_entries"
    __table_args__ = _of_order(
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
    __table_args__ = _of_order(
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
    __table_args__ = _of_order(
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


class Damage(Table):
    """One breach priced by the contract (פיצוי מוסכם): proposed by rule, answered by the contractor, decided by a manager."""

    __tablename__ = "damages"
    __table_args__ = _of_order(
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
