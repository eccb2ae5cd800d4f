"""When reports come: how many at each hour of each weekday, on the city's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from service_desk.clock import CITY_ZONE
from service_desk.extensions import db
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from service_desk.reports.rules import Days

# By hours of the world first: few groups to look up on the city's clock, however many reports.
_QUERY = text(
    """
    SELECT CAST(extract(isodow FROM at AT TIME ZONE :zone) AS integer) - 1, CAST(extract(hour FROM at AT TIME ZONE :zone) AS integer),
        CAST(sum(cases) AS bigint)
    FROM (
        SELECT date_trunc('hour', opened_at, 'UTC') AS at, count(*) AS cases FROM figures_cases
        WHERE authority_id = :here AND opened_at >= :since AND opened_at < :until AND opened_day IS NOT NULL
            AND (CAST(:centre AS bigint) IS NULL OR centre_id = :centre)
        GROUP BY 1
    ) hourly
    GROUP BY 1, 2
    """
)


def week_hours(days: Days, *, centre_id: int | None = None) -> dict[int, list[int]]:
    """Return {weekday 0=Monday: reports of each of its 24 hours} of the days, of a centre or of the city. One statement."""
    given = {
        "here": tenant_id(),
        "zone": str(CITY_ZONE),
        "since": days.since(CITY_ZONE),
        "until": days.until(CITY_ZONE),
        "centre": centre_id,
    }
    found = {weekday: [0] * 24 for weekday in range(7)}
    for weekday, hour, cases in db.session.execute(_QUERY, given):
        found[weekday][hour] = cases
    return found
