"""Everything of one ticket that its page shows, in one statement: rows travel as JSON and arrive as light copies.

Five statements of table rows cost more in Python than the rest of the page: thirty columns described, forty attributes
set up for each row. A copy has the attributes of its row that are named here; a page that needs more names more.
"""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import DateTime, Double, LargeBinary, and_, bindparam, case, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.intake.models import Photo, Report
from service_desk.messages.models import Message
from service_desk.people.models import Resident
from service_desk.routing.models import Route
from service_desk.slas.models import Clock, Pause
from service_desk.tickets import queries
from service_desk.tickets.models import Claim, Follower, Remark, Ticket, TicketEvent
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select

    from service_desk.contractors.queries.files import OrderFile

#: how far around a ticket similar ones are looked for (m), and how many are shown
SIMILAR_M = 250.0
SIMILAR_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything of one ticket, oldest first in every list. Its rows are copies to read, never to change.

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
    #: whoever claimed it last; it may have ended since
    claim: Claim | None = None
    #: work orders by number, ended ones too; read_ticket fills them in
    orders: list[OrderFile] = field(default_factory=list)


class _Copy:
    """How a table's rows travel: the named columns as a JSON array, and back into an immutable copy."""

    def __init__(self, table: Any, *names: str) -> None:
        """table: a mapped class, or an alias of one."""
        self.columns = [getattr(table, name) for name in names]
        self._times = tuple(
            place for place, column in enumerate(self.columns) if isinstance(column.type, DateTime)
        )
        self._make = namedtuple("Copy", names)._make  # type: ignore[attr-defined]  # noqa: PYI024 — its names are data

    def array(self) -> ColumnElement[Any]:
        """Return one row as a JSON array."""
        return func.json_build_array(*self.columns)

    def read(self, values: list[Any] | None) -> Any:
        """Return the copy of a row; None of none. Times become aware instants again."""
        if values is None:
            return None
        for place in self._times:
            if values[place] is not None:
                values[place] = datetime.fromisoformat(values[place])
        return self._make(values)

    def all(self, rows: list[list[Any]] | None) -> Any:
        """Return the copies of rows; [] of none, which JSON's aggregate says as null."""
        return [self.read(row) for row in rows] if rows else []


_Other = aliased(Ticket)
_TICKET = _Copy(
    Ticket,
    *(
        column.key
        for column in Ticket.__table__.columns
        if column.key not in {"authority_id", "search"} and not isinstance(column.type, LargeBinary)
    ),
)
_REPORT = _Copy(
    Report, "id", "at", "channel", "service_code", "text", "answers", "place", "locale", "staff_id"
)
_PHOTO = _Copy(Photo, "id", "kind", "width", "height", "added_by", "created_at")
_ROUTE = _Copy(Route, "round", "at", "method", "centre_id", "handler_kind", "unit_id", "why")
_EVENT = _Copy(
    TicketEvent,
    "seq",
    "at",
    "kind",
    "actor_kind",
    "actor_id",
    "status",
    "holder_kind",
    "holder_id",
    "data",
)
_REMARK = _Copy(Remark, "id", "seq", "at", "kind", "is_internal", "text", "actor_kind", "actor_id")
_MESSAGE = _Copy(
    Message,
    "id",
    "event_seq",
    "event",
    "channel",
    "channel_reason",
    "segments",
    "body",
    "state",
    "reason",
    "error_code",
    "follower_id",
    "created_at",
)
_CLOCK = _Copy(
    Clock,
    "kind",
    "round",
    "calendar_id",
    "calendar_code",
    "minutes",
    "started_at",
    "due_at",
    "paused_at",
    "stopped_at",
    "result",
    "breached_at",
)
_PAUSE = _Copy(Pause, "reason", "started_at", "ended_at")
_CLAIM = _Copy(Claim, "staff_id", "since", "until")
_FOLLOWER = _Copy(Follower, "id", "role", "locale", "channel", "joined_at")
_RESIDENT = _Copy(Resident, "id", "name", "phone", "stopped")
_SIMILAR = _Copy(_Other, "id", "reference", "service_code", "status", "address", "landmark", "lon", "lat")


def _rows(copy: _Copy, table: Any, *order: Any) -> Any:
    """Return a ticket's rows of a table as one JSON array, in order."""
    return (
        select(func.json_agg(aggregate_order_by(copy.array(), *order)))
        .where(table.authority_id == Ticket.authority_id, table.ticket_id == Ticket.id)
        .correlate(Ticket)
        .scalar_subquery()
    )


def _route() -> Any:
    return (
        select(_ROUTE.array())
        .where(Route.authority_id == Ticket.authority_id, Route.ticket_id == Ticket.id)
        .order_by(Route.round.desc())
        .limit(1)
        .correlate(Ticket)
        .scalar_subquery()
    )


