"""Calendars from stored rows, and a shelf that keeps the compiled ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from service_desk.slas.rules.calendar import Calendar, DayKind, DayRule, Window
from service_desk.slas.rules.known import FROM_THE_FIRST

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

FRIDAY, SATURDAY = 4, 5


class Holidays(StrEnum):
    """How a calendar keeps the days shared by the whole city."""

    NONE = "none"
    #: holidays and eves are no working days
    BUSINESS = "business"
    #: holidays are closed, eves are half days
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class StoredDay:
    """An exceptional date as stored. kind: "closed", or "half" with its windows [(opens, closes)] in minutes.

    is_shared: of the whole city, kept as the calendar's ``Holidays`` say; else of this calendar alone, kept as written
    (an emergency closure, longer hours). created_at: when it was entered; ended_at: when it was taken back, None: it stands.
    """

    date: date
    kind: str
    windows: tuple[tuple[int, int], ...] = ()
    name: Mapping[str, str] | None = None
    source: str = ""
    is_shared: bool = True
    created_at: datetime = FROM_THE_FIRST
    ended_at: datetime | None = None


def calendar_of(
    code: str,
    windows: Iterable[Sequence[int]],
    days: Iterable[StoredDay],
    *,
    holidays: str,
    valid_from: date,
    is_always_open: bool = False,
    tz: str = "Asia/Jerusalem",
    version: int = 1,
) -> Calendar:
    """Return the calendar that stored rows describe.

    windows: (weekday 0=Monday, opens_minute, closes_minute). valid_from: first day of this version. A calendar that
    keeps holidays is known to the end of the last year that has a shared day: beyond it promises raise CalendarEnds
    instead of ignoring holidays nobody entered. A version's own valid_to is not asked for, since tickets opened in
    its time are judged by it to the end. Raises ImpossibleCalendar, ValueError for an unknown ``holidays`` or kind.
    """
    policy = Holidays(holidays)
    weekly = tuple(Window(*window) for window in windows)
    wanted = [day for day in days if policy is not Holidays.NONE or not day.is_shared]
    shared_years = [day.date.year for day in wanted if day.is_shared]
    begins = [valid_from, *(date(year, 1, 1) for year in shared_years)]
    return Calendar(
        code=code,
        windows=weekly,
        days=tuple(_day_rule(day, policy, weekly) for day in wanted),
        valid_from=min(begins),
        valid_to=date(max(shared_years) + 1, 1, 1) if shared_years else None,
        tz=tz,
        is_always_open=is_always_open,
        version=version,
    )


def _day_rule(day: StoredDay, policy: Holidays, weekly: tuple[Window, ...]) -> DayRule:
    if day.kind not in ("closed", "half"):
        raise ValueError(f"{day.date} is neither closed nor half: {day.kind}.")
    windows = day.windows if day.kind == "half" else ()
    if day.is_shared and windows:
        windows = _eve_windows(day, policy, weekly)
    kind = DayKind.WINDOWS if windows else DayKind.CLOSED
    return DayRule(day.date, kind, windows, day.name, day.source)


def _eve_windows(day: StoredDay, policy: Holidays, weekly: tuple[Window, ...]) -> tuple[tuple[int, int], ...]:
    """Return the hours of a shared eve: an eve never opens a door that the week keeps shut."""
    weekday = day.date.weekday()
    own = tuple((w.opens_minute, w.closes_minute) for w in weekly if w.weekday == weekday)
    if policy is Holidays.BUSINESS or not own:
        return ()
    # Friday is short already, and its own hours stand.
    return own if weekday in (FRIDAY, SATURDAY) else day.windows


class CalendarShelf:
    """Keeps calendars with their compiled tables, so a request compiles none. One per process is enough.

    Keys must name the content for good, such as (authority_id, calendar_id, version): a changed calendar is a new
    version. When full, the calendar asked for longest ago makes room.
    """

    def __init__(self, room: int = 256) -> None:
        self._room = room
        self._kept: dict[Hashable, Calendar] = {}

    def get(self, key: Hashable, build: Callable[[], Calendar]) -> Calendar:
        """Return the calendar kept under ``key``, building it the first time."""
        # pop with a default is one step, so two threads at worst build the same calendar twice.
        calendar = self._kept.pop(key, None) or build()
        self._kept[key] = calendar
        while len(self._kept) > self._room:
            self._kept.pop(next(iter(self._kept)), None)
        return calendar

    def clear(self) -> None:
        """Forget every calendar."""
        self._kept.clear()
