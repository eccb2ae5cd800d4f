"""Tables of tickets. The ticket row is a projection of its history, which is append-only."""

from __future__ import annotations

from datetime import date, datetime
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
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service_desk.extensions import Table
from service_desk.tickets.rules import HOLDERS, STATUSES
from service_desk.work import new_id

Instant = DateTime(timezone=True)
_OPEN = text("is_open")


class Ticket(Table):
    """The city's work item (פנייה) for one or more reports of the same thing."""

    __tablename__ = "tickets"
    __table_args__ = (
        UniqueConstraint("authority_id", "reference"),
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint(f"holder_kind IN {HOLDERS}", name="holder_kind"),
        Index("ix_tickets_queue", "authority_id", "centre_id", "due_at", "id", postgresql_where=_OPEN),
        Index("ix_tickets_city_queue", "authority_id", "due_at", "id", postgresql_where=_OPEN),
        Index("ix_tickets_mine", "authority_id", "assignee_id", "due_at", postgresql_where=_OPEN),
        Index("ix_tickets_unit", "authority_id", "unit_id", "due_at", postgresql_where=_OPEN),
        Index(
            "ix_tickets_orders",
            "authority_id",
            "order_state",
            "due_at",
            postgresql_where=text("is_open AND order_state IS NOT NULL"),
        ),
        Index("ix_tickets_opened", "authority_id", "opened_at"),
        Index("ix_tickets_centre_opened", "authority_id", "centre_id", "opened_at"),
        Index("ix_tickets_kind_place", "authority_id", "service_code", "lat", "lon", postgresql_where=_OPEN),
        Index(
            "ix_tickets_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}
        ),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    #: public number with a check digit, digits only (shown as 482-1937); not a secret
    reference: Mapped[str] = mapped_column(Text)
    service_code: Mapped[str] = mapped_column(Text)
    #: version of the service type it was opened by
    service_type_id: Mapped[int] = mapped_column(BigInteger)
    group_code: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    #: kept equal to «status is not closed, rejected or duplicate»
    is_open: Mapped[bool] = mapped_column(default=True)
    is_hazard: Mapped[bool] = mapped_column(default=False)
    is_sensitive: Mapped[bool] = mapped_column(default=False)
    #: answers for the ticket; the default centre while it is in triage
    centre_id: Mapped[int] = mapped_column(BigInteger)
    area_code: Mapped[str | None] = mapped_column(Text)
    #: the neighbour centre when the place is within 30 m of its border
    neighbour_centre_id: Mapped[int | None] = mapped_column(BigInteger)
    #: why it waits for a person to route it; null when routed
    triage_reason: Mapped[str | None] = mapped_column(Text)
    #: how the place was found: pin, address, street, place, triage, outside, chosen
    routing_method: Mapped[str] = mapped_column(Text)
    handler_kind: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    assignee_id: Mapped[int | None] = mapped_column(BigInteger)
    #: who has the ball now
    holder_kind: Mapped[str] = mapped_column(Text)
    holder_since: Mapped[datetime] = mapped_column(Instant)
    lon: Mapped[float | None] = mapped_column(Double)
    lat: Mapped[float | None] = mapped_column(Double)
    #: place in words, as shown
    address: Mapped[str] = mapped_column(Text, default="")
    landmark: Mapped[str] = mapped_column(Text, default="")
    #: the resident's words, first 300 characters
    summary: Mapped[str] = mapped_column(Text, default="")
    #: lower-cased reference, address and words, for the queue's text filter
    search: Mapped[str] = mapped_column(Text, default="")
    channel: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    #: the next promise to fall due; null while every clock is paused or stopped
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    #: code of why it ended without work, or how it was proven
    outcome: Mapped[str | None] = mapped_column(Text)
    merged_into_id: Mapped[int | None] = mapped_column(BigInteger)
    #: the ticket that this one was split from
    split_from_id: Mapped[int | None] = mapped_column(BigInteger)
    #: with_contractor | to_verify | refused: what its work orders wait for; null without open ones
    order_state: Mapped[str | None] = mapped_column(Text)
    reopened_count: Mapped[int] = mapped_column(SmallInteger, default=0)
    follower_count: Mapped[int] = mapped_column(SmallInteger, default=1)
    photo_count: Mapped[int] = mapped_column(SmallInteger, default=0)
    #: an answer or remark of the resident nobody at the centre has seen
    has_news: Mapped[bool] = mapped_column(default=False)
    last_touch_at: Mapped[datetime] = mapped_column(Instant)
    #: kind of the last event
    last_touch: Mapped[str] = mapped_column(Text)
    #: grows by one with each event: what the second clerk is checked against
    version: Mapped[int] = mapped_column(default=0)
    last_hash: Mapped[bytes] = mapped_column(LargeBinary, default=b"")


class TicketEvent(Table):
    """One fact in a ticket's life. No update, no delete; each row is chained to the one before by a hash."""

    __tablename__ = "ticket_events"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "ticket_id"], ["tickets.authority_id", "tickets.id"]),
        Index("ix_ticket_events_at", "authority_id", "at"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    #: 1, 2, 3 … without gaps: equals the ticket's version after it
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(Text)
    #: resident | staff | contractor | system | api
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(Text)
    holder_kind: Mapped[str] = mapped_column(Text)
    holder_id: Mapped[int | None] = mapped_column(BigInteger)
    #: codes and values, no free text (texts are remarks, their hash is here)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class Uncounted(Table):
    """A ticket whose history has grown since the figures last counted it (טרם נספר). A row an event; taken away when counted."""

    __tablename__ = "uncounted"
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    ticket_id: Mapped[int] = mapped_column(BigInteger)


class Remark(Table):
    """Words added to a ticket: a note, a question, an answer, a reason. Erasable: the event keeps its hash."""

    __tablename__ = "remarks"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "ticket_id"], ["tickets.authority_id", "tickets.id"]),
        Index("ix_remarks_ticket", "authority_id", "ticket_id"),
        CheckConstraint("kind IN ('note', 'question', 'answer', 'remark', 'reason', 'reply')", name="kind"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    ticket_id: Mapped[int] = mapped_column(BigInteger)
    #: event it came with
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(Text)
    #: internal words are never shown to a resident
    is_internal: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int | None] = mapped_column(BigInteger)


