"""Pure rules of figures: the period they speak of, what may be compared, and how a share is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from service_desk.reports.rules.cells import REPEAT_DAYS, cell_of
from service_desk.reports.rules.days import Days, days_between, month_of, usual_days, week_of, whole_months
from service_desk.reports.rules.steps import Steps, step_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo
    from decimal import Decimal

__all__ = [
    "DEFINITIONS",
    "FEWEST",
    "HIDDEN",
    "LENGTHS",
    "PROPOSAL_KINDS",
    "PROPOSAL_STATES",
    "REPEAT_DAYS",
    "SPREADS",
    "USUAL_DAYS",
    "WEEKS",
    "Days",
    "Period",
    "Steps",
    "apportioned",
    "between",
    "cell_of",
    "days_between",
    "is_hidden",
    "last_days",
    "may_compare",
    "month_of",
    "percent",
    "step_of",
    "usual_days",
    "week_of",
    "whole_months",
]

#: lengths of a rolling period a reader may choose, in days
LENGTHS = (7, 30, 90, 365)
USUAL_DAYS = 30
#: below this many cases a share says more about chance than about work
FEWEST = 20
#: a figure of fewer cases is not shown: it would speak of persons
HIDDEN = 5
#: nothing that is counted here is older
FIRST_YEAR = 1970
#: weeks in a centre's trend
WEEKS = 12
#: what is kept as a spread: time until done, until somebody took it up, and past the due time
SPREADS = ("resolve", "answer", "over")
#: the definitions of `figures_*`: raised when a counted case would come out differently
DEFINITIONS = 1
#: what may be tried on last year before it is done
PROPOSAL_KINDS = ("boundary", "sla", "hours", "contract_area")
#: agreed: decided, and put into force on its day
PROPOSAL_STATES = ("draft", "agreed", "applied", "dropped")


@dataclass(frozen=True)
class Period:
    """A span of time, [since, until), aware UTC. days: its rolling length, None when given by dates."""

    since: datetime
    until: datetime
    days: int | None = None

    @property
    def before(self) -> Period:
        """Return the period of the same length that ended where this one begins."""
        return Period(self.since - (self.until - self.since), self.since, self.days)


def last_days(days: int, now: datetime) -> Period:
    """Return the rolling period of so many days that ends now."""
    return Period(now - timedelta(days=days), now, days)


def between(first: date, last: date, now: datetime, zone: tzinfo) -> Period | None:
    """Return the period of whole days of the zone, first to last inclusive, ending now at the latest.

    None when it would be empty, lies ahead, or is longer than five years; or is older than any city's records.
    """
    if first.year < FIRST_YEAR:
        return None
    since = datetime(first.year, first.month, first.day, tzinfo=zone).astimezone(UTC)
    if last == date.max or not timedelta(0) <= last - first <= timedelta(days=5 * 366):
        return None
    after = last + timedelta(days=1)
    until = min(datetime(after.year, after.month, after.day, tzinfo=zone).astimezone(UTC), now)
    return Period(since, until) if since < until else None


def is_hidden(cases: int) -> bool:
    """Say whether so few cases are behind a figure that it is said only as «fewer than 5»."""
    return 0 < cases < HIDDEN


def percent(part: int, whole: int) -> float | None:
    """Return the share in percent to one decimal, or None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def may_compare(*wholes: int) -> bool:
    """Say whether every one of the numbers of cases is large enough for a comparison."""
    return all(whole >= FEWEST for whole in wholes)


def apportioned(values: Sequence[Decimal], total: int) -> list[int]:
    """Return whole numbers in the proportion of the values that sum to ``total`` exactly (largest remainders)."""
    whole = sum(values)
    if whole <= 0:
        return [0 for _each in values]
    exact = [each * total / whole for each in values]
    found = [int(each) for each in exact]
    by_rest = sorted(range(len(exact)), key=lambda place: (found[place] - exact[place], place))
    for place in by_rest[: total - sum(found)]:
        found[place] += 1
    return found
