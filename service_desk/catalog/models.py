"""Tables of the catalogue; service types are versioned and a ticket keeps the version it was opened by."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service_desk.extensions import Table
from service_desk.work import new_id


class ServiceGroup(Table):
    """A group of service types (תחום)."""

    __tablename__ = "service_groups"
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    #: three examples a resident would recognise, per language
    examples: Mapped[dict[str, str]] = mapped_column(JSONB)
    #: Phosphor name
    icon: Mapped[str] = mapped_column(Text)
    sort: Mapped[int]


class ServiceType(Table):
    """A version of a service type (נושא פנייה)."""

    __tablename__ = "service_types"
    __table_args__ = (
        ForeignKeyConstraint(
            ["authority_id", "group_code"], ["service_groups.authority_id", "service_groups.code"]
        ),
        CheckConstraint("handler_kind IN ('centre', 'unit', 'contractor', 'outside')", name="handler_kind"),
        Index(
            "uq_service_types_in_force",
            "authority_id",
            "code",
            unique=True,
            postgresql_where="valid_to IS NULL",
        ),
    )
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    #: stable over versions, e.g. RD-POTHOLE
    code: Mapped[str] = mapped_column(Text)
    group_code: Mapped[str] = mapped_column(Text)
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    description: Mapped[dict[str, str]] = mapped_column(JSONB)
    #: {"he": [words], …}
    keywords: Mapped[dict[str, list[str]]] = mapped_column(JSONB)
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    icon: Mapped[str] = mapped_column(Text)
    #: every report of the type is a hazard; otherwise only by an answer
    is_hazard: Mapped[bool]
    #: welfare, complaints, damages: restricted
    is_sensitive: Mapped[bool]
    is_public: Mapped[bool]
    needs_place: Mapped[bool]
    #: radius of «is it known already?» (m)
    known_radius_m: Mapped[int]
    handler_kind: Mapped[str] = mapped_column(Text)
    #: unit code when handler_kind is unit or outside
    unit_code: Mapped[str | None] = mapped_column(Text)
    #: domain by which a contractor is found
    contractor_domain: Mapped[str | None] = mapped_column(Text)
    sort: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