class Follower(Table):
    """A person who hears about a ticket: the reporter, or one who said «me too» (עוקב/ת)."""

    __tablename__ = "followers"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "ticket_id"], ["tickets.authority_id", "tickets.id"]),
        UniqueConstraint("authority_id", "token_hash"),
        Index("ix_followers_ticket", "authority_id", "ticket_id"),
        Index(
            "uq_followers_person",
            "authority_id",
            "ticket_id",
            "resident_id",
            unique=True,
            postgresql_where=text("resident_id IS NOT NULL"),
        ),
        CheckConstraint("role IN ('reporter', 'follower')", name="role"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    ticket_id: Mapped[int] = mapped_column(BigInteger)
    #: null when no phone number was left
    resident_id: Mapped[int | None] = mapped_column(BigInteger)
    role: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text)
    #: sms | whatsapp | none
    channel: Mapped[str] = mapped_column(Text)
    #: sha256 of the private link's token, which is derived from the nonce and the installation's secret
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    token_nonce: Mapped[bytes] = mapped_column(LargeBinary)
    joined_at: Mapped[datetime] = mapped_column(Instant)
    left_at: Mapped[datetime | None] = mapped_column(Instant)


class Claim(Table):
    """Who works on a ticket right now (תפיסה), so that a second person does not: it ends by itself."""

    __tablename__ = "claims"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "ticket_id"], ["tickets.authority_id", "tickets.id"]),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)


class BulkAct(Table):
    """One act on many tickets (פעולה מרוכזת), with what is needed to undo it."""

    __tablename__ = "bulk_acts"
    __table_args__ = (
        UniqueConstraint("authority_id", "submission_key"),
        Index("ix_bulk_acts_staff", "authority_id", "staff_id", "at"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Instant)
    #: assign | resolve | reject | merge
    verb: Mapped[str] = mapped_column(Text)
    #: what was asked: codes and values
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: {"done": [{"ticket", "before", …}], "left": [{"ticket", "why"}]}
    outcome: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: one per preview page: a double press is one act
    submission_key: Mapped[str] = mapped_column(Text)
    undo_until: Mapped[datetime] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)


class ShiftHandover(Table):
    """What one shift of a centre tells the next (העברת משמרת). Written once."""

    __tablename__ = "shift_handovers"
    __table_args__ = (Index("ix_shift_handovers_centre", "authority_id", "centre_id", "at"),)
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    centre_id: Mapped[int] = mapped_column(BigInteger)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Instant)
    words: Mapped[str] = mapped_column(Text, default="")
    #: figures and ticket ids at that moment
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)


class DayAnchor(Table):
    """A hash over all events of a day and the anchor before it, so a whole day cannot be rewritten unseen."""

    __tablename__ = "day_anchors"
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    events: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
