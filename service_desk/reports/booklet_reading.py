"""What a month's booklets are made of, read once for all centres: the same sums and spreads as every page of figures."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from service_desk.clock import CITY_ZONE
from service_desk.extensions import db
from service_desk.reports.arrivals import Arrivals, arrivals
from service_desk.reports.rules import SPREADS, Steps
from service_desk.reports.rules.booklets import MOST_LATE, TREND
from service_desk.reports.rules.days import days_of, months_back, year_before
from service_desk.reports.rules.spots import street_of
from service_desk.reports.sums import CITY, Sums, spreads_of, sums, sums_of, with_city
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

#: orders of contractors by the centre of their requests; each number by its own day, as on the scorecards
_CONTRACTORS = """
SELECT c.centre_id, o.unit_id,
       count(*) FILTER (WHERE o.issued_day BETWEEN :first AND :last),
       count(*) FILTER (WHERE o.due_day BETWEEN :first AND :last),
       count(*) FILTER (WHERE o.due_day BETWEEN :first AND :last AND o.is_met),
       count(*) FILTER (WHERE o.done_day BETWEEN :first AND :last)
FROM figures_orders o
JOIN figures_cases c ON c.authority_id = o.authority_id AND c.ticket_id = o.ticket_id AND c.round = 0
WHERE o.authority_id = :here AND (o.issued_day BETWEEN :first AND :last OR o.due_day BETWEEN :first AND :last
  OR o.done_day BETWEEN :first AND :last)
GROUP BY 1, 2
"""
#: promises that were past their time, and unanswered, when the month ended; those late longest of each centre, all counted
_LATE = """
SELECT w.centre_id, w.counted, t.reference, w.service_code, w.is_sensitive, t.address, w.due_at
FROM (
  SELECT c.*, count(*) OVER (PARTITION BY c.centre_id) AS counted,
         row_number() OVER (PARTITION BY c.centre_id ORDER BY c.due_at, c.ticket_id) AS place
  FROM figures_cases c
  JOIN clocks k ON k.authority_id = c.authority_id AND k.ticket_id = c.ticket_id AND k.kind = 'resolve' AND k.round = c.round
  WHERE c.authority_id = :here AND c.breached_day <= :last AND c.due_at < :until
    AND (c.done_at IS NULL OR c.done_at >= :until)
    AND (k.stopped_at IS NULL OR k.stopped_at >= :until) AND k.paused_at IS NULL
) w
JOIN tickets t ON t.authority_id = w.authority_id AND t.id = w.ticket_id
WHERE w.place <= :most ORDER BY w.due_at, w.ticket_id
"""


@dataclass(frozen=True, slots=True)
class Late:
    """A promise that was late when the month ended. street: '' of a sensitive request."""

    centre_id: int
    reference: str
    service_code: str
    street: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Worked:
    """Orders of one contractor in one month and place; see scorecards.Score."""

    issued: int = 0
    due: int = 0
    met: int = 0
    done: int = 0

    def __add__(self, other: Worked) -> Worked:
        """Return both together."""
        return Worked(
            self.issued + other.issued,
            self.due + other.due,
            self.met + other.met,
            self.done + other.done,
        )


@dataclass(frozen=True)
class MonthRead:
    """A month of the whole city. sums and spreads: by month (the trend's, and a year before), then by centre with CITY."""

    month: date
    months: list[date]
    sums: Mapping[date, Mapping[int, Sums]]
    spreads: Mapping[date, Mapping[str, Mapping[int, Steps]]]
    #: by centre with CITY, then by type
    types: Mapping[int, Mapping[str, Sums]]
    #: by centre with CITY, then by contractor
    contractors: Mapping[int, Mapping[int, Worked]]
    arrivals: Mapping[int, Arrivals]
    #: of each centre the first few, those late longest first; how many there are, by centre with CITY
    late: list[Late]
    late_counts: Mapping[int, int]


def read_month(month: date) -> MonthRead:
    """Read a month. month: its first day. Six statements, however many centres there are."""
    months = months_back(month, TREND)
    asked = [*months, year_before(month)]
    spans = [days_of(each) for each in asked]
    late, late_counts = _late(month)
    since, until = spans[TREND - 1].since(CITY_ZONE), spans[TREND - 1].until(CITY_ZONE)
    return MonthRead(
        month=month,
        months=months,
        sums=dict(zip(asked, map(with_city, sums_of(spans, by="centre")), strict=True)),
        spreads=dict(zip(asked, spreads_of(spans, SPREADS), strict=True)),
        types=_types(month),
        contractors=_contractors(month),
        arrivals=arrivals(since.astimezone(UTC), until.astimezone(UTC)),
        late=late,
        late_counts=late_counts,
    )


def _types(month: date) -> dict[int, dict[str, Sums]]:
    found: dict[int, dict[str, Sums]] = defaultdict(lambda: defaultdict(Sums))
    for (centre_id, service), each in sums(days_of(month), by="centre_service").items():
        found[centre_id][service] = each
        found[CITY][service] += each
    return found


def _contractors(month: date) -> dict[int, dict[int, Worked]]:
    days = days_of(month)
    found: dict[int, dict[int, Worked]] = defaultdict(lambda: defaultdict(Worked))
    given = {"here": tenant_id(), "first": days.first, "last": days.last}
    for centre_id, unit_id, *numbers in db.session.execute(text(_CONTRACTORS), given):
        found[centre_id][unit_id] = Worked(*numbers)
        found[CITY][unit_id] += Worked(*numbers)
    return found


def _late(month: date) -> tuple[list[Late], dict[int, int]]:
    days = days_of(month)
    given: dict[str, Any] = {
        "here": tenant_id(),
        "last": days.last,
        "until": days.until(CITY_ZONE),
        "most": MOST_LATE,
    }
    found, counts = [], {}
    for centre_id, counted, reference, service, is_sensitive, address, due_at in db.session.execute(
        text(_LATE), given
    ):
        counts[centre_id] = counted
        # without the house: a booklet is kept for good, and says nobody's door
        street = "" if is_sensitive else street_of([address or ""])
        found.append(Late(centre_id, reference, service, street, due_at))
    counts[CITY] = sum(counts.values())
    return found, counts
