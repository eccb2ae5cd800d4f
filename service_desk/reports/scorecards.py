"""How contractors do their orders, by month: the counted sums, and the orders behind each of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from sqlalchemy import cast, func, select
from sqlalchemy.types import Date

from service_desk.extensions import db
from service_desk.reports.models import FigureContractor
from service_desk.reports.rules import is_hidden, percent
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import date

    from service_desk.reports.rules import Days


@dataclass(frozen=True, slots=True)
class Score:
    """What a contractor's orders came to. Numbers of orders, each by its own day: see FigureContractor.

    due: duties to complete that were judged, met: of them kept; failed: looked at and found not done.
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
    def passed(self) -> float | None:
        """Return the percent of the work said to be done that did not fail; None where it is too little to show."""
        return None if is_hidden(self.done) else percent(max(self.done - self.failed, 0), self.done)

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
