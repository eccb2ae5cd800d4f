"""Reads of a checklist's versions, straight from the tables: whoever changes one must see it as it is now."""

from __future__ import annotations

from sqlalchemy import select

from service_desk.extensions import db
from service_desk.supervision.models import Checklist
from service_desk.work import tenant_id


def versions_of(code: str) -> list[Checklist]:
    """Return every version of a checklist, the first one first; none for an unknown code. One statement."""
    query = select(Checklist).where(Checklist.authority_id == tenant_id(), Checklist.code == code)
    # Ids rise from version to version: see actions.checklists.
    return list(db.session.scalars(query.order_by(Checklist.id)))
