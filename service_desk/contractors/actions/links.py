"""Writes of signed links. The token itself is stored nowhere."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from service_desk.contractors.models import FieldLink
from service_desk.extensions import db
from service_desk.people.rules import digest
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.people.rules import Actor


def make_link(
    unit_id: int, order_id: int | None, holder: str, expires_at: datetime, actor: Actor, now: datetime
) -> str:
    """Make a link and return its token, once: 256 unguessable bits, kept as a hash."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        FieldLink(
            authority_id=tenant_id(),
            id=new_id(),
            unit_id=unit_id,
            order_id=order_id,
            holder=holder,
            token_hash=digest(token),
            created_at=now,
            created_by=actor.id,
            expires_at=expires_at,
        )
    )
    return token


def end_link(link: FieldLink, now: datetime) -> None:
    """End a link from now on; one that was ended stays as it was."""
    link.revoked_at = link.revoked_at or now
