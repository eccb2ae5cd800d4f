"""Ask the provider about messages of unknown fate before anything is sent again, and about those that fell silent."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from service_desk import work
from service_desk.messages import actions as messages
from service_desk.messages import queries
from service_desk.messages.channels.contract import ChannelError
from service_desk.messages.channels.sandbox import PREFIX
from service_desk.telemetry import messages_settled

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from service_desk.messages.channels.contract import Channel, Envelope

#: Ids bound so long before the claim may still be listed by the provider.
_BOUND_BEFORE = timedelta(days=4)


def reconcile_messages(channel: Channel, limit: int, now: Callable[[], datetime]) -> dict[str, int]:
    """Ask about each due unknown and each silent message, at most `limit` of each. The tenant is set by the caller.

    Returns how many ended how: found, asked_again, resent, superseded, manual, expired, unasked (the provider cannot be asked).
    """
    counts: Counter[str] = Counter()
    for claim, ask in ((messages.claim_unknown, _ask_fate), (messages.claim_quiet, _ask_status)):
        for _ in range(limit):
            with work.transaction():
                envelope = claim(now())
            if envelope is None:
                break
            outcome = ask(envelope, channel, now)
            counts[outcome] += 1
            messages_settled.labels(channel=envelope.channel, outcome=outcome).inc()
            if outcome == "unasked":
                return dict(counts)
    return dict(counts)


_WORDS = {
    "unknown": "asked_again",
    "pending": "resent_after_unknown",
    "superseded": "superseded",
    "manual": "manual",
    "expired": "expired",
    "settled": "found",
}


def _ask_fate(envelope: Envelope, channel: Channel, now: Callable[[], datetime]) -> str:
    """Find one message at the provider, with no connection held; bind it, ask later, send once more, or give it to a person."""
    with work.transaction():
        bound = queries.bound_ids(envelope.address, envelope.claimed_at - _BOUND_BEFORE)
    try:
        provider_id = channel.find(envelope, bound)
    except ChannelError:
        with work.transaction():
            messages.could_not_ask(envelope, now())
        return "unasked"
    with work.transaction():
        if provider_id is None:
            return _WORDS[messages.not_found(envelope, now())]
        messages.bind(envelope, provider_id, now())
        return "reconciled_found"


def _ask_status(envelope: Envelope, channel: Channel, now: Callable[[], datetime]) -> str:
    """Fetch how one accepted message fared; a status counts exactly as if its callback had come."""
    provider_id = envelope.provider_id or ""
    try:
        known = None if provider_id.startswith(PREFIX) else channel.look_up(provider_id)
    except ChannelError:
        return "unasked"
    with work.transaction():
        if known is not None:
            status, code = known
            messages.apply_receipt(envelope.token, provider_id, status, code, now())
        messages.still_quiet(envelope, now())
    return "polled"
