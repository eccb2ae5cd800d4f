"""The staff's queue: what is asked of it, a page of it, and how many it holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select

from service_desk.extensions import db
from service_desk.tickets.models import Ticket
from service_desk.tickets.rules import PAUSING
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import BindParameter

#: counts stop here: a clerk needs «1000+», not a scan
COUNT_LIMIT = 1000


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
    lon: float | None
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
