"""Reads of rounds, their stops and the checklists."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text

from service_desk.city.kept import Kept
from service_desk.contractors.models import WorkOrder
from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.supervision.models import Case, Checklist, Round, RoundStop
from service_desk.supervision.rules.checks import Item, read_item
from service_desk.tickets.models import Ticket
from service_desk.tickets.queries import METRES_PER_DEGREE, measured
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

#: rounds a page lists
LIMIT = 60


@dataclass(frozen=True)
class Checks:
    """A version of a checklist, read. is_in_force: new stops may use it."""

    id: int
    code: str
    name: Mapping[str, str]
    items: tuple[Item, ...]
    is_in_force: bool


@dataclass(frozen=True)
class StopLine:
    """A stop beside what it leads to. Order and case parts are None for other kinds."""

    stop: RoundStop
    order_number: int | None = None
    order_service: str | None = None
    order_state: str | None = None
    order_is_hazard: bool | None = None
    ticket_id: int | None = None
    ticket_reference: str | None = None
    case_reference: str | None = None
    case_kind: str | None = None
    case_state: str | None = None
    case_subject: str | None = None


@dataclass(frozen=True)
class RoundLine:
    """A round of a list. stops, done, findings: counts."""

    round: Round
    stops: int
    done: int
    findings: int


def _load() -> dict[int, Checks]:
    rows = db.session.scalars(
        select(Checklist).where(Checklist.authority_id == tenant_id()).order_by(Checklist.id)
    )
    return {
        row.id: Checks(
            row.id, row.code, row.name, tuple(map(read_item, row.items)), is_in_force=row.valid_to is None
        )
        for row in rows
    }


_kept = Kept(_load)


def checklists() -> dict[int, Checks]:
    """Return every version of every checklist by id; no statement when they are in memory."""
    return _kept.get()


def checklist(checklist_id: int | None) -> Checks:
    """Return a checklist. Raises NotFound."""
    found = checklists().get(checklist_id or 0)
    if found is None:
        raise NotFound
    return found


def round_or_404(round_id: int, *, is_locked: bool = False) -> Round:
    """Return the round; is_locked: for this transaction. Raises NotFound."""
    query = select(Round).where(Round.authority_id == tenant_id(), Round.id == round_id)
    if is_locked:
        db.session.flush()
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def by_key(submission_key: str) -> Round | None:
    """Return the round that was planned with this form, or None."""
    return db.session.scalar(
        select(Round).where(Round.authority_id == tenant_id(), Round.submission_key == submission_key)
    )


def rounds(
    *, since: date | None = None, until: date | None = None, inspector_id: int | None = None
) -> list[RoundLine]:
    """Return the rounds of the days (both included), newest day first, with counts of their stops. One statement."""
    done = RoundStop.result.is_not(None) & (RoundStop.result != "not_reached")
    counted = (
        select(
            RoundStop.round_id.label("round_id"),
            func.count().label("stops"),
            func.count().filter(done).label("done"),
            func.count().filter(RoundStop.result.in_(("finding", "failed"))).label("findings"),
        )
        .where(RoundStop.authority_id == tenant_id())
        .group_by(RoundStop.round_id)
        .subquery()
    )
    query = (
        select(
            Round,
            func.coalesce(counted.c.stops, 0),
            func.coalesce(counted.c.done, 0),
            func.coalesce(counted.c.findings, 0),
        )
        .outerjoin(counted, counted.c.round_id == Round.id)
        .where(Round.authority_id == tenant_id())
        .order_by(Round.day.desc(), Round.id.desc())
        .limit(LIMIT)
    )
    if since is not None:
        query = query.where(Round.day >= since)
    if until is not None:
        query = query.where(Round.day <= until)
    if inspector_id is not None:
        query = query.where(Round.inspector_id == inspector_id)
    return [RoundLine(*row) for row in db.session.execute(query)]


def _lines() -> Any:
    here = tenant_id()
    return (
        select(
            RoundStop,
            WorkOrder.number,
            WorkOrder.service_code,
            WorkOrder.state,
            WorkOrder.is_hazard,
            Ticket.id,
            Ticket.reference,
            Case.reference,
            Case.kind,
            Case.state,
            Case.subject,
        )
        .outerjoin(
            WorkOrder,
            (WorkOrder.authority_id == RoundStop.authority_id) & (WorkOrder.id == RoundStop.order_id),
        )
        .outerjoin(
            Ticket, (Ticket.authority_id == RoundStop.authority_id) & (Ticket.id == WorkOrder.ticket_id)
        )
        .outerjoin(Case, (Case.authority_id == RoundStop.authority_id) & (Case.id == RoundStop.case_id))
        .where(RoundStop.authority_id == here)
    )


def stops_of(round_ids: Iterable[int]) -> list[StopLine]:
    """Return the stops of the rounds with what they lead to, in the order of the walk. One statement."""
    wanted = list(round_ids)
    if not wanted:
        return []
    query = _lines().where(RoundStop.round_id.in_(wanted)).order_by(RoundStop.round_id, RoundStop.seq)
    return [StopLine(*row) for row in db.session.execute(query)]


def stop_of(stop_id: int) -> tuple[StopLine, Round]:
    """Return a stop with what it leads to, and its round, in one statement. Raises NotFound."""
    query = _lines().add_columns(Round).where(RoundStop.id == stop_id)
    query = query.join(
        Round, (Round.authority_id == RoundStop.authority_id) & (Round.id == RoundStop.round_id)
    )
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    return StopLine(*row[:-1]), row[-1]


def lock_stop(stop_id: int) -> RoundStop:
    """Return the stop locked for this transaction. Raises NotFound."""
    db.session.flush()
    query = select(RoundStop).where(RoundStop.authority_id == tenant_id(), RoundStop.id == stop_id)
    found = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def stops_to_order(round_id: int) -> list[RoundStop]:
    """Return the stops of a round in the order of the walk."""
    query = select(RoundStop).where(RoundStop.authority_id == tenant_id(), RoundStop.round_id == round_id)
    return list(db.session.scalars(query.order_by(RoundStop.seq, RoundStop.id)))


def wait_to_plan(submission_key: str) -> None:
    """Let one transaction at a time go on with this form."""
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, :authority))"),
        {"key": submission_key, "authority": tenant_id()},
    )


def orders_of_ids(ids: Iterable[int]) -> list[WorkOrder]:
    """Return these work orders, in the order of their ids; those that ended are left out. No statement for none."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    query = select(WorkOrder).where(
        WorkOrder.authority_id == tenant_id(), WorkOrder.id.in_(wanted), WorkOrder.is_open
    )
    return list(db.session.scalars(query.order_by(WorkOrder.id)))


