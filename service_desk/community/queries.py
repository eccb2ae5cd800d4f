"""Reads of commitments."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from service_desk.community.models import Commitment, CommitmentEvent, Visit
from service_desk.community.rules import SOON_DAYS
from service_desk.errors import NotFound, StaleVersion
from service_desk.extensions import db
from service_desk.tickets.models import Ticket
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

#: rows of one list; the page says when it stops there
MOST = 200
#: open commitments that the overview names
NEXT = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A commitment in a list, with the visit it was made at. reference: of its ticket, None when it has none."""

    commitment: Commitment
    title: str
    at: datetime
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the open commitments stand. late: their day passed; due_soon: within SOON_DAYS; next: the first few by their day, late ones first.

    Each `Line` of next leads to `url_for("visits.visit", visit_id=line.commitment.visit_id)`, all of them to `url_for("visits.home")`.
    """

    open: int = 0
    late: int = 0
    due_soon: int = 0
    next: list[Line] = field(default_factory=list)


def standing(today: date, *, centre_id: int | None = None) -> Standing:
    """Return how open commitments stand, of a centre or of the city. today: the city's date. One statement."""
    soon = today + timedelta(days=SOON_DAYS)
    late = Commitment.due_on < today
    query = (
        select(
            Commitment,
            Visit.title,
            Visit.at,
            func.count().over(),
            func.count().filter(late).over(),
            func.count().filter(~late, Commitment.due_on <= soon).over(),
        )
        .join(Visit, _same_visit())
        .where(Commitment.authority_id == tenant_id(), Commitment.state == "open")
        .order_by(Commitment.due_on, Commitment.id)
        .limit(NEXT)
    )
    if centre_id is not None:
        query = query.where(Commitment.centre_id == centre_id)
    rows = db.session.execute(query).all()
    if not rows:
        return Standing()
    total, passed, near = rows[0][3:]
    return Standing(total, passed, near, [Line(each[0], each[1], each[2]) for each in rows])


def _same_visit() -> Any:
    return (Visit.authority_id == Commitment.authority_id) & (Visit.id == Commitment.visit_id)


def by_key(submission_key: str) -> Commitment | None:
    """Return the commitment that was made with this form, or None."""
    return db.session.scalar(
        select(Commitment).where(
            Commitment.authority_id == tenant_id(), Commitment.submission_key == submission_key
        )
    )


def lock(commitment_id: int, seen: int | None = None) -> Commitment:
    """Return the commitment locked for this transaction. Raises NotFound, StaleVersion."""
    query = select(Commitment).where(Commitment.authority_id == tenant_id(), Commitment.id == commitment_id)
    return locked(query.with_for_update(), commitment_id, seen)  # type: ignore[no-any-return]


def locked(query: Any, row_id: int, seen: int | None) -> Any:
    """Return the one row of a query that locks it. Raises NotFound, StaleVersion when it moved on since «seen»."""
    db.session.flush()
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    if seen is not None and found.version != seen:
        raise StaleVersion(row_id, seen, found.version)
    return found


def commitment_or_404(commitment_id: int) -> Line:
    """Return the commitment with its visit and its ticket's reference. Raises NotFound."""
    found = db.session.execute(_lines().where(Commitment.id == commitment_id)).first()
    if found is None:
        raise NotFound
    return Line(*found)


def commitments(
    *,
    visit_id: int | None = None,
    centre_id: int | None = None,
    unit_ids: Collection[int] | None = None,
    states: Collection[str] = (),
    is_public: bool = False,
    newest_first: bool = False,
    limit: int = MOST,
) -> list[Line]:
    """Return commitments, those due first are first. unit_ids: only those these units have to keep; states: none = all.

    is_public: only what residents may read: made at a visit that is public, and public itself.
    """
    query = _lines()
    if visit_id is not None:
        query = query.where(Commitment.visit_id == visit_id)
    if centre_id is not None:
        query = query.where(Commitment.centre_id == centre_id)
    if unit_ids is not None:
        query = query.where(Commitment.unit_id.in_(unit_ids))
    if states:
        query = query.where(Commitment.state.in_(states))
    if is_public:
        query = query.where(Commitment.is_public, Visit.is_public)
    order = (
        (Commitment.ended_at.desc().nulls_last(),)
        if newest_first
        else (Commitment.state != "open", Commitment.due_on)
    )
    rows = db.session.execute(query.order_by(*order, Commitment.id).limit(limit))
    return [Line(*row) for row in rows]


def of_tickets(ticket_ids: Collection[int]) -> list[Line]:
    """Return what was promised about a ticket. ticket_ids: its own, and of those merged into it.

    What was withdrawn is left out.
    """
    query = _lines().where(Commitment.ticket_id.in_(ticket_ids), Commitment.state != "withdrawn")
    return [Line(*row) for row in db.session.execute(query.order_by(Commitment.due_on, Commitment.id))]


def _lines() -> Any:
    same_ticket = (Ticket.authority_id == Commitment.authority_id) & (Ticket.id == Commitment.ticket_id)
    return (
        select(Commitment, Visit.title, Visit.at, Ticket.reference)
        .join(Visit, _same_visit())
        .outerjoin(Ticket, same_ticket)
        .where(Commitment.authority_id == tenant_id())
    )


def events_of(commitment_ids: Iterable[int]) -> dict[int, list[CommitmentEvent]]:
    """Return the history of each commitment, first first. No statement for none."""
    ids = list(commitment_ids)
    if not ids:
        return {}
    query = select(CommitmentEvent).where(
        CommitmentEvent.authority_id == tenant_id(), CommitmentEvent.commitment_id.in_(ids)
    )
    found: dict[int, list[CommitmentEvent]] = {}
    for event in db.session.scalars(query.order_by(CommitmentEvent.commitment_id, CommitmentEvent.seq)):
        found.setdefault(event.commitment_id, []).append(event)
    return found
