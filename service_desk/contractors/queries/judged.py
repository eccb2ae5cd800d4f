"""Reads a contractor's orders as columns, for judging a year of them at once: PostgreSQL's binary COPY straight into numpy.

Two hundred thousand orders as Python objects would take a gigabyte; as columns they take twenty-five megabytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from service_desk.contractors.rules import FINDINGS
from service_desk.contractors.rules.columns import NEVER, OrderColumns
from service_desk.contractors.rules.field import MOST_FORGIVEN_M
from service_desk.extensions import db
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from service_desk.contractors.rules.contract import ContractTerms

#: what a failed verification without a finding is taken for
USUAL_FINDING = "poor_quality"
#: bytes before the first row of a binary copy, and after the last
_HEAD, _TAIL = 19, 2
_PROOF_BITS = {"before": 1, "after": 2, "other": 4}


@dataclass(frozen=True)
class Selection:
    """Whose orders, and issued when: from ``since`` (aware) until before ``before``. Only what the terms cover is read."""

    unit_id: int
    since: datetime
    before: datetime


def _at(column: str) -> str:
    return f"coalesce(floor(date_part('epoch', {column}))::bigint, {NEVER})"


_WHICH = """
    o.authority_id = %(authority)s AND o.unit_id = %(unit)s AND o.issued_at >= %(since)s AND o.issued_at < %(before)s
    AND o.domain = ANY(%(domains)s) AND (%(areas)s::text[] IS NULL OR o.area_code = ANY(%(areas)s))
"""
_ORDERS = f"""
SELECT o.id, {_at("o.issued_at")}, {_at("o.accepted_at")}, {_at("o.arrived_at")}, {_at("o.made_safe_at")},
    {_at("o.done_at")}, {_at("o.ended_at")}, o.is_hazard::int::bigint, (o.state = 'passed')::int::bigint,
    (p.shown IS NOT NULL AND p.shown & %(wanted)s = %(wanted)s OR %(wanted)s = 0)::int::bigint,
    coalesce(o.repeat_after_seconds, -1)::bigint,
    coalesce(array_position(%(services)s::text[], o.service_code), 0)::bigint
FROM work_orders o
LEFT JOIN (
    SELECT p.order_id, bit_or(CASE p.kind WHEN 'before' THEN 1 WHEN 'after' THEN 2 ELSE 4 END)::bigint AS shown
    FROM proofs p JOIN work_orders o ON o.authority_id = p.authority_id AND o.id = p.order_id
    LEFT JOIN (
        SELECT v.order_id, max(v.decided_at) AS at FROM verifications v
        WHERE v.authority_id = %(authority)s AND v.state = 'failed' GROUP BY v.order_id
    ) f ON f.order_id = o.id
    WHERE {_WHICH} AND (f.at IS NULL OR p.received_at > f.at) AND (
        NOT %(needs_place)s OR o.lon IS NULL OR o.lat IS NULL
        OR p.distance_m <= %(radius)s + least(greatest(coalesce(p.accuracy_m, 0), 0), %(forgiven)s)
    )
    GROUP BY p.order_id
) p ON p.order_id = o.id
WHERE {_WHICH} ORDER BY o.id
"""  # noqa: S608 — parts of our own making
_PAUSES = f"""
SELECT o.id, {_at("p.started_at")}, {_at("p.ended_at")}
FROM order_pauses p JOIN work_orders o ON o.authority_id = p.authority_id AND o.id = p.order_id
WHERE {_WHICH} ORDER BY o.id, p.started_at, p.id
"""  # noqa: S608 — parts of our own making
_FAILURES = f"""
SELECT o.id, {_at("v.decided_at")}, array_position(%(findings)s::text[], coalesce(v.finding, %(usual_finding)s))::bigint
FROM verifications v JOIN work_orders o ON o.authority_id = v.authority_id AND o.id = v.order_id
WHERE {_WHICH} AND v.state = 'failed' AND v.decided_at IS NOT NULL ORDER BY o.id, v.decided_at, v.id
"""  # noqa: S608 — parts of our own making


def orders_under(selection: Selection, terms: ContractTerms) -> OrderColumns:
    """Return the orders that the terms cover, with the evidence that these terms ask for. Three statements."""
    services = ("", *sorted({code for row in terms.duties.values() for code in row.by_service}))
    given = {
        "authority": tenant_id(),
        "unit": selection.unit_id,
        "since": selection.since,
        "before": selection.before,
        "domains": list(terms.domains),
        "areas": None if terms.areas is None else list(terms.areas),
        "services": list(services[1:]),
        "findings": list(FINDINGS),
        "usual_finding": USUAL_FINDING,
        "wanted": sum(_PROOF_BITS[kind] for kind in terms.proofs),
        "needs_place": terms.needs_place,
        "radius": terms.place_radius_m,
        "forgiven": MOST_FORGIVEN_M,
    }
    orders = _table(_ORDERS, given, 12)
    pauses, failures = _table(_PAUSES, given, 3), _table(_FAILURES, given, 3)
    ids = orders[0]
    return OrderColumns(
        order_id=ids,
        issued=orders[1],
        ends=orders[2:7],
        is_hazard=orders[7] > 0,
        has_passed=orders[8] > 0,
        has_evidence=orders[9] > 0,
        repeated_after=orders[10],
        service=orders[11].astype(np.int32),
        services=services,
        pause_order=np.searchsorted(ids, pauses[0]),
        pause_from=pauses[1],
        pause_to=pauses[2],
        failure_order=np.searchsorted(ids, failures[0]),
        failure_at=failures[1],
        failure_finding=failures[2] - 1,
    )


def _table(query: str, given: Mapping[str, Any], columns: int) -> NDArray[np.int64]:
    """Return the rows of a query of bigints, none of them null, as an array of its columns."""
    connection = db.session.connection().connection.driver_connection
    assert connection is not None, "the session holds a connection"
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)", given) as copy,
    ):
        data = b"".join(copy)
    row = np.dtype([("fields", ">i2"), ("cells", [("bytes", ">i4"), ("value", ">i8")], (columns,))])
    rows = np.frombuffer(data, row, count=(len(data) - _HEAD - _TAIL) // row.itemsize, offset=_HEAD)
    table: NDArray[np.int64] = rows["cells"]["value"].T.astype(np.int64)
    return np.ascontiguousarray(table)
