"""A contractor looks at who reported the trouble, where a clerk allowed it for the order; each look is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from service_desk import clock
from service_desk.contractors.queries import links, orders
from service_desk.contractors.rules import WITH_CONTRACTOR
from service_desk.errors import NotAllowed, NotFound
from service_desk.extensions import db
from service_desk.people import actions as people
from service_desk.people.models import Resident
from service_desk.people.rules import may
from service_desk.tickets.models import Follower
from service_desk.work import tenant_id, transaction

if TYPE_CHECKING:
    from service_desk.people.rules import Actor


class Reporter(NamedTuple):
    """Who reported it. phone: E.164."""

    name: str
    phone: str


def show_reporters(order_id: int, actor: Actor) -> list[Reporter]:
    """Return who reported the order's ticket and left a number, and note the look. Raises NotFound, NotAllowed.

    Only while the order is with the contractor: afterwards there is nothing more to ask.
    """
    now = clock.now()
    with transaction():
        order = orders.order_or_404(order_id)
        if not may(actor, "do_order", unit_id=order.unit_id) or not links.allows(actor, order_id, now):
            raise NotFound
        is_allowed = order.may_see_phone and order.state in WITH_CONTRACTOR
        people.note_access(actor, order.ticket_id, "phone", now, is_allowed=is_allowed, why="work_order")
        found = _reporters(order.ticket_id) if is_allowed else []
    if not is_allowed:
        raise NotAllowed
    return found


def _reporters(ticket_id: int) -> list[Reporter]:
    query = (
        select(Resident.name, Resident.phone)
        .join(
            Follower,
            (Follower.authority_id == Resident.authority_id) & (Follower.resident_id == Resident.id),
        )
        .where(
            Follower.authority_id == tenant_id(),
            Follower.ticket_id == ticket_id,
            Follower.role == "reporter",
            Follower.left_at.is_(None),
        )
        .order_by(Follower.joined_at)
    )
    return [Reporter(*row) for row in db.session.execute(query)]
