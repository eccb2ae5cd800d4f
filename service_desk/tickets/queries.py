"""Reads of tickets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select

from service_desk.errors import NotFound, StaleVersion
from service_desk.extensions import db
from service_desk.people.rules import digest
from service_desk.tickets.models import Follower, Remark, Ticket, TicketEvent
from service_desk.tickets.rules import PAUSING
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sqlalchemy import BindParameter

METRES_PER_DEGREE = 111_195.0
#: counts stop here: a clerk needs «1000+», not a scan
COUNT_LIMIT = 1000


def lock(ticket_id: int, seen: int | None = None) -> Ticket:
    """Return the ticket locked for this transaction. Raises NotFound, StaleVersion when it moved on since «seen»."""
    # Why flush: reading the row anew must not lose what this very transaction has done to it.
    db.session.flush()
    query = select(Ticket).where(Ticket.authority_id == tenant_id(), Ticket.id == ticket_id).with_for_update()
    ticket = db.session.scalar(query.execution_options(populate_existing=True))
    if ticket is None:
        raise NotFound
    if seen is not None and ticket.version != seen:
        raise StaleVersion(ticket_id, seen, ticket.version)
    return ticket


def ticket_or_404(ticket_id: int) -> Ticket:
    """Return the ticket. Raises NotFound."""
    ticket = db.session.scalar(
        select(Ticket).where(Ticket.authority_id == tenant_id(), Ticket.id == ticket_id)
    )
    if ticket is None:
        raise NotFound
    return ticket


def by_reference(reference: str) -> Ticket | None:
    """Return the ticket with this public number (any punctuation), or None."""
    digits = "".join(ch for ch in reference if ch in "0123456789")
    return db.session.scalar(
        select(Ticket).where(Ticket.authority_id == tenant_id(), Ticket.reference == digits)
    )


def by_token(token: str) -> tuple[Ticket, Follower]:
    """Return the ticket and follower behind a private link. Raises NotFound, the same for wrong and ended ones."""
    query = (
        select(Ticket, Follower)
        .join(Follower, (Follower.authority_id == Ticket.authority_id) & (Follower.ticket_id == Ticket.id))
        .where(
            Follower.authority_id == tenant_id(),
            Follower.token_hash == digest(token),
            Follower.left_at.is_(None),
        )
    )
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def events_of(ticket_id: int) -> list[TicketEvent]:
    """Return the history, oldest first."""
    query = (
        select(TicketEvent)
        .where(TicketEvent.authority_id == tenant_id(), TicketEvent.ticket_id == ticket_id)
        .order_by(TicketEvent.seq)
    )
    return list(db.session.scalars(query))


def last_event(ticket_id: int) -> TicketEvent | None:
    """Return the newest fact of the history, or None."""
    query = select(TicketEvent).where(
        TicketEvent.authority_id == tenant_id(), TicketEvent.ticket_id == ticket_id
    )
    return db.session.scalar(query.order_by(TicketEvent.seq.desc()).limit(1))


def last_merge(ticket_id: int) -> TicketEvent | None:
    """Return the fact by which the ticket last became a duplicate, or None."""
    query = select(TicketEvent).where(
        TicketEvent.authority_id == tenant_id(),
        TicketEvent.ticket_id == ticket_id,
        TicketEvent.kind == "merged",
    )
    return db.session.scalar(query.order_by(TicketEvent.seq.desc()).limit(1))


def last_reopened(ticket_id: int) -> datetime | None:
    """Return when the ticket was last reopened, or None."""
    query = select(TicketEvent.at).where(
        TicketEvent.authority_id == tenant_id(),
        TicketEvent.ticket_id == ticket_id,
        TicketEvent.kind == "reopened",
    )
    return db.session.scalar(query.order_by(TicketEvent.seq.desc()).limit(1))


def was_handed_to(ticket_id: int, unit_code: str) -> bool:
    """Say whether the ticket was handed over to this unit before: the resident has heard of it then."""
    query = select(TicketEvent.seq).where(
        TicketEvent.authority_id == tenant_id(),
        TicketEvent.ticket_id == ticket_id,
        TicketEvent.kind == "handed_over",
        TicketEvent.data["unit"].astext == unit_code,
    )
    return db.session.scalar(query.limit(1)) is not None


def remarks_of(ticket_id: int, *, with_internal: bool) -> list[Remark]:
    """Return the words on a ticket, oldest first. with_internal: only for staff."""
    query = select(Remark).where(Remark.authority_id == tenant_id(), Remark.ticket_id == ticket_id)
    if not with_internal:
        query = query.where(Remark.is_internal.is_(False))
    return list(db.session.scalars(query.order_by(Remark.at, Remark.id)))


def followers_of(ticket_id: int) -> list[Follower]:
    """Return who hears about the ticket, first first."""
    query = select(Follower).where(
        Follower.authority_id == tenant_id(), Follower.ticket_id == ticket_id, Follower.left_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(Follower.joined_at)))


def follower(ticket_id: int, resident_id: int) -> Follower | None:
    """Return the resident's own following of the ticket, or None."""
    query = select(Follower).where(
        Follower.authority_id == tenant_id(),
        Follower.ticket_id == ticket_id,
        Follower.resident_id == resident_id,
    )
    return db.session.scalar(query)


