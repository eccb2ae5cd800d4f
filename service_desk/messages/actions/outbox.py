"""The outbox: its rows as values, and what happens to rows that nobody settled in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, select, update
from sqlalchemy.orm import aliased

from service_desk import config, work
from service_desk.extensions import db
from service_desk.messages import rules
from service_desk.messages.approvals import approved
from service_desk.messages.channels.contract import Envelope
from service_desk.messages.models import Message
from service_desk.messages.rules.entering import filled
from service_desk.messages.rules.talking import CHAT, FAREWELL
from service_desk.people.models import Resident

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row, Select


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
        content_sid=approved().get(kept["name"]) if kept.get("name") else None,
        variables=kept.get("variables") or {},
        # A chat only ever answers what was written at that moment.
        has_free_words=rules.may_use_free_words(
            row.created_at if row.event in {CHAT, FAREWELL} else row.last_inbound_at, now
        ),
        is_possible_duplicate=row.is_possible_duplicate,
        asked=row.reconciled,
        provider_id=row.provider_id,
    )


def give_way(message_id: int, now: datetime, **values: Any) -> bool:
    """Retire a message that comes back to wait when a newer status of its request was told meanwhile. Says whether it did.

    `supersede` saw it on its way, and left it; now it would arrive after the newer one, or beside it. values: set too.
    """
    newer = aliased(Message)
    was_told = exists().where(
        newer.authority_id == Message.authority_id,
        newer.ticket_id == Message.ticket_id,
        newer.follower_id == Message.follower_id,
        newer.event_seq > Message.event_seq,
        newer.event.not_in(rules.KEPT),
        newer.state.not_in(("skipped", "expired", "failed", "undelivered")),
    )
    return change(
        message_id,
        Message.state == "pending",
        Message.event.not_in(rules.KEPT),
        was_told,
        state="superseded",
        reason="newer_message",
        next_try_at=None,
        settled_at=now,
        **values,
    )


def end_leases(now: datetime) -> int:
    """Call unknown every message whose worker did not come back in time. Returns how many."""
    return _change_free(
        Message.state == "sending",
        Message.next_try_at <= now,
        state="unknown",
        reason="lease_over",
        lease_until=None,
        reconciled=0,
        next_try_at=rules.reconcile_at(0, now),
    )


def doubt_all(now: datetime) -> int:
    """Call unknown whatever seems unsent in a restored backup: it may have left after the backup was made. Returns how many."""
    return _change_all(
        Message.state.in_(("pending", "sending")),
        Message.next_try_at.is_not(None),
        state="unknown",
        reason="restored",
        lease_until=None,
        reconciled=0,
        next_try_at=now,
    )


def expire(now: datetime) -> int:
    """End pending messages that are no longer worth sending. Returns how many."""
    return _change_free(
        Message.state == "pending",
        Message.next_try_at.is_not(None),
        Message.expires_at <= now,
        state="expired",
        reason="too_late",
        next_try_at=None,
        settled_at=now,
    )


def _change_free(*conditions: Any, **values: Any) -> int:
    """Change the messages that nobody else has in hand; those are changed the next time.

    Two that change many rows lock them in no order, and would wait for each other: one of them at least must not wait.
    """
    mine = (Message.authority_id == work.tenant_id(), *conditions)
    free = select(Message.id).where(*mine).with_for_update(skip_locked=True).cte("free")
    return _change_all(Message.id.in_(select(free.c.id)), **values)


def _change_all(*conditions: Any, **values: Any) -> int:
    statement = update(Message).where(Message.authority_id == work.tenant_id(), *conditions)
    done = db.session.execute(statement.values(**values).execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE has a count
