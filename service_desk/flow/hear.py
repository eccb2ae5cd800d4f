"""A person writes to the city by SMS or WhatsApp: an answer on her request, a report, or a wish to be left alone.

First everything is written down in one transaction: the words, where they landed, what is asked back. What makes or
changes a request as a whole (a report, joining, «done») follows as the use-case that it is, and can safely come again.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from service_desk import work
from service_desk.city.queries import city_map
from service_desk.flow import chat_acts
from service_desk.flow.answer import take_in
from service_desk.flow.chat_world import CityWorld
from service_desk.flow.telling import DELIVER
from service_desk.intake.rules import clean_text
from service_desk.messages import actions as messages
from service_desk.messages.actions import talks
from service_desk.messages.actions.consenting import SERVICE, note_consent
from service_desk.messages.chat_words import render
from service_desk.messages.queries import chat_lines, followed_by, talk_of, writer
from service_desk.messages.rules import chat, which
from service_desk.messages.rules.talking import CHAT, FAREWELL, MOST_AN_HOUR, Effect, Heard, Line, Talk, Turn
from service_desk.messages.rules.words import (
    is_again,
    is_help,
    is_start,
    is_stop,
    language_named,
)
from service_desk.people import actions as people
from service_desk.people.rules import Actor
from service_desk.telemetry import log
from service_desk.tickets import queries as tickets
from service_desk.tickets.rules import shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service_desk.messages.actions import InboundMessage
    from service_desk.messages.queries import Writer

LONGEST_CHARS = 2000
#: one «noted» answers a row of remarks
_NOTED_AGAIN = timedelta(minutes=10)


@dataclass
class _Hearing:
    """One message being taken in."""

    said: InboundMessage
    inbound_id: int
    words: str
    writer: Writer
    now: datetime
    after: work.After
    world: CityWorld
    effect: Effect | None = None
    talk: Talk | None = None

    @property
    def locale(self) -> str:
        """Return the language the person was last written to in."""
        return self.writer.locale

    @property
    def resident_id(self) -> int | None:
        """Return the person; None for a number that nobody left."""
        return self.writer.resident_id

    @property
    def is_stopped(self) -> bool:
        """Say whether the person stopped this channel."""
        return self.said.channel in self.writer.stopped

    @property
    def heard(self) -> Heard:
        """Return the message as the chat's rules take it."""
        return Heard(self.words, self.inbound_id, self.said.pin, len(self.said.media), secrets.token_hex(16))

    def say(self, lines: Sequence[Line], locale: str, event: str = CHAT) -> None:
        """Answer by the outbox."""
        city = city_map().authority.name
        words = render(lines, locale, {"city": city.get(locale) or city.get("he", "")})
        if lines and talks.say(
            self.said, self.inbound_id, words, locale, self.now, resident_id=self.resident_id, event=event
        ):
            self.after.ring(DELIVER, work.tenant_id())


def hear(said: InboundMessage, now: datetime) -> str:
    """Take in one message, once: its provider's id, and all that follows from it.

    Returns what was done: remark, asked, chatting, helped, stopped, started, reported, joined, done, not_done,
    undecided (kept for a clerk), or repeated. The words are kept whatever comes of them. Photos wait beside the
    message, to be fetched by a worker.
    """
    with work.transaction() as after:
        inbound_id = messages.keep_inbound(said, now)
        if inbound_id is None:
            return "repeated"
        known = writer(said.channel, said.address, now - timedelta(hours=1), CHAT)
        if known.resident_id and said.channel == "whatsapp":
            people.note_inbound(known.resident_id, now)
        words = clean_text(said.body, LONGEST_CHARS)
        one = _Hearing(said, inbound_id, words, known, now, after, CityWorld(now))
        outcome, ticket_id = _take(one)
        messages.place_inbound(inbound_id, outcome, resident_id=one.resident_id, ticket_id=ticket_id)
    if one.effect is None:
        return outcome
    return chat_acts.carry_out(one.effect, one.talk, said, inbound_id, now)


def _take(one: _Hearing) -> tuple[str, int | None]:
    """Obey a stop or start word; go on with a chat; else find the request that the words are about."""
    if is_stop(one.words):
        return _stop(one), None
    if one.resident_id and is_start(one.words) and one.is_stopped:
        messages.resume(one.resident_id, one.said.channel)
        note_consent(one.resident_id, one.said.channel, SERVICE, one.now, is_given=True, source="word")
        one.say((Line("started"),), one.locale)
        return "started", None
    if one.is_stopped or one.writer.lines >= MOST_AN_HOUR:
        return _keep_silently(one)
    talk = _talk_of(one)
    if talk is not None:
        return _follow(one, chat.step(talk, one.heard, one.world), talk)
    return _place(one)


