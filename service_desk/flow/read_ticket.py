"""A staff member looks at a ticket, at a centre's queue or at a phone number; what lies outside the own centres is put on record."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.contractors.queries.files import orders_of
from service_desk.errors import NotAllowed, NotFound
from service_desk.flow.dossier import dossier_of
from service_desk.people import actions as people
from service_desk.people import queries as persons
from service_desk.people.rules import is_outside_own_centres, may
from service_desk.tickets import queries
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service_desk.flow.dossier import Dossier
    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket


def read_ticket(ticket_id: int, actor: Actor) -> Dossier:
    """Return a ticket with all that belongs to it, in one statement. One more reads its work orders, one writes the log when it is another centre's.

    Raises NotFound, NotAllowed.
    """
    with transaction():
        found = dossier_of(ticket_id)
        ticket = found.ticket
        if not may(actor, "see_ticket", unit_id=ticket.unit_id):
            raise NotAllowed
        if is_outside_own_centres(actor, ticket.centre_id):
            people.note_access(actor, ticket.id, "ticket", clock.now(), why="outside_own_centres")
        if any(each.kind == "order_issued" for each in found.events):
            return replace(found, orders=orders_of(ticket_id))
        return found


def reveal_phone(ticket_id: int, follower_id: int, actor: Actor) -> str:
    """Return the E.164 number behind a follower of this ticket, and put the look on record. Raises NotFound, NotAllowed.

    Only who may write to the resident sees the number: a mayor or administrator reads tickets without it.
    """
    now = clock.now()
    with transaction():
        found = dossier_of(ticket_id)
        ticket = found.ticket
        is_allowed = may(actor, "reply", unit_id=ticket.unit_id)
        why = "outside_own_centres" if is_outside_own_centres(actor, ticket.centre_id) else None
        people.note_access(actor, ticket_id, "phone", now, is_allowed=is_allowed, why=why)
        phones = {each.id: resident.phone for each, resident in found.people if resident is not None}
    if not is_allowed:
        raise NotAllowed
    if follower_id not in phones:
        raise NotFound
    return phones[follower_id]


def look_beyond(centre_ids: Iterable[int], actor: Actor) -> None:
    """Put on record that the queue of other centres was opened. No statement for the own ones."""
    if any(is_outside_own_centres(actor, centre_id) for centre_id in centre_ids):
        with transaction():
            people.note_access(actor, None, "queue", clock.now(), why="outside_own_centres")


def find_by_phone(phone: str, actor: Actor) -> list[Ticket]:
    """Return the open tickets that a number follows, newest touch first, and put the search on record. Raises NotAllowed."""
    if not may(actor, "reply"):
        raise NotAllowed
    with transaction():
        people.note_access(actor, None, "phone_search", clock.now())
        resident = persons.resident_by_phone(phone)
        return queries.open_of_resident(resident.id) if resident else []
