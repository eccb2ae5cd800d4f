"""Send what is due: ask about the unknown first, then claim, send with no connection held, settle."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

from service_desk import clock, config, work
from service_desk.flow import reconcile
from service_desk.flow.telling import DELIVER
from service_desk.messages import actions as messages
from service_desk.messages import queries
from service_desk.messages.channels import channel_for
from service_desk.messages.channels.contract import (
    Ambiguous,
    ChannelError,
    PermanentConfig,
    PermanentRecipient,
    Retryable,
)
from service_desk.telemetry import log, messages_settled

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from service_desk.messages.channels.contract import Channel, Envelope

#: So many in a row without a yes, and the provider is left alone until the sweep rings again.
_PATIENCE = 3


def deliver_messages(
    authority_id: int,
    limit: int = 50,
    *,
    channel: Channel | None = None,
    now: Callable[[], datetime] = clock.now,
) -> dict[str, int]:
    """Drain one authority's due messages, at most `limit`. Safe to run twice and side by side.

    Returns how many ended how: accepted, put_back, given_up, unknown, skipped, and what reconciling found. When the
    limit was reached the bell is rung again, so one long queue does not keep a worker for itself. An unexpected
    exception leaves the row in sending, to be asked about when its lease is over.
    """
    channel = channel or channel_for(config.current())
    counts: Counter[str] = Counter()
    with work.tenant(authority_id):
        counts.update(reconcile.reconcile_messages(channel, limit, now))
        ids = queries.due_ids(now(), limit)
        failures = 0
        for message_id in ids:
            outcome = _deliver(message_id, channel, now)
            counts[outcome] += 1
            failures = failures + 1 if outcome in {"put_back", "unknown", "misconfigured"} else 0
            if failures >= _PATIENCE:
                break
        else:
            if len(ids) == limit:
                with work.transaction() as after:
                    after.ring(DELIVER, authority_id)
    return dict(counts)


def _deliver(message_id: int, channel: Channel, now: Callable[[], datetime]) -> str:
    """Send one message, once. Returns the word to count."""
    with work.transaction():
        envelope = messages.claim(message_id, now())
    if envelope is None:
        return "skipped"
    outcome = _send(envelope, channel, now)
    messages_settled.labels(channel=envelope.channel, outcome=outcome).inc()
    if envelope.is_possible_duplicate:
        messages_settled.labels(channel=envelope.channel, outcome="possible_duplicate").inc()
    return outcome


def _send(envelope: Envelope, channel: Channel, now: Callable[[], datetime]) -> str:
    """Call the provider (the claim is committed, no connection is held), then write down what came of it."""
    try:
        sent = channel.send(envelope)
    except ChannelError as error:
        return _settle_failure(envelope, error, now())
    with work.transaction():
        messages.mark_accepted(envelope, sent, now())
    return "accepted"


def _settle_failure(envelope: Envelope, error: ChannelError, now: datetime) -> str:
    with work.transaction():
        match error:
            case Retryable():
                draw = random.random()  # noqa: S311 — spreads retries, keeps no secret
                messages.put_back(
                    envelope, now, code=error.code, wait_seconds=error.retry_after_seconds, draw=draw
                )
                return "put_back"
            case Ambiguous():
                messages.mark_unknown(envelope, now, code=error.code)
                return "unknown"
            case PermanentRecipient():
                messages.give_up(envelope, now, code=error.code, reason="recipient")
                return "given_up"
            case PermanentConfig():
                messages.give_up(envelope, now, code=error.code, reason="config")
                log.error(
                    "message_misconfigured",
                    message_id=envelope.message_id,
                    channel=envelope.channel,
                    code=error.code,
                )
                return "misconfigured"
        raise error