def _people() -> Any:
    """Return the present followers, each with the resident behind, as a JSON array of pairs."""
    pair = func.json_build_array(
        _FOLLOWER.array(), case((Resident.id.is_not(None), _RESIDENT.array()), else_=None)
    )
    behind = and_(Resident.authority_id == Follower.authority_id, Resident.id == Follower.resident_id)
    return (
        select(func.json_agg(aggregate_order_by(pair, Follower.joined_at, Follower.id)))
        .select_from(Follower)
        .outerjoin(Resident, behind)
        .where(
            Follower.authority_id == Ticket.authority_id,
            Follower.ticket_id == Ticket.id,
            Follower.left_at.is_(None),
        )
        .correlate(Ticket)
        .scalar_subquery()
    )


def _similar() -> Any:
    """Return the nearest open tickets of the same type in the box around this one; null when it has no place."""
    north = literal(SIMILAR_M / queries.METRES_PER_DEGREE, Double)
    shrink = func.greatest(func.cos(func.radians(Ticket.lat)), 0.1, type_=Double)
    east = north / shrink
    around = queries.is_similar(
        _Other,
        authority_id=Ticket.authority_id,
        service_code=Ticket.service_code,
        box={
            "west": Ticket.lon - east,
            "east": Ticket.lon + east,
            "south": Ticket.lat - north,
            "north": Ticket.lat + north,
        },
    )
    away = func.power(_Other.lat - Ticket.lat, 2) + func.power((_Other.lon - Ticket.lon) * shrink, 2)
    near = (
        select(_SIMILAR.array().label("row"), away.label("away"))
        .where(*around, _Other.id != Ticket.id)
        .order_by(away)
        .limit(SIMILAR_SHOWN)
        .correlate(Ticket)
        .lateral()
    )
    return (
        select(func.json_agg(aggregate_order_by(near.c.row, near.c.away))).correlate(Ticket).scalar_subquery()
    )


def _claim() -> Any:
    return (
        select(_CLAIM.array())
        .where(Claim.authority_id == Ticket.authority_id, Claim.ticket_id == Ticket.id)
        .correlate(Ticket)
        .scalar_subquery()
    )


def _written(*conditions: Any) -> Select[Any]:
    """Return the statement: one document a row, of the tickets that fulfil the conditions."""
    parts = (
        _TICKET.array(),
        _rows(_REPORT, Report, Report.at, Report.id),
        _rows(_PHOTO, Photo, Photo.id),
        _route(),
        _rows(_EVENT, TicketEvent, TicketEvent.seq),
        _rows(_REMARK, Remark, Remark.seq, Remark.id),
        _rows(_MESSAGE, Message, Message.event_seq, Message.id),
        _rows(_CLOCK, Clock, Clock.round, Clock.kind),
        _rows(_PAUSE, Pause, Pause.started_at),
        _people(),
        _similar(),
        _claim(),
    )
    return select(func.json_build_array(*parts)).where(
        Ticket.authority_id == bindparam("authority"), *conditions
    )


#: put together once: doing so for each page would cost as much as sending it
_DOSSIER = _written(Ticket.id == bindparam("ticket"))
_DOSSIERS = _written(Ticket.id.in_(bindparam("tickets", expanding=True))).order_by(
    Ticket.opened_at, Ticket.id
)


def dossier_of(ticket_id: int) -> Dossier:
    """Return everything of a ticket in one statement. Raises NotFound."""
    # Past the session: there is nothing to track, and its bookkeeping is half of a small statement's time.
    found = db.session.connection().execute(_DOSSIER, {"authority": tenant_id(), "ticket": ticket_id}).first()
    if found is None:
        raise NotFound
    return _read(found[0])


def dossiers_of(ticket_ids: Sequence[int]) -> list[Dossier]:
    """Return everything of several tickets in one statement, the first opened first."""
    values = {"authority": tenant_id(), "tickets": list(ticket_ids)}
    return [_read(row[0]) for row in db.session.connection().execute(_DOSSIERS, values)]


def _read(document: list[Any]) -> Dossier:
    row, reports, photos, route, events, remarks, messages, clocks, pauses, people, near, claim = document
    ticket = cast("Ticket", _TICKET.read(row))
    return Dossier(
        ticket=ticket,
        reports=_REPORT.all(reports),
        photos=_PHOTO.all(photos),
        route=_ROUTE.read(route),
        events=_EVENT.all(events),
        remarks=_REMARK.all(remarks),
        messages=_MESSAGE.all(messages),
        clocks=_CLOCK.all(clocks),
        pauses=_PAUSE.all(pauses),
        people=[(_FOLLOWER.read(one), _RESIDENT.read(behind)) for one, behind in people or ()],
        similar=queries.measured(_SIMILAR.all(near), ticket.lon or 0.0, ticket.lat or 0.0, SIMILAR_M),
        claim=_CLAIM.read(claim),
    )
