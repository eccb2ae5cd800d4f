"""A ticket's work orders with all that belongs to them, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from service_desk.extensions import db
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Sequence

_PARTS = """
SELECT to_jsonb(o) AS self,
    (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY array_position(ARRAY['accept','arrive','make_safe','complete'], c.kind)), '[]')
     FROM order_clocks c WHERE c.authority_id = o.authority_id AND c.order_id = o.id) AS clocks,
    (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.started_at, p.id), '[]')
     FROM order_pauses p WHERE p.authority_id = o.authority_id AND p.order_id = o.id) AS pauses,
    (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.taken_at, p.id), '[]')
     FROM proofs p WHERE p.authority_id = o.authority_id AND p.order_id = o.id) AS proofs,
    (SELECT coalesce(jsonb_agg(to_jsonb(v) ORDER BY v.asked_at, v.id), '[]')
     FROM verifications v WHERE v.authority_id = o.authority_id AND v.order_id = o.id) AS checks,
    (SELECT coalesce(jsonb_agg(to_jsonb(e) || jsonb_build_object('words',
         (SELECT r.text FROM remarks r WHERE r.authority_id = o.authority_id AND r.ticket_id = o.ticket_id
          AND r.seq = (e.data ->> 'seq')::int LIMIT 1)) ORDER BY e.happened_at, e.id), '[]')
     FROM order_entries e WHERE e.authority_id = o.authority_id AND e.order_id = o.id) AS entries
FROM work_orders o WHERE o.authority_id = :authority
"""
_OF_TICKET = text(_PARTS + " AND o.ticket_id = :ticket ORDER BY o.number")
_ONE = text(_PARTS + " AND o.id = :order")
_MANY = text(_PARTS + " AND o.id = ANY(:orders)")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OrderFile:
    """One order whole. Each row is {column: value} of its table, times aware; entries also bear their words or None."""

    self: Row
    clocks: list[Row]
    pauses: list[Row]
    proofs: list[Row]
    checks: list[Row]
    entries: list[Row]


def orders_of(ticket_id: int) -> list[OrderFile]:
    """Return a ticket's orders by number, ended ones too. One statement."""
    found = db.session.execute(_OF_TICKET, {"authority": tenant_id(), "ticket": ticket_id})
    return [_file(row) for row in found]


def files_of(order_ids: Sequence[int]) -> list[OrderFile]:
    """Return these orders whole, in no order. One statement, none for none."""
    if not order_ids:
        return []
    found = db.session.execute(_MANY, {"authority": tenant_id(), "orders": list(order_ids)})
    return [_file(row) for row in found]


def order_file(order_id: int) -> OrderFile | None:
    """Return one order whole, or None. One statement."""
    row = db.session.execute(_ONE, {"authority": tenant_id(), "order": order_id}).first()
    return None if row is None else _file(row)


def _file(row: Any) -> OrderFile:
    return OrderFile(_parsed(row[0]), *([_parsed(each) for each in part] for part in row[1:]))


def _parsed(row: Row) -> Row:
    """Turn ISO times back into aware instants: they end in _at or are a planned visit's."""
    for name, value in row.items():
        if isinstance(value, str) and (name.endswith("_at") or name == "scheduled_for"):
            row[name] = datetime.fromisoformat(value)
    return row
