"""Pure rules of a ticket: its states and moves, who holds the ball, its reference, its hash chain."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

STATUSES = (
    "received",
    "triaged",
    "assigned",
    "in_progress",
    "waiting",
    "resolved",
    "closed",
    "reopened",
    "handed_over",
    "rejected",
    "duplicate",
)
HOLDERS = ("centre", "unit", "contractor", "outside", "resident", "nobody")
ENDED = frozenset({"closed", "rejected", "duplicate"})
REJECTIONS = (
    "not_municipal",
    "private_property",
    "not_found",
    "no_access",
    "already_done",
    "not_enough_detail",
    "abuse",
)

_WORKING = frozenset({"received", "triaged", "assigned", "in_progress", "waiting", "reopened", "handed_over"})

#: From each status, the statuses a move may lead to. The one table; nothing else decides a move.
MOVES: Mapping[str, frozenset[str]] = {
    "received": frozenset(
        {"triaged", "assigned", "in_progress", "waiting", "handed_over", "resolved", "rejected", "duplicate"}
    ),
    "triaged": frozenset(
        {"triaged", "assigned", "in_progress", "waiting", "handed_over", "resolved", "rejected", "duplicate"}
    ),
    "assigned": frozenset(
        {"triaged", "assigned", "in_progress", "waiting", "handed_over", "resolved", "rejected", "duplicate"}
    ),
    "in_progress": frozenset(
        {"triaged", "assigned", "in_progress", "waiting", "handed_over", "resolved", "rejected", "duplicate"}
    ),
    # The answer brings it back to work; a clerk may also go on without one.
    "waiting": frozenset(
        {"triaged", "assigned", "in_progress", "handed_over", "resolved", "rejected", "duplicate"}
    ),
    # Only the resident's answer, or the end of the time to answer, leads on from here.
    "resolved": frozenset({"closed", "reopened"}),
    # «Not done» may come after the time to answer has passed.
    "closed": frozenset({"reopened"}),
    "reopened": frozenset(
        {"triaged", "assigned", "in_progress", "waiting", "handed_over", "resolved", "rejected", "duplicate"}
    ),
    # One outside body may send it on to another.
    "handed_over": frozenset(
        {"handed_over", "triaged", "assigned", "in_progress", "waiting", "resolved", "rejected", "duplicate"}
    ),
    # A person may contest a refusal.
    "rejected": frozenset({"reopened"}),
    # Undoing a merge brings it back to the centre.
    "duplicate": frozenset({"reopened"}),
}

#: What taking back a clerk's own act may undo: from each status, those a ticket may be put back to as it was before.
#: Kept apart from MOVES, which is about a ticket's life going on (docs/adr/0005).
PUT_BACK: Mapping[str, frozenset[str]] = dict.fromkeys(
    ("assigned", "handed_over", "resolved", "rejected", "duplicate"), _WORKING
)

#: Statuses in which the city's clocks stand still.
PAUSING = frozenset({"waiting"})
#: Statuses in which the resolve clock has been answered.
STOPPING = frozenset({"resolved", "closed", "rejected", "duplicate"})
#: First statuses that show a person has looked: they stop the acknowledge clock.
ACKNOWLEDGING = frozenset(STATUSES) - {"received"}


def may_move(before: str, after: str) -> bool:
    """Say whether the table allows the move."""
    return after in MOVES[before]


def may_put_back(now: str, before: str) -> bool:
    """Say whether taking back an act may put a ticket in status ``now`` back to the status it had before."""
    return before in PUT_BACK.get(now, frozenset())


def is_open(status: str) -> bool:
    """Say whether the ticket still asks something of somebody."""
    return status not in ENDED


def holder_of(status: str, handler_kind: str) -> str:
    """Return who has the ball. handler_kind: centre, unit, contractor or outside."""
    if status in ENDED:
        return "nobody"
    if status in {"waiting", "resolved"}:
        return "resident"
    if status in {"assigned", "in_progress", "handed_over"}:
        return handler_kind
    return "centre"


def is_working(status: str) -> bool:
    """Say whether the city still owes work."""
    return status in _WORKING


# --- reference -----------------------------------------------------------------------------------------------------

_SPAN = 1_000_000
_FACTOR, _SHIFT = (
    386_117,
    482_193,
)  # the factor shares no divisor with the span, so each number gives another reference
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def _check_digit(digits: str) -> str:
    state = 0
    for digit in digits:
        state = int(_DAMM[state][int(digit)])
    return str(state)


def reference_of(number: int) -> str:
    """Return the public reference of ticket number: 7 digits or more, the last a check digit (Damm).

    Neighbouring numbers get distant references, so that one is not taken for another on the phone.
    """
    high, low = divmod(number, _SPAN)
    digits = f"{high or ''}{(low * _FACTOR + _SHIFT) % _SPAN:06d}"
    return digits + _check_digit(digits)


def is_reference(text: str) -> bool:
    """Say whether the digits of the text are a reference with a right check digit."""
    digits = "".join(ch for ch in text if ch in "0123456789")
    return len(digits) >= 7 and _check_digit(digits) == "0"


def shown(reference: str) -> str:
    """Return the reference as it is written and said: 482-1937."""
    return f"{reference[:-4]}-{reference[-4:]}"


# --- history -------------------------------------------------------------------------------------------------------

#: one way to write a fact, made once: building an encoder costs more than using it
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class Fact:
    """What is hashed of an event. at: aware; data: JSON values only."""

    authority_id: int
    ticket_id: int
    seq: int
    at: datetime
    kind: str
    actor_kind: str
    actor_id: int | None
    status: str
    holder_kind: str
    holder_id: int | None
    data: Mapping[str, Any]


def chain(previous: bytes, fact: Fact) -> bytes:
    """Return the hash of a fact over its predecessor's hash (sha-256, 32 bytes)."""
    body = _CANONICAL.encode(
        [
            fact.authority_id,
            fact.ticket_id,
            fact.seq,
            fact.at.astimezone(UTC).isoformat(timespec="microseconds"),
            fact.kind,
            fact.actor_kind,
            fact.actor_id,
            fact.status,
            fact.holder_kind,
            fact.holder_id,
            fact.data,
        ]
    )
    return hashlib.sha256(previous + body.encode()).digest()


def text_digest(text: str) -> str:
    """Return what an event keeps of words that may one day be erased (sha-256, hex)."""
    return hashlib.sha256(text.encode()).hexdigest()
