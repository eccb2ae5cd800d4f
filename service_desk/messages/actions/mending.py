"""A person decides about a message that the outbox could not end by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from service_desk import work
from service_desk.errors import InvalidMove, NotFound
from service_desk.extensions import db
from service_desk.messages import rules
from service_desk.messages.actions.outbox import change
from service_desk.messages.models import Message
from service_desk.messages.rules.entering import CODE

if TYPE_CHECKING:
    from datetime import datetime

#: may go again: nothing was made, or a person takes the risk of a second one
MAY_GO_AGAIN = frozenset({"manual", "failed"})
#: may be given up
MAY_DROP = frozenset({"pending", "unknown", "manual"})


def locked(message_id: int) -> Message:
    """Return the message, locked. Raises NotFound."""
    query = select(Message).where(Message.authority_id == work.tenant_id(), Message.id == message_id)
    found = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def send_again(message: Message, now: datetime) -> None:
    """Let a message go once more. What may have arrived says so on its row. Raises InvalidMove."""
    if message.state not in MAY_GO_AGAIN or message.event == CODE or _is_followed(message):
        raise InvalidMove
    moved = change(
        message.id,
        Message.state == message.state,
        state="pending",
        reason="by_hand",
        provider_id=None,
        error_code=None,
        next_try_at=now,
        settled_at=None,
        lease_until=None,
        reconciled=0,
        expires_at=max(message.expires_at, rules.expires_at(message.event, now)),
        is_possible_duplicate=message.is_possible_duplicate or message.state == "manual",
    )
    if not moved:
        raise InvalidMove


def _is_followed(message: Message) -> bool:
    """Say whether another row already tries again what this one lost."""
    later = (
        Message.authority_id == work.tenant_id(),
        Message.ticket_id == message.ticket_id,
        Message.fallback_of_id == message.id,
    )
    return bool(db.session.scalar(select(exists().where(*later))))


def drop(message: Message, now: datetime) -> None:
    """Give a message up: it is not sent, and the provider is not asked about it any more. Raises InvalidMove."""
    if message.state not in MAY_DROP:
        raise InvalidMove
    change(
        message.id,
        Message.state == message.state,
        state="skipped",
        reason="dropped",
        next_try_at=None,
        settled_at=now,
        lease_until=None,
    )
