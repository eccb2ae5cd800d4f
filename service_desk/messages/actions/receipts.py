"""What the provider reports of a message: proof of delivery rises only; what is lost may be tried again as a new row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from service_desk import work
from service_desk.extensions import db
from service_desk.messages import rules
from service_desk.messages.actions.outbox import change
from service_desk.messages.actions.trying_again import try_again
from service_desk.messages.models import Attempt, Message, Receipt
from service_desk.messages.rules.choosing import CALLS_ONLY
from service_desk.messages.rules.codes import NO_TEXT, STOPPED, code_of_call, is_unreachable
from service_desk.people.models import Resident

if TYPE_CHECKING:
    from datetime import datetime


def apply_receipt(token: str, provider_id: str, status: str, code: int | None, now: datetime) -> str:
    """Store a status callback once and apply it. status: the provider's word; code: its error code.

    Returns applied, stale (it proves nothing new), repeated, or quarantined (its token is not ours).
    """
    code = code or code_of_call(status)
    message_id = _message_of(token, provider_id)
    if not _store(token, provider_id, status, code, message_id, now):
        return "repeated"
    if message_id is None:
        return "quarantined"
    _prove(token, provider_id, now)
    reported = rules.state_of_callback(status)
    if reported is None:
        return "stale"
    return "applied" if apply_report(message_id, provider_id, reported, code, now) else "stale"


def apply_report(message_id: int, provider_id: str, reported: str, code: int | None, now: datetime) -> bool:
    """Raise the message to the reported state when it proves more than is known. Says whether it did.

    A report about a second copy of the message (another provider_id) counts only when that copy arrived.
    """
    row = db.session.execute(
        select(*Message.__table__.columns)
        .where(Message.authority_id == work.tenant_id(), Message.id == message_id)
        .with_for_update()
    ).one()
    is_other_copy = row.provider_id not in (None, provider_id)
    state = rules.after_callback(row.state, reported)
    if state == row.state or (is_other_copy and reported not in {"delivered", "read"}):
        return False
    is_flying = state in rules.IN_FLIGHT
    change(
        message_id,
        state=state,
        provider_id=row.provider_id or provider_id,
        error_code=str(code) if code else None,
        reason="lost" if state in rules.LOST else None,
        lease_until=None,
        reconciled=0,
        next_try_at=rules.ask_at(0, now) if is_flying else None,
        settled_at=None if is_flying else now,
    )
    if state in rules.LOST:
        lose(message_id, code, now)
    return True


def lose(message_id: int, code: int | None, now: datetime) -> None:
    """Draw the consequences of a message that is known not delivered: the contact's flag, and a new row when it is worth it."""
    row = db.session.execute(
        select(*Message.__table__.columns).where(
            Message.authority_id == work.tenant_id(), Message.id == message_id
        )
    ).one()
    if code in STOPPED:
        flag(row.resident_id, row.channel)
    elif code in NO_TEXT and row.channel == "sms":
        flag(row.resident_id, CALLS_ONLY)
    elif is_unreachable(code):
        flag(row.resident_id, rules.unreachable(row.channel))
    try_again(row, code, now)


def flag(resident_id: int | None, word: str) -> None:
    """Keep among a resident's stopped channels a channel, or that it cannot be had. Once."""
    person = (
        Resident.authority_id == work.tenant_id(),
        Resident.id == resident_id,
        func.array_position(Resident.stopped, word).is_(None),
    )
    statement = update(Resident).where(*person).values(stopped=func.array_append(Resident.stopped, word))
    db.session.execute(statement.execution_options(synchronize_session=False))


def _message_of(token: str, provider_id: str) -> int | None:
    """Return the message of an attempt's token, whichever attempt it was; else the one bound to the provider's id."""
    mine = Attempt.authority_id == work.tenant_id()
    by_token = db.session.scalar(select(Attempt.message_id).where(mine, Attempt.token == token))
    if by_token is not None:
        return by_token
    bound = (Message.authority_id == work.tenant_id(), Message.provider_id == provider_id)
    return db.session.scalar(select(Message.id).where(*bound).limit(1))


def _store(
    token: str, provider_id: str, status: str, code: int | None, message_id: int | None, now: datetime
) -> bool:
    """Keep the callback; False when the provider's id and status are already kept."""
    values = {
        "authority_id": work.tenant_id(),
        "provider_id": provider_id,
        "status": status,
        "message_id": message_id,
        "attempt_token": token,
        "error_code": str(code) if code else None,
        "at": now,
    }
    statement = insert(Receipt).values(values).on_conflict_do_nothing().returning(Receipt.provider_id)
    return db.session.scalar(statement) is not None


def _prove(token: str, provider_id: str, now: datetime) -> None:
    """Note at the attempt that the provider has it: the proof that outlives a dead worker."""
    mine = (Attempt.authority_id == work.tenant_id(), Attempt.token == token, Attempt.provider_id.is_(None))
    values = {"provider_id": provider_id, "outcome": "accepted", "settled_at": now}
    db.session.execute(
        update(Attempt).where(*mine).values(**values).execution_options(synchronize_session=False)
    )
