"""Reads of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service_desk.extensions import db
from service_desk.people.models import ApiKey, Membership, Notice, Resident, SavedFilter, Staff, StaffSession
from service_desk.people.rules import Actor, Role, Saved, digest
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

#: roles that serve a centre's residents: whom a ticket can be given to
AT_A_CENTRE = ("clerk", "manager")


def staff_by_email(email: str, *, is_locked: bool = False) -> Staff | None:
    """Return the staff member with this address (any case), or None. is_locked: others wait, so that no failed login goes uncounted."""
    query = select(Staff).where(Staff.authority_id == tenant_id(), Staff.email == email.strip().lower())
    return db.session.scalar(query.with_for_update() if is_locked else query)


#: asked by every page of every desk, so it is put together once
_SESSION = (
    select(
        Staff.id,
        Staff.name,
        Staff.locale,
        select(
            func.json_agg(func.json_build_array(Membership.role, Membership.centre_id, Membership.unit_id))
        )
        .where(Membership.authority_id == Staff.authority_id, Membership.staff_id == Staff.id)
        .scalar_subquery(),
        StaffSession.last_seen_at,
        # Here, so that the queue shows them without a statement of its own.
        select(
            func.json_agg(
                aggregate_order_by(
                    func.json_build_array(SavedFilter.id, SavedFilter.name, SavedFilter.query),
                    SavedFilter.sort,
                    SavedFilter.id,
                )
            )
        )
        .where(SavedFilter.authority_id == Staff.authority_id, SavedFilter.staff_id == Staff.id)
        .scalar_subquery(),
        # And the bell of every desk: an index holds only what is unseen.
        select(func.count())
        .select_from(Notice)
        .where(
            Notice.authority_id == Staff.authority_id,
            Notice.staff_id == Staff.id,
            Notice.seen_at.is_(None),
            Notice.at <= bindparam("now"),
        )
        .scalar_subquery(),
    )
    .join(
        StaffSession,
        (StaffSession.authority_id == Staff.authority_id) & (StaffSession.staff_id == Staff.id),
    )
    .where(
        StaffSession.authority_id == bindparam("authority"),
        StaffSession.token_hash == bindparam("token"),
        StaffSession.expires_at > bindparam("now"),
        StaffSession.last_seen_at > bindparam("idle_since"),
        Staff.is_active,
    )
)


def staff_of_session(
    token: str, now: datetime, idle_since: datetime
) -> tuple[Actor, str, datetime, tuple[Saved, ...], int] | None:
    """Return actor, language, when last seen, saved filters and unseen digests, of a living session. One statement.

    None when it ended, was idle too long or is unknown.
    """
    given = {"authority": tenant_id(), "token": digest(token), "now": now, "idle_since": idle_since}
    row = db.session.connection().execute(_SESSION, given).first()  # past the session: nothing to track
    if row is None:
        return None
    staff_id, name, locale, found, seen, saved, unseen = row
    actor = actor_of(staff_id, name, [Role(*role) for role in found or []])
    return actor, locale, seen, tuple(Saved(*each) for each in saved or ()), unseen


def actor_of(staff_id: int, name: str, roles: Iterable[Role]) -> Actor:
    """Return who a staff member acts as."""
    held = tuple(roles)
    kind = "contractor" if held and all(role.name == "contractor" for role in held) else "staff"
    return Actor(kind, staff_id, name, held)


def roster() -> list[tuple[int, str, frozenset[int]]]:
    """Return (id, name, centres served) of every active staff member, by name. One statement; made to be kept in memory."""
    query = (
        select(
            Staff.id,
            Staff.name,
            func.array_remove(
                func.array_agg(Membership.centre_id).filter(Membership.role.in_(AT_A_CENTRE)), None
            ),
        )
        .outerjoin(
            Membership, (Membership.authority_id == Staff.authority_id) & (Membership.staff_id == Staff.id)
        )
        .where(Staff.authority_id == tenant_id(), Staff.is_active)
        .group_by(Staff.id, Staff.name)
        .order_by(Staff.name, Staff.id)
    )
    return [(row[0], row[1], frozenset(row[2] or ())) for row in db.session.execute(query)]


def one_of_each(role: str, where: str) -> dict[int, int]:
    """Return {unit or centre id: staff id} of one active person of the role in each. where: unit or centre. For the demo's past."""
    place = Membership.unit_id if where == "unit" else Membership.centre_id
    query = (
        select(place, func.min(Staff.id))
        .join(Staff, (Staff.authority_id == Membership.authority_id) & (Staff.id == Membership.staff_id))
        .where(
            Membership.authority_id == tenant_id(),
            Membership.role == role,
            place.is_not(None),
            Staff.is_active,
        )
        .group_by(place)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def works_at_a_centre(staff_id: int) -> bool:
    """Say whether an active clerk or manager has this id: whom a ticket can be given to."""
    query = (
        select(Staff.id)
        .join(Membership, (Membership.authority_id == Staff.authority_id) & (Membership.staff_id == Staff.id))
        .where(
            Staff.authority_id == tenant_id(),
            Staff.id == staff_id,
            Staff.is_active,
            Membership.role.in_(AT_A_CENTRE),
        )
    )
    return db.session.scalar(query.limit(1)) is not None


def is_inspector(staff_id: int) -> bool:
    """Say whether an active inspector has this id: whom a round can be planned for."""
    return any(each == staff_id for each, _name in inspectors())


def inspectors() -> list[tuple[int, str]]:
    """Return (id, name) of the active inspectors, by name."""
    query = (
        select(Staff.id, Staff.name)
        .join(Membership, (Membership.authority_id == Staff.authority_id) & (Membership.staff_id == Staff.id))
        .where(Staff.authority_id == tenant_id(), Staff.is_active, Membership.role == "inspector")
        .distinct()
        .order_by(Staff.name, Staff.id)
    )
    return [(row.id, row.name) for row in db.session.execute(query)]


def api_key(key: str) -> ApiKey | None:
    """Return the living key, or None."""
    query = select(ApiKey).where(
        ApiKey.authority_id == tenant_id(), ApiKey.key_hash == digest(key), ApiKey.revoked_at.is_(None)
    )
    return db.session.scalar(query)


def api_keys() -> list[ApiKey]:
    """Return every key, newest first."""
    return list(
        db.session.scalars(
            select(ApiKey).where(ApiKey.authority_id == tenant_id()).order_by(ApiKey.created_at.desc())
        )
    )


def resident_by_phone(phone: str) -> Resident | None:
    """Return the resident with this E.164 number, or None."""
    return db.session.scalar(
        select(Resident).where(Resident.authority_id == tenant_id(), Resident.phone == phone)
    )
