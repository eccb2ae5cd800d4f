"""The end of a shift at a centre: what happened in it and what it leaves, read for a page; handovers kept (העברת משמרת)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, literal, select, union_all

from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.tickets.models import Remark, ShiftHandover, Ticket, TicketEvent
from service_desk.tickets.queries import COUNT_LIMIT, QueueFilter, conditions
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

#: what happened in a shift, by the facts that say so
HAPPENED: Mapping[str, tuple[str, ...]] = {
    "new": ("received",),
    "closed": ("resolved", "closed", "confirmed", "rejected", "merged"),
    "reopened": ("reopened",),
}
#: what a shift leaves open
LEFT = ("hazard", "late", "to_verify", "news")
SECTIONS = ("hazard", "late", "reopened", "news", "to_verify", "new", "closed")
#: tickets named in a section; its figure counts them all
NAMED = 8
NOTES = 15


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift of a centre. counts: by section, up to COUNT_LIMIT. ids: the first tickets of each section, by due time."""

    counts: dict[str, int]
    ids: dict[str, tuple[int, ...]]


def shift(centre_id: int, since: datetime, now: datetime) -> Shift:
    """Return what happened at a centre since the instant, and what it leaves. One statement.

    What happened is found by the index of the history's time, what is left by the centre's open queue.
    """
    parts = [_happened(name, centre_id, since) for name in HAPPENED]
    parts += [_left(name, _wanted(name, centre_id), now) for name in LEFT]
    counts = dict.fromkeys(SECTIONS, 0)
    ids: dict[str, tuple[int, ...]] = dict.fromkeys(SECTIONS, ())
    for section, ticket_id, total in db.session.execute(union_all(*parts)):
        counts[section] = int(total)
        ids[section] = (*ids[section], ticket_id)
    return Shift(counts, ids)


def _wanted(name: str, centre_id: int) -> QueueFilter:
    here = QueueFilter(centre_ids=(centre_id,))
    changes: dict[str, dict[str, Any]] = {
        "hazard": {"is_hazard": True},
        "late": {"is_late": True},
        "news": {"has_news": True},
    }
    return replace(here, **changes.get(name, {}))


def _named(name: str, inner: Select[Any]) -> Select[Any]:
    """Return (section, id, how many in all) of the first of the inner tickets by due time."""
    rows = inner.limit(COUNT_LIMIT).subquery()
    total = select(func.count()).select_from(rows).scalar_subquery()
    first = select(rows.c.id).order_by(rows.c.due_at, rows.c.id).limit(NAMED).subquery()
    return select(literal(name), first.c.id, total)


def _happened(name: str, centre_id: int, since: datetime) -> Select[Any]:
    facts = (
        select(TicketEvent.ticket_id)
        .where(
            TicketEvent.authority_id == tenant_id(),
            TicketEvent.at > since,
            TicketEvent.kind.in_(HAPPENED[name]),
        )
        .distinct()
        .subquery()
    )
    here = select(Ticket.id, Ticket.due_at).join(facts, facts.c.ticket_id == Ticket.id)
    here = here.where(Ticket.authority_id == tenant_id(), Ticket.centre_id == centre_id)
    if name == "closed":
        here = here.where(Ticket.status.in_(("resolved", "closed", "rejected", "duplicate")))
    return _named(name, here)


def _left(name: str, wanted: QueueFilter, now: datetime) -> Select[Any]:
    here = select(Ticket.id, Ticket.due_at).where(
        Ticket.authority_id == tenant_id(), *conditions(wanted, now)
    )
    if name == "to_verify":
        here = here.where(Ticket.order_state == "to_verify")
    return _named(name, here)


def notes_since(centre_id: int, since: datetime) -> list[tuple[Remark, str]]:
    """Return (internal note, its ticket's reference) written at a centre since the instant, newest first. One statement."""
    facts = (
        select(TicketEvent.ticket_id, TicketEvent.seq)
        .where(TicketEvent.authority_id == tenant_id(), TicketEvent.at > since, TicketEvent.kind == "noted")
        .subquery()
    )
    query = (
        select(Remark, Ticket.reference)
        .join(facts, (facts.c.ticket_id == Remark.ticket_id) & (facts.c.seq == Remark.seq))
        .join(Ticket, (Ticket.authority_id == Remark.authority_id) & (Ticket.id == Remark.ticket_id))
        .where(Remark.authority_id == tenant_id(), Remark.is_internal, Ticket.centre_id == centre_id)
        .order_by(Remark.at.desc(), Remark.id.desc())
        .limit(NOTES)
    )
    return [(remark, reference) for remark, reference in db.session.execute(query).tuples()]


def remarks(ids: Iterable[int]) -> list[tuple[Remark, str]]:
    """Return these words with their tickets' references, newest first; erased ones are missing."""
    wanted = list(ids)
    if not wanted:
        return []
    query = (
        select(Remark, Ticket.reference)
        .join(Ticket, (Ticket.authority_id == Remark.authority_id) & (Ticket.id == Remark.ticket_id))
        .where(Remark.authority_id == tenant_id(), Remark.id.in_(wanted))
        .order_by(Remark.at.desc(), Remark.id.desc())
    )
    return [(remark, reference) for remark, reference in db.session.execute(query).tuples()]


def handovers(centre_id: int, limit: int = 10) -> list[ShiftHandover]:
    """Return a centre's handovers, newest first."""
    query = select(ShiftHandover).where(
        ShiftHandover.authority_id == tenant_id(), ShiftHandover.centre_id == centre_id
    )
    return list(db.session.scalars(query.order_by(ShiftHandover.at.desc()).limit(limit)))


def handover_or_404(handover_id: int) -> ShiftHandover:
    """Return one handover. Raises NotFound."""
    found = db.session.get(ShiftHandover, (tenant_id(), handover_id))
    if found is None:
        raise NotFound
    return found


def wait_for_centre(centre_id: int) -> None:
    """Let two people who hand the same centre over at once do so one after the other. Until the transaction ends."""
    place = func.hashtextextended(f"shift_handovers:{tenant_id()}:{centre_id}", 0)
    db.session.execute(select(func.pg_advisory_xact_lock(place)))


def write_handover(
    centre_id: int, staff_id: int, words: str, content: Mapping[str, Any], now: datetime
) -> int:
    """Keep a handover. Returns its id."""
    row = ShiftHandover(
        authority_id=tenant_id(),
        id=new_id(),
        centre_id=centre_id,
        staff_id=staff_id,
        at=now,
        words=words,
        content=dict(content),
    )
    db.session.add(row)
    return row.id
