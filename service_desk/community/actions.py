"""Writes of visits and commitments. Every change of a commitment is an event first; its row follows in the same flush."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.community.models import Commitment, CommitmentEvent, Visit
from service_desk.community.rules import ENDS
from service_desk.extensions import db
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from service_desk.people.rules import Actor


def add_visit(values: Mapping[str, Any], actor: Actor, now: datetime) -> Visit:
    """Add a planned visit. values: centre_id, at, title, place, lon, lat, words, is_public, submission_key."""
    made = Visit(
        authority_id=tenant_id(),
        id=new_id(),
        state="planned",
        created_at=now,
        created_by=actor.id or 0,
        version=0,
        **values,
    )
    db.session.add(made)
    return made


def change_visit(visit: Visit, values: Mapping[str, Any]) -> None:
    """Change a locked visit. values: any of its own columns."""
    for name, value in values.items():
        setattr(visit, name, value)
    visit.version += 1


def make(values: Mapping[str, Any], actor: Actor, now: datetime) -> Commitment:
    """Write a commitment down with its first event.

    values: visit_id, centre_id, unit_id, words, to_whom, is_public, due_on, ticket_id, submission_key.
    """
    made = Commitment(
        authority_id=tenant_id(),
        id=new_id(),
        first_due_on=values["due_on"],
        state="open",
        made_at=now,
        made_by=actor.id or 0,
        version=0,
        **values,
    )
    db.session.add(made)
    # Why flush: its first event's foreign key.
    db.session.flush()
    data = {
        "due_on": made.due_on.isoformat(),
        "unit": made.unit_id,
        "ticket": made.ticket_id,
        "words": made.words,
    }
    _append(made, "made", actor, now, data, "")
    return made


def act(
    commitment: Commitment,
    kind: str,
    changes: Mapping[str, Any],
    data: Mapping[str, Any],
    words: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Do an act to a locked commitment and record it. changes, data: as `rules.changes_of` gives them."""
    for name, value in changes.items():
        setattr(commitment, name, value)
    if "state" in changes:
        commitment.ended_at = now if commitment.state in ENDS else None
    _append(commitment, kind, actor, now, data, words)


def _append(
    commitment: Commitment, kind: str, actor: Actor, now: datetime, data: Mapping[str, Any], words: str
) -> None:
    commitment.version += 1
    db.session.add(
        CommitmentEvent(
            authority_id=commitment.authority_id,
            commitment_id=commitment.id,
            seq=commitment.version,
            at=now,
            kind=kind,
            staff_id=actor.id if actor.kind == "staff" else None,
            data=dict(data),
            words=words,
        )
    )
