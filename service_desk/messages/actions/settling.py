"""What came of an attempt. Each change holds only for the attempt that it is about, so a late worker overwrites nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text, update

from service_desk import work
from service_desk.extensions import db
from service_desk.messages import rules
from service_desk.messages.actions.outbox import change, give_way
from service_desk.messages.actions.receipts import apply_report, lose
from service_desk.messages.models import Attempt, Message

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service_desk.messages.channels.contract import Envelope, Sent

#: A late answer of the same attempt is still the truth about it, even if the lease was over.
_OPEN = ("sending", "unknown")
#: First the attempts, then the messages, as a receipt does: two that lock the same rows never wait for each other.
_NOTE_ALL = text("""
UPDATE attempts SET outcome = 'accepted', settled_at = :now, provider_id = taken.provider_id
FROM unnest(CAST(:tokens AS text[]), CAST(:provider_ids AS text[])) AS taken (token, provider_id)
WHERE attempts.authority_id = :authority_id AND attempts.token = taken.token
""")
_BIND_ALL = text("""
UPDATE messages SET state = taken.state, provider_id = taken.provider_id, reason = NULL, error_code = NULL, reconciled = 0,
  lease_until = NULL, next_try_at = :ask_at
FROM unnest(CAST(:ids AS bigint[]), CAST(:attempts AS int[]), CAST(:provider_ids AS text[]), CAST(:states AS text[]))
  AS taken (id, attempt, provider_id, state)
WHERE messages.authority_id = :authority_id AND messages.id = taken.id AND messages.attempt = taken.attempt
  AND messages.state IN ('sending', 'unknown')
""")


def mark_accepted(envelope: Envelope, sent: Sent, now: datetime) -> bool:
    """Bind the provider's id. False: something else settled it first (a callback, most often), and that stands."""
    _note(envelope, now, "accepted", provider_id=sent.provider_id)
    state = sent.state if sent.state in rules.IN_FLIGHT else "accepted"
    is_ours = _settle(
        envelope,
        state=state,
        provider_id=sent.provider_id,
        reason=None,
        error_code=None,
        reconciled=0,
        next_try_at=rules.ask_at(0, now),
    )
    # A provider that knows the end at once (the sandbox, or a refusal in a success) needs no callback.
    if is_ours and sent.state != state:
        apply_report(envelope.message_id, sent.provider_id, sent.state, sent.code, now)
    return is_ours


def mark_all_accepted(taken: Sequence[tuple[Envelope, Sent]], now: datetime) -> None:
    """Bind the ids of many at once, each as `mark_accepted` does: what something else settled first stands."""
    flying = [(envelope, sent) for envelope, sent in taken if sent.state in rules.IN_FLIGHT]
    for envelope, sent in taken:
        if sent.state not in rules.IN_FLIGHT:
            mark_accepted(envelope, sent, now)
    if not flying:
        return
    values = {
        "authority_id": work.tenant_id(),
        "now": now,
        "ask_at": rules.ask_at(0, now),
        "ids": [envelope.message_id for envelope, _ in flying],
        "attempts": [envelope.attempt for envelope, _ in flying],
        "tokens": [envelope.token for envelope, _ in flying],
        "provider_ids": [sent.provider_id for _, sent in flying],
        "states": [sent.state for _, sent in flying],
    }
    db.session.execute(_NOTE_ALL, values)
    db.session.execute(_BIND_ALL, values)


def put_back(
    envelope: Envelope, now: datetime, *, code: str, wait_seconds: float | None, draw: float
) -> bool:
    """Wait and try again: surely nothing was made. wait_seconds: the provider's wish; draw: 0…1, see back_off."""
    _note(envelope, now, "put_back", error_code=code)
    next_try_at = now + rules.back_off(envelope.attempt, draw, wait_seconds)
    if next_try_at >= envelope.expires_at:
        return _settle(
            envelope, state="expired", reason="too_late", error_code=code, next_try_at=None, settled_at=now
        )
    is_ours = _settle(envelope, state="pending", reason="retry", error_code=code, next_try_at=next_try_at)
    if is_ours:
        give_way(envelope.message_id, now)
    return is_ours


def give_up(envelope: Envelope, now: datetime, *, code: str, reason: str) -> bool:
    """End it as failed: refused for good. reason: recipient or config. WhatsApp falls back to SMS."""
    _note(envelope, now, "given_up", error_code=code)
    is_ours = _settle(
        envelope, state="failed", reason=reason, error_code=code, next_try_at=None, settled_at=now
    )
    if is_ours:
        lose(envelope.message_id, int(code) if code.isdigit() else None, now)
    return is_ours


def mark_unknown(envelope: Envelope, now: datetime, *, code: str) -> bool:
    """It may have been made: ask the provider before anything else."""
    _note(envelope, now, "unknown", error_code=code)
    return _settle(
        envelope,
        state="unknown",
        reason="no_answer",
        error_code=code,
        reconciled=0,
        next_try_at=rules.reconcile_at(0, now),
    )


def _settle(envelope: Envelope, **values: Any) -> bool:
    """Change the row when this attempt is still its newest and nothing has settled it."""
    conditions = (Message.attempt == envelope.attempt, Message.state.in_(_OPEN))
    return change(envelope.message_id, *conditions, lease_until=None, **values)


def _note(envelope: Envelope, now: datetime, outcome: str, **values: Any) -> None:
    """Write what came of the attempt beside it."""
    statement = update(Attempt).where(
        Attempt.authority_id == envelope.authority_id, Attempt.token == envelope.token
    )
    values = {"outcome": outcome, "settled_at": now, **values}
    db.session.execute(statement.values(**values).execution_options(synchronize_session=False))
