"""«Me too»: a person joins an open ticket instead of reporting the same thing again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.errors import InvalidMove
from service_desk.extensions import db
from service_desk.flow import step
from service_desk.flow.telling import DELIVER, values_of
from service_desk.intake.rules import clean_text
from service_desk.messages import actions as messages
from service_desk.messages.queries import preference_of
from service_desk.people import actions as people
from service_desk.people import queries as persons
from service_desk.people.rules import Actor
from service_desk.tickets import actions as tickets
from service_desk.tickets import queries
from service_desk.tickets.models import Follower
from service_desk.tickets.rules import is_working, text_digest
from service_desk.work import tenant_id, transaction

if TYPE_CHECKING:
    from datetime import datetime


#: so soon after joining, the same number is a second press of the same button
SITTING = timedelta(minutes=5)


def join_ticket(
    ticket_id: int, *, phone: str | None, contact: str, locale: str, words: str = "", person_name: str = ""
) -> str:
    """Add a follower to an open, non-sensitive ticket and return the token of her private link.

    The same phone joining twice in one sitting gets the same link. Later, or when the phone's owner reported it, a
    number typed into a form is no proof of whose it is: the link of its owner stays hers, and this person gets one of
    her own, without a number. Raises NotFound, InvalidMove when it is no longer open.
    """
    now = clock.now()
    text = clean_text(words, 1000)
    with transaction() as after:
        ticket = queries.lock(ticket_id)
        if ticket.is_sensitive or not is_working(ticket.status):
            raise InvalidMove("no_longer_open")
        resident_id = people.remember_resident(phone, person_name, locale, contact, now).id if phone else None
        held = queries.follower(ticket.id, resident_id) if resident_id else None
        if held is not None:
            if _is_same_sitting(held, now):
                return tickets.token_of(held)
            phone = resident_id = None
        new = tickets.follow(ticket.id, "follower", resident_id, locale, contact if phone else "none", now)
        ticket.follower_count += held is None
        # Her own words come back to her on her own link.
        actor = Actor("resident", new.id)
        event = tickets.note(ticket, "joined", actor, now, {"words": text_digest(text)} if text else {})
        step.with_words(ticket, event, "remark", text, actor, now)
        ticket.has_news = True
        follower = db.session.get(Follower, (tenant_id(), new.id))
        resident = persons.resident_by_phone(phone) if phone else None
        if follower is not None and resident is not None:
            person = messages.recipient(follower, resident, preference_of(resident.id))
            if messages.tell(
                ticket, "joined", event.seq, [person], values_of(ticket, due_at=step.promised(ticket)), now
            ):
                after.ring(DELIVER, tenant_id())
        return new.token


def _is_same_sitting(held: Follower, now: datetime) -> bool:
    """Say whether this following was made by the very form that is sent again."""
    return held.role == "follower" and held.left_at is None and now - held.joined_at < SITTING
