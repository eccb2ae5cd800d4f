"""What an administrator looks at: whether messages go out, and who is on the staff list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select

from service_desk.extensions import db
from service_desk.messages.models import Message
from service_desk.people.models import Membership, Staff
from service_desk.people.rules import Role
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Outbox:
    """How many messages stand where. oldest_due: when the longest overdue one should have gone, None when none waits."""

    counts: dict[str, int]
    oldest_due: datetime | None


def outbox_states(now: datetime) -> Outbox:
    """Return the number of messages by state, and the oldest that is due and not sent. One statement."""
    is_due = and_(Message.state == "pending", Message.next_try_at <= now)
    query = (
        select(Message.state, func.count(), func.min(Message.next_try_at).filter(is_due))
        .where(Message.authority_id == tenant_id())
        .group_by(Message.state)
    )
    rows = db.session.execute(query).all()
    due = [row[2] for row in rows if row[2] is not None]
    return Outbox({row[0]: row[1] for row in rows}, min(due) if due else None)


@dataclass(frozen=True)
class StaffRow:
    """A staff member with the roles held. No secret is in it."""

    id: int
    name: str
    email: str
    is_active: bool
    roles: tuple[Role, ...]


def staff_list() -> list[StaffRow]:
    """Return everybody on the staff list, by name, with roles. One statement."""
    query = (
        select(
            Staff.id,
            Staff.name,
            Staff.email,
            Staff.is_active,
            Membership.role,
            Membership.centre_id,
            Membership.unit_id,
        )
        .outerjoin(
            Membership, (Membership.authority_id == Staff.authority_id) & (Membership.staff_id == Staff.id)
        )
        .where(Staff.authority_id == tenant_id())
        .order_by(Staff.name, Staff.id, Membership.role)
    )
    found: dict[int, StaffRow] = {}
    for staff_id, name, email, is_active, role, centre_id, unit_id in db.session.execute(query):
        before = found.get(staff_id)
        held = (
            (*before.roles, Role(role, centre_id, unit_id))
            if before and role
            else before.roles
            if before
            else ((Role(role, centre_id, unit_id),) if role else ())
        )
        found[staff_id] = StaffRow(staff_id, name, email, is_active, held)
    return list(found.values())
