"""When reports come, against when a centre is open: by weekday and hour, and the share that found the door closed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import BigInteger, cast, func, select

from service_desk.clock import local
from service_desk.extensions import db
from service_desk.reports.rules import percent
from service_desk.slas.rules.vectorised import open_seconds_between_many
from service_desk.tickets.models import Ticket
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from service_desk.slas.rules import Calendar

_HOUR_SECONDS = 3600


@dataclass(frozen=True)
class Arrivals:
    """The reports of one centre in a period. hours[weekday 0=Monday][hour]: how many came; opened: their epoch seconds."""

    total: int
    hours: list[list[int]]
    opened: NDArray[np.int64] = field(repr=False)

    def while_closed(self, calendar: Calendar) -> int:
        """Return how many came when the calendar was closed, days off and exceptions counted."""
        if not self.total:
            return 0
        return int((open_seconds_between_many(self.opened, self.opened + 1, calendar) == 0).sum())

    def closed_percent(self, calendar: Calendar) -> float | None:
        """Return the share that came while closed, or None when there are too few to say."""
        return percent(self.while_closed(calendar), self.total)

    @property
    def most(self) -> int:
        """Return the largest number of any hour of the week."""
        return max((max(row) for row in self.hours), default=0)


def arrivals(start: datetime, end: datetime) -> dict[int, Arrivals]:
    """Return {centre id: arrivals} of the tickets opened in the period, by their centre of today. One statement."""
    query = (
        select(
            Ticket.centre_id,
            func.array_agg(cast(func.floor(func.extract("epoch", Ticket.opened_at)), BigInteger)),
        )
        .where(Ticket.authority_id == tenant_id(), Ticket.opened_at >= start, Ticket.opened_at < end)
        .group_by(Ticket.centre_id)
    )
    return {centre_id: arrived(np.array(seconds)) for centre_id, seconds in db.session.execute(query)}


def arrived(opened: NDArray[np.int64]) -> Arrivals:
    """Return the account of these epoch seconds.

    The city's offset is whole hours, so an hour of the epoch lies in one hour of the wall: 8,760 look-ups for a year.
    """
    hours = [[0] * 24 for _ in range(7)]
    for hour, count in Counter((opened // _HOUR_SECONDS).tolist()).items():
        wall = local(datetime.fromtimestamp(hour * _HOUR_SECONDS, UTC))
        hours[wall.weekday()][wall.hour] += count
    return Arrivals(int(opened.size), hours, opened)


NOBODY = arrived(np.empty(0, dtype=np.int64))


def busiest_closed(
    found: Arrivals, open_part: Mapping[tuple[int, int], float], most: int = 5
) -> list[tuple[int, int, int]]:
    """Return (weekday, hour, reports) of the hours that a usual week is closed in which most reports come."""
    closed = [
        (weekday, hour, found.hours[weekday][hour])
        for weekday in range(7)
        for hour in range(24)
        if not open_part.get((weekday, hour)) and found.hours[weekday][hour]
    ]
    return sorted(closed, key=lambda each: -each[2])[:most]
