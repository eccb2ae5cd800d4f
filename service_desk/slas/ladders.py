"""Writes of ladders: a type's own is a new version of its standard, the city's usual one a new row. What runs keeps its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk.errors import BadInput, NotFound
from service_desk.extensions import db
from service_desk.slas.models import CityLadder, Sla
from service_desk.slas.rules.ladder import written
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import date, datetime

    from service_desk.slas.rules.ladder import Ladder

#: what a new version of a standard takes over from the one before
_KEPT = (
    "authority_id", "service_code", "acknowledge_minutes", "make_safe_minutes", "resolve_minutes", "reopened_minutes",
    "calendar_code", "source",
)  # fmt: skip


def keep_city_ladder(ladder: Ladder, staff_id: int | None, now: datetime) -> None:
    """Let clocks that start from now on climb this ladder, where their type has none of its own."""
    since = now.replace(microsecond=0)  # as clocks keep their starts
    db.session.add(
        CityLadder(authority_id=tenant_id(), since=since, rungs=written(ladder), staff_id=staff_id)
    )


def keep_own_ladder(service_code: str, seen: int | None, ladder: Ladder | None, today: date) -> None:
    """Begin a new version of the type's standard with this ladder; None: the city's usual one again.

    seen: id of the version on the page. Raises NotFound, BadInput when another was set meanwhile.
    """
    query = select(Sla).where(
        Sla.authority_id == tenant_id(), Sla.service_code == service_code, Sla.valid_to.is_(None)
    )
    row = db.session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        raise NotFound("no_standard")
    if seen is not None and row.id != seen:
        raise BadInput({"ladder": "changed"})
    row.valid_to = today
    db.session.flush()  # one version in force: the old one ends before the new one begins
    db.session.add(
        Sla(
            **{name: getattr(row, name) for name in _KEPT},
            ladder=written(ladder) if ladder else None,
            valid_from=today,
        )
    )
