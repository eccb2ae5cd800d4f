"""How contractors do their orders, by month: the counted sums, and the orders behind each of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from sqlalchemy import cast, func, select
from sqlalchemy.types import Date

from service_desk.contractors.models import WorkOrder
from service_desk.extensions import db
from service_desk.reports.models import FigureContractor, FigureOrder
from service_desk.reports.rules import is_hidden, percent
from service_desk.tickets.models import Ticket
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import date

    from service_desk.reports.rules import Days


@dataclass(frozen=True, slots=True)
class Score:
    """What a contractor's orders came to.

    By the day of issue: issued, refused, repeats (the same fault came back), failed (checks that did not pass, an order
    may have several). By the due day: due (duties to complete that are judged), met (of them kept). By its own day: done.
    """

    issued: int = 0
    refused: int = 0
    repeats: int = 0
    due: int = 0
    met: int = 0
    done: int = 0
    failed: int = 0

    @property
    def on_time(self) -> float | None:
        """Return the percent of the judged duties that were kept; None where they are too few to show."""
        return None if is_hidden(self.due) else percent(self.met, self.due)

    @property
    def failed_rate(self) -> float | None:
        """Return the failed checks for each 100 orders issued; None where they are too few to show."""
        return None if is_hidden(self.issued) else percent(self.failed, self.issued)

    def __add__(self, other: Score) -> Score:
        """Return both together."""
        return Score(*(getattr(self, each) + getattr(other, each) for each in COUNTS))


COUNTS = tuple(each.name for each in fields(Score))


def scores(days: Days, *, unit_id: int | None = None) -> dict[tuple[int, date], Score]:
    """Return {(unit, first day of the month): score} of the days, of one contractor or of all. One statement."""
    month = cast(func.date_trunc("month", FigureContractor.day), Date)
    query = (
        select(
            FigureContractor.unit_id,
            month,
            *(func.sum(getattr(FigureContractor, each)) for each in COUNTS),
        )
        .where(
            FigureContractor.authority_id == tenant_id(),
            FigureContractor.day >= days.first,
            FigureContractor.day <= days.last,
        )
        .group_by(FigureContractor.unit_id, month)
    )
    if unit_id is not None:
        query = query.where(FigureContractor.unit_id == unit_id)
    return {(row[0], row[1]): Score(*map(int, row[2:])) for row in db.session.execute(query)}


#: what a list of orders may be of: (day it counts by, condition)
BEHIND = {
    "issued": (FigureOrder.issued_day, None),
    "refused": (FigureOrder.issued_day, FigureOrder.is_refused),
    "repeats": (FigureOrder.issued_day, FigureOrder.is_repeat),
    "failed": (FigureOrder.issued_day, FigureOrder.failed > 0),
    "due": (FigureOrder.due_day, None),
    "met": (FigureOrder.due_day, FigureOrder.is_met),
    "missed": (FigureOrder.due_day, ~FigureOrder.is_met),
    "done": (FigureOrder.done_day, None),
}


@dataclass(frozen=True, slots=True)
class OrderBehind:
    """An order behind a number of a scorecard. reference: of its ticket; number: of the order; failed: checks not passed."""

    ticket_id: int
    reference: str
    number: int
    service_code: str
    issued_day: date
    due_day: date | None
    is_met: bool
    done_day: date | None
    took_minutes: int | None
    failed: int


def orders_behind(which: str, unit_id: int, days: Days, *, limit: int) -> list[OrderBehind]:
    """Return the orders of a contractor behind one of BEHIND, by that day. One statement. Raises KeyError."""
    day, condition = BEHIND[which]
    of = FigureOrder
    query = (
        select(
            of.ticket_id, Ticket.reference, WorkOrder.number, of.service_code, of.issued_day, of.due_day, of.is_met,
            of.done_day, of.took_minutes, of.failed,
        )
        .join(Ticket, (Ticket.authority_id == of.authority_id) & (Ticket.id == of.ticket_id))
        .join(WorkOrder, (WorkOrder.authority_id == of.authority_id) & (WorkOrder.id == of.order_id))
        .where(of.authority_id == tenant_id(), of.unit_id == unit_id, day >= days.first, day <= days.last)
        .order_by(day, of.order_id)
        .limit(limit)
    )  # fmt: skip
    if condition is not None:
        query = query.where(condition)
    return [OrderBehind(*row) for row in db.session.execute(query)]
