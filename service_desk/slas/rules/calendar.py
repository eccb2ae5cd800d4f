"""Business calendars as values, and the two questions asked of them: when is it due, how much open time passed.

Windows are wall-clock times of the calendar's zone; open time is counted in elapsed seconds. So eight working hours
are eight elapsed hours on the day the clock changes too, and a promise of 24 hours over a 25-hour working day ends an
hour earlier on the wall: never later than the resident was told, and never earlier for a later start.
Times are cut to whole seconds, so sums are exact however often a clock is paused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from service_desk.slas.rules.table import ImpossibleCalendar, OpenTable, Spans, sum_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from service_desk.slas.rules.table import Span

#: Minutes in a day: the closing minute of a window that ends at midnight.
DAY_MINUTES = 1440
#: Years compiled at first; a promise that reaches further compiles more.
FIRST_YEARS = 5
#: Years after valid_from where even a calendar without an end stops.
LAST_YEARS = 80


class DayKind(StrEnum):
    """What an exceptional day does to the weekly windows."""

    CLOSED = "closed"
    WINDOWS = "windows"


@dataclass(frozen=True, slots=True)
class Window:
    """One opening of a weekday: minutes of local wall-clock time, closing minute excluded.

    weekday: 0 = Monday … 6 = Sunday. opens_minute: 0…1439. closes_minute: 1…1440 (1440 = midnight at the day's end).
    Raises ImpossibleCalendar; a night shift is written as two windows, so a holiday can stop one half of it.
    """

    weekday: int
    opens_minute: int
    closes_minute: int

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ImpossibleCalendar(f"Weekday {self.weekday} is not between 0 (Monday) and 6 (Sunday).")
        if not 0 <= self.opens_minute < self.closes_minute <= DAY_MINUTES:
            raise ImpossibleCalendar(
                f"A window must open before it closes, within one day: {self.opens_minute}–{self.closes_minute}."
            )


@dataclass(frozen=True, slots=True)
class DayRule:
    """A date that does not follow its weekday: a holiday, an eve, an emergency closure, an extra opening.

    windows: (opens_minute, closes_minute) pairs, only for kind WINDOWS. name: by language, or None. source: where from.
    Raises ImpossibleCalendar for a window that does not open before it closes.
    """

    date: date
    kind: DayKind
    windows: tuple[tuple[int, int], ...] = ()
    name: Mapping[str, str] | None = None
    source: str = ""

    def __post_init__(self) -> None:
        if self.kind is DayKind.CLOSED and self.windows:
            raise ImpossibleCalendar(f"{self.date} is closed and yet has windows.")
        for opens, closes in self.windows:
            Window(0, opens, closes)


@dataclass(frozen=True)
class Calendar:
    """One version of one calendar: weekly windows, exceptional days, and the dates it can speak for.

    valid_from: first local date known. valid_to: first date no longer known, or None. Outside them it counts as
    closed, and a due time there raises CalendarEnds. is_always_open: 24×7, ignores windows and days.
    Of two rules for one date a closure wins, then the later in the list.
    Keep the object: its table of open time is compiled once and lives with it.
    """

    code: str
    windows: tuple[Window, ...] = ()
    days: tuple[DayRule, ...] = ()
    valid_from: date = date(2020, 1, 1)
    valid_to: date | None = None
    tz: str = "Asia/Jerusalem"
    is_always_open: bool = False
    version: int = 1
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_zone", ZoneInfo(self.tz))
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ImpossibleCalendar(f"Calendar {self.code} ends before it begins.")

    @cached_property
    def table(self) -> OpenTable:
        """Return the compiled open time. Raises ImpossibleCalendar if there is none."""
        table = OpenTable(self.valid_from, FIRST_YEARS, self._compile)
        if self._never_opens or (table.spans.is_whole and table.spans.total == 0):
            raise ImpossibleCalendar(f"Calendar {self.code} never opens.")
        return table

    @cached_property
    def day_rules(self) -> dict[date, DayRule]:
        """Return the rule that holds for each exceptional date."""
        rules: dict[date, DayRule] = {}
        for rule in self.days:
            standing = rules.get(rule.date)
            if standing is None or standing.kind is not DayKind.CLOSED:
                rules[rule.date] = rule
        return {} if self.is_always_open else rules

    def local(self, instant: datetime) -> datetime:
        """Return the instant as the calendar's wall clock shows it."""
        return instant.astimezone(self._zone)

    def second_at(self, day: date, minute: int, *, closing: bool = False) -> int:
        """Return the epoch second of a wall-clock minute (0…1440) of a local day.

        A minute skipped by the clock change means the change itself. A minute that comes twice opens the first time
        and closes the last: the doors stay open through the repeated hour.
        """
        wall = datetime(day.year, day.month, day.day, tzinfo=self._zone) + timedelta(minutes=minute)
        first = int(wall.timestamp())
        last = int(wall.replace(fold=1).timestamp())
        if last < first:
            return _clock_change(self._zone, last, first)
        return last if closing else first

    @cached_property
    def _never_opens(self) -> bool:
        has_day = any(rule.windows for rule in self.day_rules.values())
        return not (self.is_always_open or self.windows or has_day)

    def _compile(self, until: date) -> Spans:
        end = self.valid_to or self.valid_from.replace(day=1, year=self.valid_from.year + LAST_YEARS)
        is_whole = self.is_always_open or until >= end
        stop = end if is_whole else until
        limit = self.second_at(stop, 0)
        if self.is_always_open:
            return sum_up([(self.second_at(self.valid_from, 0), limit)], limit, is_whole=True)
        return sum_up(self._spans(stop), limit, is_whole=is_whole)

    def _spans(self, stop: date) -> Iterator[Span]:
        weekly: dict[int, list[tuple[int, int]]] = {weekday: [] for weekday in range(7)}
        for window in self.windows:
            weekly[window.weekday].append((window.opens_minute, window.closes_minute))
        rules = self.day_rules
        for ordinal in range(self.valid_from.toordinal(), stop.toordinal()):
            day = date.fromordinal(ordinal)
            rule = rules.get(day)
            for opens, closes in weekly[day.weekday()] if rule is None else rule.windows:
                yield self.second_at(day, opens), self.second_at(day, closes, closing=True)


def whole_second(instant: datetime) -> int:
    """Return an aware instant as epoch seconds, cut to the second. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("A time without a zone cannot be placed on a calendar.")
    return int(instant.timestamp() // 1)


def instant_of(second: int) -> datetime:
    """Return epoch seconds as an aware UTC datetime."""
    return datetime.fromtimestamp(second, UTC)


def due_at(opened_at: datetime, minutes: int, calendar: Calendar) -> datetime:
    """Return the instant by which a promise of ``minutes`` of open time ends.

    opened_at: aware. minutes: open minutes, ≥ 0. Result: aware UTC, whole seconds, never inside closed time; if the
    last minute ends at closing time, that closing instant. Raises CalendarEnds, ImpossibleCalendar, ValueError.
    """
    if minutes < 0:
        raise ValueError("A promise cannot be shorter than no time.")
    return instant_of(calendar.table.due(whole_second(opened_at), 60 * minutes))


def open_seconds_between(start: datetime, end: datetime, calendar: Calendar) -> int:
    """Return the open seconds from ``start`` to ``end`` (aware), negative if they are reversed."""
    table = calendar.table
    return table.position(whole_second(end)) - table.position(whole_second(start))


def _clock_change(zone: ZoneInfo, low: int, high: int) -> int:
    """Return the second in (low, high] at which the zone's offset changes."""
    before = datetime.fromtimestamp(low, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
