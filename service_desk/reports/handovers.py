"""From whom to whom requests went: each time the next move passed from one kind of holder to another, and how long it was held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from service_desk.clock import CITY_ZONE
from service_desk.extensions import db
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from service_desk.reports.rules import Days

#: the latest requests that are followed: enough for shares, and the same cost for any size of city
MOST_TICKETS = 3000
#: where a request comes from before anybody holds it, and where it goes in the end
REPORTED, ENDED = "reported", "nobody"


@dataclass(frozen=True, slots=True)
class Handover:
    """How often the ball went from one kind of holder to another. hours: the median that «from» had held it until then."""

    source: str
    target: str
    times: int
    hours: float


@dataclass(frozen=True, slots=True)
class Handovers:
    """The handovers of so many requests, the most frequent first."""

    tickets: int
    rows: list[Handover]


# The latest opened of the days: their whole histories, whatever day each turn fell on.
_QUERY = text(
    """
    WITH chosen AS (
        SELECT ticket_id FROM figures_cases
        WHERE authority_id = :here AND opened_at >= :since AND opened_at < :until AND opened_day IS NOT NULL
            AND (CAST(:centre AS bigint) IS NULL OR centre_id = :centre)
        ORDER BY opened_at DESC, ticket_id DESC LIMIT :limit
    ), walked AS (
        SELECT e.ticket_id, e.seq, e.holder_kind, max(e.at) OVER history AS at,
            lag(e.holder_kind) OVER history AS before, lag(e.holder_id) OVER history AS before_id, e.holder_id
        FROM ticket_events e WHERE e.authority_id = :here AND e.ticket_id = ANY (ARRAY(SELECT ticket_id FROM chosen))
        WINDOW history AS (PARTITION BY e.ticket_id ORDER BY e.seq)
    ), passed AS (
        SELECT ticket_id, coalesce(before, 'reported') AS source, holder_kind AS target,
            at - lag(at) OVER (PARTITION BY ticket_id ORDER BY seq) AS held
        FROM walked WHERE before IS NULL OR before <> holder_kind OR before_id IS DISTINCT FROM holder_id
    )
    SELECT source, target, count(*), coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM held)), 0) / 3600,
        (SELECT count(*) FROM chosen)
    FROM passed GROUP BY source, target ORDER BY count(*) DESC, source, target
    """
)


def handovers(days: Days, *, centre_id: int | None = None, limit: int = MOST_TICKETS) -> Handovers:
    """Return from whom to whom the requests opened in the days went, the latest ones, of a centre when given. One statement."""
    given = {
        "here": tenant_id(),
        "since": days.since(CITY_ZONE),
        "until": days.until(CITY_ZONE),
        "centre": centre_id,
        "limit": limit,
    }
    rows = db.session.execute(_QUERY, given).all()
    found = [Handover(row[0], row[1], row[2], round(float(row[3]), 2)) for row in rows]
    return Handovers(rows[0][4] if rows else 0, found)
