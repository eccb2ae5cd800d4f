"""Pure rules of messages: the outbox's states and moves, when to try again, what to skip, what replaces what."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

STATES = (
    "pending",
    "sending",
    "accepted",
    "sent",
    "delivered",
    "read",
    "undelivered",
    "failed",
    "unknown",
    "manual",
    "expired",
    "superseded",
    "skipped",
)
EVENTS = (
    "received",
    "question",
    "handed_over",
    "resolved",
    "reopened",
    "closed",
    "rejected",
    "merged",
    "split",
    "joined",
    "reply",
    "digest",
)
CHANNELS = ("sms", "whatsapp", "voice", "email")
#: channels in which a person can write back
CHATS = ("sms", "whatsapp")

#: Proof of delivery only rises. States before acceptance, and those that gave up, weigh nothing: proof beats them.
_RANK = {"accepted": 1, "sent": 2, "delivered": 3, "undelivered": 3, "failed": 3, "read": 4}
#: Known not delivered: nothing that comes later changes it, since a new row may already be trying again.
LOST = frozenset({"undelivered", "failed"})
#: The provider took it and nothing final is known.
IN_FLIGHT = frozenset({"accepted", "sent"})

#: Twilio's word in a callback → our state.
_CALLBACK = {
    "accepted": "accepted",
    "scheduled": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "failed",
    # and those of a call: whoever picked up has heard it
    "initiated": "accepted",
    "ringing": "accepted",
    "in-progress": "delivered",
    "completed": "delivered",
    "busy": "undelivered",
    "no-answer": "undelivered",
}


def state_of_callback(status: str) -> str | None:
    """Return our state for the provider's word, or None when the word is new to us."""
    return _CALLBACK.get(status)


def rank(state: str) -> int:
    """Return how much the state proves: 0 nothing … 4 read."""
    return _RANK.get(state, 0)


def after_callback(state: str, reported: str) -> str:
    """Return the state after a callback reports another: it rises or stays; lost stays lost."""
    if state in LOST or rank(reported) <= rank(state):
        return state
    return reported


# --- time ----------------------------------------------------------------------------------------------------------

#: A worker that has not settled by then is taken for dead.
LEASE = timedelta(seconds=60)
#: After an attempt whose fate is unknown, when the provider is asked (from the moment it became unknown).
RECONCILE_AFTER = (timedelta(seconds=60), timedelta(minutes=3), timedelta(minutes=10))
#: The provider's own list may show a message slightly before our clock says that we sent it.
CLOCK_SLACK = timedelta(minutes=2)
#: No callback for so long after acceptance: ask. Twilio drops a callback that failed twice.
ASK_AFTER = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
#: WhatsApp takes free words for 24 h after the person's last message; a minute is left for the way.
FREE_WORDS = timedelta(hours=24) - timedelta(minutes=1)
#: The provider's longest validity of a queued message (s).
LONGEST_VALIDITY_SECONDS = 36_000

_BACK_OFF_SECONDS = (15, 30, 60, 120, 300, 600, 1200, 1800)
_LONGEST_WAIT_SECONDS = 3600
_STATUS_HOURS = 4
_EXPIRY_HOURS = {
    "received": 24,
    "question": 72,
    "reply": 72,
    "resolved": 72,
    "rejected": 72,
    "split": 24,
    "digest": 72,
}


def back_off(attempt: int, draw: float, retry_after_seconds: float | None = None) -> timedelta:
    """Return how long to wait after the failed attempt of that number (1 for the first).

    draw: 0…1, spreads the wait by ±20 % so that rows do not come back together. The provider's own wish is
    honoured when longer, up to an hour.
    """
    base = _BACK_OFF_SECONDS[min(max(attempt, 1), len(_BACK_OFF_SECONDS)) - 1]
    seconds = max(base * (0.8 + 0.4 * draw), min(retry_after_seconds or 0, _LONGEST_WAIT_SECONDS))
    return timedelta(seconds=seconds)


def expires_at(event: str, created_at: datetime) -> datetime:
    """Return when the message is no longer worth sending: 4 h for a mere status, days for what asks something."""
    return created_at + timedelta(hours=_EXPIRY_HOURS.get(event, _STATUS_HOURS))


def reconcile_at(asked: int, now: datetime) -> datetime | None:
    """Return when to ask the provider about an unknown after it was asked so many times; None: enough."""
    if asked >= len(RECONCILE_AFTER):
        return None
    waited = RECONCILE_AFTER[asked - 1] if asked else timedelta(0)
    return now + RECONCILE_AFTER[asked] - waited


def ask_at(asked: int, now: datetime) -> datetime | None:
    """Return when to ask how an accepted message fared, had no callback come; None: enough."""
    return now + ASK_AFTER[asked] if asked < len(ASK_AFTER) else None


def may_use_free_words(last_inbound_at: datetime | None, now: datetime) -> bool:
    """Say whether WhatsApp takes words that are not an approved template. Both aware."""
    return last_inbound_at is not None and now - last_inbound_at < FREE_WORDS


# --- one message once, and the newest only --------------------------------------------------------------------------

#: These hold words of a person, or speak for several requests: a later status of one never replaces them.
KEPT = frozenset({"question", "reply", "digest"})


def dedupe_key(event: str, ticket_id: int, seq: int, follower_id: int, channel: str, retry: int = 0) -> str:
    """Return what makes a message one: the same fact is told to the same person on the same channel once.

    retry: 0, or the number of the new row after an earlier one ended undelivered.
    """
    key = f"{event}:{ticket_id}:{seq}:{follower_id}:{channel}"
    return f"{key}:r{retry}" if retry else key


def retry_of(key: str) -> int:
    """Return the number of the new row that a dedupe key carries; 0 for the first."""
    tail = key.rpartition(":r")[2]
    return int(tail) if ":r" in key and tail.isdigit() else 0


# --- whom not to write to -------------------------------------------------------------------------------------------


def unreachable(channel: str) -> str:
    """Return the word kept in a resident's stopped channels when the provider says the number cannot have it."""
    return f"{channel}:unreachable"


def why_skip(*, has_phone: bool, channel: str, stopped: Collection[str]) -> str | None:
    """Return the reason not to send: no_phone, no_channel, opted_out or unreachable; None: send."""
    if not has_phone:
        return "no_phone"
    if channel not in CHANNELS:
        return "no_channel"
    if channel in stopped:
        return "opted_out"
    return "unreachable" if unreachable(channel) in stopped else None


# --- the attempt's token ---------------------------------------------------------------------------------------------


#: authorities.id is a smallint
_LARGEST_AUTHORITY = 32_767


def attempt_token(authority_id: int, secret: str) -> str:
    """Return the token of an attempt: the authority, so that a callback finds its tenant, and ≥ 128 random bits."""
    return f"{authority_id}.{secret}"


def authority_of(token: str) -> int | None:
    """Return the authority that an attempt's token names; None when it is not one of ours."""
    head, dot, secret = token.partition(".")
    if not dot or len(secret) < 22 or not head.isascii() or not head.isdigit() or len(head) > 5:
        return None
    return int(head) if int(head) <= _LARGEST_AUTHORITY else None
