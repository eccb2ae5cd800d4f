"""Chats that are going on: kept between two messages, forgotten when they are over; and what is said in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert

from service_desk import work
from service_desk.extensions import db
from service_desk.messages import rules
from service_desk.messages.actions.telling import insert_rows
from service_desk.messages.models import Conversation
from service_desk.messages.rules.segments import segments
from service_desk.messages.rules.talking import CHAT, SILENCE, Talk

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.messages.actions.inbox import InboundMessage

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext(:who), :authority)")


def one_at_a_time(address: str) -> None:
    """Let messages of one number be taken in one after the other: a second waits until this transaction is over."""
    db.session.execute(_ONE_AT_A_TIME, {"who": f"keshet.chat.{address}", "authority": work.tenant_id()})


def keep_talk(channel: str, address: str, talk: Talk, now: datetime) -> None:
    """Keep where a chat is."""
    values = {
        "locale": talk.locale,
        "step": talk.step,
        "draft": dict(talk.draft),
        "updated_at": now,
        "expires_at": now + SILENCE,
    }
    one = insert(Conversation).values(
        authority_id=work.tenant_id(), channel=channel, address=address, **values
    )
    db.session.execute(
        one.on_conflict_do_update(index_elements=["authority_id", "channel", "address"], set_=values)
    )


def forget_talk(channel: str, address: str) -> None:
    """Forget a chat that is over."""
    one = (
        Conversation.authority_id == work.tenant_id(),
        Conversation.channel == channel,
        Conversation.address == address,
    )
    db.session.execute(delete(Conversation).where(*one).execution_options(synchronize_session=False))


def forget_silent(now: datetime) -> list[tuple[str, str]]:
    """Forget the chats that fell silent. Returns (channel, address) of each."""
    over = (Conversation.authority_id == work.tenant_id(), Conversation.expires_at <= now)
    gone = delete(Conversation).where(*over).returning(Conversation.channel, Conversation.address)
    return [
        (row.channel, row.address)
        for row in db.session.execute(gone.execution_options(synchronize_session=False))
    ]


def say(
    said: InboundMessage,
    inbound_id: int,
    words: str,
    locale: str,
    now: datetime,
    *,
    resident_id: int | None,
    event: str = CHAT,
) -> bool:
    """Answer a message on its own channel, once, by the outbox. Says whether it is to be sent."""
    row: dict[str, Any] = {
        "authority_id": work.tenant_id(),
        "id": work.new_id(),
        "ticket_id": None,
        "event_seq": 0,
        "event": event,
        "resident_id": resident_id,
        "follower_id": None,
        "channel": said.channel,
        "address": said.address,
        "locale": locale,
        "body": words,
        "template_values": {},
        "dedupe_key": f"{event}:{inbound_id}",
        "state": "pending",
        "reason": None,
        "created_at": now,
        "next_try_at": now,
        "settled_at": None,
        "expires_at": rules.expires_at(event, now),
        "segments": segments(words)[1] if said.channel == "sms" else None,
        "channel_reason": "asked",
        "is_urgent": True,
    }
    return bool(insert_rows([row]))
