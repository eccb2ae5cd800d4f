"""What a chat comes to: a report, joining a known one, «done» or «not done». Each may safely come twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import work
from service_desk.catalog.queries import catalogue
from service_desk.errors import Conflict, InvalidMove
from service_desk.flow.answer import confirm_done, say_not_done
from service_desk.flow.chat_world import said_place
from service_desk.flow.join import join_ticket
from service_desk.flow.receive import receive_report
from service_desk.flow.telling import DELIVER
from service_desk.intake.queries import report_by_key
from service_desk.intake.rules import Said
from service_desk.messages import actions as messages
from service_desk.messages.actions import talks
from service_desk.messages.chat_words import render
from service_desk.messages.rules.talking import Line
from service_desk.people.queries import resident_by_phone
from service_desk.people.rules import Actor
from service_desk.tickets import queries as tickets
from service_desk.tickets.rules import shown

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.messages.actions import InboundMessage
    from service_desk.messages.rules.talking import Effect, Talk

_DONE_AS = {"report": "reported", "join": "joined", "done": "done", "not_done": "not_done"}


def carry_out(effect: Effect, talk: Talk | None, said: InboundMessage, inbound_id: int, now: datetime) -> str:
    """Do what the chat came to, then end the chat and note where its messages landed. Returns the outcome.

    The person hears of it by the message that the use-case writes; of nothing to do, by a line.
    """
    line: Line | None = None
    ticket_id, outcome = effect.ticket_id, _DONE_AS[effect.kind]
    if effect.kind == "report" and talk is not None:
        ticket_id = _report(talk, said)
    elif effect.kind == "join" and talk is not None:
        line = _join(ticket_id, talk, said)
    else:
        line = _judge(effect, said)
    with work.transaction() as after:
        talks.forget_talk(said.channel, said.address)
        resident = resident_by_phone(said.address)
        resident_id = resident.id if resident else None
        messages.place_inbound(inbound_id, outcome, resident_id=resident_id, ticket_id=ticket_id)
        if effect.kind in {"report", "join"}:
            messages.put_chat_on_ticket(said, ticket_id, now)
        if line is not None:
            locale = talk.locale if talk else resident.locale if resident else "he"
            words = render([line], locale, {})
            if talks.say(said, inbound_id, words, locale, now, resident_id=resident_id):
                after.ring(DELIVER, work.tenant_id())
    return outcome


def _report(talk: Talk, said: InboundMessage) -> int:
    """Make the request of a chat; the chat's own key makes it one, however often the yes comes."""
    draft = talk.draft
    service = catalogue().type(draft["code"])
    report = Said(
        service_code=service.code,
        text=draft.get("text", ""),
        place=said_place(draft.get("place") or {"kind": "none"}),
        locale=talk.locale,
        channel=said.channel,
        submission_key=draft["key"],
        answers=draft.get("answers", {}),
        phone=said.address,
        contact=said.channel,
    )
    try:
        return receive_report(report, Actor("resident")).ticket_id
    except Conflict:
        # The same chat was sent before and changed since: what was sent stands.
        first = report_by_key(draft["key"])
        if first is None:
            raise
        return first.ticket_id


def _join(ticket_id: int, talk: Talk, said: InboundMessage) -> Line | None:
    resident = resident_by_phone(said.address)
    held = tickets.follower(ticket_id, resident.id) if resident else None
    reference = shown(tickets.ticket_or_404(ticket_id).reference)
    if held is not None and held.left_at is None:
        return Line("already_yours", {"reference": reference})
    try:
        join_ticket(
            ticket_id,
            phone=said.address,
            contact=said.channel,
            locale=talk.locale,
            words=talk.draft.get("text", ""),
        )
    except InvalidMove:
        return Line("already_closed", {"reference": reference})
    return None


def _judge(effect: Effect, said: InboundMessage) -> Line | None:
    resident = resident_by_phone(said.address)
    follower = tickets.follower(effect.ticket_id, resident.id) if resident else None
    actor = Actor("resident", follower.id if follower else None)
    try:
        if effect.kind == "done":
            confirm_done(effect.ticket_id, actor)
        else:
            say_not_done(effect.ticket_id, actor)
    except InvalidMove:
        reference = shown(tickets.ticket_or_404(effect.ticket_id).reference)
        return Line("already_closed", {"reference": reference})
    return None