def cases_of_ids(ids: Iterable[int]) -> list[Case]:
    """Return these cases, in the order of their ids; ended ones are left out. No statement for none."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    query = select(Case).where(Case.authority_id == tenant_id(), Case.id.in_(wanted), Case.is_open)
    return list(db.session.scalars(query.order_by(Case.id)))


def stops_of_ids(ids: Iterable[int]) -> list[RoundStop]:
    """Return these stops, in the order of their ids. No statement for none."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    query = select(RoundStop).where(RoundStop.authority_id == tenant_id(), RoundStop.id.in_(wanted))
    return list(db.session.scalars(query.order_by(RoundStop.id)))


def on_the_way() -> tuple[frozenset[int], frozenset[int]]:
    """Return the ids of orders and of cases that a round not yet over will visit. One statement."""
    query = (
        select(RoundStop.order_id, RoundStop.case_id)
        .join(Round, (Round.authority_id == RoundStop.authority_id) & (Round.id == RoundStop.round_id))
        .where(
            RoundStop.authority_id == tenant_id(),
            RoundStop.kind != "place",
            RoundStop.visited_at.is_(None),
            Round.state.in_(("planned", "walking")),
        )
    )
    rows = db.session.execute(query).all()
    return frozenset(row[0] for row in rows if row[0]), frozenset(row[1] for row in rows if row[1])


def recent_findings(since: datetime, limit: int = 20) -> list[RoundStop]:
    """Return places where something was found since the instant and nobody has been again, newest first."""
    later = (
        select(RoundStop.address, func.max(RoundStop.visited_at).label("at"))
        .where(
            RoundStop.authority_id == tenant_id(),
            RoundStop.kind == "place",
            RoundStop.visited_at >= since,
        )
        .group_by(RoundStop.address)
        .subquery()
    )
    query = (
        select(RoundStop)
        .join(later, (later.c.address == RoundStop.address) & (later.c.at == RoundStop.visited_at))
        .where(
            RoundStop.authority_id == tenant_id(),
            RoundStop.kind == "place",
            RoundStop.result == "finding",
        )
        .order_by(RoundStop.visited_at.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def known_near(
    service_codes: Iterable[str], lon: float, lat: float, radius_m: float, *, only: int | None = None
) -> list[tuple[Ticket, float]]:
    """Return open tickets of these types within the radius (m), nearest first. only: no other ticket. One statement."""
    codes = sorted(set(service_codes))
    if not codes:
        return []
    up = radius_m / METRES_PER_DEGREE
    across = up / max(math.cos(math.radians(lat)), 0.01)
    query = select(Ticket).where(
        Ticket.authority_id == tenant_id(),
        Ticket.is_open,
        ~Ticket.is_sensitive,
        Ticket.service_code.in_(codes),
        Ticket.lat.between(lat - up, lat + up),
        Ticket.lon.between(lon - across, lon + across),
    )
    if only is not None:
        query = query.where(Ticket.id == only)
    return measured(db.session.scalars(query.limit(100)), lon, lat, radius_m)
