"""Opening hours as people write them: «08:00-13:00, 16:00-20:00» for a day, seven such lines for a week."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: (opens, closes) in minutes of the day, closes ≤ 1440
DayWindows = tuple[tuple[int, int], ...]

_HOUR = r"(\d{1,2})(?:[:.](\d{2}))?"
_WINDOW = re.compile(rf"^{_HOUR}\s*(?:-|–|—|־|to|עד)\s*{_HOUR}$")
_MOST_WINDOWS = 6


class BadHours(ValueError):
    """Hours that cannot be read or kept. code: unreadable | reversed | overlap | too_many."""

    def __init__(self, code: str) -> None:
        """Keep the code of the sentence that a page shows."""
        super().__init__(code)
        self.code = code


def parse_day(text: str) -> DayWindows:
    """Return the windows of one day, in order. Nothing, or a dash: closed. Raises BadHours.

    Hours may be written 8, 8:30 or 08.30; 24:00 is midnight at the day's end; windows are parted by commas, semicolons or «and».
    """
    cleaned = text.replace("\u200e", "").replace("\u200f", "").strip()
    if cleaned in {"", "-", "–", "—"}:
        return ()
    windows = sorted(_window(part.strip()) for part in re.split(r"[,;+&]|\band\b", cleaned) if part.strip())
    if len(windows) > _MOST_WINDOWS:
        raise BadHours("too_many")
    for (_opens, closes), (following, _end) in pairwise(windows):
        if following < closes:
            raise BadHours("overlap")
    return tuple(windows)


def _window(text: str) -> tuple[int, int]:
    found = _WINDOW.match(text)
    if found is None:
        raise BadHours("unreadable")
    opens, closes = _minute(found[1], found[2]), _minute(found[3], found[4])
    if not opens < closes:
        raise BadHours("reversed")
    return opens, closes


def _minute(hour: str, minute: str | None) -> int:
    value = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or value > 24 * 60:
        raise BadHours("unreadable")
    return value


def format_day(windows: Iterable[Sequence[int]]) -> str:
    """Return the windows of one day as `parse_day` reads them; '' when closed."""
    return ", ".join(f"{_hour(opens)}-{_hour(closes)}" for opens, closes in sorted(map(tuple, windows)))


def _hour(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def week_of(rows: Iterable[Sequence[int]]) -> dict[int, DayWindows]:
    """Return {weekday 0=Monday: windows} of stored rows (weekday, opens, closes); every weekday is there."""
    week: dict[int, list[tuple[int, int]]] = {weekday: [] for weekday in range(7)}
    for weekday, opens, closes in rows:
        week[weekday].append((opens, closes))
    return {weekday: tuple(sorted(windows)) for weekday, windows in week.items()}


def rows_of(week: Mapping[int, DayWindows]) -> list[list[int]]:
    """Return stored rows of a week, by weekday and hour."""
    return [[weekday, opens, closes] for weekday in range(7) for opens, closes in week.get(weekday, ())]


def open_minutes(week: Mapping[int, DayWindows]) -> int:
    """Return the minutes that a usual week is open."""
    return sum(closes - opens for windows in week.values() for opens, closes in windows)


def is_open_in(week: Mapping[int, DayWindows], weekday: int, hour: int) -> float:
    """Return which part (0…1) of this hour of a usual week is open."""
    start, end = hour * 60, (hour + 1) * 60
    covered = sum(max(0, min(closes, end) - max(opens, start)) for opens, closes in week.get(weekday, ()))
    return covered / 60
