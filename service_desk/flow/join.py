"""«Me too»: a person joins an open ticket instead of reporting the same thing again."""

from __future__ import annotations

from service_desk import clock
from service_desk.errors import InvalidMove
from service_desk.extensions import db
from service_desk.flow import step
from service_desk.flow.telling import DELIVER, values_of
from service_desk.intake.rules import clean_text
from service_desk.messages import actions as messages
from service_desk.people import actions as people
from service_desk.people import queries as persons
from service_desk.people.rules import Actor
from service_desk.tickets import actions as tickets
from service_desk.tickets import queries
from service_desk.tickets.models import Follower
from service_desk.tickets.rules import is_working, text_digest
from service_desk.work import tenant_id, transaction


def join_ticket(
    ticket_id: int, *, phone: str | None, contact: str, locale: str, words: str = "", person_name: str = ""
) -> str:
    """Add a follower to an open, non-sensitive ticket and return the token of her private link.

    The same phone joining twice gets the same link. Raises NotFound, InvalidMove when it is no longer open.
    """
    now = clock.now()
    text = clean_text(words, 1000)
    actor = Actor("resident")
    with transaction() as after:
        ticket = queries.lock(ticket_id)
        if ticket.is_sensitive or not is_working(ticket.status):
            raise InvalidMove("no_longer_open")
        resident_id = people.remember_resident(phone, person_name, locale, contact, now)[0] if phone else None
        held = queries.follower(ticket.id, resident_id) if resident_id else None
        if held is not None:
            return tickets.token_of(held)
        new = tickets.follow(ticket.id, "follower", resident_id, locale, contact if phone else "none", now)
        ticket.follower_count += 1
        event = tickets.note(ticket, "joined", actor, now, {"words": text_digest(text)} if text else {})
        step.with_words(ticket, event, "remark", text, actor, now)
        ticket.has_news = True
        follower = db.session.get(Follower, (tenant_id(), new.id))
        resident = persons.resident_by_phone(phone) if phone else None
        if follower is not None and resident is not None:
            person = messages.recipient(follower, resident)
            if messages.tell(
                ticket, "joined", event.seq, [person], values_of(ticket, due_at=ticket.due_at), now
            ):
                after.ring(DELIVER, tenant_id())
        return new.token
