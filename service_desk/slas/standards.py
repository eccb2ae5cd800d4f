"""Writes of standards: a change ends a type's version and begins the next; clocks that run keep the one they were started by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk.errors import BadInput, NotFound
from service_desk.extensions import db
from service_desk.slas.models import Sla
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import date

#: what a new version takes over from the one before
_KEPT = ("authority_id", "service_code", "acknowledge_minutes", "make_safe_minutes", "ladder")


def keep_standard(
    service_code: str,
    seen: int,
    *,
    resolve_minutes: int,
    reopened_minutes: int,
    calendar_code: str,
    source: str,
    since: date,
) -> None:
    """Let a type have another standard from a day on. Minutes: open time on the calendar; seen: the version it replaces.

    Raises NotFound, BadInput when another was set meanwhile.
    """
    query = select(Sla).where(
        Sla.authority_id == tenant_id(), Sla.service_code == service_code, Sla.valid_to.is_(None)
    )
    row = db.session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        raise NotFound("no_standard")
    if row.id != seen:
        raise BadInput({"base": "changed"})
    row.valid_to = since
    db.session.flush()  # one version in force: the old one ends before the new one begins
    db.session.add(
        Sla(
            **{name: getattr(row, name) for name in _KEPT},
            resolve_minutes=resolve_minutes,
            reopened_minutes=reopened_minutes,
            calendar_code=calendar_code,
            source=source,
            valid_from=since,
        )
    )
