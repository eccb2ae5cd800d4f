"""Writes of cases. Every change is an event first; the case row follows it in the same flush."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from service_desk.extensions import db
from service_desk.supervision.models import Case, CaseEvent, CasePhoto
from service_desk.supervision.rules import ENDED_CASES
from service_desk.supervision.rules.cases import CaseStep, reference_of
from service_desk.supervision.rules.chains import CaseFact, chain
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from service_desk.intake.rules import EncodedPhoto
    from service_desk.people.rules import Actor


def open_case(
    values: Mapping[str, Any], number: int, actor: Actor, data: Mapping[str, Any], now: datetime
) -> Case:
    """Open a case with its first event. values: kind, subject, place, centre_id, unit_id, ticket_id, submission_key.

    number: of the reference. data: codes, values and words of the event. Somebody must look at it from now on.
    """
    case = Case(
        authority_id=tenant_id(),
        id=new_id(),
        reference=reference_of(number),
        state="opened",
        is_open=True,
        opened_at=now,
        opened_by=actor.id,
        next_at=now,
        version=0,
        last_hash=b"",
        **values,
    )
    db.session.add(case)
    # Why flush: its first event's foreign key.
    db.session.flush()
    _append(case, "opened", actor, now, data)
    return case


def act(case: Case, step: CaseStep, actor: Actor, now: datetime, data: Mapping[str, Any]) -> CaseEvent:
    """Do a step to a locked case and record it. data: the step's own, and what came with it (digests of photos)."""
    was_open = case.is_open
    case.state, case.next_at = step.state, step.next_at
    case.is_open = step.state not in ENDED_CASES
    if case.is_open:
        case.closed_at = None
    elif was_open:
        case.closed_at, case.taken_by, case.taken_at = now, None, None
    return _append(case, step.kind, actor, now, data)


def take(case: Case, actor: Actor, now: datetime) -> None:
    """Say who acts on it now, so that a second inspector knows."""
    if case.is_open:
        case.taken_by, case.taken_at = actor.id, now


def let_go(case: Case) -> None:
    """Say that nobody acts on it now."""
    case.taken_by = case.taken_at = None


def attach(case: Case, event_seq: int, stored: Sequence[tuple[str, EncodedPhoto]], now: datetime) -> None:
    """Store the rows of photos whose files are already kept. stored: (storage key, photo)."""
    rows = [
        {
            "authority_id": case.authority_id,
            "id": new_id(),
            "case_id": case.id,
            "seq": event_seq,
            "storage_key": key,
            "width": photo.width,
            "height": photo.height,
            "size_bytes": len(photo.full),
            "sha256": hashlib.sha256(photo.full).digest(),
            "created_at": now,
        }
        for key, photo in stored
    ]
    if rows:
        # Why flush: the photo's case may be new.
        db.session.flush()
        db.session.execute(insert(CasePhoto), rows)


def digests(stored: Sequence[tuple[str, EncodedPhoto]]) -> dict[str, list[str]]:
    """Return what an event keeps of its photos: {"photos": [sha-256, …]}, or nothing."""
    return {"photos": [hashlib.sha256(each.full).hexdigest() for _key, each in stored]} if stored else {}


def _append(case: Case, kind: str, actor: Actor, now: datetime, data: Mapping[str, Any]) -> CaseEvent:
    fact = CaseFact(
        case.authority_id,
        case.id,
        case.version + 1,
        now,
        kind,
        actor.kind,
        actor.id,
        case.state,
        case.unit_id,
        dict(data),
    )
    event = CaseEvent(
        authority_id=fact.authority_id,
        case_id=fact.case_id,
        seq=fact.seq,
        at=fact.at,
        kind=fact.kind,
        actor_kind=fact.actor_kind,
        actor_id=fact.actor_id,
        state=fact.state,
        unit_id=fact.unit_id,
        data=dict(fact.data),
        hash=chain(case.last_hash, fact),
    )
    case.version, case.last_hash = fact.seq, event.hash
    db.session.add(event)
    return event
