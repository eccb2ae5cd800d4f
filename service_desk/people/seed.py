"""Demo staff of a city: known passwords, so only ever made in demo mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert

from service_desk.extensions import db
from service_desk.people.actions import hash_password, make_api_key
from service_desk.people.models import Membership, Staff
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

DEMO_PASSWORD = "keshet-demo"  # noqa: S105 — a demo's, printed at start
DEMO_API_KEY = "demo"


@dataclass(frozen=True)
class DemoPerson:
    """One demo login. centre_id or unit_id: where the role holds; more_centres: where it holds as well."""

    email: str
    name: str
    role: str
    centre_id: int | None = None
    unit_id: int | None = None
    more_centres: tuple[int, ...] = ()


def load_demo_staff(people: Iterable[DemoPerson], now: datetime) -> None:
    """Write demo staff with their roles, and the demo Open311 key."""
    hashed = hash_password(DEMO_PASSWORD)
    staff, roles = [], []
    for person in people:
        staff_id = new_id()
        staff.append(
            {
                "authority_id": tenant_id(),
                "id": staff_id,
                "email": person.email,
                "name": person.name,
                "password_hash": hashed,
                "locale": "he",
                "is_active": True,
                "failed_logins": 0,
                "created_at": now,
            }
        )
        roles += [
            {
                "authority_id": tenant_id(),
                "id": new_id(),
                "staff_id": staff_id,
                "role": person.role,
                "centre_id": centre_id,
                "unit_id": person.unit_id,
            }
            for centre_id in (person.centre_id, *person.more_centres)
        ]
    db.session.execute(insert(Staff), staff)
    db.session.execute(insert(Membership), roles)
    make_api_key("demo", now, DEMO_API_KEY)
