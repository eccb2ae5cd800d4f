"""Chats that are going on: kept between two messages, forgotten when they are over; and what is said in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete

from service_desk import work
from service_desk.extensions import db
from service_desk.messages import rules
from service_desk.messages.actions.telling import insert_rows
from service_desk.messages.models import Conversation
from service_desk.messages.rules.segments import segments
from service_desk.messages.rules.talking import CHAT, SILENCE, Talk

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Table

    from service_desk.messages.actions.inbox import InboundMessage

_ONE_A_NUMBER = """ON CONFLICT (authority_id, channel, address) DO UPDATE
SET locale = excluded.locale, step = excluded.step, draft = excluded.draft, updated_at = excluded.updated_at,
  expires_at = excluded.expires_at"""


def keep_talk(channel: str, address: str, talk: Talk, now: datetime) -> None:
    """Keep where a chat is."""
    row = {
        "authority_id": work.tenant_id(),
        "channel": channel,
        "address": address,
        "locale": talk.locale,
        "step": talk.step,
        "draft": dict(talk.draft),
        "updated_at": now,
        "expires_at": now + SILENCE,
    }
    work.put(cast("Table", Conversation.__table__), [row], _ONE_A_NUMBER)


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
