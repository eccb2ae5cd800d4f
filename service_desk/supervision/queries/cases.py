"""Reads of enforcement cases."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Integer, Select, cast, func, or_, select, text

from service_desk.errors import NotFound, StaleVersion
from service_desk.extensions import db
from service_desk.supervision.models import Case, CaseEvent, CasePhoto
from service_desk.supervision.rules.ways import metres
from service_desk.tickets.queries import METRES_PER_DEGREE
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

#: cases a page lists
PAGE = 50
#: first reference is one more than this
FIRST = 1000
#: of the advisory lock that lets one new case be opened at a time (with the authority's number)
_OPENING = 7_301


@dataclass(frozen=True)
class CaseFilter:
    """Which cases. scope: open, ended or all; mine: staff id; due_by: somebody must look again by then."""

    scope: str = "open"
    mine: int | None = None
    unit_id: int | None = None
    centre_id: int | None = None
    kind: str = ""
    due_by: datetime | None = None
    words: str = ""


def lock(case_id: int, seen: int | None = None) -> Case:
    """Return the case locked for this transaction. Raises NotFound, StaleVersion when it moved on since «seen»."""
    db.session.flush()
    query = select(Case).where(Case.authority_id == tenant_id(), Case.id == case_id).with_for_update()
    case = db.session.scalar(query.execution_options(populate_existing=True))
    if case is None:
        raise NotFound
    if seen is not None and case.version != seen:
        raise StaleVersion(case_id, seen, case.version)
    return case


def case_or_404(case_id: int) -> Case:
    """Return the case. Raises NotFound."""
    case = db.session.scalar(select(Case).where(Case.authority_id == tenant_id(), Case.id == case_id))
    if case is None:
        raise NotFound
    return case


def by_key(submission_key: str) -> Case | None:
    """Return the case that was opened with this form, or None."""
    return db.session.scalar(
        select(Case).where(Case.authority_id == tenant_id(), Case.submission_key == submission_key)
    )


def of_ticket(ticket_id: int) -> list[Case]:
    """Return the cases that came from a ticket, oldest first."""
    query = select(Case).where(Case.authority_id == tenant_id(), Case.ticket_id == ticket_id)
    return list(db.session.scalars(query.order_by(Case.id)))


def events_of(case_id: int) -> list[CaseEvent]:
    """Return a case's history, first first."""
    query = select(CaseEvent).where(CaseEvent.authority_id == tenant_id(), CaseEvent.case_id == case_id)
    return list(db.session.scalars(query.order_by(CaseEvent.seq)))


def photos_of(case_id: int) -> list[CasePhoto]:
    """Return a case's photos, first first."""
    query = select(CasePhoto).where(CasePhoto.authority_id == tenant_id(), CasePhoto.case_id == case_id)
    return list(db.session.scalars(query.order_by(CasePhoto.id)))


def photo_of(case_id: int, photo_id: int) -> CasePhoto:
    """Return a photo of this case. Raises NotFound for any other's."""
    query = select(CasePhoto).where(
        CasePhoto.authority_id == tenant_id(), CasePhoto.id == photo_id, CasePhoto.case_id == case_id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def _asked(wanted: CaseFilter) -> Select[tuple[Case]]:
    query = select(Case).where(Case.authority_id == tenant_id())
    if wanted.scope == "open":
        query = query.where(Case.is_open)
    elif wanted.scope == "ended":
        query = query.where(~Case.is_open)
    if wanted.mine is not None:
        query = query.where(or_(Case.taken_by == wanted.mine, Case.opened_by == wanted.mine))
    if wanted.unit_id is not None:
        query = query.where(Case.unit_id == wanted.unit_id)
    if wanted.centre_id is not None:
        query = query.where(Case.centre_id == wanted.centre_id)
    if wanted.kind:
        query = query.where(Case.kind == wanted.kind)
    if wanted.due_by is not None:
        query = query.where(Case.next_at <= wanted.due_by)
    if wanted.words:
        words = wanted.words
        query = query.where(
            or_(
                Case.reference.icontains(words, autoescape=True),
                Case.subject.icontains(words, autoescape=True),
                Case.address.icontains(words, autoescape=True),
            )
        )
    return query


def cases(wanted: CaseFilter, *, limit: int = PAGE, offset: int = 0) -> list[Case]:
    """Return the cases asked for: those that somebody must look at first are first."""
    query = _asked(wanted).order_by(
        Case.next_at.asc().nulls_last(), Case.closed_at.desc().nulls_last(), Case.id
    )
    return list(db.session.scalars(query.limit(limit).offset(offset)))


def near(lon: float, lat: float, radius_m: float) -> list[tuple[Case, float]]:
    """Return open cases within the radius (m) of a point, nearest first, with their distances (m)."""
    up = radius_m / METRES_PER_DEGREE
    across = up / max(math.cos(math.radians(lat)), 0.01)
    query = select(Case).where(
        Case.authority_id == tenant_id(),
        Case.is_open,
        Case.lat.between(lat - up, lat + up),
        Case.lon.between(lon - across, lon + across),
    )
    found = [
        (case, metres((lon, lat), (case.lon, case.lat)))
        for case in db.session.scalars(query.limit(100))
        if case.lon is not None and case.lat is not None
    ]
    return sorted((pair for pair in found if pair[1] <= radius_m), key=lambda pair: (pair[1], pair[0].id))


def wait_to_open() -> None:
    """Let one new case of the authority be opened at a time, so that the second opener sees the first one's."""
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(:what, :authority)"), {"what": _OPENING, "authority": tenant_id()}
    )


def next_number() -> int:
    """Return the number after the last case's. Only under `wait_to_open`."""
    number: Any = cast(func.substr(Case.reference, 3), Integer)
    return (db.session.scalar(select(func.max(number)).where(Case.authority_id == tenant_id())) or FIRST) + 1
