"""When staff may be told of what can wait: not at night, not on a day of rest, not once a day of rest draws near."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container
    from zoneinfo import ZoneInfo

#: local wall-clock hours between which staff may be told
FROM, UNTIL = time(7), time(21)
#: on the eve of a day of rest: before the earliest candle lighting of the year
UNTIL_ON_EVES = time(15)
SATURDAY = 5
#: the longest run of days of rest, with room
MOST_DAYS = 14


def is_day_of_rest(day: date, holidays: Container[date]) -> bool:
    """Say whether nobody is to be told on the day: Shabbat, or a public holiday."""
    return day.weekday() == SATURDAY or day in holidays


def telling_at(now: datetime, holidays: Container[date], zone: ZoneInfo) -> datetime:
    """Return ``now`` (aware) if staff may be told, else the next instant at which they may; aware UTC.

    holidays: local dates of public holidays; their eves follow from them.
    """
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=n) for n in range(MOST_DAYS)):
        if is_day_of_rest(day, holidays):
            continue
        is_eve = is_day_of_rest(day + timedelta(days=1), holidays)
        opens = datetime.combine(day, FROM, zone)
        if now < opens:
            return opens.astimezone(UTC)
        if now < datetime.combine(day, UNTIL_ON_EVES if is_eve else UNTIL, zone):
            return now
    return now  # a calendar without a working day in a fortnight must not silence everybody for good
