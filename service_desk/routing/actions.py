"""Writes of routing: each decision is one row, kept for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from service_desk.routing.models import Route
from service_desk.work import put, tenant_id

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Table

    from service_desk.routing.rules import Decision

_ROUTES = cast("Table", Route.__table__)


def record(ticket_id: int, decision: Decision, round_: int, now: datetime) -> None:
    """Store a decision with its explanation. round_: 1 for the first, then one per change."""
    row = {
        "authority_id": tenant_id(),
        "ticket_id": ticket_id,
        "round": round_,
        "at": now,
        "method": decision.placed.method,
        "centre_id": None if decision.is_triage else decision.centre_id,
        "area_code": decision.placed.area_code,
        "area_id": decision.area_id,
        "handler_kind": decision.handler_kind,
        "unit_id": decision.unit_id,
        "why": decision.why(),
    }
    put(_ROUTES, [row])
