"""The period that figures speak of: whole days of the city, so that a promise is judged by all of its day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

#: weekday() of the day on which a week begins here: Sunday
WEEK_BEGINS = 6
#: the longest period that may be asked for, in days
LONGEST = 5 * 366


@dataclass(frozen=True, order=True)
class Days:
    """Whole days of the city, first to last, both counted."""

    first: date
    last: date

    @property
    def length(self) -> int:
        """Return how many days they are."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Days:
        """Return as many days that ended the day before the first."""
        last = self.first - timedelta(days=1)
        return Days(last - timedelta(days=self.length - 1), last)

    @property
    def year_ago(self) -> Days:
        """Return as many days 52 weeks earlier: the same weekdays, which a comparison of counts needs."""
        return Days(self.first - timedelta(weeks=52), self.last - timedelta(weeks=52))

    def since(self, zone: tzinfo) -> datetime:
        """Return the instant at which the first day begins in the zone."""
        return datetime(self.first.year, self.first.month, self.first.day, tzinfo=zone)

    def until(self, zone: tzinfo) -> datetime:
        """Return the instant at which the last day is over in the zone."""
        after = self.last + timedelta(days=1)
        return datetime(after.year, after.month, after.day, tzinfo=zone)

    def __iter__(self) -> Iterator[date]:
        """Give each day, oldest first."""
        return (self.first + timedelta(days=each) for each in range(self.length))

    def __contains__(self, day: date) -> bool:
        """Say whether a day is one of them."""
        return self.first <= day <= self.last


def usual_days(today: date, length: int = 30) -> Days:
    """Return the last so many whole days, which ended yesterday. today: the city's date now."""
    return Days(today - timedelta(days=length), today - timedelta(days=1))


def days_between(first: date, last: date, today: date) -> Days | None:
    """Return the days from first to last, as far as they are over.

    None when none of them is over, they are the wrong way round, or they are more than LONGEST.
    """
    if first.year < 1970 or last < first or last == date.max or (last - first).days >= LONGEST:
        return None
    last = min(last, today - timedelta(days=1))
    return Days(first, last) if first <= last else None


def week_of(day: date) -> date:
    """Return the Sunday with which a day's week begins."""
    return day - timedelta(days=(day.weekday() - WEEK_BEGINS) % 7)


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def month_before(month: date) -> date:
    """Return the first day of the month before. month: a first day, here and below."""
    return month_of(month - timedelta(days=1))


def month_after(month: date) -> date:
    """Return the first day of the month after."""
    return (month + timedelta(days=31)).replace(day=1)


def year_before(month: date) -> date:
    """Return the first day of the same month a year before."""
    return month.replace(year=month.year - 1)


def last_month(today: date) -> date:
    """Return the first day of the last month that is over."""
    return month_before(month_of(today))


def months_back(month: date, count: int) -> list[date]:
    """Return the first days of so many months, oldest first, this one the last."""
    found = [month]
    while len(found) < count:
        found.append(month_before(found[-1]))
    return found[::-1]


def days_of(month: date) -> Days:
    """Return the days of a month."""
    return Days(month, month_after(month) - timedelta(days=1))


def whole_months(days: Days) -> tuple[list[date], list[Days]]:
    """Return what the days are made of: whole months by their first day, and the rest as at most two runs of days."""
    first = month_of(days.first)
    if first < days.first:
        first = month_after(first)
    months = []
    while month_after(first) - timedelta(days=1) <= days.last:
        months.append(first)
        first = month_after(first)
    if not months:
        return [], [days]
    head, tail = Days(days.first, months[0] - timedelta(days=1)), Days(first, days.last)
    return months, [each for each in (head, tail) if each.length > 0]