def followed(resident_id: int, limit: int) -> list[tuple[Ticket, Follower]]:
    """Return what a resident follows, open ones first, newest first."""
    same = (Follower.authority_id == Ticket.authority_id) & (Follower.ticket_id == Ticket.id)
    query = (
        select(Ticket, Follower)
        .join(Follower, same)
        .where(
            Follower.authority_id == tenant_id(),
            Follower.resident_id == resident_id,
            Follower.left_at.is_(None),
        )
        .order_by(Ticket.is_open.desc(), Ticket.opened_at.desc())
        .limit(limit)
    )
    return list(db.session.execute(query).tuples())


def opener(ticket: Ticket, resident_id: int | None, at: datetime) -> Follower | None:
    """Return who opened the ticket at that instant (resident_id: None without a number), wherever merges led her since."""
    where, seen = [ticket.id], ticket
    while seen.merged_into_id is not None and seen.merged_into_id not in where:
        seen = ticket_or_404(seen.merged_into_id)
        where.append(seen.id)
    query = select(Follower).where(
        Follower.authority_id == tenant_id(),
        Follower.ticket_id.in_(where),
        Follower.resident_id.is_not_distinct_from(resident_id),
        Follower.joined_at == at,
        Follower.left_at.is_(None),
    )
    return db.session.scalar(query)


@dataclass(frozen=True)
class QueueFilter:
    """What a queue shows. Null or False: not asked. centre_ids empty: every centre."""

    centre_ids: tuple[int, ...] = ()
    unit_ids: tuple[int, ...] = ()
    assignee_id: int | None = None
    is_late: bool = False
    is_hazard: bool = False
    is_triage: bool = False
    has_news: bool = False
    statuses: tuple[str, ...] = ()
    order_state: str | None = None
    service_code: str | None = None
    group_code: str | None = None
    area_code: str | None = None
    channel: str | None = None
    due_before: datetime | None = None
    words: str = ""
    with_ended: bool = False


class QueueRow(NamedTuple):
    """What a line of the queue shows of a ticket: columns of its row, immutable. A line that shows more names more."""

    id: int
    version: int
    service_code: str
    group_code: str
    status: str
    is_hazard: bool
    centre_id: int
    handler_kind: str
    unit_id: int | None
    assignee_id: int | None
    holder_kind: str
    holder_since: datetime
    address: str
    landmark: str
    summary: str
    opened_at: datetime
    due_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    follower_count: int
    has_news: bool
    last_touch_at: datetime
    last_touch: str
    order_state: str | None


_LINE = tuple(getattr(Ticket, name) for name in QueueRow._fields)
_AUTHORITY: BindParameter[int] = bindparam("authority")
_NOW: BindParameter[datetime] = bindparam("now", type_=Ticket.opened_at.type)
#: what each thing asked for means; only what is asked is put together
_CONDITIONS: dict[str, Callable[[Any, Any], Any]] = {
    "unit_ids": lambda units, _now: Ticket.unit_id.in_(units),
    "assignee_id": lambda staff_id, _now: Ticket.assignee_id == staff_id,
    # A promise that was still whole when its clock was paused does not run late while it stands still.
    "is_late": lambda _asked, now: (
        (Ticket.due_at < now) & (Ticket.status.not_in(tuple(PAUSING)) | (Ticket.due_at < Ticket.holder_since))
    ),
    "is_hazard": lambda _asked, _now: Ticket.is_hazard,
    "is_triage": lambda _asked, _now: Ticket.triage_reason.is_not(None),
    "has_news": lambda _asked, _now: Ticket.has_news,
    "statuses": lambda statuses, _now: Ticket.status.in_(statuses),
    "order_state": lambda state, _now: Ticket.order_state == state,
    "service_code": lambda code, _now: Ticket.service_code == code,
    "group_code": lambda code, _now: Ticket.group_code == code,
    "area_code": lambda code, _now: Ticket.area_code == code,
    "channel": lambda channel, _now: Ticket.channel == channel,
    "due_before": lambda end, _now: Ticket.due_at < end,
    "words": lambda words, _now: Ticket.id.in_(select(func.search_ticket_ids(words[:100], COUNT_LIMIT))),
}


