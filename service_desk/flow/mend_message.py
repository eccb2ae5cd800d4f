"""An administrator sends a stuck message once more, or gives it up, and says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock, work
from service_desk.errors import BadInput, NotAllowed
from service_desk.flow.telling import DELIVER
from service_desk.intake.rules import clean_text
from service_desk.messages.actions import mending
from service_desk.people import actions as people
from service_desk.people.rules import may

if TYPE_CHECKING:
    from service_desk.people.rules import Actor

WHY_CHARS = 200


def send_again(message_id: int, why: str, actor: Actor) -> None:
    """Let a message go once more. Raises BadInput {why: required}, InvalidMove, NotAllowed, NotFound."""
    why, now = _allowed(why, actor), clock.now()
    with work.transaction() as after:
        message = mending.locked(message_id)
        mending.send_again(message, now)
        people.note_access(actor, message.ticket_id, "message_again", now, why=why)
        after.ring(DELIVER, work.tenant_id())


def drop(message_id: int, why: str, actor: Actor) -> None:
    """Give a message up. Raises BadInput {why: required}, InvalidMove, NotAllowed, NotFound."""
    why, now = _allowed(why, actor), clock.now()
    with work.transaction():
        message = mending.locked(message_id)
        mending.drop(message, now)
        people.note_access(actor, message.ticket_id, "message_dropped", now, why=why)


def _allowed(why: str, actor: Actor) -> str:
    """Return the reason, tidied. Whoever decides about a person's message says why: it stays in the access log."""
    if not may(actor, "mend_messages"):
        raise NotAllowed
    kept = clean_text(why, WHY_CHARS)
    if not kept:
        raise BadInput({"why": "required"})
    return kept
