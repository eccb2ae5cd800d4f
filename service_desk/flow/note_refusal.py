"""Somebody tried what is not allowed: it is put on record, in a transaction of its own, since the refused one was rolled back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.people import actions as people
from service_desk.work import transaction

if TYPE_CHECKING:
    from service_desk.people.rules import Actor

WHAT_CHARS = 60


def note_refusal(actor: Actor, what: str, ticket_id: int | None) -> None:
    """Write one line of the access log. what: the endpoint that refused; ticket_id: of the address, when it named one."""
    with transaction():
        people.note_access(actor, ticket_id, what[:WHAT_CHARS], clock.now(), is_allowed=False)
