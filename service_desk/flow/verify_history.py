"""The history is checked: every event against its hash and the one before, every ticket against its history, every day against its seal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text

from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.flow.anchor_days import BATCH, ONE_DAY, bounds, hashes_of, seal
from service_desk.flow.verify_cases import verify_cases
from service_desk.tickets.models import DayAnchor, Ticket, TicketEvent
from service_desk.tickets.rules import Fact, chain, is_open
from service_desk.work import as_owner, tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy import Row

FIRST_FEW = 20


@dataclass(frozen=True)
class Broken:
    """One broken place. where: reference of the ticket, or the day; seq: number of the event, 0 for the ticket row."""

    where: str
    seq: int
    what: str


@dataclass
class Verified:
    """What was looked at, how often it was broken, and the first few places."""

    tickets: int = 0
    events: int = 0
    days: int = 0
    cases: int = 0
    count: int = 0
    places: list[Broken] = field(default_factory=list)

    def note(self, where: str, seq: int, what: str) -> None:
        """Count a broken place, and keep it when it is among the first."""
        self.count += 1
        if len(self.places) < FIRST_FEW:
            self.places.append(Broken(where, seq, what))


@dataclass(slots=True)
class _Walk:
    """Where the check of one ticket stands."""

    ticket_id: int
    reference: str
    version: int
    last_hash: bytes
    status: str
    is_open: bool
    seq: int = 0
    hash: bytes = b""
    said: str = ""


def verify_history(reference: str | None = None) -> Verified:
    """Check the present authority's histories; reference: only this ticket's. Reads past row-level security, in batches.

    Raises NotFound for an unknown reference.
    """
    found = Verified()
    with as_owner():
        db.session.execute(text("SET LOCAL statement_timeout = 0"))
        walk: _Walk | None = None
        for row in _rows(reference):
            if walk is None or row.ticket_id != walk.ticket_id:
                _end(walk, found)
                walk = _Walk(row.ticket_id, row.reference, row.version, row.last_hash, row.now, row.is_open)
            if row.seq is not None:
                _step(walk, row, found)
        if reference is not None and walk is None:
            raise NotFound
        _end(walk, found)
        if reference is None:
            _check_days(found)
            found.cases = verify_cases(found.note)
    return found


def _rows(reference: str | None) -> Iterator[Row[Any]]:
    """Yield every event beside its ticket, in order; a ticket without any gives one row of its own."""
    event, ticket = TicketEvent.__table__.c, Ticket.__table__.c
    same = (event.authority_id == ticket.authority_id) & (event.ticket_id == ticket.id)
    query = (
        select(
            ticket.id.label("ticket_id"),
            ticket.reference,
            ticket.version,
            ticket.last_hash,
            ticket.status.label("now"),
            ticket.is_open,
            event.seq,
            event.at,
            event.kind,
            event.actor_kind,
            event.actor_id,
            event.status,
            event.holder_kind,
            event.holder_id,
            event.data,
            event.hash,
        )
        .select_from(Ticket.__table__.outerjoin(TicketEvent.__table__, same))
        .where(ticket.authority_id == tenant_id())
        .order_by(ticket.id, event.seq)
    )
    if reference is not None:
        query = query.where(ticket.reference == "".join(ch for ch in reference if ch in "0123456789"))
    yield from db.session.execute(query.execution_options(yield_per=BATCH))


def _step(walk: _Walk, row: Row[Any], found: Verified) -> None:
    """Check one event against the one before it as stored, so that one change shows as one broken place."""
    found.events += 1
    if row.seq != walk.seq + 1:
        found.note(walk.reference, row.seq, f"event {walk.seq + 1} is missing before it")
    fact = Fact(
        tenant_id(),
        row.ticket_id,
        row.seq,
        row.at,
        row.kind,
        row.actor_kind,
        row.actor_id,
        row.status,
        row.holder_kind,
        row.holder_id,
        row.data,
    )
    if chain(walk.hash, fact) != row.hash:
        found.note(walk.reference, row.seq, "the event, or the one before it, is not what was written")
    walk.seq, walk.hash, walk.said = row.seq, row.hash, row.status


def _end(walk: _Walk | None, found: Verified) -> None:
    """Check the ticket row against the end of its history."""
    if walk is None:
        return
    found.tickets += 1
    if walk.version != walk.seq:
        found.note(
            walk.reference, walk.seq, f"the ticket counts {walk.version} events, its history {walk.seq}"
        )
    elif walk.last_hash != walk.hash:
        found.note(walk.reference, walk.seq, "the ticket remembers another last event")
    if walk.said and walk.status != walk.said:
        found.note(walk.reference, 0, f"the ticket says «{walk.status}», its history «{walk.said}»")
    if walk.is_open != is_open(walk.status):
        found.note(walk.reference, 0, "the ticket is open and ended at once")


def _check_days(found: Verified) -> None:
    """Check each sealed day against the events of that day, and the seals against each other."""
    anchors = db.session.scalars(
        select(DayAnchor).where(DayAnchor.authority_id == tenant_id()).order_by(DayAnchor.day)
    ).all()
    if not anchors:
        return
    _check_before(anchors[0].day, found)
    previous, expected = b"", anchors[0].day
    for anchor in anchors:
        if anchor.day != expected:
            found.note(expected.isoformat(), 0, "the day's seal is missing")
        count, hash_ = seal(anchor.day, previous, hashes_of(anchor.day))
        found.days += 1
        if (count, hash_) != (anchor.events, anchor.hash):
            found.note(
                anchor.day.isoformat(),
                0,
                f"the day was sealed with {anchor.events} events and now has {count}, or others",
            )
        previous, expected = anchor.hash, anchor.day + ONE_DAY


def _check_before(first: date, found: Verified) -> None:
    """No event may be older than the first seal: it would have been invented later."""
    older = (
        select(func.count())
        .select_from(TicketEvent)
        .where(TicketEvent.authority_id == tenant_id(), TicketEvent.at < bounds(first)[0])
    )
    count = db.session.scalar(older) or 0
    if count:
        found.note(first.isoformat(), 0, f"{count} events are older than the first seal")
