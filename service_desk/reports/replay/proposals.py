"""Proposals as stored: reads, and writes that take now and actor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select

from service_desk.errors import InvalidMove, NotFound, StaleVersion
from service_desk.extensions import db
from service_desk.reports.models import Proposal
from service_desk.reports.replay import changes
from service_desk.reports.replay.replaying import Result
from service_desk.work import put_and_get, tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Table

    from service_desk.people.rules import Actor
    from service_desk.reports.replay.changes import Change

#: proposals of one page of the list
MOST_ROWS = 50
_TABLE = cast("Table", Proposal.__table__)


def listed() -> Sequence[Proposal]:
    """Return the newest proposals, newest first. One statement."""
    query = select(Proposal).where(Proposal.authority_id == tenant_id())
    return db.session.scalars(query.order_by(Proposal.id.desc()).limit(MOST_ROWS)).all()


def agreed_for(day: date) -> list[int]:
    """Return the agreed proposals whose day has come, oldest decision first."""
    query = select(Proposal.id).where(
        Proposal.authority_id == tenant_id(), Proposal.state == "agreed", Proposal.valid_from <= day
    )
    return list(db.session.scalars(query.order_by(Proposal.decided_at, Proposal.id)))


def proposal(proposal_id: int) -> Proposal:
    """Return a proposal. Raises NotFound."""
    found = db.session.get(Proposal, (tenant_id(), proposal_id))
    if found is None:
        raise NotFound
    return found


def by_key(submission_key: str) -> Proposal | None:
    """Return the proposal that a form's key has made, or None."""
    query = select(Proposal).where(
        Proposal.authority_id == tenant_id(), Proposal.submission_key == submission_key
    )
    return db.session.scalars(query).one_or_none()


def locked(proposal_id: int, seen: int | None, *states: str) -> Proposal:
    """Return a proposal in one of the states, locked. seen: the version on the page.

    Raises NotFound, InvalidMove (another state), StaleVersion (changed since it was seen).
    """
    query = (
        select(Proposal)
        .where(Proposal.authority_id == tenant_id(), Proposal.id == proposal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    if found.state not in states:
        raise InvalidMove
    if seen is not None and found.version != seen:
        raise StaleVersion(proposal_id, seen, found.version)
    return found


def change_of(row: Proposal) -> Change:
    """Return what a proposal would change."""
    return changes.from_json(row.kind, row.content)


def result_of(row: Proposal) -> Result:
    """Return what it would have come to, as it was replayed last."""
    return Result.from_json(row.result)


def keep(
    change: Change, title: str, result: Result, submission_key: str, now: datetime, actor: Actor
) -> int | None:
    """Keep a new draft and return its id; None when the form's key was used before."""
    row: Mapping[str, Any] = {
        "authority_id": tenant_id(),
        "kind": change.kind,
        "title": title,
        "content": changes.to_json(change),
        "result": result.to_json(),
        "created_at": now,
        "created_by": actor.id,
        "submission_key": submission_key,
    }
    rest = "ON CONFLICT (authority_id, submission_key) DO NOTHING RETURNING id"
    found = put_and_get(_TABLE, [row], rest).first()
    return int(found.id) if found else None


def keep_result(row: Proposal, result: Result) -> None:
    """Let a new replay take the place of the one before. row: locked."""
    row.result = result.to_json()
    row.version += 1


def decide(row: Proposal, state: str, valid_from: date | None, now: datetime, actor: Actor) -> None:
    """Write down a decision: agreed, applied or dropped, by whom and from when. row: locked."""
    row.state, row.valid_from = state, valid_from
    row.decided_at, row.decided_by = now, actor.id
    row.version += 1


def put_in_force(row: Proposal) -> None:
    """Say that an agreed proposal's day came and its data holds; who decided it stays on record. row: locked."""
    row.state = "applied"
    row.version += 1


def give_back(row: Proposal) -> None:
    """Make an agreed proposal a draft again: what it would replace was changed before its day. row: locked."""
    row.state, row.valid_from = "draft", None
    row.decided_at = row.decided_by = None
    row.version += 1
