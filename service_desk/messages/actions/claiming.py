"""Who takes a message from the outbox: one at a time to a person, each attempt leased and with its own token."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, or_, text, tuple_
from sqlalchemy.orm import aliased

from service_desk import work
from service_desk.extensions import db
from service_desk.messages import rules
from service_desk.messages.actions.outbox import change, envelope_of, with_person
from service_desk.messages.actions.timing import QUIET, allowed_from
from service_desk.messages.models import Attempt, Message
from service_desk.messages.rules.entering import CODE
from service_desk.messages.rules.talking import FAREWELL
from service_desk.tickets.models import Ticket

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row

    from service_desk.messages.channels.contract import Envelope

#: 192 bits: the token proves acceptance, so it must not be guessed.
TOKEN_BYTES = 24
_TAKE = text("""
UPDATE messages SET state = 'sending', attempt = attempt + 1, attempt_token = taken.token, claimed_at = :now,
  lease_until = :lease, next_try_at = :lease, reconciled = 0
FROM unnest(CAST(:ids AS bigint[]), CAST(:tokens AS text[])) AS taken (id, token)
WHERE messages.authority_id = :authority_id AND messages.id = taken.id
""")


def claim(message_id: int, now: datetime) -> Envelope | None:
    """Take one pending message that is due: one more attempt. None: nothing to send.

    The caller commits before the provider is called. A message that came too late, or whose person has stopped
    messages in the meantime, is ended here instead.
    """
    rows = db.session.execute(with_person(Message.id == message_id, *_due(now))).all()
    taken, _ended = _take(rows, now)
    return taken[0] if taken else None


def claim_due(now: datetime, limit: int, *, only_pressing: bool = False) -> tuple[list[Envelope], int]:
    """Take the messages due longest, at most `limit`, as `claim` does. Returns them, and how many were ended or held instead.

    What another worker is taking is left to it. While a person's earlier message is in the air or comes back soon,
    her later ones wait, so that words arrive in the order in which they were written; codes wait for nothing.

    only_pressing: codes and hazards alone, past everything that waits: the day's budget is spent.
    """
    which = (
        or_(Message.event == CODE, _is_hazard())
        if only_pressing
        else or_(Message.event == CODE, Message.address == "", ~_comes_after_another(now))
    )
    # By the index alone: were ties put in order there, each claim would read all of a broadcast written at one moment.
    rows = db.session.execute(with_person(*_due(now), which).order_by(Message.next_try_at).limit(limit)).all()
    return _take(sorted(rows, key=lambda row: (row.next_try_at, row.id)), now)


def _is_hazard() -> Any:
    """Return the condition that the message is about a hazard."""
    same = (Ticket.authority_id == Message.authority_id, Ticket.id == Message.ticket_id)
    return exists().where(*same, Ticket.is_hazard)


def _due(now: datetime) -> tuple[Any, ...]:
    return Message.state == "pending", Message.next_try_at <= now


def _comes_after_another(now: datetime) -> Any:
    """Return the condition that an earlier message to the same address on the same channel is being sent, is due, or was put back."""
    earlier = aliased(Message)
    leaves_first = or_(
        earlier.state == "sending",
        and_(earlier.state == "pending", or_(earlier.next_try_at <= now, earlier.reason == "retry")),
    )
    written_before = tuple_(earlier.created_at, earlier.id) < tuple_(Message.created_at, Message.id)
    same = (
        earlier.authority_id == Message.authority_id,
        earlier.address == Message.address,
        earlier.channel == Message.channel,
    )
    return exists().where(*same, written_before, leaves_first, earlier.event != CODE)


def _take(rows: Sequence[Row[Any]], now: datetime) -> tuple[list[Envelope], int]:
    """Lease what is still to be sent. rows: locked, with their person. Returns the envelopes, and how many are none."""
    going = [row for row in rows if not _is_over(row, now)]
    if not going:
        return [], len(rows)
    tokens = [rules.attempt_token(row.authority_id, secrets.token_urlsafe(TOKEN_BYTES)) for row in going]
    numbers = [row.attempt + 1 for row in going]
    ids = [row.id for row in going]
    leased = {"now": now, "lease": now + rules.LEASE, "ids": ids, "tokens": tokens}
    db.session.execute(_TAKE, {**leased, "authority_id": work.tenant_id()})
    work.put_many(
        Attempt.__table__,  # type: ignore[arg-type]  # a declared table is a Table
        [
            {
                "authority_id": row.authority_id,
                "token": token,
                "message_id": row.id,
                "number": number,
                "claimed_at": now,
            }
            for row, token, number in zip(going, tokens, numbers, strict=True)
        ],
    )
    envelopes = [
        envelope_of(row, now, attempt=number, token=token, claimed_at=now)
        for row, token, number in zip(going, tokens, numbers, strict=True)
    ]
    return envelopes, len(rows) - len(going)


def _is_over(row: Row[Any], now: datetime) -> bool:
    """End a message that is not to be sent any more, or that has to wait for the day, and say so."""
    if row.expires_at <= now:
        return change(row.id, state="expired", reason="too_late", next_try_at=None, settled_at=now)
    # The last word confirms that there will be no more: it alone goes to a channel that was just stopped.
    stopped = () if row.event == FAREWELL else row.stopped or ()
    reason = rules.why_skip(has_phone=bool(row.address), channel=row.channel, stopped=stopped)
    if reason:
        return change(row.id, state="skipped", reason=reason, next_try_at=None, settled_at=now)
    return not row.is_urgent and _holds_for_day(row, now)


def _holds_for_day(row: Row[Any], now: datetime) -> bool:
    """Let a message that became due in quiet hours (after an outage, or as a second try) wait for their end."""
    start = allowed_from(now)
    if start <= now:
        return False
    expires_at = max(row.expires_at, rules.expires_at(row.event, start))
    return change(row.id, reason=QUIET, next_try_at=start, expires_at=expires_at)
