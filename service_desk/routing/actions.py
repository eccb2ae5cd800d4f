"""Writes of routing: each decision is one row, kept for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert

from service_desk.extensions import db
from service_desk.routing.models import Route
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.routing.rules import Decision


def record(ticket_id: int, decision: Decision, round_: int, now: datetime) -> None:
    """Store a decision with its explanation. round_: 1 for the first, then one per change."""
    db.session.execute(
        insert(Route).values(
            authority_id=tenant_id(),
            ticket_id=ticket_id,
            round=round_,
            at=now,
            method=decision.placed.method,
            centre_id=None if decision.is_triage else decision.centre_id,
            area_code=decision.placed.area_code,
            area_id=decision.area_id,
            handler_kind=decision.handler_kind,
            unit_id=decision.unit_id,
            why=decision.why(),
        )
    )
