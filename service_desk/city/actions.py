"""Writes of the city's own data."""

from __future__ import annotations

from sqlalchemy import update

from service_desk.city.models import Authority
from service_desk.extensions import db
from service_desk.work import tenant_id


def note_change() -> None:
    """Say that the city's data changed, so that every process reads anew what it keeps in memory (within seconds)."""
    db.session.execute(
        update(Authority)
        .where(Authority.id == tenant_id())
        .values(data_version=Authority.data_version + 1)
        .execution_options(synchronize_session=False)
    )
