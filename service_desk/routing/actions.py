"""Writes of routing: each decision is one row, kept for ever; who serves where is versioned."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy import select

from service_desk.extensions import db
from service_desk.routing.models import HandlerRule, Route
from service_desk.work import put, tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

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


def serve(unit_id: int, domain: str, areas: Collection[str] | None, since: date) -> None:
    """Let a contractor serve a domain in these areas, and no others, from a day on. areas: codes; None: the whole city.

    Rules that stay are left alone; tickets keep the handler they were given.
    """
    query = (
        select(HandlerRule)
        .where(
            HandlerRule.authority_id == tenant_id(),
            HandlerRule.unit_id == unit_id,
            HandlerRule.domain == domain,
            HandlerRule.valid_to.is_(None),
        )
        .with_for_update()
    )
    wanted: set[str | None] = {None} if areas is None else set(areas)
    held = {rule.area_code: rule for rule in db.session.scalars(query)}
    for area, rule in held.items():
        if area not in wanted:
            rule.valid_to = since
    for area in sorted(wanted - held.keys(), key=str):
        db.session.add(
            HandlerRule(
                authority_id=tenant_id(), domain=domain, area_code=area, unit_id=unit_id, valid_from=since
            )
        )
