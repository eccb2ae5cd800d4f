"""Reads of the signed links that let a foreman work without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk.contractors.models import FieldLink
from service_desk.extensions import db
from service_desk.people.rules import digest
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.people.rules import Actor


def by_token(token: str, now: datetime) -> FieldLink | None:
    """Return the link behind a token, or None: the same for wrong, ended and revoked ones."""
    query = select(FieldLink).where(
        FieldLink.authority_id == tenant_id(),
        FieldLink.token_hash == digest(token),
        FieldLink.expires_at > now,
        FieldLink.revoked_at.is_(None),
    )
    return db.session.scalar(query)


def by_id(link_id: int) -> FieldLink | None:
    """Return a link, ended or not, or None."""
    return db.session.scalar(
        select(FieldLink).where(FieldLink.authority_id == tenant_id(), FieldLink.id == link_id)
    )


def given_to(unit_id: int, now: datetime) -> list[FieldLink]:
    """Return a contractor's links that still open something, the newest first."""
    query = select(FieldLink).where(
        FieldLink.authority_id == tenant_id(),
        FieldLink.unit_id == unit_id,
        FieldLink.expires_at > now,
        FieldLink.revoked_at.is_(None),
    )
    return list(db.session.scalars(query.order_by(FieldLink.created_at.desc())))


def allows(actor: Actor, order_id: int, now: datetime) -> bool:
    """Say whether an actor who came by a link may still act on the order; who logged in always may, as far as links go."""
    if actor.kind != "contractor" or actor.id is None:
        return True
    link = by_id(actor.id)
    if link is None:
        return True
    return link.revoked_at is None and link.expires_at > now and link.order_id in (None, order_id)


def scope_of(actor: Actor) -> int | None:
    """Return the only order that an actor's link is for, None for a link or login to all of the contractor's."""
    link = by_id(actor.id) if actor.kind == "contractor" and actor.id is not None else None
    return link.order_id if link else None
