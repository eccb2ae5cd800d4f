"""What the overview shows, read in a handful of statements and kept for some seconds, since management looks together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from service_desk.city.queries import city_map
from service_desk.reports.measures import MEASURES
from service_desk.reports.rules import FEWEST, SPREADS, WEEKS, Days, percent
from service_desk.reports.spans import Span
from service_desk.reports.sums import CITY, Now, Sums, spreads_of, standing, sums_of, with_city
from service_desk.work import ForAMoment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from service_desk.reports.values import Value

#: how old the figures on the page may be (s); counting itself is a few seconds behind
KEPT_SECONDS = 5.0
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Overview:
    """All figures of the page. today: of the day that is not over; since_yesterday: of it and the one before.

    weeks: sums of each of the last WEEKS weeks, oldest first.
    """

    shown: Span
    before: Span
    year_ago: Span
    today: Mapping[int, Sums]
    since_yesterday: Mapping[int, Sums]
    weeks: list[Mapping[int, Sums]]
    standing: Mapping[int, Now]

    def values(self, code: str) -> dict[int, Value]:
        """Return a measure of every centre and of CITY, of the days asked for, or of this moment."""
        return {
            key: self.shown.value(code, key, self.standing.get(key)) for key in (*city_map().centres, CITY)
        }

    def line(self, centre_id: int) -> list[float | None]:
        """Return a centre's share of promises kept, week by week."""
        sums = [week.get(centre_id, _NONE) for week in self.weeks]
        return [percent(each.met, each.due) for each in sums]


_NONE = Sums()
_kept: ForAMoment[Overview] = ForAMoment(KEPT_SECONDS)


def figures(days: Days, today: date) -> Overview:
    """Return the overview of these days. Three statements, or none within KEPT_SECONDS."""
    return _kept.get((days, today), lambda: _read(days, today))


def forget() -> None:
    """Read everything anew (tests)."""
    _kept.forget()


def _read(days: Days, today: date) -> Overview:
    yesterday = today - timedelta(days=1)
    spans = [days, days.before, days.year_ago]
    weeks = [
        Days(today - (n + 1) * _WEEK, today - n * _WEEK - timedelta(days=1)) for n in reversed(range(WEEKS))
    ]
    sums = [
        with_city(each)
        for each in sums_of([*spans, Days(today, today), Days(yesterday, today), *weeks], by="centre")
    ]
    spreads = spreads_of(spans, SPREADS)
    shown, before, year_ago = (Span(sums[place], spreads[place]) for place in range(len(spans)))
    return Overview(
        shown=shown,
        before=before,
        year_ago=year_ago,
        today=sums[3],
        since_yesterday=sums[4],
        weeks=list(sums[5:]),
        standing=standing(),
    )


def change(code: str, now: Value, then: Value) -> float | None:
    """Return by how much a measure changed: points of a percentage, hours, or percent of a count.

    None when either has too few cases to compare.
    """
    if now.number is None or then.number is None or min(now.cases, then.cases) < FEWEST:
        return None
    unit = MEASURES[code].unit
    if unit in {"cases", "per_1000"}:
        return float(round(100 * (now.number - then.number) / then.number))
    return round(now.number - then.number, 2 if unit == "hours" else 1)
