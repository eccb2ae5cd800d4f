"""Tables of the city itself. A city is data: a second one is added without code."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Double,
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


class Authority(Table):
    """A local authority (רשות מקומית): one tenant. The only table of a city without authority_id."""

    __tablename__ = "authorities"
    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    #: short name in addresses, e.g. rehovot
    slug: Mapped[str] = mapped_column(Text, unique=True)
    #: {"he": …, "ar": …, "ru": …, "en": …, "am": …}
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    #: host names that lead to this authority
    hosts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    #: Open311 jurisdiction_id
    jurisdiction: Mapped[str] = mapped_column(Text, unique=True)
    #: the city's hotline, as dialled
    hotline: Mapped[str] = mapped_column(Text)
    #: centre that keeps what cannot be routed
    default_centre_id: Mapped[int | None] = mapped_column(BigInteger)
    #: middle of the map, degrees
    lon: Mapped[float] = mapped_column(Double)
    lat: Mapped[float] = mapped_column(Double)
    #: grows when any of the city's data changes, so that processes reload what they keep in memory
    data_version: Mapped[int] = mapped_column(default=1)


class Centre(Table):
    """A Keshet centre (מרכז קש״ת) that answers for an area."""

    __tablename__ = "centres"
    __table_args__ = (UniqueConstraint("authority_id", "code"),)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    #: K1…K7: in data only, residents see the number
    code: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    address: Mapped[dict[str, str]] = mapped_column(JSONB)
    phone: Mapped[str] = mapped_column(Text)
    lon: Mapped[float] = mapped_column(Double)
    lat: Mapped[float] = mapped_column(Double)
    #: opening hours: code of a calendar
    calendar_code: Mapped[str] = mapped_column(Text)


class Area(Table):
    """A version of an area's border, or of the whole jurisdiction's (kind = boundary)."""

    __tablename__ = "areas"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "centre_id"], ["centres.authority_id", "centres.id"]),
        CheckConstraint("kind IN ('centre', 'boundary')", name="kind"),
    )
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(Text)
    #: stable over versions, e.g. K5; BOUNDARY for the jurisdiction
    code: Mapped[str] = mapped_column(Text)
    centre_id: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    #: GeoJSON geometry, WGS84 lon/lat
    geometry: Mapped[dict[str, Any]] = mapped_column(JSONB)
    residents: Mapped[int | None]
    valid_from: Mapped[date]
    #: first day it no longer holds; null = still in force
    valid_to: Mapped[date | None]


class Street(Table):
    """An official street (רחוב) with the spellings people use."""

    __tablename__ = "streets"
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    #: CBS street code
    code: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    spellings: Mapped[list[str]] = mapped_column(ARRAY(Text))


class StreetPoint(Table):
    """A known point on a street, with a house number when the source has one."""

    __tablename__ = "street_points"
    __table_args__ = (
        ForeignKeyConstraint(["authority_id", "street_code"], ["streets.authority_id", "streets.code"]),
    )
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    street_code: Mapped[int]
    house_no: Mapped[int | None]
    lon: Mapped[float] = mapped_column(Double)
    lat: Mapped[float] = mapped_column(Double)
    kind: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)


class Place(Table):
    """A named place people know: neighbourhood, community centre, institution."""

    __tablename__ = "places"
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    kind: Mapped[str] = mapped_column(Text)
    lon: Mapped[float] = mapped_column(Double)
    lat: Mapped[float] = mapped_column(Double)
    #: metres within which the point can be trusted; null = exact
    precision_m: Mapped[int | None]


class Unit(Table):
    """Who can hold a ticket besides a centre: a city unit (אגף), a contractor (קבלן), an outside body."""

    __tablename__ = "units"
    __table_args__ = (
        UniqueConstraint("authority_id", "code"),
        CheckConstraint("kind IN ('unit', 'contractor', 'outside')", name="kind"),
    )
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    phone: Mapped[str | None] = mapped_column(Text)
