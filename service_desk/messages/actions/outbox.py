"""The outbox: who takes a row, and what happens to rows that nobody settled in time."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, select, update

from service_desk import config, work
from service_desk.extensions import db
from service_desk.messages import rules
from service_desk.messages.actions.timing import QUIET, allowed_from
from service_desk.messages.channels.contract import Envelope
from service_desk.messages.models import Attempt, Message
from service_desk.messages.rules.entering import filled
from service_desk.people.models import Resident

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row, Select

#: 192 bits: the token proves acceptance, so it must not be guessed.
TOKEN_BYTES = 24


def with_person(*conditions: Any) -> Select[Any]:
    """Return the query of message rows with what their person last said; only the message is locked, and not waited for."""
    person = and_(Resident.authority_id == Message.authority_id, Resident.id == Message.resident_id)
    return (
        select(*Message.__table__.columns, Resident.stopped, Resident.last_inbound_at)
        .outerjoin(Resident, person)
        .where(Message.authority_id == work.tenant_id(), *conditions)
        .with_for_update(skip_locked=True, of=Message)
    )


def change(message_id: int, *conditions: Any, **values: Any) -> bool:
    """Change one message when the conditions still hold; say whether they did."""
    statement = update(Message).where(
        Message.authority_id == work.tenant_id(), Message.id == message_id, *conditions
    )
    done = db.session.execute(statement.values(**values).execution_options(synchronize_session=False))
    return bool(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE has a count


def claim(message_id: int, now: datetime) -> Envelope | None:
    """Take a pending message that is due: one more attempt, leased, with its own token. None: nothing to send.

    The caller commits before the provider is called. A message that came too late, or whose person has stopped
    messages in the meantime, is ended here instead.
    """
    row = db.session.execute(
        with_person(Message.id == message_id, Message.state == "pending", Message.next_try_at <= now)
    ).one_or_none()
    if row is None or _is_over(row, now):
        return None
    token = rules.attempt_token(row.authority_id, secrets.token_urlsafe(TOKEN_BYTES))
    lease = now + rules.LEASE
    change(
        row.id,
        state="sending",
        attempt=row.attempt + 1,
        attempt_token=token,
        claimed_at=now,
        lease_until=lease,
        next_try_at=lease,
        reconciled=0,
    )
    db.session.add(
        Attempt(
            authority_id=row.authority_id,
            token=token,
            message_id=row.id,
            number=row.attempt + 1,
            claimed_at=now,
        )
    )
    return envelope_of(row, now, attempt=row.attempt + 1, token=token, claimed_at=now)


def _is_over(row: Row[Any], now: datetime) -> bool:
    """End a message that is not to be sent any more, or that has to wait for the day, and say so."""
    if row.expires_at <= now:
        return change(row.id, state="expired", reason="too_late", next_try_at=None, settled_at=now)
    reason = rules.why_skip(has_phone=bool(row.address), channel=row.channel, stopped=row.stopped or ())
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


def envelope_of(row: Row[Any], now: datetime, *, attempt: int, token: str, claimed_at: datetime) -> Envelope:
    """Return the message as a value that outlives the transaction."""
    kept = row.template_values or {}
    return Envelope(
        authority_id=row.authority_id,
        message_id=row.id,
        attempt=attempt,
        token=token,
        event=row.event,
        channel=row.channel,
        address=row.address,
        locale=row.locale,
        body=filled(row.body, config.current().secret_key, kept.get("nonce")),
        claimed_at=claimed_at,
        expires_at=row.expires_at,
        template_name=kept.get("name"),
        variables=kept.get("variables") or {},
        has_free_words=rules.may_use_free_words(row.last_inbound_at, now),
        is_possible_duplicate=row.is_possible_duplicate,
        asked=row.reconciled,
        provider_id=row.provider_id,
    )


def end_leases(now: datetime) -> int:
    """Call unknown every message whose worker did not come back in time. Returns how many."""
    return _change_all(
        Message.state == "sending",
        Message.next_try_at <= now,
        state="unknown",
        reason="lease_over",
        lease_until=None,
        reconciled=0,
        next_try_at=rules.reconcile_at(0, now),
    )


def expire(now: datetime) -> int:
    """End pending messages that are no longer worth sending. Returns how many."""
    return _change_all(
        Message.state == "pending",
        Message.next_try_at.is_not(None),
        Message.expires_at <= now,
        state="expired",
        reason="too_late",
        next_try_at=None,
        settled_at=now,
    )


def _change_all(*conditions: Any, **values: Any) -> int:
    statement = update(Message).where(Message.authority_id == work.tenant_id(), *conditions)
    done = db.session.execute(statement.values(**values).execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE has a count
