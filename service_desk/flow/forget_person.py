"""A person asks to be forgotten: her number, name and words go; what happened on the city's requests stays provable."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import text

from service_desk import clock
from service_desk.errors import BadInput
from service_desk.extensions import db
from service_desk.intake import forgetting as intake
from service_desk.intake.photos import storage
from service_desk.intake.rules import clean_text
from service_desk.messages.actions.forgetting import forget_messages
from service_desk.people import actions as people
from service_desk.people import forgetting
from service_desk.people.queries import resident_by_phone
from service_desk.people.rules import SYSTEM
from service_desk.tickets import forgetting as tickets
from service_desk.work import as_owner, transaction

_WHY_CHARS = 200
#: a phone or identity number, however it is grouped
_NUMBER = re.compile(r"(?:\d[ .-]?){9,}")


@dataclass(frozen=True)
class Forgotten:
    """What was emptied. messages: to her, and heard from her; photos: taken out of the storage."""

    requests: int
    messages: int
    heard: int
    photos: int


def forget_person(raw_phone: str, why: str) -> Forgotten:
    """Forget the person of a number, in the present authority. Safe to repeat: a second time finds nothing.

    why: by what the request can be found again, such as the number of a letter; it stays in the access log and must
    name nobody. Reports and access are append-only for the application's role, so the schema's owner does this, from
    the command line. Raises BadInput {phone: phone_unreadable; why: required, names_number}.
    """
    phone, reason, now = people.phone_number(raw_phone), _reason(why), clock.now()
    with as_owner():
        with transaction():
            db.session.execute(text("SET LOCAL statement_timeout = 0"))
            resident = resident_by_phone(phone)
            mine: list[int | None] = []
            keys: list[str] = []
            if resident is not None:
                followed, alone = tickets.leave_all(resident.id)
                mine.extend(followed)
                tickets.empty_summaries({*intake.empty_reports(resident.id), *alone})
                keys = intake.drop_photos(alone)
            sent, heard = forget_messages(phone, resident.id if resident else None)
            if resident is not None:
                forgetting.forget_resident(resident.id)
            for ticket_id in mine or [None]:
                people.note_access(SYSTEM, ticket_id, "forgotten", now, why=reason)
        for key in keys:
            storage().drop(key)
    return Forgotten(len(mine), sent, heard, len(keys))


def _reason(why: str) -> str:
    reason = clean_text(why, _WHY_CHARS)
    if not reason:
        raise BadInput({"why": "required"})
    if _NUMBER.search(reason):
        raise BadInput({"why": "names_number"})
    return reason