def conditions(wanted: QueueFilter, now: Any) -> list[Any]:
    """Return what a ticket of the authority must fulfil. now: an aware instant, or the parameter that will be it."""
    found: list[Any] = [] if wanted.with_ended else [Ticket.is_open]
    if wanted.centre_ids:
        one = len(wanted.centre_ids) == 1
        found.append(
            Ticket.centre_id == wanted.centre_ids[0] if one else Ticket.centre_id.in_(wanted.centre_ids)
        )
    for name, condition in _CONDITIONS.items():
        if given := getattr(wanted, name):
            found.append(condition(given, now))
    return found


def _asked(query: Select[Any], wanted: QueueFilter) -> Select[Any]:
    """Return the query narrowed to what is wanted; its parameters «authority» and «now» are still open."""
    return query.where(Ticket.authority_id == _AUTHORITY, *conditions(wanted, _NOW))


@lru_cache(maxsize=256)
def _page(wanted: QueueFilter, limit: int, last: str, *, is_line: bool) -> Select[Any]:
    """Return the statement of a page, put together once for what is asked again and again.

    last: "none" was seen, or the last row was "due" or "undue" (parameters: last_due, last_id).
    """
    query = _asked(select(*_LINE) if is_line else select(Ticket), wanted)
    query = query.order_by(Ticket.due_at, Ticket.id).limit(limit)
    due, ticket_id = (
        bindparam("last_due", type_=Ticket.due_at.type),
        bindparam("last_id", type_=Ticket.id.type),
    )
    if last == "due":
        query = query.where(
            (Ticket.due_at > due)
            | ((Ticket.due_at == due) & (Ticket.id > ticket_id))
            | Ticket.due_at.is_(None)
        )
    elif last == "undue":
        query = query.where(Ticket.due_at.is_(None), Ticket.id > ticket_id)
    return query


def _page_of(
    wanted: QueueFilter,
    now: datetime,
    limit: int,
    after: tuple[datetime | None, int] | None,
    *,
    is_line: bool,
) -> tuple[Select[Any], dict[str, Any]]:
    """Return the statement of a page and its parameters."""
    given: dict[str, Any] = {"authority": tenant_id(), "now": now}
    if after is None:
        return _page(wanted, limit, "none", is_line=is_line), given
    given |= {"last_due": after[0], "last_id": after[1]}
    return _page(wanted, limit, "undue" if after[0] is None else "due", is_line=is_line), given


def queue(
    wanted: QueueFilter, now: datetime, *, limit: int = 50, after: tuple[datetime | None, int] | None = None
) -> list[Ticket]:
    """Return a page of the queue by due time, then id. after: (due_at, id) of the last row seen. One statement."""
    return list(db.session.scalars(*_page_of(wanted, now, limit, after, is_line=False)))


def queue_rows(
    wanted: QueueFilter, now: datetime, *, limit: int = 50, after: tuple[datetime | None, int] | None = None
) -> list[QueueRow]:
    """Return the same page as what its lines show: values only, past the session, which would track each ticket."""
    found = db.session.connection().execute(*_page_of(wanted, now, limit, after, is_line=True))
    return [QueueRow._make(row) for row in found]


def queue_row(ticket: Ticket) -> QueueRow:
    """Return what a line shows of a ticket that is already here."""
    return QueueRow(*(getattr(ticket, name) for name in QueueRow._fields))


