"""Tables of sums: of centres and contractors by day, of this moment, and of how long things took."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    LargeBinary,
    SmallInteger,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from service_desk.extensions import Table
from service_desk.reports.rules import SPREADS


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
