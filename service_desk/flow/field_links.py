"""A signed link lets a foreman work without an account: one contractor's orders, or one order, until it expires."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.contractors.actions import links as actions
from service_desk.contractors.queries import links, orders
from service_desk.errors import BadInput, NotAllowed, NotFound
from service_desk.intake.rules import clean_text
from service_desk.people import actions as people
from service_desk.people.rules import Actor, Role, may
from service_desk.work import transaction

if TYPE_CHECKING:
    from service_desk.contractors.models import FieldLink

LONGEST_DAYS = 90
HOLDER_LIMIT = 80


def give_link(unit_id: int, order_id: int | None, holder: str, days: int, actor: Actor) -> str:
    """Give a link to a contractor's open orders (order_id: to this one only) and return its token, shown once.

    holder: who gets it. days: 1…90. A clerk gives it, or the contractor's own people to theirs. Raises BadInput,
    NotAllowed, NotFound for another contractor's order.
    """
    now = clock.now()
    name = clean_text(holder, HOLDER_LIMIT)
    problems = {}
    if not name:
        problems["holder"] = "required"
    if not 1 <= days <= LONGEST_DAYS:
        problems["days"] = "not_then"
    unit = city_map().units.get(unit_id)
    if unit is None or unit.kind != "contractor":
        problems["unit"] = "no_such_unit"
    if problems:
        raise BadInput(problems)
    with transaction():
        _check_giver(unit_id, actor)
        order = orders.order_or_404(order_id) if order_id is not None else None
        if order is not None and order.unit_id != unit_id:
            raise NotFound
        token = actions.make_link(unit_id, order_id, name, now + timedelta(days=days), actor, now)
        people.note_access(
            actor, order.ticket_id if order else None, "field_link", now, why=f"given_for_{days}_days"
        )
        return token


def revoke_link(link_id: int, actor: Actor) -> None:
    """End a link at once: what its holder sends from now on is refused. Raises NotAllowed, NotFound."""
    now = clock.now()
    with transaction():
        link = links.by_id(link_id)
        if link is None:
            raise NotFound
        _check_giver(link.unit_id, actor)
        actions.end_link(link, now)
        people.note_access(actor, None, "field_link", now, why="revoked")


def open_link(token: str) -> tuple[Actor, FieldLink]:
    """Begin to work by a link (the button on its page), and put that on record. Raises NotFound."""
    now = clock.now()
    with transaction():
        link = links.by_token(token, now)
        if link is None:
            raise NotFound
        actor = actor_of(link)
        people.note_access(actor, None, "field_link", now, why="opened")
        return actor, link


def actor_of(link: FieldLink) -> Actor:
    """Return who acts by a link that was found."""
    return Actor("contractor", link.id, link.holder, (Role("contractor", unit_id=link.unit_id),))


def _check_giver(unit_id: int, actor: Actor) -> None:
    """Let the city's people who issue orders give links, and a contractor's own who logged in; a link gives no links."""
    by_link = actor.kind == "contractor" and actor.id is not None and links.by_id(actor.id) is not None
    is_own = may(actor, "do_order", unit_id=unit_id) and not by_link
    if not is_own and not may(actor, "issue_order") and not may(actor, "manage_contracts"):
        raise NotAllowed
