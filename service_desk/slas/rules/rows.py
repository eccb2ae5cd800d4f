"""Calendars from stored rows, and a shelf that keeps the compiled ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.slas.rules.calendar import Calendar, DayKind, DayRule, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping


def calendar_of(row: Mapping[str, Any]) -> Calendar:
    """Return the calendar of one row as the seed and the database hold it.

    row: code, tz, is_always_open, valid_from, valid_to (dates), windows [(weekday, opens_minute, closes_minute)],
    days [{date, kind closed|windows, windows [(opens, closes)], name, source}]; version is optional.
    Raises ImpossibleCalendar for a window or day that cannot be, ValueError for an unknown kind.
    """
    days = (
        DayRule(
            date=day["date"],
            kind=DayKind(day["kind"]),
            windows=tuple((opens, closes) for opens, closes in day.get("windows", ())),
            name=day.get("name"),
            source=day.get("source", ""),
        )
        for day in row["days"]
    )
    return Calendar(
        code=row["code"],
        windows=tuple(Window(*window) for window in row["windows"]),
        days=tuple(days),
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        tz=row["tz"],
        is_always_open=row["is_always_open"],
        version=row.get("version", 1),
    )


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
