"""Who serves where, and who of them hears when a promise climbs its ladder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk.extensions import db
from service_desk.people.models import Membership, Staff
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True, slots=True)
class Posting:
    """A role of an active staff member. centre_id and unit_id null: over the whole city."""

    staff_id: int
    role: str
    centre_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Concern:
    """Whom a ticket concerns. unit_ids: the units that hold it or oversee who does."""

    centre_id: int
    assignee_id: int | None = None
    unit_ids: tuple[int, ...] = ()


class Postings:
    """Every posting of a city, asked who hears. Each question falls back to the next who can act."""

    def __init__(self, postings: Iterable[Posting]) -> None:
        """postings: of active staff only."""
        self._all = tuple(postings)
        #: a sweep asks for the same few centres thousands of times
        self._found: dict[tuple[str, Concern], frozenset[int]] = {}

    def hearers(self, role: str, concern: Concern) -> frozenset[int]:
        """Return the staff ids who hear on this rung: clerk, manager, unit or management; empty when there is nobody at all."""
        key = (role, concern)
        if key not in self._found:
            asked = {"clerk": self._clerks, "manager": self._managers, "unit": self._unit}
            self._found[key] = self._management() if role == "management" else asked[role](concern)
        return self._found[key]

    def _management(self) -> frozenset[int]:
        return self._of("mayor", lambda _each: True)

    def _of(self, role: str, fits: Callable[[Posting], bool]) -> frozenset[int]:
        return frozenset(each.staff_id for each in self._all if each.role == role and fits(each))

    def _clerks(self, concern: Concern) -> frozenset[int]:
        mine = {each.staff_id for each in self._all if each.staff_id == concern.assignee_id}
        return (
            frozenset(mine)
            or self._of("clerk", lambda each: each.centre_id in (None, concern.centre_id))
            or self._managers(concern)
        )

    def _managers(self, concern: Concern) -> frozenset[int]:
        return (
            self._of("manager", lambda each: each.centre_id in (None, concern.centre_id))
            or self._management()
        )

    def _unit(self, concern: Concern) -> frozenset[int]:
        return self._of("unit", lambda each: each.unit_id in concern.unit_ids) or self._managers(concern)


def postings() -> Postings:
    """Return who serves where now. One statement."""
    query = (
        select(Membership.staff_id, Membership.role, Membership.centre_id, Membership.unit_id)
        .join(Staff, (Staff.authority_id == Membership.authority_id) & (Staff.id == Membership.staff_id))
        .where(Membership.authority_id == tenant_id(), Staff.is_active)
    )
    return Postings(Posting(*row) for row in db.session.execute(query))
