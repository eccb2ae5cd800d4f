"""Writes of work orders. Each locks nothing itself: its use-case holds the ticket's lock.

The rows follow the order's value, which its history made: nothing here decides anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy.dialects.postgresql import insert

from service_desk.contractors.models import (
    OrderClock,
    OrderEntry,
    OrderPause,
    Proof,
    Verification,
    WorkOrder,
)
from service_desk.contractors.rules.orders import COLUMNS
from service_desk.extensions import db
from service_desk.work import new_id, put, tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Table

    from service_desk.contractors.rules.orders import Order

_CLOCK = (
    "kind", "calendar_id", "calendar_code", "minutes", "started_at", "due_at", "paused_at", "stopped_at", "result",
    "breached_at",
)  # fmt: skip


def values_of(order: Order) -> dict[str, Any]:
    """Return the columns of an order's row that its history decides."""
    return {name: getattr(order, name) for name in COLUMNS}


def clock_values(order: Order) -> list[dict[str, Any]]:
    """Return the rows of an order's clocks, without the authority."""
    return [{"order_id": order.id, **{name: getattr(each, name) for name in _CLOCK}} for each in order.clocks]


def add_order(order: Order, ticket_id: int, *, instructions: str, address: str) -> WorkOrder:
    """Insert an order just issued with its clocks. Returns the row."""
    row = WorkOrder(
        authority_id=tenant_id(),
        ticket_id=ticket_id,
        instructions=instructions,
        address=address,
        **values_of(order),
    )
    db.session.add(row)
    db.session.flush()
    clocks = [{"authority_id": tenant_id(), **each} for each in clock_values(order)]
    if clocks:
        put(cast("Table", OrderClock.__table__), clocks)
    return row


def keep_order(row: WorkOrder, order: Order) -> None:
    """Let the row, its clocks, pauses and verifications follow the order's value."""
    for name, value in values_of(order).items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    db.session.flush()
    _upsert(OrderClock, ("order_id", "kind"), clock_values(order))
    _upsert(OrderPause, ("id",), _pause_values(order), kept=("words",))
    _upsert(Verification, ("id",), _check_values(order), kept=("words", "photo_ids"))


def _pause_values(order: Order) -> list[dict[str, Any]]:
    """Return the pauses as rows; of words only the row knows."""
    return [
        {
            "id": each.id,
            "order_id": order.id,
            "reason": each.reason,
            "words": "",
            "started_at": each.started_at,
            "ended_at": each.ended_at,
        }
        for each in order.pauses
    ]


def _check_values(order: Order) -> list[dict[str, Any]]:
    """Return the verifications as rows; of words and photos only the row knows."""
    return [
        {
            "id": each.id,
            "order_id": order.id,
            "why": each.why,
            "state": each.state,
            "is_failed_until_decided": each.is_failed_until_decided,
            "asked_at": each.asked_at,
            "decided_at": each.decided_at,
            "decided_by": each.decided_by,
            "finding": each.finding,
            "words": "",
            "photo_ids": [],
        }
        for each in order.checks
    ]


def _upsert(
    model: Any, key: Sequence[str], rows: Sequence[Mapping[str, Any]], *, kept: Sequence[str] = ()
) -> None:
    """Write the rows over those with the same key, but for the columns kept. One statement; none without rows."""
    if not rows:
        return
    statement = insert(model).values([{"authority_id": tenant_id(), **row} for row in rows])
    changed = {name: getattr(statement.excluded, name) for name in rows[0] if name not in {*key, *kept}}
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["authority_id", *key], set_=changed),
        execution_options={"synchronize_session": False},
    )


def say_why_held(pause_id: int, words: str) -> None:
    """Keep the words of a pause."""
    pause = db.session.get(OrderPause, (tenant_id(), pause_id))
    if pause is not None:
        pause.words = words


def say_what_was_seen(check_id: int, words: str, photo_ids: Sequence[int]) -> None:
    """Keep the words and photos of a verification."""
    check = db.session.get(Verification, (tenant_id(), check_id))
    if check is not None:
        check.words, check.photo_ids = words, list(photo_ids)


def add_proofs(order_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert proofs. rows: photo_id, kind, taken_at, received_at, lon, lat, accuracy_m, distance_m."""
    if rows:
        here = {"authority_id": tenant_id(), "order_id": order_id}
        put(cast("Table", Proof.__table__), [{**here, "id": new_id(), **row} for row in rows])


def add_entry(
    order_id: int,
    *,
    key: str,
    kind: str,
    times: tuple[datetime, datetime],
    clock_ahead_seconds: int | None,
    outcome: str,
    data: Mapping[str, Any],
    actor_id: int | None,
) -> None:
    """Insert what a phone said. times: (happened_at by our clock, received_at)."""
    row = {
        "authority_id": tenant_id(),
        "id": new_id(),
        "order_id": order_id,
        "entry_key": key,
        "kind": kind,
        "happened_at": times[0],
        "received_at": times[1],
        "clock_ahead_seconds": clock_ahead_seconds,
        "outcome": outcome,
        "data": dict(data),
        "actor_id": actor_id,
    }
    put(cast("Table", OrderEntry.__table__), [row])