def _stop(one: _Hearing) -> str:
    """Write nothing more on this channel, and say so once."""
    said, resident_id = one.said, one.resident_id
    if resident_id is None:
        resident_id = people.remember_resident(said.address, "", one.locale, said.channel, one.now).id
        one.writer = replace(one.writer, resident_id=resident_id)
    talks.forget_talk(said.channel, said.address)
    if not one.is_stopped:
        messages.stop(resident_id, said.channel)
        note_consent(resident_id, said.channel, SERVICE, one.now, is_given=False, source="word")
        one.say((Line("stopped"),), one.locale, FAREWELL)
    return "stopped"


def _keep_silently(one: _Hearing) -> tuple[str, int | None]:
    """Put the words on their request when it is clear, and answer nothing: to a stopped channel, or to a machine."""
    log.info("inbound_kept_silently", channel=one.said.channel)
    mine = followed_by(one.resident_id) if one.resident_id else []
    placing = which.place(mine, one.words, (), one.now)
    if placing.kind != "remark":
        return "undecided", None
    _put_on(one, placing.ticket_id, one.words)
    return "remark", placing.ticket_id


def _talk_of(one: _Hearing) -> Talk | None:
    row = talk_of(one.said.channel, one.said.address) if one.writer.is_talking else None
    if row is None or row.expires_at <= one.now:
        return None
    return Talk(row.locale, row.step, row.draft)


def _place(one: _Hearing) -> tuple[str, int | None]:
    """Find the request that the words are about; ask when it is not clear; begin a report when it is about none."""
    world = one.world
    if is_help(one.words):
        one.say((Line("help", {"numbers": world.numbers({})}),), one.locale)
        return "helped", None
    mine = followed_by(one.resident_id) if one.resident_id else []
    begins = bool(language_named(one.words) or is_again(one.words) or is_start(one.words))
    placing = which.place(mine, one.words, world.suggest(one.words), one.now)
    if begins or placing.kind == "new":
        return _follow(one, chat.begin(one.heard, one.locale, world), None)
    if placing.kind == "ask":
        turn = which.ask(placing.candidates, placing.then, one.words, one.inbound_id, one.locale)
        _keep(one, turn)
        return "asked", None
    if placing.kind == "remark":
        _put_on(one, placing.ticket_id, one.words)
        _say_noted(one, placing.ticket_id)
        return "remark", placing.ticket_id
    one.effect = Effect(placing.kind, placing.ticket_id)
    return "undecided", placing.ticket_id


def _follow(one: _Hearing, turn: Turn, talk: Talk | None) -> tuple[str, int | None]:
    """Go where a turn of the chat leads."""
    effect = turn.effect
    if effect is None:
        _keep(one, turn)
        return ("asked" if turn.talk and turn.talk.step == "which_ticket" else "chatting"), None
    draft = (talk or Talk("he", "")).draft
    if effect.kind == "new":
        return _begin_with(one, draft, talk.locale if talk else one.locale)
    if effect.kind == "remark":
        _put_on(one, effect.ticket_id, "\n".join(draft.get("words", ())))
        messages.put_on_ticket(draft.get("inbound_ids", ()), effect.ticket_id)
        talks.forget_talk(one.said.channel, one.said.address)
        _say_noted(one, effect.ticket_id)
        return "remark", effect.ticket_id
    # Until it is done the chat stays where it was, so that the same answer can come again.
    one.effect, one.talk = effect, turn.talk or talk
    return "undecided", None


def _begin_with(one: _Hearing, draft: object, locale: str) -> tuple[str, int | None]:
    """Begin a report with the words that turned out to be about something new."""
    kept = dict(draft) if isinstance(draft, dict) else {}
    heard = Heard("\n".join(kept.get("words", ())), one.inbound_id, key=secrets.token_hex(16))
    turn = chat.begin(heard, locale, one.world)
    if turn.talk:
        begun = turn.talk.at(turn.talk.step, inbound_ids=kept.get("inbound_ids", [])) if kept else turn.talk
        turn = Turn(begun, turn.lines)
    _keep(one, turn)
    return "chatting", None


def _keep(one: _Hearing, turn: Turn) -> None:
    if turn.talk is None:
        talks.forget_talk(one.said.channel, one.said.address)
        return
    with work.gather():
        talks.keep_talk(one.said.channel, one.said.address, turn.talk, one.now)
        one.say(turn.lines, turn.talk.locale)


def _put_on(one: _Hearing, ticket_id: int, words: str) -> None:
    follower = tickets.follower(ticket_id, one.resident_id) if one.resident_id else None
    actor = Actor("resident", follower.id if follower else None)
    pin = one.said.pin
    marked = f"{words}\n📍 {pin[1]:.5f}, {pin[0]:.5f}".strip() if pin else words
    take_in(tickets.lock(ticket_id), marked, [], actor, one.now)


def _say_noted(one: _Hearing, ticket_id: int) -> None:
    """Say once in a while on which request it landed, so that a mistake is seen."""
    if not chat_lines(one.said.address, one.now - _NOTED_AGAIN, CHAT):
        reference = tickets.ticket_or_404(ticket_id).reference
        one.say((Line("noted", {"reference": shown(reference)}),), one.locale)
