"""Asking the provider: about attempts whose fate is unknown, and about accepted messages that fell silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.extensions import db
from service_desk.messages import rules
from service_desk.messages.actions.outbox import change, envelope_of, give_way, with_person
from service_desk.messages.actions.receipts import apply_report
from service_desk.messages.models import Message
from service_desk.messages.rules.entering import CODE

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.messages.channels.contract import Envelope


def claim_unknown(now: datetime) -> Envelope | None:
    """Take one message of unknown fate that is due to be asked about; None: there is none."""
    return _claim(now, Message.state == "unknown")


def claim_quiet(now: datetime) -> Envelope | None:
    """Take one accepted message that no callback has spoken of for long; None: there is none."""
    return _claim(now, Message.state.in_(sorted(rules.IN_FLIGHT)))


def _claim(now: datetime, condition: Any) -> Envelope | None:
    due = with_person(condition, Message.next_try_at <= now).order_by(Message.next_try_at).limit(1)
    row = db.session.execute(due).one_or_none()
    if row is None:
        return None
    # Nobody else asks meanwhile; and should we die, it is asked again.
    change(row.id, next_try_at=now + rules.LEASE)
    # What mattered is whether free words could be used when it was sent, not now.
    claimed_at = row.claimed_at or row.created_at
    return envelope_of(
        row, claimed_at, attempt=row.attempt, token=row.attempt_token or "", claimed_at=claimed_at
    )


def bind(envelope: Envelope, provider_id: str, now: datetime) -> bool:
    """The provider has it after all: bind its id. False: a callback was quicker."""
    return apply_report(envelope.message_id, provider_id, "accepted", None, now)


def not_found(envelope: Envelope, now: datetime) -> str:
    """The provider does not have it. Returns what follows: unknown (ask again), pending (once more), superseded, manual or expired.

    Asked in vain three times, a message is sent once more and says that it may be a duplicate; the second time a
    person has to decide. A code is never sent twice: whoever waits for it asks for another.
    """
    asked = envelope.asked + 1
    next_try_at = rules.reconcile_at(asked, now)
    if next_try_at is not None:
        values: dict[str, Any] = {"state": "unknown", "next_try_at": next_try_at}
    elif envelope.expires_at <= now:
        values = {"state": "expired", "reason": "too_late", "next_try_at": None, "settled_at": now}
    elif envelope.is_possible_duplicate or envelope.event == CODE:
        values = {"state": "manual", "reason": "unknown_twice", "next_try_at": None, "settled_at": now}
    else:
        values = {
            "state": "pending",
            "reason": "not_found",
            "next_try_at": now,
            "is_possible_duplicate": True,
        }
    conditions = (Message.state == "unknown", Message.attempt == envelope.attempt)
    if not change(envelope.message_id, *conditions, reconciled=asked, **values):
        return "settled"
    if values["state"] == "pending" and give_way(envelope.message_id, now, is_possible_duplicate=False):
        return "superseded"
    return str(values["state"])


def could_not_ask(envelope: Envelope, now: datetime) -> None:
    """The provider cannot be asked now: that is no answer, so it does not count as one."""
    change(envelope.message_id, Message.state == "unknown", next_try_at=now + rules.RECONCILE_AFTER[0])


def still_quiet(envelope: Envelope, now: datetime) -> None:
    """The provider knows no more than we do: ask later, and after the last time never again."""
    asked = envelope.asked + 1
    conditions = (Message.state.in_(sorted(rules.IN_FLIGHT)), Message.attempt == envelope.attempt)
    change(envelope.message_id, *conditions, reconciled=asked, next_try_at=rules.ask_at(asked, now))
