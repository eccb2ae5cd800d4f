"""Tables of routing decisions; a re-route is a new row, never an edit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    SmallInteger,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service_desk.extensions import Table
from service_desk.routing.rules import METHODS
from service_desk.work import new_id


class Route(Table):
    """One decision (ניתוב) of a ticket: which centre, which handler, and why."""

    __tablename__ = "routes"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "ticket_id"], ["tickets.authority_id", "tickets.id"]),
        CheckConstraint(f"method IN {METHODS}", name="method"),
    )
    authority_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    #: 1 for the first decision, then one per change of place or type
    round: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    method: Mapped[str] = mapped_column(Text)
    #: null while undecided: the default centre keeps it in triage
    centre_id: Mapped[int | None] = mapped_column(BigInteger)
    area_code: Mapped[str | None] = mapped_column(Text)
    #: version of the area it was judged by
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    handler_kind: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    #: codes and values: {"place": {...}, "handler": {...}, "neighbours": [[code, metres]], "reason": code}
    why: Mapped[dict[str, Any]] = mapped_column(JSONB)


class HandlerRule(Table):
    """Which contractor serves a domain in an area (null = everywhere), and when."""

    __tablename__ = "handler_rules"
    __table_args__ = (ForeignKeyConstraint(["authority_id", "unit_id"], ["units.authority_id", "units.id"]),)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    domain: Mapped[str] = mapped_column(Text)
    area_code: Mapped[str | None] = mapped_column(Text)
    unit_id: Mapped[int] = mapped_column(BigInteger)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
