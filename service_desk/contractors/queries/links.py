"""Reads of the signed links that let a foreman work without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk.contractors.models import FieldLink
from service_desk.contractors.queries import contracts
from service_desk.extensions import db
from service_desk.people.models import Staff
from service_desk.people.rules import digest
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from service_desk.people.rules import Actor


def _opens(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return what a link needs to open anything: its time, nobody ended it, and whoever gave it still works here."""
    left = select(Staff.id).where(
        Staff.authority_id == FieldLink.authority_id,
        Staff.id == FieldLink.created_by,
        Staff.is_active.is_(False),
    )
    return (
        FieldLink.authority_id == tenant_id(),
        FieldLink.expires_at > now,
        FieldLink.revoked_at.is_(None),
        ~left.exists(),
    )


def _outlives(link: FieldLink, now: datetime) -> bool:
    """Say whether the contract under which the link was given has ended: what is begun goes on by a login, or a new link."""
    then, today = ({row.unit_id for row in contracts.all_in_force(at)} for at in (link.created_at, now))
    return link.unit_id in then and link.unit_id not in today


def by_token(token: str, now: datetime) -> FieldLink | None:
    """Return the link behind a token, or None: the same for a wrong one and for one that opens nothing any more."""
    link = db.session.scalar(select(FieldLink).where(*_opens(now), FieldLink.token_hash == digest(token)))
    return None if link is None or _outlives(link, now) else link


def by_id(link_id: int) -> FieldLink | None:
    """Return a link, ended or not, or None."""
    return db.session.scalar(
        select(FieldLink).where(FieldLink.authority_id == tenant_id(), FieldLink.id == link_id)
    )


def given_to(unit_id: int, now: datetime) -> list[FieldLink]:
    """Return a contractor's links that still open something, the newest first."""
    query = select(FieldLink).where(*_opens(now), FieldLink.unit_id == unit_id)
    found = db.session.scalars(query.order_by(FieldLink.created_at.desc())).all()
    return [each for each in found if not _outlives(each, now)]


def allows(actor: Actor, order_id: int, now: datetime) -> bool:
    """Say whether an actor who came by a link may still act on the order; who logged in always may, as far as links go."""
    if actor.kind != "contractor" or actor.id is None:
        return True
    if by_id(actor.id) is None:
        return True
    link = db.session.scalar(select(FieldLink).where(*_opens(now), FieldLink.id == actor.id))
    return link is not None and not _outlives(link, now) and link.order_id in (None, order_id)
