"""Reads of the stops of rounds, and of what is known near one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from service_desk.contractors.models import WorkOrder
from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.supervision.models import Case, Round, RoundStop
from service_desk.tickets.models import Ticket
from service_desk.tickets.queries import METRES_PER_DEGREE, measured
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


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
    case_subject: str | None = None


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
