"""How a due time was reached, day by day, as figures: pages turn it into a sentence and a strip of days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from service_desk.slas.rules.calendar import (
    DAY_MINUTES,
    Calendar,
    DayKind,
    DayRule,
    instant_of,
    whole_second,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class DayStatus(StrEnum):
    """What a day did for the promise. START and END win over the rest; a day that is both is END."""

    START = "start"
    COUNTED = "counted"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    HALF = "half"
    PAUSED = "paused"
    END = "end"


@dataclass(frozen=True, slots=True)
class Pause:
    """One wait: from ``paused_at`` until ``resumed_at`` (aware), or still waiting (None)."""

    paused_at: datetime
    resumed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DayLine:
    """One local day of the count.

    counted_minutes: of this day; the lines add up to the promise. total_minutes: counted up to the day's end, so
    ``total_minutes // 1440`` is the number in the strip of a ``business`` promise. name: of a holiday or eve, or None.
    """

    on: date
    counted_minutes: int
    total_minutes: int
    status: DayStatus
    name: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Working:
    """The whole account of a due time: rule, first counted instant, end, and every local day between.

    opened_at, started_counting_at, due_at: aware UTC. started_on, due_on: local dates counted first and last; a
    promise that ends at midnight is due on the day that ends then, and is_due_at_midnight says so.
    """

    minutes: int
    calendar_code: str
    opened_at: datetime
    started_counting_at: datetime
    due_at: datetime
    started_on: date
    due_on: date
    is_due_at_midnight: bool
    paused_minutes: int
    lines: tuple[DayLine, ...]


def explain(
    opened_at: datetime, minutes: int, calendar: Calendar, *, pauses: Sequence[Pause] = ()
) -> Working:
    """Return the working of a promise of ``minutes`` (> 0) open minutes made at ``opened_at`` (aware).

    pauses: oldest first, not overlapping; one still open gives nothing back yet. Raises CalendarEnds,
    ImpossibleCalendar, ValueError.
    """
    if minutes <= 0:
        raise ValueError("A promise needs some time.")
    opened = whole_second(opened_at)
    due, waits = _due_with_pauses(opened, 60 * minutes, calendar, pauses)
    begins = calendar.table.next_open(opened)
    started_on = calendar.local(instant_of(begins)).date()
    due_on = calendar.local(instant_of(due - 1)).date()
    return Working(
        minutes=minutes,
        calendar_code=calendar.code,
        opened_at=instant_of(opened),
        started_counting_at=instant_of(begins),
        due_at=instant_of(due),
        started_on=started_on,
        due_on=due_on,
        is_due_at_midnight=calendar.local(instant_of(due)).date() > due_on,
        paused_minutes=sum(_open(calendar, *wait) for wait in waits) // 60,
        lines=_lines((opened, due), waits, started_on, due_on, calendar),
    )


def _due_with_pauses(
    opened: int, promised: int, calendar: Calendar, pauses: Sequence[Pause]
) -> tuple[int, list[tuple[int, int]]]:
    """Return the due second and the waits that moved it, as the clock would have: one after the end moves nothing."""
    due = calendar.table.due(opened, promised)
    waits: list[tuple[int, int]] = []
    for wait in pauses:
        begin = max(opened, whole_second(wait.paused_at))
        if wait.resumed_at is None or begin >= due:
            break
        end = whole_second(wait.resumed_at)
        if end < begin or (waits and begin < waits[-1][1]):
            raise ValueError("Pauses must be in order and must not overlap.")
        waits.append((begin, end))
        promised += _open(calendar, begin, end)
        due = calendar.table.due(opened, promised)
    return due, waits


def _lines(
    span: tuple[int, int], waits: list[tuple[int, int]], started_on: date, due_on: date, calendar: Calendar
) -> tuple[DayLine, ...]:
    lines: list[DayLine] = []
    day = calendar.local(instant_of(span[0])).date()
    counted = 0
    while day <= due_on:
        begin = max(span[0], calendar.second_at(day, 0))
        end = min(span[1], calendar.second_at(day, DAY_MINUTES))
        passed = _open(calendar, begin, end)
        waited = sum(_open(calendar, max(begin, a), min(end, b)) for a, b in waits if a < end and b > begin)
        rule = calendar.day_rules.get(day)
        status = _status(passed, waited, rule)
        if day in (started_on, due_on):
            status = DayStatus.END if day == due_on else DayStatus.START
        # Minutes are cut from the running sum, so odd seconds are never lost between two days.
        total = counted + passed - waited
        name = rule.name if rule else None
        lines.append(DayLine(day, total // 60 - counted // 60, total // 60, status, name))
        counted = total
        day += timedelta(days=1)
    return tuple(lines)


def _status(passed: int, waited: int, rule: DayRule | None) -> DayStatus:
    if passed == 0:
        is_holiday = rule is not None and rule.kind is DayKind.CLOSED and rule.name is not None
        return DayStatus.HOLIDAY if is_holiday else DayStatus.CLOSED
    if passed == waited:
        return DayStatus.PAUSED
    return DayStatus.HALF if rule is not None else DayStatus.COUNTED


def _open(calendar: Calendar, start: int, end: int) -> int:
    return calendar.table.position(end) - calendar.table.position(start)
