"""The same due times for a million tickets at once: what-if replays, roll-ups, the seeded past."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from service_desk.slas.rules.calendar import Calendar


def due_at_many(opened: ArrayLike, minutes: ArrayLike, calendar: Calendar) -> NDArray[np.int64]:
    """Return due times for many openings.

    opened: epoch seconds, whole. minutes: open minutes ≥ 0, one for all or one each. Result: epoch seconds (int64),
    equal to ``due_at`` row by row. Raises CalendarEnds if any row passes the calendar's end, ImpossibleCalendar,
    ValueError for a negative promise.
    """
    return due_after_many(opened, 60 * np.asarray(minutes, dtype=np.int64), calendar)


def due_after_many(opened: ArrayLike, open_seconds: ArrayLike, calendar: Calendar) -> NDArray[np.int64]:
    """Return when so much open time has passed since many openings: as ``due_at_many``, of open seconds ≥ 0."""
    start, seconds = np.broadcast_arrays(
        np.asarray(opened, dtype=np.int64), np.asarray(open_seconds, dtype=np.int64)
    )
    if start.size == 0:
        return np.empty(start.shape, dtype=np.int64)
    if int(seconds.min()) < 0:
        raise ValueError("A promise cannot be shorter than no time.")
    table = calendar.table
    # One scalar question compiles the table far enough for the row that reaches furthest.
    table.due(int(start.max()), int(seconds.max()))
    wanted = positions(start, calendar) + seconds
    spans = table.spans
    opens, before = np.asarray(spans.opens), np.asarray(spans.before)
    at = np.searchsorted(np.asarray(spans.upto), wanted, side="left")
    due = opens[at] + wanted - before[at]
    return np.where(seconds > 0, due, _next_open(start, calendar)) if not seconds.all() else due


def open_seconds_between_many(start: ArrayLike, end: ArrayLike, calendar: Calendar) -> NDArray[np.int64]:
    """Return open seconds between many pairs of epoch seconds; equal to ``open_seconds_between`` row by row."""
    return positions(end, calendar) - positions(start, calendar)


def positions(instants: ArrayLike, calendar: Calendar) -> NDArray[np.int64]:
    """Return the open seconds from the calendar's first day to each epoch second."""
    seconds = np.asarray(instants, dtype=np.int64)
    if seconds.size == 0:
        return np.empty(seconds.shape, dtype=np.int64)
    spans = calendar.table.reach(int(seconds.max()))
    opens, closes, before = np.asarray(spans.opens), np.asarray(spans.closes), np.asarray(spans.before)
    at = np.searchsorted(opens, seconds, side="right") - 1
    row = np.maximum(at, 0)
    passed = before[row] + np.minimum(seconds, closes[row]) - opens[row]
    return np.where(at < 0, 0, passed)


def _next_open(seconds: NDArray[np.int64], calendar: Calendar) -> NDArray[np.int64]:
    spans = calendar.table.spans
    opens = np.asarray(spans.opens)
    at = np.searchsorted(np.asarray(spans.closes), seconds, side="right")
    following: NDArray[np.int64] = np.maximum(seconds, opens[np.minimum(at, len(opens) - 1)])
    return following
