"""A call is picked up, and a key is pressed: to hear again, to say that it is done, or that it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock, work
from service_desk.errors import InvalidMove
from service_desk.flow.answer import confirm_done, say_not_done
from service_desk.flow.receipt import record_receipt
from service_desk.messages import actions as messages
from service_desk.messages import queries
from service_desk.messages.rules import authority_of
from service_desk.people.rules import Actor

if TYPE_CHECKING:
    from service_desk.messages.queries import Spoken

#: keys that answer «done, or not yet?»
DONE, NOT_DONE = "2", "3"


def pick_up(token: str, call_id: str) -> Spoken | None:
    """Note that somebody has picked up, and return what is to be said; None for a call that is not ours.

    The carrier asking for the words proves that it took the call, whatever we heard of it before.
    """
    with work.tenant(authority_of(token) or work.tenant_id()):
        with work.transaction():
            spoken = queries.spoken_by(token)
        if spoken is not None:
            record_receipt(token, {"MessageSid": call_id, "MessageStatus": "in-progress"})
    return spoken


def press(token: str, call_id: str, key: str) -> tuple[str, Spoken | None]:
    """Do what a key says. Returns (what came of it, the call's message).

    again: the words are to be heard again; confirmed, not_done: done as the person of the private link would;
    too_late: the request has moved on; repeated: this call was answered before, and nothing changed; unknown.
    """
    with work.tenant(authority_of(token) or work.tenant_id()):
        with work.transaction():
            spoken = queries.spoken_by(token)
            is_repeated = queries.is_heard(call_id)
        if spoken is None:
            return "unknown", None
        if spoken.ticket_id is None or spoken.event != "resolved" or key not in {DONE, NOT_DONE}:
            return "again", spoken
        if is_repeated:
            return "repeated", spoken
        return _answer(spoken, spoken.ticket_id, call_id, key), spoken


def _answer(spoken: Spoken, ticket_id: int, call_id: str, key: str) -> str:
    """Do it first, which a second time changes nothing; then keep that this call said it."""
    actor = Actor("resident", spoken.follower_id)
    try:
        if key == DONE:
            confirm_done(ticket_id, actor)
        else:
            say_not_done(ticket_id, actor)
        outcome = "confirmed" if key == DONE else "not_done"
    except InvalidMove:
        outcome = "too_late"
    with work.transaction():
        said = messages.InboundMessage(call_id, "voice", spoken.address, key)
        inbound_id = messages.keep_inbound(said, clock.now())
        if inbound_id is not None:
            messages.place_inbound(inbound_id, outcome, ticket_id=ticket_id)
    return outcome
