"""When reports come: days with seasons, weekdays and two bursts; the hours of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.flow.demo import mix

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

MONTH_DAYS = 30.4375
_HOURS = list(accumulate(mix.HOURS))


@dataclass(frozen=True)
class Day:
    """One day of the past. about: types of a burst and the part of reports about it, or None."""

    day: date
    weight: float
    about: tuple[dict[str, int], float] | None


def days_of(now: datetime, months: float) -> list[Day]:
    """Return the local days up to today, oldest first, with a storm in winter and a siren in early summer."""
    today = clock.local(now).date()
    first = today - timedelta(days=round(months * MONTH_DAYS))
    all_days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    bursts = _burst(all_days, mix.STORM_MONTHS, mix.STORM_DAYS, mix.STORM)
    bursts |= _burst(all_days, mix.SIREN_MONTHS, mix.SIREN_DAYS, mix.SIREN)
    found = []
    for day in all_days:
        times, part, types = bursts.get(day, (1.0, 0.0, {}))
        weight = mix.MONTHS[day.month - 1] * mix.WEEKDAYS[day.weekday()] * times
        found.append(Day(day, weight, (types, part) if types else None))
    return found


def _burst(
    days: list[date], months: tuple[int, ...], course: tuple[tuple[float, float], ...], types: dict[str, int]
) -> dict[date, tuple[float, float, dict[str, int]]]:
    """Return {day: (times, part, types)}: it begins on the 15th-or-so weekday of the first of these months in range."""
    for month in months:
        fitting = [day for day in days if day.month == month and day.day >= 11 and day.weekday() == 0]
        if fitting:
            start = fitting[0]
            return {start + timedelta(days=n): (*figures, types) for n, figures in enumerate(course)}
    return {}


def counts(days: list[Day], total: int) -> list[int]:
    """Return how many reports each day gets; they add up to the total."""
    whole = sum(day.weight for day in days)
    edges = [round(total * part / whole) for part in accumulate(day.weight for day in days)]
    return [after - before for before, after in zip([0, *edges], edges, strict=False)]


def instants(day: date, count: int, now: datetime, chance: random.Random) -> list[datetime]:
    """Return so many sorted instants (aware UTC, whole seconds) of a local day, none after now."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=clock.CITY_ZONE)
    start = int(midnight.timestamp())
    end = min(start + 86_400, int(now.timestamp()))
    found = []
    for hour in chance.choices(range(24), cum_weights=_HOURS, k=count):
        second = start + hour * 3600 + chance.randrange(3600)
        found.append(second if second < end else start + chance.randrange(max(end - start, 1)))
    return [datetime.fromtimestamp(second, tz=now.tzinfo) for second in sorted(found)]


class Types:
    """Draws a type for a day: by month, or by the burst it is in."""

    def __init__(self, known: set[str]) -> None:
        """known: codes of the catalogue in force."""
        self._known = known
        self._months = {month: self._month(month) for month in range(1, 13)}

    def _month(self, month: int) -> tuple[list[str], list[float]]:
        weights = {code: float(share) for code, share in mix.SHARE.items() if code in self._known}
        for codes, months, factor in mix.SEASONS:
            for code in codes if month in months else ():
                weights[code] = weights.get(code, 0) * factor
        return list(weights), list(accumulate(weights.values()))

    def draw(self, day: Day, count: int, chance: random.Random) -> Iterator[str]:
        """Return so many type codes for the day."""
        codes, edges = self._months[day.day.month]
        usual = chance.choices(codes, cum_weights=edges, k=count)
        if day.about is None:
            return iter(usual)
        types = {code: weight for code, weight in day.about[0].items() if code in self._known}
        burst = chance.choices(list(types), weights=list(types.values()), k=count)
        part = day.about[1]
        return (two if chance.random() < part else one for one, two in zip(usual, burst, strict=True))
