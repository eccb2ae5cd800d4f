"""A clerk decides about what people wrote when the house could not: on which request it belongs, or on none."""

from __future__ import annotations

from sqlalchemy import select

from service_desk import clock
from service_desk.errors import BadInput, NotAllowed, NotFound
from service_desk.extensions import db
from service_desk.flow.answer import take_in
from service_desk.intake.rules import clean_text
from service_desk.messages import actions as messages
from service_desk.messages.models import Inbound
from service_desk.messages.rules.words import reference_in
from service_desk.people.rules import Actor, may
from service_desk.telemetry import log
from service_desk.tickets import queries as tickets
from service_desk.work import tenant_id, transaction

#: undecided: nobody could say; unfinished: a chat that came to nothing
UNPLACED = ("undecided", "unfinished")
MOST = 100
_LONGEST_CHARS = 2000


def see_unplaced(actor: Actor) -> list[Inbound]:
    """Return what waits for a decision, oldest first. One statement. Raises NotAllowed."""
    check(actor)
    mine = (Inbound.authority_id == tenant_id(), Inbound.outcome.in_(UNPLACED), Inbound.ticket_id.is_(None))
    return list(db.session.scalars(select(Inbound).where(*mine).order_by(Inbound.at).limit(MOST)))


def put_on(inbound_id: int, reference: str, actor: Actor) -> int:
    """Put the words on the request that the clerk names, as its person's; photos follow. Returns the ticket's id.

    A second press changes nothing. Raises BadInput, NotFound, NotAllowed.
    """
    check(actor)
    digits = reference_in(reference)
    ticket = tickets.by_reference(digits) if digits else None
    if ticket is None:
        raise BadInput({"reference": "unknown"})
    now = clock.now()
    with transaction():
        row = waiting(inbound_id)
        if row is None:
            return ticket.id
        locked = tickets.lock(ticket.id)
        follower = tickets.follower(ticket.id, row.resident_id) if row.resident_id else None
        take_in(
            locked,
            clean_text(row.body, _LONGEST_CHARS),
            [],
            Actor("resident", follower.id if follower else None),
            now,
        )
        messages.place_inbound(row.id, "remark", resident_id=row.resident_id, ticket_id=ticket.id)
        log.info("inbound_placed", inbound_id=row.id, staff_id=actor.id)
        return locked.id


def dismiss(inbound_id: int, actor: Actor) -> None:
    """Note that nothing follows from it; the words stay. Raises NotFound, NotAllowed."""
    check(actor)
    with transaction():
        row = waiting(inbound_id)
        if row is not None:
            messages.place_inbound(row.id, "dismissed", resident_id=row.resident_id)
            log.info("inbound_dismissed", inbound_id=row.id, staff_id=actor.id)


def waiting(inbound_id: int) -> Inbound | None:
    """Return the message, locked; None when somebody has decided about it before. Raises NotFound."""
    key = (tenant_id(), inbound_id)
    row = db.session.get(Inbound, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row if row.outcome in UNPLACED and row.ticket_id is None else None


def check(actor: Actor) -> None:
    """Let in who may file for another. Raises NotAllowed."""
    if not may(actor, "file_for_other"):
        raise NotAllowed
