"""Lateness of one duty of many orders on one calendar. Row by row the same as `lateness`, which says what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from service_desk.contractors.rules.lateness import HOUR_SECONDS
from service_desk.slas.rules import instant_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from numpy.typing import NDArray

    from service_desk.slas.rules import Calendar

    Seconds = NDArray[np.int64]


class Line:
    """A calendar as arrays: where on its line of open seconds each instant lies, and where its days and months begin."""

    def __init__(self, calendar: Calendar, first: int, last: int) -> None:
        """first, last: the epoch seconds between which instants are asked for."""
        self.calendar = calendar
        spans = calendar.table.reach(last)
        self._opens, self._closes = np.array(spans.opens), np.array(spans.closes)
        self._before = np.array(spans.before)
        self.month_starts, self.month_numbers = _months(calendar, first, last)
        self._first, self._last = first, last
        self._day_starts: Seconds | None = None

    def position(self, seconds: Seconds) -> Seconds:
        """Return the open seconds from the calendar's first day to each instant."""
        row = np.searchsorted(self._opens, seconds, side="right") - 1
        at = np.maximum(row, 0)
        passed = self._before[at] + np.minimum(seconds, self._closes[at]) - self._opens[at]
        return np.where(row < 0, 0, passed)

    def month(self, seconds: Seconds) -> NDArray[np.int64]:
        """Return the position of each instant's month among `month_starts`."""
        return np.searchsorted(self.month_starts, seconds, side="right") - 1

    def days(self, begin: Seconds, length: Seconds) -> Seconds:
        """Return on how many days with open time the open seconds ``begin`` … ``begin + length`` fall. length > 0."""
        if self._day_starts is None:
            midnights = _midnights(self.calendar, self._first, self._last)
            places = self.position(midnights)
            self._day_starts = places[:-1][np.diff(places) > 0]
        from_day = np.searchsorted(self._day_starts, begin, side="right")
        to_day = np.searchsorted(self._day_starts, begin + length, side="left")
        return to_day - from_day + 1


@dataclass(frozen=True)
class Pauses:
    """The pauses of a selection of orders by their turn: the first of each order, the second of each, and so on."""

    turns: tuple[tuple[NDArray[np.int64], Seconds, Seconds], ...]

    @classmethod
    def of(cls, order: NDArray[np.int64], begins: Seconds, ends: Seconds) -> Pauses:
        """order: sorted; begins rising within an order. ends: none open any more."""
        if len(order) == 0:
            return cls(())
        starts = np.flatnonzero(np.concatenate(([True], order[1:] != order[:-1])))
        turn = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
        return cls(
            tuple((order[turn == n], begins[turn == n], ends[turn == n]) for n in range(int(turn.max()) + 1))
        )

    def only(self, rows: NDArray[np.int64], count: int) -> Pauses:
        """Return those of the orders at ``rows``, numbered by their place there. count: of all orders."""
        place = np.full(count, -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        kept = []
        for order, begins, ends in self.turns:
            here = place[order] >= 0
            if here.any():
                kept.append((place[order[here]], begins[here], ends[here]))
        return Pauses(tuple(kept))

    def forward(self, start: Seconds, seconds: Seconds, line: Line) -> Seconds:
        """Return when so much open time has passed since start, pauses that begin before then given back."""
        reached = due_seconds_many(start, seconds, line.calendar)
        seconds = seconds.copy()
        for order, begins, ends in self.turns:
            first = np.maximum(begins, start[order])
            gives = (first < reached[order]) & (ends > first)
            rows = order[gives]
            if len(rows) == 0:
                continue
            seconds[rows] += line.position(ends[gives]) - line.position(first[gives])
            reached[rows] = due_seconds_many(start[rows], seconds[rows], line.calendar)
        return reached

    def within(self, begin: Seconds, end: Seconds, line: Line) -> Seconds:
        """Return the open seconds that pauses take between two instants of each order."""
        taken = np.zeros(len(begin), dtype=np.int64)
        for order, begins, ends in self.turns:
            low, high = np.maximum(begins, begin[order]), np.minimum(ends, end[order])
            inside = high > low
            rows = order[inside]
            taken[rows] += line.position(high[inside]) - line.position(low[inside])
        return taken


def due_seconds_many(start: Seconds, seconds: Seconds, calendar: Calendar) -> Seconds:
    """Return when so many open seconds (> 0) have passed since each start: `due_at_many` for lengths finer than minutes."""
    if len(start) == 0:
        return start.copy()
    table = calendar.table
    table.due(int(start.max()), int(seconds.max()))
    spans = table.spans
    opens, closes, before = np.array(spans.opens), np.array(spans.closes), np.array(spans.before)
    row = np.searchsorted(opens, start, side="right") - 1
    at = np.maximum(row, 0)
    wanted = np.where(row < 0, 0, before[at] + np.minimum(start, closes[at]) - opens[at]) + seconds
    to = np.searchsorted(np.array(spans.upto), wanted, side="left")
    reached: Seconds = opens[to] + wanted - before[to]
    return reached


def units_of(unit: str, began: Seconds, seconds: Seconds, line: Line) -> Seconds:
    """Return what has begun of the unit within so many open seconds since it began to cost; 0 for none."""
    if unit == "case":
        units = np.ones(len(seconds), dtype=np.int64)
    elif unit == "hour":
        units = -(-seconds // HOUR_SECONDS)
    else:
        units = line.days(line.position(began), np.maximum(seconds, 1))
    return np.where(seconds > 0, units, 0)


def _local_days(calendar: Calendar, first: int, last: int) -> Iterator[date]:
    day = calendar.local(instant_of(first)).date()
    end = calendar.local(instant_of(last)).date().toordinal() + 40
    for ordinal in range(day.toordinal(), end):
        yield day.fromordinal(ordinal)


def _midnights(calendar: Calendar, first: int, last: int) -> Seconds:
    return np.array(
        [calendar.second_at(day, 0) for day in _local_days(calendar, first, last)], dtype=np.int64
    )


def _months(calendar: Calendar, first: int, last: int) -> tuple[Seconds, NDArray[np.int64]]:
    """Return where each local month begins, one more than is needed, and its number (years × 12 + month − 1)."""
    days = list(_local_days(calendar, first, last))
    firsts = [days[0].replace(day=1), *(day for day in days[1:] if day.day == 1)]
    starts = [calendar.second_at(day, 0) for day in firsts]
    return np.array(starts, dtype=np.int64), np.array([day.year * 12 + day.month - 1 for day in firsts])
