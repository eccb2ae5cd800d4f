"""One page of a firm's open orders, with the counts of every view beside it. One statement, whatever the firm holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from service_desk.contractors.queries.lists import OPEN, OrderLine
from service_desk.contractors.rules import WITH_CONTRACTOR
from service_desk.extensions import db
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

#: what a firm may look at: all it has to do, the new, today's, and those that wait for verification
VIEWS = ("open", "new", "today", "done")
#: The firm's orders are walked once, narrow; what a line shows is read for the lines that are shown. A page past the
#: end is the last one. Today's are a danger, begun, due or planned before midnight: as `desks.contractor.rows` says it.
_PAGE = """
WITH firm AS MATERIALIZED (
    SELECT o.id, o.due_at, o.is_hazard, o.state = ANY(:with_contractor) AS view_open, o.state = 'issued' AS view_new,
           o.state = 'done' AS view_done, o.state = ANY(:with_contractor) AND (o.is_hazard OR o.state = 'on_site'
               OR o.due_at <= :day_ends OR o.scheduled_for <= :day_ends) AS view_today
    FROM work_orders o
    WHERE o.authority_id = :authority AND o.unit_id = ANY(:units) AND o.is_open
      AND (CAST(:only AS bigint) IS NULL OR o.id = :only)
), sums AS (
    SELECT count(*) FILTER (WHERE view_open) AS open, count(*) FILTER (WHERE view_new) AS new,
           count(*) FILTER (WHERE view_today) AS today, count(*) FILTER (WHERE view_done) AS done,
           count(*) FILTER (WHERE view_open AND is_hazard) AS hazards,
           (SELECT count(*) FROM firm f WHERE f.view_open AND f.due_at < :now AND NOT EXISTS (
               SELECT FROM order_clocks c WHERE c.authority_id = :authority AND c.order_id = f.id
               AND c.stopped_at IS NULL AND c.paused_at IS NOT NULL)) AS late
    FROM firm
), asked AS (
    SELECT least(:page, greatest((sums.{view} + :size - 1) / :size, 1)) AS page FROM sums
), shown AS (
    SELECT id FROM firm WHERE view_{view} ORDER BY due_at, id
    LIMIT :size OFFSET :size * ((SELECT page FROM asked) - 1)
)
SELECT s.open, s.new, s.today, s.done, s.hazards, s.late, (SELECT page FROM asked) AS page, line.*
FROM sums s LEFT JOIN ({lines} AND o.id IN (SELECT id FROM shown)) AS line ON true
ORDER BY line.due_at, line.id
"""
#: put together once: each look of a phone asks for its list
_PAGE_OF_VIEW = {view: text(_PAGE.format(view=view, lines=OPEN)) for view in VIEWS}


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """One page of a view. counts: orders by view; late, hazards: of those to do; page: the one read, 1 is the first."""

    lines: list[OrderLine]
    counts: Mapping[str, int]
    hazards: int
    late: int
    page: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at. view: one of VIEWS; page: 1 is the first; size: lines of a page; order_id: this order only."""

    view: str
    page: int
    size: int
    order_id: int | None = None


def orders_page(units: Sequence[int], asked: Asked, now: datetime, day_ends: datetime) -> OrdersPage:
    """Return a page of the firms' open orders by due time. day_ends: the coming midnight on the city's clock."""
    given: dict[str, Any] = {
        "authority": tenant_id(),
        "units": list(units),
        "with_contractor": sorted(WITH_CONTRACTOR),
        "only": asked.order_id,
        "now": now,
        "day_ends": day_ends,
        "page": max(1, asked.page),
        "size": asked.size,
    }
    rows = db.session.execute(_PAGE_OF_VIEW[asked.view], given).all()
    head = rows[0]
    return OrdersPage(
        lines=[OrderLine._make(row[7:]) for row in rows if row[7] is not None],
        counts=dict(zip(VIEWS, head[:4], strict=True)),
        hazards=head[4],
        late=head[5],
        page=head[6],
    )
