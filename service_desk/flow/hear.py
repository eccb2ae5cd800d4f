"""A person writes to the city by SMS or WhatsApp: it lands on the ticket it is about, as work, or stops messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import work
from service_desk.flow.answer import take_in
from service_desk.intake.rules import clean_text
from service_desk.messages import actions as messages
from service_desk.messages.queries import followed_by
from service_desk.messages.rules.placing import choose
from service_desk.messages.rules.words import is_start, is_stop, reference_in
from service_desk.people import actions as people
from service_desk.people.queries import resident_by_phone
from service_desk.people.rules import Actor
from service_desk.telemetry import log
from service_desk.tickets import queries as tickets

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.messages.actions import InboundMessage
    from service_desk.people.models import Resident

LONGEST_CHARS = 2000


def hear(said: InboundMessage, now: datetime) -> str:
    """Take in one message, once: its provider's id, and all that follows from it, are written in one transaction.

    Returns remark, stopped, started, undecided (the person follows no ticket), unknown_sender, or repeated. The words
    are kept whatever comes of them. Photos wait beside the message, to be fetched by a worker.
    """
    with work.transaction():
        inbound_id = messages.keep_inbound(said, now)
        if inbound_id is None:
            return "repeated"
        resident = resident_by_phone(said.address)
        if resident is None:
            messages.place_inbound(inbound_id, "unknown_sender")
            log.info("inbound_unknown_sender", channel=said.channel)
            return "unknown_sender"
        if said.channel == "whatsapp":
            people.note_inbound(resident.id, now)
        outcome, ticket_id = _take(said, resident, now)
        messages.place_inbound(inbound_id, outcome, resident_id=resident.id, ticket_id=ticket_id)
        return outcome


def _take(said: InboundMessage, resident: Resident, now: datetime) -> tuple[str, int | None]:
    """Obey a stop or start word; anything else is work on a ticket."""
    if is_stop(said.body):
        messages.stop(resident.id, said.channel)
        return "stopped", None
    if is_start(said.body):
        messages.resume(resident.id, said.channel)
        return "started", None
    ticket_id = choose(followed_by(resident.id), reference_in(said.body))
    if ticket_id is None:
        return "undecided", None
    follower = tickets.follower(ticket_id, resident.id)
    actor = Actor("resident", follower.id if follower else None)
    take_in(tickets.lock(ticket_id), clean_text(said.body, LONGEST_CHARS), [], actor, now)
    return "remark", ticket_id
