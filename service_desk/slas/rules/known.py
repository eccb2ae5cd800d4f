"""Which days that differ were known at an instant. A promise counts by those, whatever is entered or taken back later."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from service_desk.slas.rules.calendar import whole_second

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service_desk.slas.rules.rows import StoredDay

#: So long after an entry or its removal it begins to count for promises. By then every process has read it (they look every
#: few seconds), so the process that gives a promise and the one that proves it years later count by the same days.
HEARD = timedelta(minutes=1)
#: when days were entered that hold for every promise: those a city begins with
FROM_THE_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER, _EVER = 1 << 62, -(1 << 62)


class DaysKnown:
    """The days that differ of one calendar, each with the whole seconds between which promises counted by it.

    turns: epoch seconds at which another set of days begins to count, ascending; between two of them it is the same, so
    a calendar is compiled once for each.

    A calendar that keeps the city's days ends with the last year in which they were entered, and nothing can have been
    promised beyond. Such a year's first days therefore hold for earlier promises too: an order that is still late when
    a year begins grows on through it.
    """

    def __init__(self, days: Iterable[StoredDay]) -> None:
        """days: of the calendar itself, and the city's when it keeps them; in the order in which they are to be returned."""
        self._days = [(each, *_span(each)) for each in days]
        self._first: dict[int, int] = {}
        for each, since, _until in self._days:
            if each.is_shared:
                year = each.date.year
                self._first[year] = min(since, self._first.get(year, since))
        ends = {second for _each, *span in self._days for second in span}
        self.turns = sorted(ends - {_NEVER})

    def turn(self, at: datetime | None) -> int:
        """Return how many turns had come by an instant (aware, cut to the second); all of them for None."""
        return len(self.turns) if at is None else bisect_right(self.turns, whole_second(at))

    def after(self, turn: int) -> list[StoredDay]:
        """Return the days that counted after so many turns."""
        second = self.turns[turn - 1] if turn else _EVER
        found = []
        for each, since, until in self._days:
            asked = max(second, self._first.get(each.date.year, second))
            if since <= asked < until:
                found.append(each)
        return found


def _span(day: StoredDay) -> tuple[int, int]:
    until = whole_second(day.ended_at + HEARD) if day.ended_at is not None else _NEVER
    return whole_second(day.created_at + HEARD), until
