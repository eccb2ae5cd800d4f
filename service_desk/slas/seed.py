"""Writes calendars, days off and standards of a new city."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from service_desk.extensions import db
from service_desk.slas.models import CalendarDay, CalendarRow, Sla
from service_desk.slas.rules.known import FROM_THE_FIRST
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

HOUR_MINUTES = 60
LEAST_REOPENED_MINUTES = 4 * HOUR_MINUTES


def load_calendars(calendars: Iterable[dict[str, Any]], days: Iterable[dict[str, Any]]) -> None:
    """Write calendars and shared days, which count for every promise. Rows as `city.seed.calendars` makes them."""
    here = tenant_id()
    wanted = ("code", "name", "windows", "is_always_open", "holidays", "valid_from", "valid_to")
    db.session.execute(
        insert(CalendarRow),
        [{"authority_id": here, "id": new_id(), **{key: row[key] for key in wanted}} for row in calendars],
    )
    shared = [
        {
            "authority_id": here,
            "id": new_id(),
            "calendar_code": None,
            "day": row["date"],
            "kind": row["kind"],
            "windows": row["windows"],
            "name": row["name"],
            "source": row["source"],
            "created_at": FROM_THE_FIRST,
        }
        for row in days
    ]
    db.session.execute(insert(CalendarDay), shared)


def load_standards(services: Iterable[dict[str, Any]], valid_from: date) -> None:
    """Write the standard of each type. After «not done» half the time is promised, four hours at least."""
    here = tenant_id()
    rows = []
    for each in services:
        sla = each["sla"]
        resolve = int(sla["resolve_hours"] * HOUR_MINUTES)
        rows.append(
            {
                "authority_id": here,
                "id": new_id(),
                "service_code": each["code"],
                "acknowledge_minutes": max(int(sla["ack_hours"] * HOUR_MINUTES), 15),
                "make_safe_minutes": int(sla["make_safe_hours"] * HOUR_MINUTES)
                if sla["make_safe_hours"]
                else None,
                "resolve_minutes": resolve,
                "reopened_minutes": min(max(resolve // 2, LEAST_REOPENED_MINUTES), resolve) or resolve,
                "calendar_code": sla["calendar"],
                "source": sla["source"],
                "valid_from": valid_from,
                "valid_to": None,
            }
        )
    db.session.execute(insert(Sla), rows)
