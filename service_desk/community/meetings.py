"""Reads of visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from service_desk.community.models import Commitment, Visit
from service_desk.community.queries import MOST, locked
from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime


def visit_by_key(submission_key: str) -> Visit | None:
    """Return the visit that was planned with this form, or None."""
    return db.session.scalar(
        select(Visit).where(Visit.authority_id == tenant_id(), Visit.submission_key == submission_key)
    )


def visit_or_404(visit_id: int) -> Visit:
    """Return the visit. Raises NotFound."""
    found = db.session.scalar(select(Visit).where(Visit.authority_id == tenant_id(), Visit.id == visit_id))
    if found is None:
        raise NotFound
    return found


def lock_visit(visit_id: int, seen: int | None = None) -> Visit:
    """Return the visit locked for this transaction. Raises NotFound, StaleVersion when it moved on since «seen»."""
    query = select(Visit).where(Visit.authority_id == tenant_id(), Visit.id == visit_id).with_for_update()
    return locked(query, visit_id, seen)  # type: ignore[no-any-return]


def visits(
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    centre_id: int | None = None,
    newest_first: bool = False,
) -> list[Visit]:
    """Return the visits that begin in [since, until). At most MOST."""
    wanted = [Visit.authority_id == tenant_id()]
    if since is not None:
        wanted.append(Visit.at >= since)
    if until is not None:
        wanted.append(Visit.at < until)
    if centre_id is not None:
        wanted.append(Visit.centre_id == centre_id)
    order = Visit.at.desc() if newest_first else Visit.at
    return list(db.session.scalars(select(Visit).where(*wanted).order_by(order, Visit.id).limit(MOST)))


def counts_by_visit(visit_ids: Iterable[int], today: date) -> dict[int, dict[str, int]]:
    """Return of each visit how many commitments stand how: by state, and «late» of the open ones. No statement for none."""
    ids = list(visit_ids)
    if not ids:
        return {}
    query = (
        select(
            Commitment.visit_id,
            Commitment.state,
            func.count(),
            func.count().filter(Commitment.due_on < today, Commitment.state == "open"),
        )
        .where(Commitment.authority_id == tenant_id(), Commitment.visit_id.in_(ids))
        .group_by(Commitment.visit_id, Commitment.state)
    )
    found: dict[int, dict[str, int]] = {}
    for visit_id, state, number, late in db.session.execute(query):
        counts = found.setdefault(visit_id, {"late": 0, "all": 0})
        counts[state] = number
        counts["late"] += late
        counts["all"] += number
    return found
