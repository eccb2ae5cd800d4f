"""Lists of work orders: what a contractor has to do, and what somebody has to look at. One statement each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import text

from service_desk.extensions import db
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class OrderLine(NamedTuple):
    """One row of a contractor's list. due_kind: the duty that falls due next. is_paused: its clocks stand still."""

    id: int
    ticket_id: int
    reference: str
    number: int
    service_code: str
    state: str
    is_hazard: bool
    address: str
    landmark: str
    area_code: str | None
    lon: float | None
    lat: float | None
    issued_at: datetime
    due_at: datetime | None
    due_kind: str | None
    is_paused: bool
    scheduled_for: datetime | None
    arrived_at: datetime | None
    done_at: datetime | None
    failed_count: int
    instructions: str


#: the open orders as lines, to be narrowed further
OPEN = """
SELECT o.id, o.ticket_id, t.reference, o.number, o.service_code, o.state, o.is_hazard, o.address, t.landmark, o.area_code,
       o.lon, o.lat, o.issued_at, o.due_at, c.kind AS due_kind, coalesce(c.is_paused, false) AS is_paused, o.scheduled_for,
       o.arrived_at, o.done_at, o.failed_count, left(o.instructions, 200) AS instructions
FROM work_orders o
JOIN tickets t ON t.authority_id = o.authority_id AND t.id = o.ticket_id
LEFT JOIN LATERAL (
    SELECT kind, paused_at IS NOT NULL AS is_paused FROM order_clocks
    WHERE authority_id = o.authority_id AND order_id = o.id AND stopped_at IS NULL ORDER BY due_at, kind LIMIT 1
) c ON true
WHERE o.authority_id = :authority AND o.is_open
"""
#: put together once: each look of a phone asks for its list
_OPEN_OF_UNIT = text(OPEN + " AND o.unit_id = :unit ORDER BY o.due_at, o.id LIMIT :limit")
_OPEN_ONE = text(OPEN + " AND o.unit_id = :unit AND o.id = :order LIMIT :limit")
_TO_VERIFY = """
SELECT o.id AS order_id, o.ticket_id, t.reference, o.number, o.unit_id, o.service_code, o.is_hazard, o.address, o.area_code,
       o.lon, o.lat, o.done_at, t.centre_id, v.id AS check_id, v.why, v.asked_at, o.failed_count
FROM work_orders o
JOIN tickets t ON t.authority_id = o.authority_id AND t.id = o.ticket_id
LEFT JOIN LATERAL (
    SELECT id, why, asked_at FROM verifications
    WHERE authority_id = o.authority_id AND order_id = o.id AND state = 'asked' ORDER BY asked_at DESC LIMIT 1
) v ON true
WHERE o.authority_id = :authority AND o.state = 'done'
"""
_TO_VERIFY_ALL = text(_TO_VERIFY + " ORDER BY o.is_hazard DESC, o.done_at, o.id LIMIT :limit")
_TO_VERIFY_THERE = text(
    _TO_VERIFY + " AND t.centre_id = ANY(:centres) ORDER BY o.is_hazard DESC, o.done_at, o.id LIMIT :limit"
)


def open_orders(unit_id: int, *, order_id: int | None = None, limit: int = 500) -> list[OrderLine]:
    """Return a contractor's open orders by due time, then those done and waiting for verification. One statement.

    order_id: this one only, for a link that was given for one order.
    """
    given = {"authority": tenant_id(), "unit": unit_id, "limit": limit}
    if order_id is None:
        return [OrderLine._make(row) for row in db.session.execute(_OPEN_OF_UNIT, given)]
    return [OrderLine._make(row) for row in db.session.execute(_OPEN_ONE, {**given, "order": order_id})]


@dataclass(frozen=True, slots=True)
class ToVerify:
    """One order reported done that somebody has to look at. why: a VERIFICATION_REASONS code, None when nobody asked."""

    order_id: int
    ticket_id: int
    reference: str
    number: int
    unit_id: int
    service_code: str
    is_hazard: bool
    address: str
    area_code: str | None
    lon: float | None
    lat: float | None
    done_at: datetime | None
    centre_id: int
    check_id: int | None
    why: str | None
    asked_at: datetime | None
    failed_count: int


def to_verify(centre_ids: Iterable[int] | None = None, limit: int = 200) -> list[ToVerify]:
    """Return the orders that wait for verification, hazards and the longest waiting first. None: of every centre."""
    given: dict[str, Any] = {"authority": tenant_id(), "limit": limit}
    if centre_ids is None:
        return [ToVerify(*row) for row in db.session.execute(_TO_VERIFY_ALL, given)]
    return [
        ToVerify(*row) for row in db.session.execute(_TO_VERIFY_THERE, {**given, "centres": list(centre_ids)})
    ]
