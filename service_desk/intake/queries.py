"""Reads of what was said."""

from __future__ import annotations

from sqlalchemy import select

from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.intake.models import Photo, Report
from service_desk.work import tenant_id


def report_by_key(submission_key: str) -> Report | None:
    """Return the report that came with this submission key, or None."""
    return db.session.scalar(
        select(Report).where(Report.authority_id == tenant_id(), Report.submission_key == submission_key)
    )


def reports_of(ticket_id: int) -> list[Report]:
    """Return the reports of a ticket, first first."""
    return list(
        db.session.scalars(
            select(Report)
            .where(Report.authority_id == tenant_id(), Report.ticket_id == ticket_id)
            .order_by(Report.at)
        )
    )


def photos_of(ticket_id: int) -> list[Photo]:
    """Return the photos of a ticket, first first."""
    return list(
        db.session.scalars(
            select(Photo)
            .where(Photo.authority_id == tenant_id(), Photo.ticket_id == ticket_id)
            .order_by(Photo.id)
        )
    )


def photo_of(ticket_id: int, photo_id: int) -> Photo:
    """Return a photo of this ticket. Raises NotFound for any other's."""
    found = db.session.scalar(
        select(Photo).where(
            Photo.authority_id == tenant_id(), Photo.id == photo_id, Photo.ticket_id == ticket_id
        )
    )
    if found is None:
        raise NotFound
    return found
