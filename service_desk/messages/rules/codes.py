"""What a failure means: may it be sent again, must the provider be asked first, or is it over, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Outcome(StrEnum):
    """What follows from a failure."""

    RETRY = "retry"
    AMBIGUOUS = "ambiguous"
    PERMANENT_RECIPIENT = "permanent_recipient"
    PERMANENT_CONFIG = "permanent_config"
    TEMPORARY = "temporary"


#: The person cannot be reached on this channel: stop writing there.
RECIPIENT = frozenset({21211, 21214, 21610, 21614, 21635, 30005, 30006, 63003, 63014, 63024})
#: The person asked the provider not to be written to.
STOPPED = frozenset({21610})
#: Our content, sender or account is wrong: the operator is called, the person is not blamed.
CONFIG = frozenset(
    {
        20003,
        21408,
        21602,
        21606,
        21612,
        21617,
        30004,
        30007,
        30032,
        30033,
        30034,
        30035,
        63008,
        63016,
        63032,
        63051,
    }
)
#: Accepted, then known not delivered: a new row is no duplicate.
AFTER_ACCEPTANCE = frozenset({30001, 30003, 30008, 63017, 63018})
#: Too many requests: refused before anything was made.
TOO_MANY = 20429

_OF_CODE = {
    **dict.fromkeys(RECIPIENT, Outcome.PERMANENT_RECIPIENT),
    **dict.fromkeys(CONFIG, Outcome.PERMANENT_CONFIG),
    **dict.fromkeys(AFTER_ACCEPTANCE, Outcome.TEMPORARY),
}

#: The connection never carried our request.
_NEVER_LEFT = frozenset({"dns", "connect", "tls"})


def classify(*, status: int | None = None, code: int | None = None, failure: str | None = None) -> Outcome:
    """Return what a failure means.

    status: HTTP status of the answer, if one came. code: the provider's error code, from the answer or a callback.
    failure: dns, connect, tls (the request never left) or read, reset, parse, crash (it may have arrived).
    """
    if failure is not None:
        return Outcome.RETRY if failure in _NEVER_LEFT else Outcome.AMBIGUOUS
    if status == 429 or code == TOO_MANY:
        return Outcome.RETRY
    # A server error, a time-out at the server or a success that cannot be read says nothing about what was made.
    if status is not None and (status >= 500 or status == 408 or status < 400):
        return Outcome.AMBIGUOUS
    # An unknown refusal: nothing was made, and sending the same again would be refused again.
    return _OF_CODE.get(code or 0, Outcome.PERMANENT_CONFIG)


@dataclass(frozen=True)
class Again:
    """A new row after one that ended undelivered. channel: where; wait: from now; number: of the new row."""

    channel: str
    wait: timedelta
    number: int


#: How a call ended, in the numbers by which telephone networks say it (RFC 3261).
BUSY, NO_ANSWER = 486, 480
_OF_CALL = {"busy": BUSY, "no-answer": NO_ANSWER}
#: No text arrives at such a number: landlines, mostly. A call may.
NO_TEXT = frozenset({21614, 30006})


def code_of_call(status: str) -> int | None:
    """Return the code of a call's ending, when its word says why nobody heard it."""
    return _OF_CALL.get(status)


#: code → waits before the first, second … new row on the same channel.
_WAITS: dict[int, tuple[timedelta, ...]] = {
    30001: (timedelta(minutes=15), timedelta(hours=1)),
    30003: (timedelta(hours=2), timedelta(hours=12)),
    30008: (timedelta(minutes=15),),
    63017: (timedelta(minutes=15), timedelta(hours=1)),
    BUSY: (timedelta(minutes=30), timedelta(minutes=30)),
    NO_ANSWER: (timedelta(minutes=30), timedelta(minutes=30)),
}


def again(channel: str, code: int | None, earlier: int) -> Again | None:
    """Return how a message that is known not delivered is tried again; None: it is over.

    channel: where it failed. earlier: how many rows tried before this one for the same fact. WhatsApp that cannot be
    had falls back to SMS, and an SMS to a number that takes none to a call; a phone that is off gets two more tries
    within a day, one that nobody picks up two more calls, half an hour apart.
    """
    waits = _WAITS.get(code or 0, ())
    if earlier < len(waits):
        return Again(channel, waits[earlier], earlier + 1)
    if channel == "whatsapp":
        return Again("sms", timedelta(0), earlier + 1)
    if channel == "sms" and code in NO_TEXT:
        return Again("voice", timedelta(0), earlier + 1)
    return None


def is_unreachable(code: int | None) -> bool:
    """Say whether the code means that this number cannot have this channel at all."""
    return code in RECIPIENT and code not in STOPPED
