"""A staff member looks at a ticket, at a centre's queue or at a phone number; what lies outside the own centres is put on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from service_desk import clock
from service_desk.errors import NotAllowed, NotFound
from service_desk.extensions import db
from service_desk.intake.models import Photo, Report
from service_desk.messages.models import Message
from service_desk.people import actions as people
from service_desk.people import queries as persons
from service_desk.people.models import Resident
from service_desk.people.rules import is_outside_own_centres, may
from service_desk.routing.models import Route
from service_desk.slas.models import Clock, Pause
from service_desk.tickets import queries
from service_desk.tickets.models import Follower, Remark, Ticket, TicketEvent
from service_desk.work import tenant_id, transaction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import BindParameter

    from service_desk.people.rules import Actor


@dataclass(frozen=True)
class Dossier:
    """Everything of one ticket that its page shows, oldest first in every list.

    people: followers with the resident behind them (None when no number was left). similar: (ticket, metres).
    """

    ticket: Ticket
    reports: list[Report]
    photos: list[Photo]
    route: Route | None
    events: list[TicketEvent]
    remarks: list[Remark]
    messages: list[Message]
    clocks: list[Clock]
    pauses: list[Pause]
    people: list[tuple[Follower, Resident | None]]
    similar: list[tuple[Ticket, float]]


def read_ticket(ticket_id: int, actor: Actor, *, radius_m: float = 250.0) -> Dossier:
    """Return a ticket with all that belongs to it, in six statements; one more writes the log when it is another centre's.

    Raises NotFound, NotAllowed.
    """
    with transaction():
        ticket, reports, photos, route = _opening(ticket_id)
        if not may(actor, "see_ticket", unit_id=ticket.unit_id):
            raise NotAllowed
        if is_outside_own_centres(actor, ticket.centre_id):
            people.note_access(actor, ticket.id, "ticket", clock.now(), why="outside_own_centres")
        events, remarks, messages = _history(ticket_id)
        clocks, pauses = _clocks(ticket_id)
        similar = (
            queries.nearby(ticket.service_code, ticket.lon, ticket.lat, radius_m, except_id=ticket.id)
            if ticket.lon is not None and ticket.lat is not None
            else []
        )
        return Dossier(
            ticket,
            reports,
            photos,
            route,
            events,
            remarks,
            messages,
            clocks,
            pauses,
            _people(ticket_id),
            similar,
        )


def _unique(rows: Iterable[Any]) -> list[Any]:
    """Return the rows of one kind out of joined rows, each once, in their order."""
    return list({id(row): row for row in rows if row is not None}.values())


# The page's statements, put together once: doing so for each page cost as much as sending them.
_AUTHORITY: BindParameter[int] = bindparam("authority")
_TICKET: BindParameter[int] = bindparam("ticket")
_LATEST = (
    select(func.max(Route.round))
    .where(Route.authority_id == Ticket.authority_id, Route.ticket_id == Ticket.id)
    .correlate(Ticket)
    .scalar_subquery()
)
#: reports, photos and routes are few, so one joined statement is cheaper than four
_OPENING = (
    select(Ticket, Report, Photo, Route)
    .outerjoin(Report, (Report.authority_id == Ticket.authority_id) & (Report.ticket_id == Ticket.id))
    .outerjoin(Photo, (Photo.authority_id == Ticket.authority_id) & (Photo.ticket_id == Ticket.id))
    .outerjoin(
        Route,
        (Route.authority_id == Ticket.authority_id)
        & (Route.ticket_id == Ticket.id)
        & (Route.round == _LATEST),
    )
    .where(Ticket.authority_id == _AUTHORITY, Ticket.id == _TICKET)
    .order_by(Report.at, Photo.id)
    .execution_options(populate_existing=True)
)
_HISTORY = (
    select(TicketEvent, Remark, Message)
    .outerjoin(
        Remark,
        (Remark.authority_id == TicketEvent.authority_id)
        & (Remark.ticket_id == TicketEvent.ticket_id)
        & (Remark.seq == TicketEvent.seq),
    )
    .outerjoin(
        Message,
        (Message.authority_id == TicketEvent.authority_id)
        & (Message.ticket_id == TicketEvent.ticket_id)
        & (Message.event_seq == TicketEvent.seq),
    )
    .where(TicketEvent.authority_id == _AUTHORITY, TicketEvent.ticket_id == _TICKET)
    .order_by(TicketEvent.seq, Remark.id, Message.id)
)
_CLOCKS = (
    select(Clock, Pause)
    .outerjoin(Pause, (Pause.authority_id == Clock.authority_id) & (Pause.ticket_id == Clock.ticket_id))
    .where(Clock.authority_id == _AUTHORITY, Clock.ticket_id == _TICKET)
    .order_by(Clock.round, Clock.kind, Pause.started_at)
)
_PEOPLE = (
    select(Follower, Resident)
    .outerjoin(
        Resident, (Resident.authority_id == Follower.authority_id) & (Resident.id == Follower.resident_id)
    )
    .where(Follower.authority_id == _AUTHORITY, Follower.ticket_id == _TICKET, Follower.left_at.is_(None))
    .order_by(Follower.joined_at, Follower.id)
)


def _of(ticket_id: int) -> dict[str, int]:
    return {"authority": tenant_id(), "ticket": ticket_id}


def _opening(ticket_id: int) -> tuple[Ticket, list[Report], list[Photo], Route | None]:
    """Return ticket, reports, photos and latest route."""
    rows = db.session.execute(_OPENING, _of(ticket_id)).tuples().all()
    if not rows:
        raise NotFound
    return (
        rows[0][0],
        _unique(row[1] for row in rows),
        _unique(row[2] for row in rows),
        rows[0][3],
    )


def _history(ticket_id: int) -> tuple[list[TicketEvent], list[Remark], list[Message]]:
    """Return events, words and messages: each word and each message came with an event."""
    rows = db.session.execute(_HISTORY, _of(ticket_id)).tuples().all()
    return _unique(row[0] for row in rows), _unique(row[1] for row in rows), _unique(row[2] for row in rows)


def _clocks(ticket_id: int) -> tuple[list[Clock], list[Pause]]:
    rows = db.session.execute(_CLOCKS, _of(ticket_id)).tuples().all()
    return _unique(row[0] for row in rows), _unique(row[1] for row in rows)


def _people(ticket_id: int) -> list[tuple[Follower, Resident | None]]:
    return [(row[0], row[1]) for row in db.session.execute(_PEOPLE, _of(ticket_id))]


def reveal_phone(ticket_id: int, follower_id: int, actor: Actor) -> str:
    """Return the E.164 number behind a follower of this ticket, and put the look on record. Raises NotFound, NotAllowed.

    Only who may write to the resident sees the number: a mayor or administrator reads tickets without it.
    """
    now = clock.now()
    with transaction():
        ticket = queries.ticket_or_404(ticket_id)
        is_allowed = may(actor, "reply", unit_id=ticket.unit_id)
        why = "outside_own_centres" if is_outside_own_centres(actor, ticket.centre_id) else None
        people.note_access(actor, ticket_id, "phone", now, is_allowed=is_allowed, why=why)
        phones = {
            follower.id: resident.phone for follower, resident in _people(ticket_id) if resident is not None
        }
    if not is_allowed:
        raise NotAllowed
    if follower_id not in phones:
        raise NotFound
    return phones[follower_id]


def look_beyond(centre_ids: Iterable[int], actor: Actor) -> None:
    """Put on record that the queue of other centres was opened. No statement for the own ones."""
    if any(is_outside_own_centres(actor, centre_id) for centre_id in centre_ids):
        with transaction():
            people.note_access(actor, None, "queue", clock.now(), why="outside_own_centres")


def find_by_phone(phone: str, actor: Actor) -> list[Ticket]:
    """Return the open tickets that a number follows, newest touch first, and put the search on record. Raises NotAllowed."""
    if not may(actor, "reply"):
        raise NotAllowed
    with transaction():
        people.note_access(actor, None, "phone_search", clock.now())
        resident = persons.resident_by_phone(phone)
        return queries.open_of_resident(resident.id) if resident else []
