"""Which requests anybody may see: of public types, never sensitive; and only columns that carry no personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from service_desk.catalog.queries import catalogue
from service_desk.desks.open311.schemas import MAX_ROWS
from service_desk.extensions import db
from service_desk.slas.models import Clock
from service_desk.tickets.models import Ticket
from service_desk.tickets.rules import STOPPING, is_reference
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row, Select

_RESOLVE_DUE = (
    select(Clock.due_at)
    .where(Clock.authority_id == Ticket.authority_id, Clock.ticket_id == Ticket.id, Clock.kind == "resolve")
    .order_by(Clock.round.desc())
    .limit(1)
    .correlate(Ticket)
    .scalar_subquery()
)
_SHOWN = select(
    Ticket.reference,
    Ticket.service_code,
    Ticket.status,
    Ticket.centre_id,
    Ticket.triage_reason,
    Ticket.routing_method,
    Ticket.address,
    Ticket.lon,
    Ticket.lat,
    Ticket.opened_at,
    Ticket.resolved_at,
    Ticket.closed_at,
    Ticket.last_touch_at,
    _RESOLVE_DUE.label("resolve_due_at"),
)


def _public(query: Select[Any], codes: frozenset[str]) -> Select[Any]:
    return query.where(
        Ticket.authority_id == tenant_id(),
        Ticket.is_sensitive.is_(False),
        Ticket.service_code.in_(sorted(codes)),
    )


def public_codes() -> frozenset[str]:
    """Return the codes of the types whose requests are public."""
    return frozenset(
        code for code, each in catalogue().types.items() if each.is_public and not each.is_sensitive
    )


def by_references(references: tuple[str, ...]) -> list[Row[Any]]:
    """Return the public requests among these references, newest first; the first of them, as many as a page has.

    references: as the caller typed them; what is no reference names nothing.
    """
    known = [each for each in references if each.isascii() and each.isdigit() and is_reference(each)]
    query = _public(_SHOWN, public_codes()).where(Ticket.reference.in_(known[:MAX_ROWS]))
    return list(db.session.execute(query.order_by(Ticket.opened_at.desc())))


def listed(asked: Mapping[str, Any]) -> list[Row[Any]]:
    """Return one page of public requests, newest first. asked: see schemas.read_filters. One statement."""
    codes = public_codes()
    if asked["service_code"]:
        codes &= set(asked["service_code"])
    query = _public(_SHOWN, codes).where(
        Ticket.opened_at >= asked["start_date"], Ticket.opened_at <= asked["end_date"]
    )
    wanted = set(asked["status"])
    if wanted == {"open"}:
        query = query.where(Ticket.status.not_in(sorted(STOPPING)))
    elif wanted == {"closed"}:
        query = query.where(Ticket.status.in_(sorted(STOPPING)))
    size = asked["page_size"]
    query = query.order_by(Ticket.opened_at.desc(), Ticket.id.desc())
    return list(db.session.execute(query.limit(size).offset((asked["page"] - 1) * size)))
