"""Tables of contracts. They are versioned; a work order keeps the version it is judged by."""

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
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service_desk.extensions import Table
from service_desk.work import new_id

Instant = DateTime(timezone=True)


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