def counts(wanted: dict[str, QueueFilter], now: datetime) -> dict[str, int]:
    """Return how many each filter shows, up to COUNT_LIMIT, all in one statement."""
    if not wanted:
        return {}
    columns = []
    for name, each in wanted.items():
        inner = _asked(select(Ticket.id), each).limit(COUNT_LIMIT).subquery()
        columns.append(select(func.count()).select_from(inner).scalar_subquery().label(name))
    row = db.session.execute(select(*columns), {"authority": tenant_id(), "now": now}).one()
    return {name: int(getattr(row, name)) for name in wanted}


def is_similar(table: Any, *, authority_id: Any, service_code: Any, box: dict[str, Any]) -> tuple[Any, ...]:
    """Return the conditions of an open ticket of one type in a box; never a sensitive one, nor one that is resolved.

    table: Ticket or an alias of it. box: west, east, south, north (degrees). Values: SQL expressions.
    """
    return (
        table.authority_id == authority_id,
        table.is_open,
        table.service_code == service_code,
        table.lat.between(box["south"], box["north"]),
        table.lon.between(box["west"], box["east"]),
        table.is_sensitive.is_(False),
        table.status != "resolved",
    )


#: put together once: each report asks for its neighbours
_NEARBY = (
    select(Ticket)
    .where(
        *is_similar(
            Ticket,
            authority_id=bindparam("authority"),
            service_code=bindparam("service_code"),
            box={side: bindparam(side) for side in ("west", "east", "south", "north")},
        )
    )
    .limit(200)
)


def nearby(
    service_code: str,
    lon: float,
    lat: float,
    radius_m: float,
    *,
    limit: int = 5,
    except_id: int | None = None,
) -> list[tuple[Ticket, float]]:
    """Return open tickets of the same type around a point with their distances (m), nearest first; never sensitive ones."""
    dlat = radius_m / METRES_PER_DEGREE
    dlon = dlat / max(math.cos(math.radians(lat)), 0.1)
    box = {"west": lon - dlon, "east": lon + dlon, "south": lat - dlat, "north": lat + dlat}
    around = db.session.scalars(_NEARBY, {"authority": tenant_id(), "service_code": service_code, **box})
    return measured((each for each in around if each.id != except_id), lon, lat, radius_m)[:limit]


def measured(
    tickets: Iterable[Ticket], lon: float, lat: float, radius_m: float
) -> list[tuple[Ticket, float]]:
    """Return those of the tickets within the radius (m) of a point, with their distances (m), nearest first."""
    shrink = math.cos(math.radians(lat))
    found = []
    for ticket in tickets:
        if ticket.lon is not None and ticket.lat is not None:
            metres = math.hypot(
                (ticket.lat - lat) * METRES_PER_DEGREE, (ticket.lon - lon) * METRES_PER_DEGREE * shrink
            )
            if metres <= radius_m:
                found.append((ticket, metres))
    return sorted(found, key=lambda pair: pair[1])


def open_of_resident(resident_id: int) -> list[Ticket]:
    """Return the tickets a resident follows that still ask something, newest touch first."""
    query = (
        select(Ticket)
        .join(Follower, (Follower.authority_id == Ticket.authority_id) & (Follower.ticket_id == Ticket.id))
        .where(
            Follower.authority_id == tenant_id(),
            Follower.resident_id == resident_id,
            Ticket.is_open,
            Follower.left_at.is_(None),
        )
        .order_by(Ticket.last_touch_at.desc())
    )
    return list(db.session.scalars(query))


def resolved_before(instant: datetime, limit: int) -> list[int]:
    """Return ids of tickets resolved before the instant and not yet confirmed."""
    query = select(Ticket.id).where(
        Ticket.authority_id == tenant_id(),
        Ticket.is_open,
        Ticket.status == "resolved",
        Ticket.resolved_at < instant,
    )
    return list(db.session.scalars(query.limit(limit)))


def many(ids: Iterable[int]) -> dict[int, Ticket]:
    """Return {id: ticket}."""
    wanted = list(ids)
    if not wanted:
        return {}
    return {
        row.id: row
        for row in db.session.scalars(
            select(Ticket).where(Ticket.authority_id == tenant_id(), Ticket.id.in_(wanted))
        )
    }


def status_before(ticket_id: int, status: str) -> str | None:
    """Return the ticket's last status that was another than this one, or None."""
    query = select(TicketEvent.status).where(
        TicketEvent.authority_id == tenant_id(),
        TicketEvent.ticket_id == ticket_id,
        TicketEvent.status != status,
    )
    return db.session.scalar(query.order_by(TicketEvent.seq.desc()).limit(1))
